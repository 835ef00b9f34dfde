//! One module for each command.

pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod sandbox;
pub(crate) mod send;

use crate::args::{Arguments, Command};
use crate::failure::Result;
use crate::outcome::Exit;
use crate::output::Output;

/// Runs a command, and returns its exit code.
pub(crate) async fn run(arguments: Arguments) -> Result<Exit> {
    let Arguments { config, output, command } = arguments;
    let mut output = Output::new(output);
    match command {
        Command::Send(args) => send::run(args, &config, &mut output).await?,
        Command::Sandbox(args) => sandbox::run(args, &mut output).await?,
        Command::Config(command) => config::run(command, &config, &mut output)?,
        Command::Completions(args) => completions::run(args, &mut output),
    }
    Ok(output.exit())
}
