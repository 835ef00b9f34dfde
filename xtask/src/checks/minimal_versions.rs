//! Builds the published crates with the lowest versions that their manifests allow, in a copy of the tree. It fails if a
//! manifest allows a version that is too old.

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::crates::{arguments, published_names, target};

pub(crate) fn check(sh: &Shell) -> Result<()> {
    let target = target(sh)?.join("minimal-versions");
    let copy = sh.create_temp_dir()?;
    for file in cmd!(sh, "git ls-files --cached --others --exclude-standard").quiet().read()?.lines() {
        // A deleted file stays in the list until it is committed.
        if sh.path_exists(file) {
            let to = copy.path().join(file);
            sh.create_dir(to.parent().unwrap_or(copy.path()))?;
            sh.copy_file(file, to)?;
        }
    }
    let names = published_names(sh)?;
    let crates = arguments(&names);
    let _directory = sh.push_dir(copy.path());
    cmd!(sh, "cargo update --quiet -Z direct-minimal-versions").env("RUSTC_BOOTSTRAP", "1").run()?;
    Ok(cmd!(sh, "cargo check --quiet {crates...} --all-features").env("CARGO_TARGET_DIR", target).run()?)
}
