//! `setup`: changes the settings of an account so that invitations are sent.

use clap::Args;
use review_invites::{ErrorKind, Registry};
use serde_json::json;

use super::check::print_findings;
use crate::failure::{Result, explain};
use crate::outcome::Exit;
use crate::output::Output;
use crate::settings::{self, ConfigArgs};

#[derive(Debug, Args)]
#[command(after_help = "\
Running it again changes nothing. It sends no email. For a vendor whose API changes no settings, it says so.

Example: review-invites setup --instance shop-nl --delay-days 5")]
pub(crate) struct SetupArgs {
    /// Set up this instance only
    #[arg(long, value_name = "NAME")]
    instance: Option<String>,
    /// Days from the order's event to the email; unchanged by default
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(0..=365))]
    delay_days: Option<u32>,
}

pub(crate) async fn run(args: SetupArgs, config: &ConfigArgs, output: &mut Output) -> Result<()> {
    let registry = config.load()?;
    for (name, _) in settings::instances(&registry, args.instance.as_deref())? {
        set_up(&registry, &name, &args, output).await;
    }
    output.summary("next: review-invites check");
    Ok(())
}

async fn set_up(registry: &Registry, name: &str, args: &SetupArgs, output: &mut Output) {
    match registry.ensure_setup(name, args.delay_days).await {
        Ok(report) if output.is_json() => {
            let findings: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
            output.object(&json!({ "instance": name, "status": "set_up", "findings": findings }));
        }
        Ok(report) => {
            output.line(&format!("{name}: set up"));
            print_findings(&report, output);
        }
        Err(error) => {
            let is_unsupported = error.kind() == ErrorKind::Unsupported;
            // Not an error of all instances, unless it was asked for.
            if !is_unsupported || args.instance.is_some() {
                output.record(Exit::Failed);
            }
            let status = if is_unsupported { "unsupported" } else { "failed" };
            let message = explain(&error);
            if output.is_json() {
                output.object(&json!({ "instance": name, "status": status, "message": message }));
            } else {
                output.line(&format!("{name}: {status}: {message}"));
            }
        }
    }
}
