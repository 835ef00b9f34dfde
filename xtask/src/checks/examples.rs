//! Each example as its header says: each `//! $` line is run, and each `//! >` line below it must be in what it prints.
//! The settings are those of a sandbox. A new example is included automatically; one without such lines is a failure.

use anyhow::{Context as _, Result, ensure};
use xshell::{Shell, cmd};

use super::programs;
use crate::context::Context;
use crate::sandbox::Sandbox;

pub(crate) fn check(context: &Context) -> Result<()> {
    let sh = &context.sh;
    programs::build(sh)?;
    let _sandbox = Sandbox::start(sh)?;
    let mut ran = 0;
    for file in sh.read_dir("examples")? {
        if file.extension().is_some_and(|extension| extension == "rs") {
            let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            ran += run(sh, &name, &sh.read_file(&file)?).with_context(|| format!("examples/{name}.rs"))?;
        }
    }
    println!("{ran} commands of the examples printed what their headers say");
    Ok(())
}

/// Runs the commands of one example, and returns how many there are.
fn run(sh: &Shell, name: &str, text: &str) -> Result<usize> {
    let header: Vec<_> =
        text.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim_start).collect();
    let commands = header.iter().filter(|line| line.starts_with("$ ")).count();
    let named =
        header.iter().any(|line| line.starts_with("$ ") && line.contains(&format!("--example {name}")));
    ensure!(named, "the header has no line such as: //! $ cargo run --example {name}");
    ensure!(header.iter().any(|line| line.starts_with("> ")), "the header has no line such as: //! > done");
    let mut printed = String::new();
    for line in header {
        if let Some(command) = line.strip_prefix("$ ") {
            println!("{command}");
            let output =
                cmd!(sh, "bash -c").arg(format!("{{ {command}; }} 2>&1")).quiet().ignore_status().output()?;
            printed = String::from_utf8_lossy(&output.stdout).into_owned();
            ensure!(output.status.success(), "{} of: {command}\n{printed}", output.status);
        } else if let Some(expected) = line.strip_prefix("> ") {
            ensure!(printed.contains(expected), "did not print `{expected}`, but:\n{printed}");
        }
    }
    Ok(commands)
}
