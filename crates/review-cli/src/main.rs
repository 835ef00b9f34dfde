//! The command `review-invites`: sends review invitations for order files, each once.

mod args;
mod commands;
mod failure;
mod ledger;
mod limits;
mod outcome;
mod output;
mod settings;
mod signals;
mod values;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser as _;

use crate::args::Arguments;
use crate::outcome::Exit;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            report(&format!(
                "error: the runtime cannot be started: {error}\n  help: free memory or file handles"
            ));
            return Exit::Usage.into();
        }
    };
    match runtime.block_on(commands::run(arguments)) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            report(&failure.to_string());
            Exit::Usage.into()
        }
    }
}

fn report(text: &str) {
    // There is nowhere left to report that standard error is closed.
    let _ = writeln!(io::stderr().lock(), "{text}");
}
