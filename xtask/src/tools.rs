//! Installs the Debian packages and cargo tools that the checks need and that are missing.

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::context::Context;

/// The tools, and a version where it matters: those that read rustdoc's JSON fit the compiler in `rustdoc_json.rs`.
const TOOLS: &[(&str, Option<&str>)] = &[
    ("cargo-hack", None),
    ("cargo-deny", None),
    ("cargo-fuzz", None),
    ("mdbook", None),
    ("typos-cli", None),
    ("cargo-public-api", Some("0.52.0")),
];

pub(crate) fn install(context: &Context) -> Result<()> {
    let sh = &context.sh;
    // OpenSSL's headers are for the feature native-tls alone; a C compiler for ring; one for C++ for libFuzzer.
    let programs = ["cc", "c++", "curl", "git"].iter().all(|program| is_installed(sh, program));
    if !programs || cmd!(sh, "pkg-config --exists openssl").quiet().run().is_err() {
        apt_get(
            sh,
            &["gcc", "g++", "libc6-dev", "pkg-config", "libssl-dev", "ca-certificates", "curl", "git"],
        )?;
    }
    // review-outbox is tested with the PostgreSQL server of Debian.
    let server = cmd!(sh, "bash -c").arg("ls /usr/lib/postgresql/*/bin/initdb").quiet().ignore_stderr();
    if server.read().is_err() && apt_get(sh, &["postgresql"]).is_err() {
        context.skip("tests with PostgreSQL: it is neither installed nor installable");
    }
    // The sandbox's page is tested in Debian's browser.
    let has_browser = is_installed(sh, "chromium") && is_installed(sh, "npm");
    if !has_browser && apt_get(sh, &["chromium", "nodejs", "npm"]).is_err() {
        context.skip("installing Chromium and npm: they are neither installed nor installable");
    }
    for component in ["clippy", "fmt"] {
        if cmd!(sh, "cargo {component} --version").quiet().ignore_stderr().ignore_stdout().run().is_err() {
            cmd!(sh, "rustup component add clippy rustfmt").run()?;
        }
    }
    for (name, version) in TOOLS {
        cargo_tool(sh, name, *version)?;
    }
    if !cmd!(sh, "git tag --list").arg("v[0-9]*").quiet().read()?.is_empty() {
        cargo_tool(sh, "cargo-semver-checks", Some("0.51.0"))?;
    }
    Ok(())
}

pub(crate) fn is_installed(sh: &Shell, program: &str) -> bool {
    cmd!(sh, "which {program}").quiet().ignore_stderr().read().is_ok()
}

pub(crate) fn apt_get(sh: &Shell, packages: &[&str]) -> Result<()> {
    cmd!(sh, "apt-get update -qq").run()?;
    Ok(cmd!(sh, "apt-get install -qqy --no-install-recommends {packages...}").ignore_stdout().run()?)
}

/// Installs a tool from crates.io if it is missing, or has another version.
pub(crate) fn cargo_tool(sh: &Shell, name: &str, version: Option<&str>) -> Result<()> {
    let program = name.trim_end_matches("-cli");
    let installed = match version {
        None => is_installed(sh, program),
        Some(version) => {
            let subcommand = name.trim_start_matches("cargo-");
            let printed = cmd!(sh, "cargo {subcommand} --version").quiet().ignore_stderr().read();
            printed.is_ok_and(|printed| printed.ends_with(&format!(" {version}")))
        }
    };
    if installed {
        return Ok(());
    }
    let crate_ = version.map_or_else(|| name.to_owned(), |version| format!("{name}@{version}"));
    // It runs for seconds, so it is compiled with few optimizations.
    cmd!(sh, "cargo install --locked --quiet --force {crate_}")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env_remove("CARGO_TARGET_DIR")
        .run()?;
    Ok(())
}
