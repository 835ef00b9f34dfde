//! Follows the README's section "Run the first invitation" step by step.

use anyhow::{Context as _, Result, ensure};
use xshell::{Shell, cmd};

use crate::crates::target;

pub(crate) fn check(sh: &Shell) -> Result<()> {
    let readme = sh.read_file("README.md")?;
    let section = readme.split_once("## The first invitation").context("README: no first invitation")?.1;
    let section = section.split_once("\n## Settings").context("README: no settings")?.0;
    let block = |language, number| block(section, language, number);

    let directory = sh.create_temp_dir()?;
    let (root, walk) = (sh.current_dir(), directory.path());
    cmd!(sh, "ln -s {root} {walk}/review-invites").run()?;
    sh.write_file(walk.join("main.rs"), block("rust", 0)?)?;
    let (start, create, send) = (block("sh", 0)?, block("sh", 1)?, block("sh", 2)?);
    let steps = format!(
        "trap 'kill $(jobs -p); rm -f \"$OLDPWD/sandbox.env\" ../review-invites/sandbox.env' EXIT
cd review-invites
{start}
{create}
# Crates of the registry are those that are tested, and compiled once.
cp ../review-invites/Cargo.lock .
cp ../main.rs src/main.rs
{send}"
    );
    let target = target(sh)?;
    let _directory = sh.push_dir(walk);
    let run = cmd!(sh, "timeout 900 bash -euo pipefail -c {steps}").env("CARGO_TARGET_DIR", target);
    let printed = run.quiet().read()?;
    for line in block("text", 0)?.lines() {
        ensure!(
            printed.lines().any(|other| other == line),
            "expected, as in the README: {line}\nprinted:\n{printed}"
        );
    }
    let emails = printed.matches(r#""reference":"1001""#).count();
    let vendors = send.lines().filter(|line| line.starts_with("REVIEW_PROVIDER=")).count();
    ensure!(emails == vendors, "{emails} emails, expected one from each vendor:\n{printed}");
    println!("the README's first invitation was sent by all vendors");
    Ok(())
}

/// Returns a block of a language.
fn block(section: &str, language: &str, number: usize) -> Result<String> {
    let mut blocks = section.split("\n```").skip(1).step_by(2);
    let mut blocks = blocks.by_ref().filter_map(|block| block.split_once('\n'));
    let found = blocks.by_ref().filter(|(info, _)| info.split(',').next() == Some(language)).nth(number);
    Ok(found.with_context(|| format!("README: too few blocks of {language}"))?.1.to_owned())
}
