//! Why does no mail go out? Looks at the account of every vendor that is set up.
//!
//! ```text
//! $ cargo run --example doctor
//! > etrusted: ready
//! > trustpilot: ready
//! $ cargo run --example doctor -- --fix
//! > etrusted: nothing had to be changed
//! ```
//!
//! It changes nothing and sends nothing; `--fix` lets eTrusted's event type and invite setting be put right, which sends
//! nothing either. Exit code: 0 all is ready, 1 with warnings, 2 invitations will not go out.

use std::process::ExitCode;

use review_invites::etrusted::{EtrustedConfig, EtrustedProvider, Setup};
use review_invites::{Error, Finding, Result, SetupReport, Severity, from_vars};
use support::{Failure, Settings};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, Failure> {
    let settings = Settings::find().await?;
    let fix = std::env::args().any(|argument| argument == "--fix");
    let mut worst = Severity::Info;
    for vendor in settings.vendors() {
        if fix && vendor == "etrusted" {
            mend(&settings).await?;
        }
        let report = look_at(&settings, &vendor).await.unwrap_or_else(|error| told(&error));
        for finding in &report.findings {
            println!("{vendor}: {finding}");
            worst = worst.max(finding.severity);
        }
        println!("{vendor}: {}", if report.is_ready() { "ready" } else { "not ready" });
    }
    Ok(match worst {
        Severity::Info => ExitCode::SUCCESS,
        Severity::Warning => ExitCode::from(1),
        Severity::Error => ExitCode::from(2),
    })
}

async fn look_at(settings: &Settings, vendor: &str) -> Result<SetupReport> {
    from_vars(|name| settings.var(vendor, name))?.check_setup().await
}

/// What kept us from looking keeps invitations from going out: a setting, a key, a right.
fn told(error: &Error) -> SetupReport {
    let advice = "put that right and run this again";
    SetupReport::new(vec![Finding::new(Severity::Error, error.to_string(), advice)])
}

/// Only eTrusted has something to set up by its API: an event type and what its invite setting asks for.
async fn mend(settings: &Settings) -> Result<()> {
    let config = EtrustedConfig::from_vars(|name| settings.var("etrusted", name))?;
    let outcome = EtrustedProvider::new(config)?.ensure_setup(Setup::new()).await?;
    match outcome.changes.as_slice() {
        [] => println!("etrusted: nothing had to be changed"),
        changes => println!("etrusted: changed {changes:?}"),
    }
    Ok(())
}
