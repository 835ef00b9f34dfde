//! Checks that are one or two commands.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use xshell::cmd;

use crate::context::Context;
use crate::crates::{arguments, published_names};

pub(crate) fn format(context: &Context) -> Result<()> {
    let sh = &context.sh;
    cmd!(sh, "cargo fmt --all --check").run()?;
    for separate in ["benches", "fuzz"] {
        cmd!(sh, "cargo fmt --manifest-path {separate}/Cargo.toml --check").run()?;
    }
    Ok(())
}

pub(crate) fn clippy(context: &Context) -> Result<()> {
    Ok(cmd!(context.sh, "cargo clippy --workspace --all-targets -- -D warnings").run()?)
}

/// The first command of the README.
pub(crate) fn main_job(context: &Context) -> Result<()> {
    Ok(cmd!(context.sh, "cargo run -p review-cli -- send --sandbox").run()?)
}

/// All tests. The summary repeats their results.
pub(crate) fn tests(context: &Context) -> Result<()> {
    let mut cargo =
        Command::from(cmd!(context.sh, "cargo test --workspace")).stdout(Stdio::piped()).spawn()?;
    let output = cargo.stdout.take().context("cargo has no output")?;
    for line in BufReader::new(output).lines() {
        let line = line?;
        println!("{line}");
        if line.starts_with("test result:") {
            context.result(&line);
        }
    }
    ensure!(cargo.wait()?.success(), "a test failed");
    Ok(())
}

/// The instructions of each operation, compared with `benches/counts.txt`. The script installs valgrind.
pub(crate) fn counts(context: &Context) -> Result<()> {
    Ok(cmd!(context.sh, ".ci/counts").run()?)
}

/// Packs each published crate as crates.io would get it, and builds it from there.
pub(crate) fn packages(context: &Context) -> Result<()> {
    let sh = &context.sh;
    // A new directory each time: cargo caches unpacked packages by path and version, and would check old sources.
    let target = sh.create_temp_dir()?;
    let (target, names) = (target.path(), published_names(sh)?);
    let crates = arguments(&names);
    Ok(cmd!(sh, "cargo package {crates...} --allow-dirty --target-dir {target}").run()?)
}
