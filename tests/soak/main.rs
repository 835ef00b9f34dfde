//! Sends many invitations to the sandbox, of which a third meet a fault, and counts the emails at the sandbox: none
//! may be lost, none sent twice, and exactly those unknown whose response was lost after the whole request had been
//! read.
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

/// Sends invitations with both vendors to a sandbox that injects a fault into a third of them.
#[derive(Parser)]
struct Arguments {
    /// How many invitations are sent for each seed.
    #[arg(long, default_value_t = 100_000)]
    invitations: u32,
    /// Which of them meet which fault; several seeds are several runs.
    #[arg(long = "seed", default_values_t = [1, 2, 3])]
    seeds: Vec<u64>,
    /// How many are sent concurrently.
    #[arg(long, default_value_t = 64)]
    concurrency: usize,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    println!("seed  invitations  accepted  unknown  expected  failed  lost  twice  seconds  peak MiB");
    let mut good = true;
    for seed in arguments.seeds {
        let found = run::run(arguments.invitations, seed, arguments.concurrency).await;
        println!("{found}");
        good &= found.is_good();
    }
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
