//! Prints the JSON schema of a configuration of the vendors that are compiled in.
//!
//! `cargo run -p review-invites --example config_schema --features all-vendors > crates/review-invites/config.schema.json`
#![allow(clippy::print_stdout, reason = "it is what this program does")]

fn main() {
    print!("{}", review_invites::Registry::builder().schema());
}
