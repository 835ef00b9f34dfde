//! The program `review-sandbox`, running as long as a value lives.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use xshell::{PushEnv, Shell};

use crate::crates::target;

pub(crate) struct Sandbox<'a> {
    process: Child,
    environment: Vec<PushEnv<'a>>,
}

impl<'a> Sandbox<'a> {
    /// Starts the program, which must be built. Commands of the shell have its environment until the value is dropped.
    pub(crate) fn start(sh: &'a Shell) -> Result<Self> {
        let program = target(sh)?.join("debug/review-sandbox");
        let mut process = Command::new(program).stdout(Stdio::piped()).spawn().context("review-sandbox")?;
        let output = process.stdout.take().context("review-sandbox has no output")?;
        let mut sandbox = Self { process, environment: Vec::new() };
        for line in BufReader::new(output).lines() {
            let line = line?;
            let (name, value) = line
                .strip_prefix("export ")
                .and_then(|line| line.strip_suffix('\'')?.split_once("='"))
                .with_context(|| format!("expected `export NAME='VALUE'`, got: {line}"))?;
            sandbox.environment.push(sh.push_env(name, value.replace(r"'\''", "'")));
            // The last one.
            if name == "REVIEW_PROVIDER" {
                return Ok(sandbox);
            }
        }
        // Otherwise, the programs would use the accounts of this machine's environment.
        ensure!(false, "the sandbox did not start");
        Ok(sandbox)
    }
}

impl Drop for Sandbox<'_> {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
