//! The documentation of the crates, the guide, and the README's first invitation.

use anyhow::{Result, ensure};
use xshell::cmd;

use super::first_invitation;
use crate::context::Context;

pub(crate) fn check(context: &Context) -> Result<()> {
    let sh = &context.sh;
    // As docs.rs builds it, with its unstable flags.
    let rustdoc = sh.current_dir().join(".ci/rustdoc");
    cmd!(sh, "cargo doc --workspace --no-deps --all-features")
        .env("RUSTDOC", rustdoc)
        .env("RUSTDOCFLAGS", "-D warnings --cfg docsrs")
        .run()?;
    let output = cmd!(sh, "mdbook build docs").ignore_status().output()?;
    let printed = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    let warned = ["WARN", "ERROR"].iter().any(|level| printed.contains(level));
    ensure!(output.status.success() && !warned, "mdbook failed or warned:\n{printed}");
    first_invitation::check(sh)
}
