//! The heading row and the rows of a CSV file.

use std::ops::Range;

use crate::consent::{is_spelling_of, normal};
use crate::fields::{known, trimmed};

/// The heading row.
pub(crate) struct Header {
    names: Vec<String>,
    normal: Vec<String>,
}

/// One row: its line in the file, its text, and where its fields are in it.
#[derive(Debug, Default)]
pub(crate) struct Row {
    pub(crate) line: u64,
    pub(crate) text: String,
    pub(crate) fields: Vec<Range<usize>>,
}

impl Row {
    pub(crate) fn len(&self) -> usize {
        self.fields.len()
    }

    /// Returns a field without surrounding whitespace.
    pub(crate) fn field(&self, column: usize) -> Option<&str> {
        self.text.get(self.fields.get(column)?.clone()).map(trimmed)
    }

    /// Returns all fields.
    pub(crate) fn fields(&self) -> impl DoubleEndedIterator<Item = &str> + ExactSizeIterator {
        (0..self.len()).map(|column| self.field(column).unwrap_or_default())
    }

    /// Returns the first value in these columns.
    pub(crate) fn first(&self, columns: &[usize]) -> Option<&str> {
        columns.iter().find_map(|column| known(self.field(*column)?))
    }

    /// Returns all values in these columns.
    pub(crate) fn all<'r>(&'r self, columns: &'r [usize]) -> impl Iterator<Item = &'r str> {
        columns.iter().filter_map(|column| known(self.field(*column)?))
    }
}

impl Header {
    pub(crate) fn new(row: &Row) -> Self {
        let names: Vec<_> = row.fields().map(str::to_owned).collect();
        let normal = names.iter().map(|name| normal(name)).collect();
        Self { names, normal }
    }

    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    pub(crate) fn has(&self, heading: &str) -> bool {
        self.normal.iter().any(|name| name == heading)
    }

    /// Returns the columns with one of these headings, in the order of the headings.
    pub(crate) fn columns(&self, headings: &[&str]) -> Vec<usize> {
        headings.iter().flat_map(|heading| self.matching(|name| name == *heading)).collect()
    }

    /// Returns the columns whose heading in normal form matches.
    pub(crate) fn matching(&self, matches: impl Fn(&str) -> bool) -> Vec<usize> {
        let names = self.normal.iter().enumerate();
        names.filter(|(_, name)| matches(name)).map(|(column, _)| column).collect()
    }

    /// Returns the columns of the consent field. Plugins put `meta:` in front of such headings.
    pub(crate) fn consents(&self, field: &str) -> Vec<usize> {
        let is_field = is_spelling_of(field);
        let names = self.names.iter().enumerate();
        names
            .filter(|(_, name)| {
                is_field(name) || name.split_once(':').is_some_and(|(_, name)| is_field(name))
            })
            .map(|(column, _)| column)
            .collect()
    }

    /// Returns the heading of a column for a message. Long ones may be data instead of a heading.
    pub(crate) fn shown(&self, column: Option<usize>) -> String {
        let name = column.and_then(|column| self.names.get(column)).and_then(|name| known(name));
        name.filter(|name| name.len() <= 40 && !name.contains('@')).unwrap_or("$").to_owned()
    }
}
