//! Kills and pauses workers at random moments, and counts what the vendor accepted: `review-sandbox` in a process of
//! its own, reached through the providers of `review-invites`.
//!
//! `cargo test -p review-outbox --test crash` runs a short version, with `-- --full` the long one (10,000
//! invitations, 20 kills, 1,000 crashes of transactions). The vendor and the workers are processes of their
//! own: this binary, started with a role.
#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod crash_suite;
mod support;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    match words.as_slice() {
        ["sandbox", delay] => support::sandbox::serve(delay.parse().unwrap()),
        ["worker", url, vendor, limit] => runtime.block_on(crash_suite::roles::work(url, vendor, limit)),
        ["orders", url, first, seed] => runtime.block_on(crash_suite::roles::order(url, first, seed)),
        // Asked for by tools that list tests.
        words if words.contains(&"--list") => println!("crash_suite: test"),
        words => runtime.block_on(crash_suite::run(words.contains(&"--full"))),
    }
}
