//! The crates of the workspace.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use serde_json::Value;
use xshell::{Shell, cmd};

/// Returns what `cargo metadata` prints with these arguments.
pub(crate) fn metadata(sh: &Shell, arguments: &[&str]) -> Result<Value> {
    let json = cmd!(sh, "cargo metadata --format-version 1 {arguments...}").quiet().read()?;
    Ok(serde_json::from_str(&json)?)
}

/// Returns a string of a package of the metadata, or an empty one.
pub(crate) fn text<'a>(package: &'a Value, key: &str) -> &'a str {
    package[key].as_str().unwrap_or_default()
}

/// Returns the members of an array, or none.
pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Returns the crates that are published: those of the workspace without `publish = false`.
pub(crate) fn published(metadata: &Value) -> Vec<&Value> {
    let packages = list(&metadata["packages"]).iter();
    packages.filter(|package| package["source"].is_null() && package["publish"].is_null()).collect()
}

/// Returns the names of the crates that are published.
pub(crate) fn published_names(sh: &Shell) -> Result<Vec<String>> {
    let metadata = metadata(sh, &["--no-deps"])?;
    Ok(published(&metadata).into_iter().map(|package| text(package, "name").to_owned()).collect())
}

/// Returns the names of the published libraries.
pub(crate) fn libraries(sh: &Shell) -> Result<Vec<String>> {
    let metadata = metadata(sh, &["--no-deps"])?;
    let is_library = |package: &&Value| {
        list(&package["targets"]).iter().any(|target| list(&target["kind"]).contains(&Value::from("lib")))
    };
    let libraries = published(&metadata).into_iter().filter(is_library);
    Ok(libraries.map(|package| text(package, "name").to_owned()).collect())
}

/// Returns the directory where cargo builds.
pub(crate) fn target(sh: &Shell) -> Result<PathBuf> {
    let metadata = metadata(sh, &["--no-deps"])?;
    Ok(metadata["target_directory"].as_str().context("cargo metadata has no target directory")?.into())
}

/// Returns each name as arguments of cargo: `-p NAME`.
pub(crate) fn arguments<'a>(names: impl IntoIterator<Item = &'a String>) -> Vec<&'a str> {
    names.into_iter().flat_map(|name| ["-p", name]).collect()
}
