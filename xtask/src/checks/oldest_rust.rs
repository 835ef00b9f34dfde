//! The oldest Rust that each manifest promises: each crate is built with its own.

use std::collections::BTreeMap;

use anyhow::Result;
use xshell::cmd;

use crate::context::Context;
use crate::crates::{arguments, list, metadata, text};

pub(crate) fn check(context: &Context) -> Result<()> {
    let sh = &context.sh;
    let metadata = metadata(sh, &["--no-deps"])?;
    let mut crates: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for package in list(&metadata["packages"]) {
        crates.entry(text(package, "rust_version")).or_default().push(text(package, "name").to_owned());
    }
    for (rust, names) in crates {
        let crates = arguments(&names);
        let installed = cmd!(sh, "rustup run {rust} rustc --version").run().is_ok();
        if installed || cmd!(sh, "rustup toolchain install {rust} --profile minimal").run().is_ok() {
            cmd!(sh, "cargo check {crates...} --all-features").env("RUSTUP_TOOLCHAIN", rust).run()?;
        } else {
            context.skip(&format!(
                "Rust {rust} is neither installed nor installable; clippy looks for newer items"
            ));
            cmd!(sh, "cargo clippy {crates...} --all-features -- -D clippy::incompatible_msrv").run()?;
        }
    }
    Ok(())
}
