//! `completions`: for the shells.

use clap::{Args, Command};
use clap_complete::Shell;

use crate::output::Output;

#[derive(Debug, Args)]
#[command(
    after_help = "Example: review-invites completions bash > ~/.local/share/bash-completion/completions/review-invites"
)]
pub(crate) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

#[expect(clippy::needless_pass_by_value, reason = "as the other commands")]
pub(crate) fn run(args: CompletionsArgs, mut command: Command, output: &mut Output) {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "review-invites", &mut script);
    output.line(String::from_utf8_lossy(&script).trim_end());
}
