//! `sandbox`: the vendors' APIs on loopback.

use clap::Args;
use review_sandbox::{Sandbox, export_line};

use crate::failure::{Failure, Result};
use crate::output::Output;
use crate::signals::Signals;

#[derive(Debug, Args)]
#[command(after_help = "\
Prints the settings of an account at each vendor as `export NAME='value'` lines, then serves until Ctrl-C.
It sends no email. Open the address that it prints to see what customers would get.

Example: review-invites sandbox --port 4010 > sandbox.env")]
pub(crate) struct SandboxArgs {
    /// TCP port on 127.0.0.1; 0 uses a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
}

pub(crate) async fn run(args: SandboxArgs, output: &mut Output) -> Result<()> {
    // Before anything is printed: a script may stop the command as soon as it has read the lines.
    let mut signals = Signals::new()?;
    let sandbox = start(args.port).await?;
    // Scripts evaluate standard output, so it contains only these lines.
    for (name, value) in sandbox.env_vars() {
        output.line(&export_line(name, &value));
    }
    output.note(&format!("see what customers would get: {} (Ctrl-C ends the sandbox)", address(&sandbox)));
    signals.next().await;
    sandbox.stop().await;
    Ok(())
}

/// Starts a sandbox.
pub(crate) async fn start(port: u16) -> Result<Sandbox> {
    Sandbox::builder().port(port).start().await.map_err(|error| {
        let message = format!("the sandbox cannot listen on 127.0.0.1, port {port}: {error}");
        Failure::new(message, "choose another --port, or 0 for a free one")
    })
}

/// Returns the address of the page that shows the inbox.
pub(crate) fn address(sandbox: &Sandbox) -> String {
    format!("http://127.0.0.1:{}/", sandbox.port())
}
