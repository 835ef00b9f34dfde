//! The checks of CI, and longer ones: see [`USAGE`].

mod checks;
mod ci;
mod context;
mod crates;
mod fuzz;
mod mutants;
mod sandbox;
mod tools;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use xshell::{Shell, cmd};

use crate::checks::public_items;

const USAGE: &str = "\
cargo xtask ci [NAMES]          runs the named checks of CI, or all (`.ci/run` calls this)
cargo xtask api --update        writes the public items to api/*.txt
cargo xtask fuzz SECONDS        runs each fuzz target for this time
cargo xtask crash [--full]      runs the crash suite of review-outbox, short or in full
cargo xtask mutants [ARGUMENTS] runs cargo-mutants over the modules in .cargo/mutants.toml";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[&str]) -> Result<()> {
    let sh = Shell::new()?;
    sh.change_dir(Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask is not in the workspace")?);
    match words {
        ["ci", names @ ..] => ci::run(&context::Context::new(sh), names),
        ["api", "--update"] => public_items::update(&sh),
        ["fuzz", seconds] => fuzz::run(&sh, seconds.parse()?, 0),
        ["crash", arguments @ ..] => {
            Ok(cmd!(sh, "cargo test -p review-outbox --test crash -- {arguments...}").run()?)
        }
        ["mutants", arguments @ ..] => mutants::run(&sh, arguments),
        _ => bail!("usage:\n{USAGE}"),
    }
}
