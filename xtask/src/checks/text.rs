//! The sources as text: size of files, words, typos, imports and manifests.

use anyhow::{Result, ensure};
use xshell::cmd;

use super::{circles, manifests, words};
use crate::context::Context;

const MAX_LINES: usize = 500;

pub(crate) fn check(context: &Context) -> Result<()> {
    let sh = &context.sh;
    let mut long = Vec::new();
    for file in cmd!(sh, "git ls-files *.rs").quiet().read()?.lines().filter(|file| sh.path_exists(file)) {
        let lines = sh.read_file(file)?.lines().count();
        if lines > MAX_LINES {
            long.push(format!("{file}: {lines}"));
        }
    }
    ensure!(long.is_empty(), "files above {MAX_LINES} lines:\n{}", long.join("\n"));
    words::check(sh)?;
    cmd!(sh, "typos").run()?;
    circles::check(sh)?;
    manifests::check(sh)
}
