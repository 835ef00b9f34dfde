//! Which dependencies a crate may have: by the architecture, by licence, by advisories, and by version.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use regex_lite::Regex;
use xshell::{Shell, cmd};

use super::minimal_versions;
use crate::context::Context;

pub(crate) fn check(context: &Context) -> Result<()> {
    boundaries(&context.sh)?;
    licences(context)?;
    minimal_versions::check(&context.sh)
}

/// The names of the packages that `cargo tree` lists.
fn tree(sh: &Shell, arguments: &[&str]) -> Result<BTreeSet<String>> {
    let lines = cmd!(sh, "cargo tree --prefix none {arguments...}").quiet().read()?;
    Ok(lines.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect())
}

fn boundaries(sh: &Shell) -> Result<()> {
    // Its feature tokio adds a timer for bulk sending.
    let forbidden =
        Regex::new("^(reqwest|hyper.*|h2|rustls.*|ring|native-tls|openssl.*|tokio.*|review-http)$")?;
    let below = tree(sh, &["-p", "review-core", "--edges", "normal,build", "--features", "mock,serde"])?;
    let found: Vec<_> = below.iter().filter(|name| forbidden.is_match(name)).collect();
    ensure!(found.is_empty(), "review-core must not depend on {found:?}");

    let below = tree(sh, &["-p", "review-sandbox", "--edges", "normal,build", "--all-features"])?;
    let found: Vec<_> = below.iter().filter(|name| name.starts_with("review-")).collect();
    ensure!(
        found == ["review-sandbox"],
        "review-sandbox must depend on no other crate of the workspace: {found:?}"
    );

    let edges = [
        "--workspace",
        "--edges",
        "normal,build,dev",
        "--all-features",
        "--invert",
        "reqwest",
        "--depth",
        "1",
    ];
    let users = tree(sh, &edges)?;
    ensure!(
        users.iter().eq(["reqwest", "review-http"]),
        "reqwest must be used by review-http alone: {users:?}"
    );
    let paths = ["*.rs", ":!crates/review-http/src/transport", ":!benches", ":!xtask"];
    let found = cmd!(sh, "git grep -n reqwest:: -- {paths...}").quiet().ignore_status().read()?;
    ensure!(found.is_empty(), "reqwest must be named in review-http's transport alone:\n{found}");
    Ok(())
}

/// Licences, bans and sources of all dependencies; and advisories, if there is a database of them.
fn licences(context: &Context) -> Result<()> {
    let sh = &context.sh;
    cmd!(sh, "cargo deny --log-level error check licenses bans sources").run()?;
    let home = sh.var("CARGO_HOME").or_else(|_| sh.var("HOME").map(|home| home + "/.cargo"))?;
    let databases = format!("{home}/advisory-dbs");
    if sh.read_dir(&databases).is_ok_and(|found| !found.is_empty()) {
        return Ok(cmd!(sh, "cargo deny --log-level error check --disable-fetch advisories").run()?);
    }
    context.skip(&format!("advisories: no database in {databases}; `cargo deny fetch db` downloads it"));
    Ok(())
}
