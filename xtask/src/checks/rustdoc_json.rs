//! rustdoc's JSON of the published libraries.

use std::path::Path;

use anyhow::{Result, bail};
use xshell::{Shell, cmd};

use crate::crates::{libraries, target};

/// The form of the JSON changes with the compiler, and the tools that read it follow. So the compiler is named here, and
/// the tools in `tools.rs`; raise them together.
const RUST: &str = "1.95";

/// Writes the JSON of the libraries of the tree in which the shell is, with all features, to a directory.
pub(crate) fn write(sh: &Shell, rustdoc: &Path, to: &Path) -> Result<Vec<String>> {
    let exact = format!("{RUST}.0");
    let default = cmd!(sh, "rustc --version").read()?;
    let other = !default.starts_with(&format!("rustc {RUST}."));
    if other
        && cmd!(sh, "rustup run {exact} rustc --version").run().is_err()
        && cmd!(sh, "rustup toolchain install {exact} --profile minimal").run().is_err()
    {
        bail!(
            "expected Rust {RUST}, found {default}, and rustup has no other; raise the version here and the tools"
        );
    }
    let _toolchain = other.then(|| sh.push_env("RUSTUP_TOOLCHAIN", &exact));
    let names = libraries(sh)?;
    // The whole workspace, so that dependencies are compiled once for this and for the documentation. The otherwise
    // unused `--cfg` keeps cargo from reusing the documentation of another tree.
    let flags = format!(
        "-Z unstable-options --output-format json --cap-lints allow --cfg run_{}",
        std::process::id()
    );
    cmd!(sh, "cargo doc --quiet --workspace --no-deps --lib --all-features")
        .env("RUSTDOC", rustdoc)
        .env("RUSTDOCFLAGS", flags)
        .run()?;
    let docs = target(sh)?.join("doc");
    for name in &names {
        sh.copy_file(docs.join(format!("{}.json", name.replace('-', "_"))), to.join(format!("{name}.json")))?;
    }
    Ok(names)
}
