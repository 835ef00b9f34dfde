//! Splits CSV into rows and rows into fields.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use memchr::{memchr, memchr2};

/// A quoted field that spans more lines has lost its closing quote.
const MAX_LINES: usize = 200;

/// The delimiters of spreadsheets and shop systems.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Returns the delimiter of a heading row: the most frequent one outside quotes.
pub(crate) fn delimiter(header: &[u8]) -> Option<u8> {
    let count = |delimiter: u8| {
        let mut quoted = false;
        let outside = header.iter().filter(|byte| {
            quoted ^= **byte == b'"';
            !quoted && **byte == delimiter
        });
        outside.count()
    };
    // Of two, the first of the list.
    let best = DELIMITERS.into_iter().rev().max_by_key(|delimiter| count(*delimiter))?;
    Some(best).filter(|best| count(*best) > 0)
}

/// The end of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowEnd {
    /// More input is needed.
    More,
    /// The row, with its line break, has this length.
    At(usize),
    /// A quote is misplaced. The row ends at its first line break, so that it takes no other row along.
    Broken(usize),
}

/// Finds the end of the row at the start of the bytes.
pub(crate) fn row_end(bytes: &[u8], delimiter: u8, complete: bool, max_record: usize) -> RowEnd {
    let first_line = || memchr(b'\n', bytes).map_or(bytes.len(), |end| end + 1);
    let unfinished = |lines: usize| {
        if complete {
            RowEnd::At(bytes.len())
        } else if bytes.len() > max_record || lines > MAX_LINES {
            RowEnd::Broken(first_line())
        } else {
            RowEnd::More
        }
    };
    let mut position = 0;
    let mut lines = 0;
    loop {
        if bytes.get(position) == Some(&b'"') {
            position += 1;
            // To the closing quote; doubled quotes are part of the field.
            loop {
                let rest = bytes.get(position..).unwrap_or_default();
                let Some(quote) = memchr(b'"', rest) else {
                    if complete {
                        return RowEnd::Broken(first_line());
                    }
                    return unfinished(lines + memchr::memchr_iter(b'\n', rest).count());
                };
                lines += memchr::memchr_iter(b'\n', rest.get(..quote).unwrap_or_default()).count();
                position += quote + 1;
                match bytes.get(position) {
                    Some(b'"') => position += 1,
                    _ => break,
                }
            }
            if lines > MAX_LINES {
                return RowEnd::Broken(first_line());
            }
            while bytes.get(position) == Some(&b' ') {
                position += 1;
            }
            match bytes.get(position) {
                Some(b'\r') if bytes.get(position + 1) == Some(&b'\n') => return RowEnd::At(position + 2),
                Some(b'\n') => return RowEnd::At(position + 1),
                Some(byte) if *byte == delimiter => position += 1,
                Some(b'\r') if position + 1 == bytes.len() => return unfinished(lines),
                Some(_) => return RowEnd::Broken(first_line()),
                None => return unfinished(lines),
            }
            continue;
        }
        let rest = bytes.get(position..).unwrap_or_default();
        match memchr2(delimiter, b'\n', rest) {
            None => return unfinished(lines),
            Some(end) if rest.get(end) == Some(&b'\n') => return RowEnd::At(position + end + 1),
            Some(end) => position += end + 1,
        }
    }
}

/// Splits one row into fields. The buffers are reused from row to row.
pub(crate) struct Fields {
    reader: Reader,
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Fields {
    pub(crate) fn new(delimiter: u8) -> Self {
        let reader = ReaderBuilder::new().delimiter(delimiter).build();
        Self { reader, text: Vec::new(), ends: Vec::new() }
    }

    /// Splits a row. `row` is one whole row.
    pub(crate) fn split(&mut self, row: &str) -> Vec<String> {
        self.reader.reset();
        self.text.resize(row.len() + 1, 0);
        self.ends.resize(row.len() + 2, 0);
        let mut input = row.as_bytes();
        let (mut written, mut fields) = (0, 0);
        // The second call, with empty input, ends a row without a line break.
        loop {
            let text = self.text.get_mut(written..).unwrap_or_default();
            let ends = self.ends.get_mut(fields..).unwrap_or_default();
            let (result, read, wrote, ended) = self.reader.read_record(input, text, ends);
            written += wrote;
            fields += ended;
            input = input.get(read..).unwrap_or_default();
            match result {
                ReadRecordResult::InputEmpty => {}
                // The buffers hold a row of any shape, so neither of them is ever full.
                _ => break,
            }
        }
        let mut start = 0;
        let ends = self.ends.get(..fields).unwrap_or_default();
        ends.iter()
            .map(|end| {
                let field = self.text.get(start..*end).unwrap_or_default();
                start = *end;
                String::from_utf8_lossy(field).trim().to_owned()
            })
            .collect()
    }
}
