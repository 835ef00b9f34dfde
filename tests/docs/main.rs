//! README, guide and other pages: links, files, examples, features and settings exist. Their Rust code is run by rustdoc, see
//! `support/guide.rs`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    unreachable_pub,
    reason = "a test may panic"
)]

mod markdown;

use std::collections::BTreeSet;
use std::fs;

use review_invites::config::KeyInfo;
use review_invites::registry::{Registry, SENDING_ENV};
use review_invites_tests::VENDORS;

use crate::markdown::{Page, root};

const GUIDE: &str = "docs/src";

/// Returns the README, the guide and the other pages at the root.
fn own_pages() -> Vec<Page> {
    [Page::all_in(""), Page::all_in(GUIDE)].into_iter().flatten().collect()
}

/// These and the pages of the crates.
fn all_pages() -> Vec<Page> {
    let crates = fs::read_dir(root().join("crates")).unwrap();
    let names = crates.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    own_pages().into_iter().chain(names.map(|name| Page::read(format!("crates/{name}/README.md")))).collect()
}

/// Fails with all faults, if there are any.
fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn every_link_leads_somewhere() {
    let mut faults = Vec::new();
    for page in all_pages() {
        for link in page.links() {
            if let Some(why) = dead(&page, &link) {
                faults.push(format!("{}: {link}: {why}", page.path.display()));
            }
        }
    }
    assert_none(&faults);
}

/// Why a link leads nowhere.
fn dead(page: &Page, link: &str) -> Option<&'static str> {
    if link.starts_with("https://") {
        let unpublished = ["https://docs.rs/review-", "https://crates.io/crates/review-"];
        return unpublished.iter().any(|start| link.starts_with(start)).then_some("not published yet");
    }
    let (file, anchor) = link.split_once('#').map_or((link, None), |(file, anchor)| (file, Some(anchor)));
    let target = if file.is_empty() { page.path.clone() } else { page.path.parent().unwrap().join(file) };
    if !root().join(&target).exists() {
        return Some("no such file");
    }
    if page.path.starts_with(GUIDE) && file.contains("..") {
        return Some("the book has nothing outside of its pages");
    }
    let missing =
        anchor.is_some_and(|anchor| !Page::read(target).anchors().iter().any(|known| known == anchor));
    missing.then_some("no such heading")
}

#[test]
fn the_guide_has_every_page_and_runs_its_code() {
    let summary: BTreeSet<_> = Page::read("docs/src/SUMMARY.md").links().into_iter().collect();
    let tested = fs::read_to_string(root().join("tests/support/guide.rs")).unwrap();
    let names = Page::all_in(GUIDE).into_iter().map(|page| page.path.file_name().unwrap().to_owned());
    let pages: BTreeSet<_> =
        names.map(|name| name.into_string().unwrap()).filter(|name| name != "SUMMARY.md").collect();
    assert_eq!(summary, pages);
    for page in pages {
        assert!(
            tested.contains(&format!("docs/src/{page}\"")),
            "{page} is missing in tests/support/guide.rs"
        );
    }
}

