//! `config check` and `config schema`.

use clap::Subcommand;
use review_invites::Registry;
use serde_json::json;

use crate::failure::Result;
use crate::output::Output;
use crate::settings::{self, ConfigArgs};

#[derive(Debug, Subcommand)]
#[command(after_help = "Example: review-invites config check --config reviews.toml")]
pub(crate) enum ConfigCommand {
    /// Read the configuration, and list its instances or everything that is missing; makes no request
    #[command(after_help = "Example: review-invites config check --config reviews.toml")]
    Check,
    /// Print the JSON schema of the configuration file, for editors
    #[command(after_help = "Example: review-invites config schema > reviews.schema.json")]
    Schema,
}

#[expect(clippy::needless_pass_by_value, reason = "as the other commands")]
pub(crate) fn run(command: ConfigCommand, config: &ConfigArgs, output: &mut Output) -> Result<()> {
    match command {
        ConfigCommand::Check => check(config, output),
        ConfigCommand::Schema => {
            output.line(Registry::builder().schema().trim_end());
            Ok(())
        }
    }
}

fn check(config: &ConfigArgs, output: &mut Output) -> Result<()> {
    let registry = config.load()?;
    for warning in settings::warnings(&registry) {
        output.note(&warning);
    }
    for (name, provider) in settings::instances(&registry, None)? {
        let info = provider.info();
        let is_default = registry.default_instance() == Some(name.as_str());
        if output.is_json() {
            output.object(&json!({
                "instance": name, "vendor": info.vendor(), "shop": info.shop(), "default": is_default,
            }));
        } else {
            let default = if is_default { ", the default" } else { "" };
            output.line(&format!("{name}: {}, shop {}{default}", info.vendor(), info.shop()));
        }
    }
    if !registry.kill_switch().is_enabled() {
        output.summary("sending is turned off by the configuration");
    }
    output.summary("the configuration is valid; next: review-invites check");
    Ok(())
}
