//! Turns order records into review invitations, at eTrusted or Trustpilot.
//!
//! ```text
//! $ cargo run --example invite_orders
//! > etrusted    5001          invited    accepted
//! > the sandbox would have sent 6 mail(s)
//! ```
//!
//! ```text
//! cargo run --example invite_orders -- --provider etrusted orders.json
//! cargo run --example invite_orders -- --live --setup orders.json     # a real account, from the environment
//! ```
//!
//! Exit code: 0 nothing failed, 1 some failed, 2 wrong use or configuration, 3 some outcome unknown.

mod account;
mod args;
mod report;
mod send;

use std::process::ExitCode;

use clap::Parser;
use review_invites::{Error, ErrorKind, Result};
use review_orders::OrderReader;

use crate::account::Accounts;
use crate::args::Args;
use crate::report::Report;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let args = Args::parse();
    match run(&args).await {
        Ok(code) => code,
        Err(problem) => {
            report::complain(&send::reason(&problem));
            ExitCode::from(if passing(&problem) { 1 } else { 2 })
        }
    }
}

/// Whether the same command may work later: no wrong use, no wrong configuration.
fn passing(problem: &Error) -> bool {
    matches!(problem.kind(), ErrorKind::Transient | ErrorKind::RateLimited | ErrorKind::Unexpected)
}

async fn run(args: &Args) -> Result<ExitCode> {
    let files = args.read_files()?;
    let accounts = Accounts::open(args).await?;
    let reader = OrderReader::new().with_consent(args.consent_rule());
    let mut report = Report::new(args.json);
    for provider in accounts.providers() {
        let orders = files
            .iter()
            .flat_map(|(file, json)| reader.read(json).into_iter().map(move |order| (file.as_str(), order)));
        send::invite_all(provider, orders, &mut report).await;
    }
    report.summary(accounts.mails());
    Ok(report.exit_code())
}
