//! The programs: the soak test, and the sandbox with the command and with third-party clients, each in its own process.

use anyhow::{Result, ensure};
use xshell::{Shell, cmd};

use super::clients;
use crate::context::Context;
use crate::crates::target;
use crate::sandbox::Sandbox;

/// Builds all programs and examples, with the features with which `cargo test --workspace` builds them.
pub(crate) fn build(sh: &Shell) -> Result<()> {
    Ok(cmd!(sh, "cargo build --quiet --workspace --bins --examples").run()?)
}

/// Faults in a third of the requests; the sandbox counts every invitation.
pub(crate) fn soak(context: &Context) -> Result<()> {
    build(&context.sh)?;
    let soak = target(&context.sh)?.join("debug/soak");
    Ok(cmd!(context.sh, "{soak} --invitations 10000 --seed 1").run()?)
}

pub(crate) fn check(context: &Context) -> Result<()> {
    let sh = &context.sh;
    build(sh)?;
    let _sandbox = Sandbox::start(sh)?;
    command(sh)?;
    clients::check(sh)
}

/// Sends two orders through each vendor with the command, which only environment variables connect with the sandbox.
fn command(sh: &Shell) -> Result<()> {
    let program = target(sh)?.join("debug/review-invites");
    let directory = sh.create_temp_dir()?;
    let file = directory.path().join("orders.jsonl");
    let placed = cmd!(sh, "date -u -d '10 days ago' +%Y-%m-%dT%H:%M:%SZ").read()?;
    let order = |number| {
        serde_json::json!({
            "id": number,
            "name": format!("#{number}"),
            "email": format!("customer{number}@example.com"),
            "created_at": placed,
            "financial_status": "paid",
            "fulfillment_status": "fulfilled",
            "buyer_accepts_marketing": true,
            "customer": { "first_name": "Jane", "last_name": "Doe" },
        })
    };
    sh.write_file(&file, format!("{}\n{}\n", order(1001), order(1002)))?;
    for vendor in ["etrusted", "kiyoh", "trustpilot", "webwinkelkeur"] {
        let _environment = sh.push_env("REVIEW_PROVIDER", vendor);
        cmd!(sh, "{program} check").run()?;
        let printed = cmd!(sh, "{program} send --no-ledger {file}").read()?;
        println!("{printed}");
        ensure!(
            printed.lines().any(|line| line.starts_with("2 results: 2 invited")),
            "{vendor}: not all were invited"
        );
    }
    Ok(())
}
