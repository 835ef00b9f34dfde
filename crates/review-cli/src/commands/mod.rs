//! One module for each command.

pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod erase;
pub(crate) mod outbox;
mod probe;
pub(crate) mod reconcile;
pub(crate) mod reviews;
pub(crate) mod sandbox;
pub(crate) mod send;
pub(crate) mod setup;

use clap::CommandFactory as _;

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
        Command::Check(args) => check::run(args, &config, &mut output).await?,
        Command::Setup(args) => setup::run(args, &config, &mut output).await?,
        Command::Reconcile(args) => reconcile::run(args, &config, &mut output).await?,
        Command::Erase(args) => erase::run(args, &config, &mut output).await?,
        Command::Reviews(args) => reviews::run(args, &config, &mut output).await?,
        Command::Outbox(command) => outbox::run(command, &config, &mut output).await?,
        Command::Sandbox(args) => sandbox::run(args, &mut output).await?,
        Command::Config(command) => config::run(command, &config, &mut output)?,
        Command::Completions(args) => completions::run(args, Arguments::command(), &mut output),
    }
    Ok(output.exit())
}
