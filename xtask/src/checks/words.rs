//! Words that the documentation, comments, names and messages of this project do not use, because plain English has a
//! common term for each.

use anyhow::{Result, ensure};
use xshell::{Shell, cmd};

const WORDS: &str = "told|tells|nobody|somebody|whoever|everybody|anybody|in the place of|what became of|mends?\
    |in earnest|to the letter|look-up|log-in|time-out|set-up|stands in|wish(es)?|all the same|lately|composites?\
    |passed over|spoilt";

/// Lines with one of these are exceptions: the name of a third party.
const ALLOWED: &[&str] = &["composite_parent"];

pub(crate) fn check(sh: &Shell) -> Result<()> {
    // `_` separates words too, so that names are checked.
    let pattern = format!("(^|[^[:alnum:]])({})([^[:alnum:]]|$)", WORDS.replace(' ', "[ _]"));
    let files = ["*.rs", "*.md", "*.toml", ".ci", ":!xtask/src/checks/words.rs"];
    let output = cmd!(sh, "git grep --untracked -inE {pattern} -- {files...}").ignore_status().output()?;
    ensure!(output.status.code().is_some_and(|code| code <= 1), "git grep failed");
    let lines = String::from_utf8(output.stdout)?;
    let found: Vec<_> =
        lines.lines().filter(|line| !ALLOWED.iter().any(|allowed| line.contains(allowed))).collect();
    ensure!(found.is_empty(), "use the plain term for these words:\n{}", found.join("\n"));
    Ok(())
}
