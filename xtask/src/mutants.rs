//! Mutation tests of the modules that decide what is sent. `.cargo/mutants.toml` lists them.

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::tools;

pub(crate) fn run(sh: &Shell, arguments: &[&str]) -> Result<()> {
    tools::cargo_tool(sh, "cargo-mutants", None)?;
    Ok(cmd!(sh, "cargo mutants {arguments...}").run()?)
}
