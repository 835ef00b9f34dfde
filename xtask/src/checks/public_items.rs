//! The public items of every published library: recorded in `api/`, and compared with the last release.

use std::path::Path;

use anyhow::{Result, bail, ensure};
use regex_lite::Regex;
use xshell::{Shell, TempDir, cmd};

use super::{rustdoc_json, signatures};
use crate::context::Context;

/// The public API must not expose these libraries, so that replacing or upgrading one is not a breaking change.
const HIDDEN: &str = r"(^|[^\w:])(reqwest|hyper|hyper_util|h2|rustls|native_tls|ring|tower)::";

pub(crate) fn check(context: &Context) -> Result<()> {
    let sh = &context.sh;
    let (json, crates) = list(sh)?;
    let listed = json.path().join("api");
    if cmd!(sh, "diff -ruN api {listed}").run().is_err() {
        bail!(
            "the public items have changed; if that is intended, run `cargo xtask api --update`, and add it to the CHANGELOG"
        );
    }
    breaking_changes(context, json.path(), &crates)
}

/// Writes the public items to `api/`.
pub(crate) fn update(sh: &Shell) -> Result<()> {
    let (json, _) = list(sh)?;
    sh.remove_path("api")?;
    sh.create_dir("api")?;
    for file in sh.read_dir(json.path().join("api"))? {
        sh.copy_file(&file, Path::new("api").join(file.file_name().unwrap_or_default()))?;
    }
    Ok(())
}

/// Returns a directory with the JSON of each library and its list in `api`, and the names of the libraries.
fn list(sh: &Shell) -> Result<(TempDir, Vec<String>)> {
    let json = sh.create_temp_dir()?;
    let crates = rustdoc_json::write(sh, &sh.current_dir().join(".ci/rustdoc"), json.path())?;
    let hidden = Regex::new(HIDDEN)?;
    for name in &crates {
        let file = json.path().join(format!("{name}.json"));
        let items = cmd!(sh, "cargo public-api -sss --color=never --rustdoc-json {file}").read()?;
        let found: Vec<_> = items.lines().filter(|line| hidden.is_match(line)).collect();
        ensure!(
            found.is_empty(),
            "{name}: no public item may name a type of these libraries:\n{}",
            found.join("\n")
        );
        sh.write_file(json.path().join(format!("api/{name}.txt")), signatures::shorten(&items)?)?;
    }
    Ok((json, crates))
}

/// Compares with the last release. Before the first one, there is nothing to compare with.
fn breaking_changes(context: &Context, now: &Path, crates: &[String]) -> Result<()> {
    let sh = &context.sh;
    let tags =
        cmd!(sh, "git tag --merged HEAD --sort=-v:refname").args(["--list", "v[0-9]*"]).quiet().read()?;
    let Some(release) = tags.lines().next() else {
        context.skip("breaking changes: there is no release (a tag v*) to compare with");
        return Ok(());
    };
    println!("compared with {release}");
    let (rustdoc, directory) = (sh.current_dir().join(".ci/rustdoc"), sh.create_temp_dir()?);
    let (tree, then) = (directory.path().join("tree"), directory.path());
    cmd!(sh, "git worktree add --quiet --detach {tree} {release}").run()?;
    let written = {
        let _directory = sh.push_dir(&tree);
        rustdoc_json::write(sh, &rustdoc, then)
    };
    cmd!(sh, "git worktree remove --force {tree}").run()?;
    let known = written?;
    let mut broken = Vec::new();
    for name in crates {
        if !known.contains(name) {
            println!("-- {name} is new");
            continue;
        }
        let (then, now) = (then.join(format!("{name}.json")), now.join(format!("{name}.json")));
        let files = cmd!(sh, "cargo semver-checks --baseline-rustdoc {then} --current-rustdoc {now}");
        if files.args(["--color", "never"]).run().is_err() {
            broken.push(name.as_str());
        }
    }
    ensure!(broken.is_empty(), "breaking changes in: {}", broken.join(" "));
    Ok(())
}
