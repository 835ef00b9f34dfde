//! `check`: whether each account can send, and why not.

use anstyle::AnsiColor;
use clap::Args;
use review_invites::provider::{Finding, SetupReport, SetupStatus, Severity};
use review_invites::{DynProvider, ErrorKind, ErrorScope, ReviewInviteProvider as _};
use serde_json::json;

use super::probe;
use crate::failure::{Result, describe, for_command, next_step};
use crate::outcome::Exit;
use crate::output::Output;
use crate::settings::{self, ConfigArgs};
use crate::values::Private;

#[derive(Debug, Args)]
#[command(after_help = "\
Without --probe it changes nothing and sends no email. What it cannot read, it reports as unknown.

Exit codes: 0 ready, 1 not ready, 2 wrong use or configuration, 3 unknown.

Examples:
  review-invites check
  review-invites check --instance shop-de --probe me@shop.example > report.txt")]
pub(crate) struct CheckArgs {
    /// Check this instance only
    #[arg(long, value_name = "NAME")]
    instance: Option<String>,
    /// Send one invitation to this address of your own, repeat it once, and print a report. It contains no personal
    /// data, and shows the project what the vendor does not document
    #[arg(long, value_name = "EMAIL")]
    probe: Option<Private>,
}

pub(crate) async fn run(args: CheckArgs, config: &ConfigArgs, output: &mut Output) -> Result<()> {
    if let Some(email) = &args.probe {
        return probe::run(email, args.instance.as_deref(), config, output).await;
    }
    let registry = config.load()?;
    for warning in settings::warnings(&registry) {
        output.note(&warning);
    }
    let is_on = registry.kill_switch().is_enabled();
    for (name, provider) in settings::instances(&registry, args.instance.as_deref())? {
        let mut report = check(&provider).await;
        if !is_on {
            report.findings.insert(
                0,
                Finding::new(
                    Severity::Error,
                    "the configuration turns sending off",
                    "set sending = true, and remove REVIEW_SENDING=off",
                ),
            );
        }
        print(&name, &provider, &report, output);
    }
    Ok(())
}

/// Returns the report. An error is a finding: whether the account can send is then known only if the error
/// concerns the account.
async fn check(provider: &DynProvider) -> SetupReport {
    match provider.check_setup().await {
        Ok(report) => report,
        Err(error) => {
            let severity = match (error.kind(), error.scope()) {
                (ErrorKind::Unsupported, _) => Severity::Unknown,
                (_, ErrorScope::Account) => Severity::Error,
                _ => Severity::Unknown,
            };
            let help = error.help().unwrap_or_else(|| next_step(error.kind())).to_owned();
            SetupReport::new(vec![Finding::new(severity, describe(&error), help)])
        }
    }
}

fn print(name: &str, provider: &DynProvider, report: &SetupReport, output: &mut Output) {
    let (status, color, exit) = match report.status() {
        SetupStatus::Ready => ("ready", AnsiColor::Green, Exit::Done),
        SetupStatus::NotReady => ("not_ready", AnsiColor::Red, Exit::Failed),
        _ => ("unknown", AnsiColor::Yellow, Exit::Unknown),
    };
    output.record(exit);
    if output.is_json() {
        let findings: Vec<_> = report
            .findings
            .iter()
            .map(|finding| {
                json!({
                    "severity": finding.severity.to_string(),
                    "message": for_command(&finding.message),
                    "help": for_command(&finding.help),
                })
            })
            .collect();
        let vendor = provider.info().vendor();
        output.object(&json!({ "instance": name, "vendor": vendor, "status": status, "findings": findings }));
        return;
    }
    if output.is_quiet() && exit == Exit::Done {
        return;
    }
    let status = output.paint(status, color);
    output.line(&format!("{name} ({}): {status}", provider.info().vendor()));
    print_findings(report, output);
}

/// Prints each finding with its fix.
pub(crate) fn print_findings(report: &SetupReport, output: &mut Output) {
    for finding in &report.findings {
        output.line(&format!("  {}: {}", finding.severity, for_command(&finding.message)));
        if !finding.help.is_empty() {
            output.line(&format!("    help: {}", for_command(&finding.help)));
        }
    }
}
