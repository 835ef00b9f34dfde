//! Finds the next record after a broken one.

use memchr::memchr_iter;

use super::scan::{Scan, Step};

/// How many bytes after a `{` are looked at for the first two member names.
const LOOKAHEAD: usize = 4 * 1024;

/// The first two member names of a record. Records of one list begin alike, and unlike their parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Signature {
    names: Vec<Vec<u8>>,
}

impl Signature {
    pub(crate) fn new<'a>(keys: impl Iterator<Item = &'a [u8]>) -> Self {
        Self { names: keys.take(2).map(<[u8]>::to_vec).collect() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Returns whether the first member of a record has the same name.
    pub(crate) fn begins_with(&self, key: &[u8]) -> bool {
        self.names.first().is_some_and(|name| name == key)
    }

    /// Returns whether the object at the start of `bytes` begins with these members.
    fn matches(&self, bytes: &[u8]) -> bool {
        let bytes = bytes.get(..LOOKAHEAD).unwrap_or(bytes);
        let mut scan = Scan::default();
        // A broken or unfinished object may still have its first names.
        let _: Step = scan.run(bytes);
        let mut found = scan.keys().iter().map(|range| bytes.get(range.clone()).unwrap_or_default());
        self.names.iter().all(|name| found.next() == Some(name))
    }
}

/// Where the records of a broken one's neighbours begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Border {
    /// Records follow each other, one per line.
    Line,
    /// Records are elements of a list. After text that is not a record, only a comma ends it.
    List { comma_only: bool },
}

/// The result of a search: the position of the next record, or how far everything was searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    At(usize),
    NotBefore(usize),
}

/// Searches the next record from `from` on.
pub(crate) fn next_record(
    bytes: &[u8],
    from: usize,
    complete: bool,
    border: Border,
    signature: &Signature,
) -> Next {
    match border {
        Border::Line => next_line(bytes, from),
        Border::List { comma_only } => next_element(bytes, from, complete, comma_only, signature),
    }
}

/// A document begins in the first column. Inner lines of an indented document do not.
fn next_line(bytes: &[u8], from: usize) -> Next {
    for offset in memchr_iter(b'\n', bytes.get(from..).unwrap_or_default()) {
        let start = from + offset + 1;
        match bytes.get(start) {
            Some(b'{' | b'[') => return Next::At(start),
            Some(_) => {}
            None => return Next::NotBefore(from + offset),
        }
    }
    Next::NotBefore(bytes.len())
}

fn next_element(bytes: &[u8], from: usize, complete: bool, comma_only: bool, signature: &Signature) -> Next {
    for offset in memchr_iter(b'{', bytes.get(from..).unwrap_or_default()) {
        let start = from + offset;
        if !complete && bytes.len() - start < LOOKAHEAD {
            return Next::NotBefore(start);
        }
        if follows_border(bytes.get(..start).unwrap_or_default(), comma_only, signature.is_empty())
            && signature.matches(bytes.get(start..).unwrap_or_default())
        {
            return Next::At(start);
        }
    }
    Next::NotBefore(bytes.len())
}

fn follows_border(before: &[u8], comma_only: bool, strict: bool) -> bool {
    let trimmed = before.trim_ascii_end();
    let new_line = before.get(trimmed.len()..).unwrap_or_default().contains(&b'\n');
    match trimmed {
        [rest @ .., b','] => !strict || rest.trim_ascii_end().last() == Some(&b'}'),
        [.., _] | [] => new_line && !comma_only && !strict,
    }
}