#[test]
fn every_file_that_is_named_exists() {
    let mut faults = Vec::new();
    for page in own_pages() {
        for code in page.codes() {
            let place = ["tests/", "crates/", "examples/", "docs/", "xtask/", ".ci/", ".github/"]
                .iter()
                .any(|start| code.starts_with(start));
            if place && !code.contains(['*', ' ']) && !root().join(&code).exists() {
                faults.push(format!("{}: {code}", page.path.display()));
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn every_test_across_crates_is_linked_in_the_readme() {
    let links = Page::read("README.md").links();
    let entries = fs::read_dir(root().join("tests")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let missing: Vec<_> = names
        .filter(|name| !["Cargo.toml", "support"].contains(&name.as_str()))
        .filter(|name| !links.contains(&format!("tests/{name}")))
        .collect();
    assert_none(&missing);
}

#[test]
fn every_example_that_is_named_exists() {
    let exists = |name: &str| {
        let places = [format!("examples/{name}.rs"), format!("examples/{name}/main.rs")];
        let of_crates = ["review-invites", "review-orders"]
            .map(|name_of_crate| format!("crates/{name_of_crate}/examples/{name}.rs"));
        places.iter().chain(&of_crates).any(|place| root().join(place).exists())
    };
    let (mut named, mut faults) = (0, Vec::new());
    for page in all_pages() {
        for rest in page.text.split("--example ").skip(1) {
            let name: String =
                rest.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
            named += 1;
            if !exists(&name) {
                faults.push(format!("{}: {name}", page.path.display()));
            }
        }
    }
    assert!(named > 5, "they are named in another way");
    assert_none(&faults);
}

#[test]
fn every_toml_block_is_valid() {
    let mut taken = 0;
    for page in all_pages() {
        for block in page.blocks().into_iter().filter(|block| block.language == "toml") {
            let place = page.path.display();
            if block.code.contains("[instances") {
                // The file with a secret is not here.
                let text = block.code.replace(r#"file = "/run/secrets/tp""#, r#"env = "TP_SECRET""#);
                let registry = Registry::builder()
                    .env_lookup(|name| (name != SENDING_ENV).then(|| "a-secret".to_owned()))
                    .from_toml(&text);
                registry.unwrap_or_else(|error| panic!("{place}: {error}"));
            } else {
                let unknown = unknown_features(&toml::from_str(&block.code).unwrap());
                assert!(unknown.is_empty(), "{place}: {unknown:?}");
            }
            taken += 1;
        }
    }
    assert!(taken >= 4, "only {taken} blocks were found");
}

/// The features of review-invites, as its manifest has them.
fn features() -> BTreeSet<String> {
    let manifest = fs::read_to_string(root().join("crates/review-invites/Cargo.toml")).unwrap();
    let manifest: toml::Table = toml::from_str(&manifest).unwrap();
    manifest["features"].as_table().unwrap().keys().cloned().collect()
}

/// The features that a part of a manifest names and that do not exist.
fn unknown_features(manifest: &toml::Table) -> BTreeSet<String> {
    let tables = manifest.values().filter_map(|dependencies| dependencies.get("review-invites"));
    let named = tables.filter_map(|dependency| dependency.get("features")?.as_array()).flatten();
    let named: BTreeSet<_> = named.map(|feature| feature.as_str().unwrap().to_owned()).collect();
    assert!(!named.is_empty(), "it names no feature of review-invites");
    named.difference(&features()).cloned().collect()
}

#[test]
fn every_feature_is_in_the_tables() {
    for place in ["README.md", "crates/review-invites/README.md"] {
        let codes: BTreeSet<_> = Page::read(place).codes().into_iter().collect();
        let missing: Vec<_> =
            features().into_iter().filter(|name| name != "default" && !codes.contains(name)).collect();
        assert!(missing.is_empty(), "{place}: {missing:?}");
    }
}

#[test]
fn every_setting_is_in_the_guide() {
    let codes: BTreeSet<_> = Page::read("docs/src/configuration.md").codes().into_iter().collect();
    let variables = VENDORS.into_iter().flat_map(|vendor| {
        let name = move |key: &KeyInfo| format!("{vendor}_{}", key.name).to_uppercase();
        vendor.keys.iter().map(name)
    });
    let missing: Vec<_> = variables.filter(|name| !codes.contains(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_assumption_is_listed() {
    let page = Page::read("docs/src/assumptions.md").text;
    let vendors = VENDORS.iter().map(|vendor| vendor.name).chain(["orders"]);
    let crates = vendors.map(|name| format!("crates/review-{name}/src")).chain(["examples".to_owned()]);
    for place in crates {
        let section = page.split("\n## ").find(|section| section.contains(&format!("`{place}`"))).unwrap();
        let mut marked = Vec::new();
        for (file, text) in sources(&root().join(&place)) {
            let file = file.strip_prefix(root().join(&place)).unwrap().to_str().unwrap().to_owned();
            for marker in MARKERS {
                marked.extend(text.matches(&format!("{marker}:")).map(|_| (file.clone(), marker)));
            }
        }
        let mut listed = Vec::new();
        for row in section.lines() {
            let Some(marker) = MARKERS.into_iter().find(|marker| row.starts_with(&format!("| {marker} |")))
            else {
                continue;
            };
            // The file, and the item or a name near the comment.
            let names: Vec<_> = row.split('|').nth(2).unwrap().split('`').skip(1).step_by(2).collect();
            let text = fs::read_to_string(root().join(&place).join(names[0])).unwrap();
            let missing: Vec<_> = names[1..].iter().filter(|name| !text.contains(**name)).collect();
            assert!(missing.is_empty(), "{place}/{}: {missing:?} is not in this file", names[0]);
            listed.push((names[0].to_owned(), marker));
        }
        marked.sort_unstable();
        listed.sort_unstable();
        assert_eq!(listed, marked, "{place}: list each marker of the code in the page");
    }
}

const MARKERS: [&str; 3] = ["UNK", "DIS", "INF"];

/// Returns all files below a directory, and their texts.
fn sources(directory: &std::path::Path) -> Vec<(std::path::PathBuf, String)> {
    let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let sources = entries.flat_map(|path| match path.is_dir() {
        true => sources(&path),
        false => vec![(path.clone(), fs::read_to_string(path).unwrap())],
    });
    sources.collect()
}
