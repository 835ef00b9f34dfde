//! The features of the crates: each builds, alone and with the others that it can affect.

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use xshell::{Shell, cmd};

use super::programs;
use crate::context::Context;
use crate::crates::{arguments, libraries, list, text};
use crate::sandbox::Sandbox;

const VENDORS: [&str; 4] = ["etrusted", "kiyoh", "trustpilot", "webwinkelkeur"];

/// In pairs where features interact: in the facade, where users select them, and in the crate with TLS. Vendors do not
/// interact; all of them together are built by every other check.
pub(crate) fn build(context: &Context) -> Result<()> {
    let sh = &context.sh;
    swap(sh)?;
    let vendors = VENDORS.join(",");
    let pairs = ["--feature-powerset", "--depth", "2"];
    cmd!(
        sh,
        "cargo hack clippy -p review-invites -p review-http {pairs...} --exclude-features default,all-vendors
         --mutually-exclusive-features {vendors} --lib -- -D warnings"
    )
    .run()?;
    let names = libraries(sh)?;
    let in_pairs = ["review-invites", "review-http", "review-outbox"];
    let others = arguments(names.iter().filter(|name| !in_pairs.contains(&name.as_str())));
    cmd!(sh, "cargo hack clippy {others...} --each-feature --lib -- -D warnings").run()?;
    // Without a database, review-outbox does not compile.
    let needed = ["--at-least-one-of", "sqlite,postgres"];
    Ok(cmd!(sh, "cargo hack clippy -p review-outbox {pairs...} {needed...} --lib -- -D warnings").run()?)
}

/// One at a time, and only the features that affect tests; pairs are built above.
pub(crate) fn test(context: &Context) -> Result<()> {
    let sh = &context.sh;
    let features = VENDORS.join(",") + ",toml,rustls,native-tls";
    cmd!(sh, "cargo hack test -p review-invites --each-feature --lib --tests --include-features {features}")
        .run()?;
    Ok(cmd!(sh, "cargo test -p review-core -p review-http -p review-testkit --all-features").run()?)
}

/// Swapping the vendor by a feature: one source (`tests/features/app.rs`), a package for each vendor, built with its
/// vendor alone and run against the sandbox.
fn swap(sh: &Shell) -> Result<()> {
    programs::build(sh)?;
    let _sandbox = Sandbox::start(sh)?;
    for vendor in VENDORS {
        let package = format!("swap-{vendor}");
        let below = cmd!(sh, "cargo tree -p {package} --edges normal --prefix none").quiet().read()?;
        for other in VENDORS {
            let compiled = below.contains(&format!("review-{other} "));
            ensure!(compiled == (other == vendor), "{package}: unexpected dependencies:\n{below}");
        }
        // It contains one vendor, so no variable is needed.
        let run = || cmd!(sh, "cargo run --quiet -p {package}");
        let printed = run().env_remove("REVIEW_PROVIDER").read()?;
        ensure!(printed == format!("{vendor}/{vendor}: accepted"), "{package} printed: {printed}");
        let other = if vendor == "etrusted" { "trustpilot" } else { "etrusted" };
        let output = run().env("REVIEW_PROVIDER", other).ignore_status().output()?;
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        let expected = format!("{other} is not compiled in; enable the feature {other} of review-invites");
        ensure!(
            !output.status.success() && error.contains(&expected),
            "{package}, {other} selected: {error}"
        );
    }
    let url = sh.var("KIYOH_API_URL")?;
    let url = url.strip_suffix("/kiyoh").context("KIYOH_API_URL has another form")?;
    let emails: Value =
        serde_json::from_str(&cmd!(sh, "curl -s {url}/sandbox/emails?reference=1001").read()?)?;
    let mut senders: Vec<_> = list(&emails).iter().map(|email| text(email, "vendor")).collect();
    senders.sort_unstable();
    ensure!(senders == VENDORS, "expected one email from each vendor, got: {senders:?}");
    Ok(())
}
