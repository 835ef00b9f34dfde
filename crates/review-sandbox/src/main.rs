//! `review-sandbox`: simulates the vendors' APIs until it is stopped, and prints the environment to reach them.

use std::io::{self, Write as _};
use std::time::Duration;

use clap::Parser;
use review_sandbox::{Sandbox, export_line};

/// Simulates the HTTP APIs of Trustpilot, eTrusted, Kiyoh and WebwinkelKeur on 127.0.0.1. Sends no email.
///
/// Prints `export NAME='value'` lines for a shell to standard output, and the address of a page that shows what
/// customers would get to standard error. Serves until Ctrl-C or SIGTERM.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// TCP port on 127.0.0.1; 0 uses a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// How many requests are kept in memory; the oldest are dropped first
    #[arg(long, default_value_t = 100_000)]
    max_recorded_requests: usize,
    /// Closes a connection after this time without a request; never by default
    #[arg(long, value_name = "MILLISECONDS")]
    idle_timeout: Option<u64>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    // Before anything is printed: a script may stop the program as soon as it has read the lines.
    let stopped = stopped()?;
    let builder =
        Sandbox::builder().port(arguments.port).max_recorded_requests(arguments.max_recorded_requests);
    let builder = match arguments.idle_timeout {
        Some(timeout) => builder.idle_timeout(Duration::from_millis(timeout)),
        None => builder,
    };
    let sandbox = builder.start().await?;
    // Scripts evaluate standard output, so it contains only these lines.
    let mut out = io::stdout().lock();
    for (name, value) in sandbox.env_vars() {
        writeln!(out, "{}", export_line(name, &value))?;
    }
    out.flush()?;
    drop(out);
    // Nothing depends on it, so a closed standard error is no reason to stop.
    let _ = writeln!(io::stderr(), "see what customers would get: http://127.0.0.1:{}/", sandbox.port());
    stopped.await;
    sandbox.stop().await;
    Ok(())
}

/// Registers for the signals immediately, and returns a future that waits for one of them.
#[cfg(unix)]
fn stopped() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Returns a future that waits for Ctrl-C.
#[cfg(not(unix))]
fn stopped() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        // Without a handler the system ends the program.
        let _ = tokio::signal::ctrl_c().await;
    })
}
