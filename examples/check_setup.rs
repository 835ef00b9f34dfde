//! Checks whether the account of the environment can send, and why not.
//!
//! ```text
//! $ REVIEW_PROVIDER=etrusted cargo run --example check_setup
//! > etrusted/etrusted: Ready
//! $ REVIEW_PROVIDER=trustpilot cargo run --example check_setup
//! > trustpilot/trustpilot: Ready
//! ```
//!
//! It changes nothing and sends nothing. Exit code: 0 ready, 1 unknown, 2 not ready.

use std::process::ExitCode;

use review_invites::prelude::*;
use review_invites::provider::SetupStatus;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode> {
    let provider = review_invites::from_env()?;
    let report = provider.check_setup().await?;
    for finding in &report.findings {
        println!("{finding}");
    }
    println!("{}: {:?}", provider.info(), report.status());
    Ok(match report.status() {
        SetupStatus::Ready => ExitCode::SUCCESS,
        SetupStatus::NotReady => ExitCode::from(2),
        _ => ExitCode::from(1),
    })
}
