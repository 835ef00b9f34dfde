//! Fails if source files of one crate import each other in a circle. Re-exports lead to the file that defines the item.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use regex_lite::Regex;
use xshell::Shell;

/// A module, or the path of an item: the names below the root of its crate.
type Names = Vec<String>;
type Imports = BTreeMap<Names, BTreeSet<Names>>;

pub(crate) fn check(sh: &Shell) -> Result<()> {
    let mut found = Vec::new();
    for crate_ in sh.read_dir("crates")?.iter().chain([&PathBuf::from("xtask")]) {
        let source = sh.current_dir().join(crate_).join("src");
        let mut files = Vec::new();
        collect(sh, &source, &mut files)?;
        let modules = files.iter().map(|file| Ok((module(file.strip_prefix(&source)?), sh.read_file(file)?)));
        for circle in circles(&imports(modules.collect::<Result<_>>()?)?) {
            let name = crate_.file_name().unwrap_or_default().to_string_lossy();
            found.push(format!("{name}: a circle of {}", circle.join(", ")));
        }
    }
    ensure!(found.is_empty(), "{}", found.join("\n"));
    Ok(())
}

fn collect(sh: &Shell, directory: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for path in sh.read_dir(directory)? {
        if path.is_dir() {
            collect(sh, &path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

fn module(file: &Path) -> Names {
    let file = file.with_extension("");
    let names = file.iter().map(|name| name.to_string_lossy().into_owned());
    names.filter(|name| !["lib", "main", "mod"].contains(&name.as_str())).collect()
}

/// Returns the paths of a tree of imports: `a::{b, c::{d, e}}` has three.
fn split(tree: &str) -> Vec<String> {
    let Some((head, inner)) = tree.strip_suffix('}').and_then(|tree| tree.split_once('{')) else {
        // `a as b` is the path `a`.
        return vec![tree.split(" as ").next().unwrap_or(tree).trim().to_owned()];
    };
    let (mut depth, mut parts) = (0, vec![String::new()]);
    for letter in inner.chars() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(part) = parts.last_mut() {
            part.push(letter);
        }
    }
    let parts = parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty());
    parts.flat_map(split).map(|path| format!("{}{path}", head.trim())).collect()
}

/// Resolves `crate`, `self` and `super` at the start of a path in this module.
fn absolute(module: &Names, path: &str) -> Names {
    let mut names = path.split("::").peekable();
    let mut base = if names.peek() == Some(&"crate") { Vec::new() } else { module.clone() };
    while let Some(name) = names.next_if(|name| ["crate", "self", "super"].contains(name)) {
        if name == "super" {
            base.pop();
        }
    }
    base.extend(names.filter(|name| !["self", "*"].contains(name)).map(str::to_owned));
    base
}

fn imports(files: Vec<(Names, String)>) -> Result<Imports> {
    let comment = Regex::new("//.*")?;
    let import = Regex::new(r"(?m)^\s*(?:pub(?:\([^)]*\))? )?use ((?:crate|super|self)::[^;]+);")?;
    let inline = Regex::new(r"\b(?:crate|super)(?:::\w+)+")?;
    let (mut code, mut uses) = (BTreeMap::new(), BTreeMap::new());
    for (module, text) in files {
        // Unit tests are last in a file, and may import what they test.
        let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        let text = comment.replace_all(text, "");
        let trees = import.captures_iter(&text).filter_map(|found| Some(found.get(1)?.as_str().to_owned()));
        let paths = trees.flat_map(|tree| split(&tree)).map(|path| absolute(&module, &path));
        uses.insert(module.clone(), paths.collect::<Vec<_>>());
        code.insert(module, import.replace_all(&text, "").into_owned());
    }
    let mut result = Imports::new();
    for (module, text) in &code {
        let words: BTreeSet<_> =
            text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').collect();
        // A re-export that the file itself does not use is no import.
        let used =
            uses[module].iter().filter(|path| path.last().is_some_and(|name| words.contains(name.as_str())));
        let inline = inline.find_iter(text).map(|path| absolute(module, path.as_str()));
        let paths = used.cloned().chain(inline);
        let files = paths.filter_map(|path| defined_in(&uses, path)).filter(|file| file != module);
        result.insert(module.clone(), files.collect());
    }
    Ok(result)
}

/// Returns the module that defines an item, through re-exports.
fn defined_in(uses: &BTreeMap<Names, Vec<Names>>, path: Names) -> Option<Names> {
    let end = (0..=path.len()).rev().find(|end| uses.contains_key(&path[..*end]))?;
    let Some(name) = path.get(end) else { return Some(path) };
    match uses[&path[..end]].iter().find(|exported| exported.last() == Some(name)) {
        Some(exported) if !path.starts_with(exported) => {
            defined_in(uses, exported.iter().chain(&path[end + 1..]).cloned().collect())
        }
        _ => Some(path[..end].to_vec()),
    }
}

fn circles(imports: &Imports) -> BTreeSet<Vec<String>> {
    let reachable: BTreeMap<_, _> = imports.keys().map(|start| (start, reachable(imports, start))).collect();
    let circle = |start: &Names| {
        let members = reachable[start].iter().filter(|member| reachable[member].contains(start));
        members.map(|module| if module.is_empty() { "lib".to_owned() } else { module.join("::") }).collect()
    };
    imports.keys().map(circle).filter(|circle: &Vec<_>| !circle.is_empty()).collect()
}

fn reachable(imports: &Imports, start: &Names) -> BTreeSet<Names> {
    let (mut seen, mut left) = (BTreeSet::new(), vec![start.clone()]);
    while let Some(module) = left.pop() {
        left.extend(imports[&module].iter().filter(|next| seen.insert((*next).clone())).cloned());
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::{circles, imports, split};

    fn found(files: &[(&str, &str)]) -> Vec<Vec<String>> {
        let names =
            |path: &str| path.split("::").filter(|name| !name.is_empty()).map(str::to_owned).collect();
        let files = files.iter().map(|(path, text)| (names(path), (*text).to_owned())).collect();
        circles(&imports(files).unwrap()).into_iter().collect()
    }

    #[test]
    fn nested_import_is_split_into_paths() {
        assert_eq!(split("crate::{a, b::{c as d, e}}"), ["crate::a", "crate::b::c", "crate::b::e"]);
    }

    #[test]
    fn circle_through_a_reexport_is_found() {
        let root = ("", "mod a;\nmod b;\npub use crate::a::A;");
        let a = ("a", "use crate::b::B; pub struct A(B);");
        let b = ("b", "use crate::A; pub struct B(Box<A>);");
        assert_eq!(found(&[root, a, b]), [["a", "b"]]);
    }

    #[test]
    fn import_of_unit_tests_is_no_circle() {
        let a = ("a", "use super::b::B; pub struct A(B);");
        let b = ("b", "pub struct B;\n#[cfg(test)]\nmod tests { use crate::a::A; fn f(_: A) {} }");
        assert!(found(&[("", "mod a; mod b;"), a, b]).is_empty());
    }
}
