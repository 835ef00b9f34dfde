//! Sends many invitations to the sandbox, injects a fault into a third of them, and counts the emails in the sandbox.
//! No invitation may be lost or sent twice. An invitation must be unknown exactly if its response was lost after the
//! whole request had been read.
//!
//! ```sh
//! cargo run --release -p review-invites-tests --bin soak -- --invitations 100000 --seed 1 --seed 2 --seed 3
//! ```
#![allow(clippy::print_stdout, clippy::expect_used, reason = "a program that measures")]

mod mix;
mod refusing;
mod run;

use std::process::ExitCode;

use clap::Parser;
use review_invites_tests::VENDORS;

/// Sends invitations with every vendor to a sandbox that injects a fault into a third of them.
#[derive(Parser)]
struct Arguments {
    /// The number of invitations for each seed and vendor.
    #[arg(long, default_value_t = 100_000)]
    invitations: u32,
    /// The seed that selects the faults. Each seed and vendor is a separate run.
    #[arg(long = "seed", default_values_t = [1, 2, 3])]
    seeds: Vec<u64>,
    /// The number of invitations in flight.
    #[arg(long, default_value_t = 64)]
    concurrency: usize,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    println!(
        "vendor         seed  invitations  accepted  unknown  expected  failed  lost  twice  seconds  peak MiB"
    );
    let mut good = true;
    for seed in arguments.seeds {
        for vendor in VENDORS {
            let found = run::run(vendor, arguments.invitations, seed, arguments.concurrency).await;
            println!("{found}");
            good &= found.is_good();
        }
    }
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
