//! Splits CSV into rows and rows into fields.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use memchr::{memchr, memchr_iter, memchr2};

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
                    return unfinished(lines + memchr_iter(b'\n', rest).count());
                };
                lines += memchr_iter(b'\n', rest.get(..quote).unwrap_or_default()).count();
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

/// Splits rows into fields.
pub(crate) struct Fields {
    delimiter: u8,
    reader: Reader,
}

impl Fields {
    pub(crate) fn new(delimiter: u8) -> Self {
        Self { delimiter, reader: ReaderBuilder::new().delimiter(delimiter).build() }
    }

    /// Splits one whole row. Returns the fields one after the other, and the positions behind them.
    pub(crate) fn split(&mut self, row: &str) -> (String, Vec<usize>) {
        if memchr2(b'"', b'\r', row.trim_end_matches(['\r', '\n']).as_bytes()).is_some() {
            return self.split_quoted(row);
        }
        let row = row.trim_end_matches(['\r', '\n']);
        let mut text = String::with_capacity(row.len());
        let mut ends = Vec::with_capacity(16);
        let mut start = 0;
        // A delimiter is an ASCII character.
        for end in memchr_iter(self.delimiter, row.as_bytes()).chain([row.len()]) {
            text.push_str(row.get(start..end).unwrap_or_default());
            ends.push(text.len());
            start = end + 1;
        }
        (text, ends)
    }

    fn split_quoted(&mut self, row: &str) -> (String, Vec<usize>) {
        self.reader.reset();
        let (mut text, mut ends) = (vec![0; row.len() + 1], vec![0; row.len() + 2]);
        let mut input = row.as_bytes();
        let (mut written, mut fields) = (0, 0);
        // The second call, with empty input, ends a row without a line break.
        loop {
            let room = text.get_mut(written..).unwrap_or_default();
            let places = ends.get_mut(fields..).unwrap_or_default();
            let (result, read, wrote, ended) = self.reader.read_record(input, room, places);
            written += wrote;
            fields += ended;
            input = input.get(read..).unwrap_or_default();
            match result {
                ReadRecordResult::InputEmpty => {}
                // The buffers hold a row of any shape, so neither of them is ever full.
                _ => break,
            }
        }
        text.truncate(written);
        ends.truncate(fields);
        // Only quotes and delimiters, which are ASCII, were removed.
        (String::from_utf8(text).unwrap_or_default(), ends)
    }
}
