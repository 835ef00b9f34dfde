//! The heading row and the rows of a CSV file.

use std::collections::HashMap;

use crate::consent::{is_spelling_of, normal};
use crate::fields::known;

/// The heading row.
pub(crate) struct Header {
    names: Vec<String>,
    normal: Vec<String>,
    index: HashMap<String, usize>,
}

/// One row, and its line in the file.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) line: u64,
    pub(crate) fields: Vec<String>,
}

impl Header {
    pub(crate) fn new(names: Vec<String>) -> Self {
        let normal: Vec<_> = names.iter().map(|name| normal(name)).collect();
        let mut index = HashMap::new();
        for (position, name) in normal.iter().enumerate() {
            // Of two columns with one heading, the first counts, unless they are consents.
            index.entry(name.clone()).or_insert(position);
        }
        Self { names, normal, index }
    }

    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// Returns a heading as written.
    pub(crate) fn name(&self, column: usize) -> Option<&str> {
        self.names.get(column).map(String::as_str)
    }

    pub(crate) fn has(&self, heading: &str) -> bool {
        self.index.contains_key(heading)
    }

    /// Returns the first value of a row under one of these headings.
    pub(crate) fn first<'r>(&self, row: &'r Row, headings: &[&str]) -> Option<&'r str> {
        let cell = |heading: &&str| known(row.fields.get(*self.index.get(*heading)?)?);
        headings.iter().find_map(cell)
    }

    /// Returns the values of a row under all headings that match.
    pub(crate) fn matching<'r>(&self, row: &'r Row, matches: impl Fn(&str) -> bool) -> Vec<&'r str> {
        let columns = self.normal.iter().enumerate().filter(|(_, name)| matches(name));
        columns.filter_map(|(position, _)| known(row.fields.get(position)?)).collect()
    }

    /// Returns all values of the consent field. Plugins put `meta:` in front of such headings.
    pub(crate) fn consents<'r>(&self, rows: &'r [Row], field: &str) -> Vec<&'r str> {
        let is_field = is_spelling_of(field);
        let columns: Vec<_> = self
            .names
            .iter()
            .enumerate()
            .filter(|(_, name)| {
                is_field(name) || name.split_once(':').is_some_and(|(_, name)| is_field(name))
            })
            .map(|(position, _)| position)
            .collect();
        let cells = |row: &'r Row| {
            columns.iter().filter_map(|column| known(row.fields.get(*column)?)).collect::<Vec<_>>()
        };
        rows.iter().flat_map(cells).collect()
    }
}
