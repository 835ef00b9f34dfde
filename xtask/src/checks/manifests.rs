//! What crates.io and docs.rs require of every published crate, and the Rust version its dependencies require.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Result, ensure};
use regex_lite::Regex;
use serde_json::Value;
use xshell::Shell;

use crate::crates::{list, metadata, published, text};

/// From <https://crates.io/category_slugs>. crates.io silently drops any other category.
const CATEGORIES: &[&str] = &[
    "api-bindings",
    "asynchronous",
    "authentication",
    "command-line-utilities",
    "database",
    "development-tools::testing",
    "email",
    "network-programming",
    "parser-implementations",
    "web-programming",
    "web-programming::http-client",
    "web-programming::http-server",
];

pub(crate) fn check(sh: &Shell) -> Result<()> {
    let metadata = metadata(sh, &["--all-features"])?;
    let crates = published(&metadata);
    let mut faults = Vec::new();
    for package in &crates {
        let name = text(package, "name");
        faults.extend(problems(package)?.into_iter().map(|problem| format!("{name}: {problem}")));
    }
    faults.extend(too_new(&metadata));
    println!(
        "{} crates to be published, {} packages checked",
        crates.len(),
        list(&metadata["packages"]).len()
    );
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}

fn problems(package: &Value) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    let mut expect = |fulfilled: bool, problem: String| {
        if !fulfilled {
            problems.push(problem);
        }
    };
    let length = text(package, "description").len();
    expect((20..=200).contains(&length), "description: expected 20 to 200 characters".to_owned());
    for key in ["license", "repository", "rust_version"] {
        expect(!text(package, key).is_empty(), format!("{key}: expected a value, found none"));
    }
    let (manifest, readme) = (Path::new(text(package, "manifest_path")), text(package, "readme"));
    expect(
        !readme.is_empty() && manifest.with_file_name(readme).is_file(),
        "readme: expected a file".to_owned(),
    );
    let (keywords, categories) = (list(&package["keywords"]), list(&package["categories"]));
    for (key, values) in [("keywords", keywords), ("categories", categories)] {
        expect((1..=5).contains(&values.len()), format!("{key}: expected 1 to 5, found {}", values.len()));
    }
    let keyword = Regex::new("^[A-Za-z][A-Za-z0-9_+-]{0,19}$")?;
    for word in keywords.iter().filter_map(Value::as_str) {
        let problem = format!("keywords: expected at most 20 letters, digits, _, - and +, found {word}");
        expect(keyword.is_match(word), problem);
    }
    for slug in categories.iter().filter_map(Value::as_str) {
        let problem =
            format!("categories: {slug} is not in {}; see https://crates.io/category_slugs", file!());
        expect(CATEGORIES.contains(&slug), problem);
    }
    let (features, docs) = (&package["features"], package.pointer("/metadata/docs/rs"));
    let has_features = features.as_object().is_some_and(|features| !features.is_empty());
    let problem = "package.metadata.docs.rs: expected the features that docs.rs shows";
    expect(!has_features || docs.is_some(), problem.to_owned());
    for feature in list(docs.map_or(&Value::Null, |docs| &docs["features"])).iter().filter_map(Value::as_str)
    {
        let problem = format!("package.metadata.docs.rs: there is no feature {feature}");
        expect(features.get(feature).is_some(), problem);
    }
    Ok(problems)
}

/// Returns the dependencies, direct or not, that require a newer Rust than the crate that depends on them promises.
fn too_new(metadata: &Value) -> Vec<String> {
    let (packages, nodes) = (list(&metadata["packages"]), list(&metadata["resolve"]["nodes"]));
    let packages: BTreeMap<_, _> = packages.iter().map(|package| (text(package, "id"), package)).collect();
    let below: BTreeMap<_, _> =
        nodes.iter().map(|node| (text(node, "id"), list(&node["dependencies"]))).collect();
    let mut found = Vec::new();
    for member in list(&metadata["workspace_members"]).iter().filter_map(Value::as_str) {
        let ours = text(packages[member], "rust_version");
        let (mut seen, mut left) = (BTreeSet::new(), vec![member]);
        while let Some(id) = left.pop() {
            left.extend(below[id].iter().filter_map(Value::as_str).filter(|id| seen.insert(*id)));
        }
        for dependency in seen.into_iter().map(|id| packages[id]) {
            let theirs = text(dependency, "rust_version");
            if version(theirs) > version(ours) {
                let (member, dependency) = (text(packages[member], "name"), text(dependency, "name"));
                found.push(format!("{member} promises Rust {ours}, and {dependency} requires {theirs}"));
            }
        }
    }
    found
}

/// Returns the numbers of a version: `1.88` is `[1, 88, 0]`.
fn version(text: &str) -> [u32; 3] {
    let mut parts = text.split('.').map(|part| part.parse().unwrap_or(0));
    [(); 3].map(|()| parts.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::too_new;

    #[test]
    fn indirect_dependency_with_a_newer_rust_is_found() {
        let package = |id, rust| json!({ "id": id, "name": id, "rust_version": rust });
        let metadata = json!({
            "packages": [package("app", "1.88"), package("middle", "1.9"), package("deep", "1.90.1")],
            "workspace_members": ["app"],
            "resolve": { "nodes": [
                { "id": "app", "dependencies": ["middle"] },
                { "id": "middle", "dependencies": ["deep"] },
                { "id": "deep", "dependencies": [] },
            ] },
        });
        assert_eq!(too_new(&metadata), ["app promises Rust 1.88, and deep requires 1.90.1"]);
    }
}
