//! Splits CSV into rows and rows into fields.

use std::ops::Range;

use memchr::{memchr, memchr_iter};

use super::lexical::find_either;
use crate::table::Row;

/// A quoted field that spans more lines has lost its closing quote.
const MAX_LINES: usize = 200;

/// How many fields of a row are kept. It is the most columns that a spreadsheet can have, and bounds the memory of a
/// row of delimiters.
const MAX_FIELDS: usize = 16_384;

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

/// Returns the byte that ends a line: a line feed, with or without a carriage return in front of it. Spreadsheets for
/// old Macintosh computers write a carriage return alone.
pub(crate) fn line_end(head: &[u8]) -> u8 {
    if memchr(b'\n', head).is_none() && memchr(b'\r', head).is_some() { b'\r' } else { b'\n' }
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
    /// The row is above the limit, and the first line break is behind this length.
    TooLong(usize),
}

/// Finds the end of the row at the start of the bytes, and its fields. It continues where the bytes ended at the last
/// call, so that each byte of a long row is read once.
pub(crate) struct RowScan {
    delimiter: u8,
    line_end: u8,
    position: usize,
    /// The number of line breaks in quotes.
    lines: usize,
    place: Place,
    fields: Vec<Range<usize>>,
    /// The fields that contain doubled quotes.
    doubled: Vec<usize>,
}

/// The place of the next byte.
#[derive(Clone, Copy)]
enum Place {
    /// At the start of a field.
    Start,
    /// Inside a field that starts here.
    Plain(usize),
    /// Between the quotes of a field that starts here.
    Quoted(usize),
    /// Behind the second quote of a field, which may be one of two.
    Quote(usize),
    /// Behind a quoted field.
    Closed(usize, usize),
}

impl RowScan {
    pub(crate) fn new(delimiter: u8, line_end: u8) -> Self {
        Self {
            delimiter,
            line_end,
            position: 0,
            lines: 0,
            place: Place::Start,
            fields: Vec::new(),
            doubled: Vec::new(),
        }
    }

    /// Searches the end of the row at the start of the bytes, which are not empty. Unless more input is needed, call
    /// [`RowScan::fill`] next.
    pub(crate) fn next(&mut self, bytes: &[u8], complete: bool, max_record: usize) -> RowEnd {
        let end = self.scan(bytes, complete, false);
        let length = if let Some(Ok(length)) = end { length } else { bytes.len() };
        if length > max_record {
            let first_line = memchr(self.line_end, bytes).map_or(bytes.len(), |end| end + 1);
            return RowEnd::TooLong(first_line);
        }
        match end {
            Some(Ok(length)) if self.lines <= MAX_LINES => RowEnd::At(length),
            None if self.lines <= MAX_LINES => RowEnd::More,
            _ => RowEnd::Broken(memchr(self.line_end, bytes).map_or(bytes.len(), |end| end + 1)),
        }
    }

    /// Moves the row that was found to a place of its own. `is_scanned` states whether the text has the same bytes as
    /// the row. A misplaced quote is then part of its field.
    pub(crate) fn fill(&mut self, row: &mut Row, line: u64, text: &str, is_scanned: bool) {
        if !is_scanned {
            self.reset();
            self.scan(text.as_bytes(), true, true);
        }
        row.line = line;
        row.text.clear();
        row.text.push_str(text);
        std::mem::swap(&mut row.fields, &mut self.fields);
        for field in &self.doubled {
            let Some(field) = row.fields.get_mut(*field) else { continue };
            let start = row.text.len();
            let plain = row.text.get(field.clone()).unwrap_or_default().replace("\"\"", "\"");
            row.text.push_str(&plain);
            *field = start..row.text.len();
        }
        self.reset();
    }

    fn reset(&mut self) {
        self.position = 0;
        self.lines = 0;
        self.place = Place::Start;
        self.fields.clear();
        self.doubled.clear();
    }

    /// Returns the length of the row, or an error at a misplaced quote. `None` if the bytes end before.
    fn scan(&mut self, bytes: &[u8], complete: bool, lenient: bool) -> Option<Result<usize, ()>> {
        loop {
            let rest = bytes.get(self.position..).unwrap_or_default();
            // The field, if its end is found: behind it is a delimiter, a line break or the end of the file.
            let field = match self.place {
                Place::Start if rest.is_empty() && !complete => return None,
                Place::Start if rest.first() == Some(&b'"') => {
                    self.position += 1;
                    self.place = Place::Quoted(self.position);
                    continue;
                }
                Place::Start => {
                    self.place = Place::Plain(self.position);
                    continue;
                }
                Place::Plain(start) => {
                    self.position += find_either(rest, self.delimiter, self.line_end).unwrap_or(rest.len());
                    start..self.position
                }
                Place::Quoted(start) => {
                    let quote = memchr(b'"', rest);
                    let inner = rest.get(..quote.unwrap_or(rest.len())).unwrap_or_default();
                    self.lines += memchr_iter(self.line_end, inner).count();
                    self.position += inner.len();
                    match quote {
                        Some(_) => {
                            self.position += 1;
                            self.place = Place::Quote(start);
                        }
                        None if lenient && complete => self.place = Place::Plain(start),
                        None if complete => return Some(Err(())),
                        None => return None,
                    }
                    continue;
                }
                Place::Quote(start) => {
                    match rest.first() {
                        None if !complete => return None,
                        Some(b'"') => {
                            self.position += 1;
                            self.place = Place::Quoted(start);
                            if self.doubled.last() != Some(&self.fields.len()) {
                                self.doubled.push(self.fields.len());
                            }
                        }
                        _ => self.place = Place::Closed(start, self.position - 1),
                    }
                    continue;
                }
                Place::Closed(start, end) => {
                    match rest.first() {
                        Some(byte) if *byte == self.delimiter || *byte == self.line_end => {}
                        Some(b' ' | b'\r') => {
                            self.position += 1;
                            continue;
                        }
                        Some(_) if lenient => {
                            self.place = Place::Plain(start);
                            continue;
                        }
                        Some(_) => return Some(Err(())),
                        None => {}
                    }
                    start..end
                }
            };
            let behind = bytes.get(self.position);
            if behind.is_none() && !complete {
                return None;
            }
            // One more shows that there are too many.
            if self.fields.len() <= MAX_FIELDS {
                self.fields.push(field);
            }
            self.position += usize::from(behind.is_some());
            self.place = Place::Start;
            if behind != Some(&self.delimiter) {
                return Some(Ok(self.position));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::{RowEnd, RowScan};
    use crate::table::Row;

    const STEP: usize = 1000;
    const LIMIT: usize = 100 * STEP;

    /// Scans a row that arrives in steps. After each, the bytes that were scanned are overwritten: reading one of
    /// them again would change the result.
    fn scan_once(row: &str) -> (RowEnd, usize) {
        let mut scan = RowScan::new(b',', b'\n');
        let bytes = row.as_bytes();
        for end in (STEP..).step_by(STEP) {
            let end = end.min(bytes.len());
            let mut window = bytes[..end].to_vec();
            window[..end.saturating_sub(STEP)].fill(b'"');
            let result = scan.next(&window, end == bytes.len(), LIMIT);
            if result != RowEnd::More {
                return (result, end);
            }
        }
        unreachable!("the last step is complete")
    }

    #[test]
    fn long_row_is_scanned_once() {
        let text = "x".repeat(90 * STEP + 10);
        for row in [format!("{text}\n"), format!("a,{text},b\n"), format!("a,\"{text}\"\n")] {
            assert_eq!(scan_once(&row).0, RowEnd::At(row.len()), "{}", &row[..20]);
        }
        for row in ["x".repeat(9 * LIMIT), format!("a,\"{}", "x".repeat(9 * LIMIT)), "a,".repeat(9 * LIMIT)] {
            let (end, scanned) = scan_once(&row);
            assert_eq!((end, scanned), (RowEnd::TooLong(scanned), LIMIT + STEP), "{}", &row[..20]);
        }
    }

    #[test]
    fn row_is_split_like_its_parts_arrive_at_once() {
        for row in [
            "a,b,c\n",
            "\"a\",b ,\"c,\"\"d\"\"\"\r\n",
            ",,\n",
            "\"a\nb\" ,\"\",x\"y\n",
            "\"\"\"\",,\"\"\"\"\"\"\n",
        ] {
            let mut whole = Row::default();
            let mut scan = RowScan::new(b',', b'\n');
            assert_eq!(scan.next(row.as_bytes(), false, LIMIT), RowEnd::At(row.len()), "{row}");
            scan.fill(&mut whole, 1, row, true);
            let expected: Vec<_> = csv::ReaderBuilder::new()
                .has_headers(false)
                .from_reader(row.as_bytes())
                .records()
                .flat_map(|record| {
                    record.unwrap().iter().map(|field| field.trim().to_owned()).collect::<Vec<_>>()
                })
                .collect();
            assert_eq!(whole.fields().collect::<Vec<_>>(), expected, "{row}");
            for cut in 1..row.len() {
                assert_eq!(scan.next(&row.as_bytes()[..cut], false, LIMIT), RowEnd::More, "{row} {cut}");
                assert_eq!(scan.next(row.as_bytes(), false, LIMIT), RowEnd::At(row.len()), "{row} {cut}");
                let mut parts = Row::default();
                scan.fill(&mut parts, 1, row, true);
                assert_eq!(parts.fields, whole.fields, "{row} {cut}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn rows_that_the_csv_crate_writes_are_read_back(rows in vec(vec("[ab\",;\r\n é]{0,6}", 1..6), 1..5)) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let file = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let (mut rest, mut scan, mut found) = (file.as_str(), RowScan::new(b',', b'\n'), Row::default());
            for row in &rows {
                let RowEnd::At(length) = scan.next(rest.as_bytes(), false, LIMIT) else { panic!("{file:?}") };
                scan.fill(&mut found, 1, &rest[..length], true);
                prop_assert!(found.fields().eq(row.iter().map(|field| field.trim())), "{:?}", file);
                rest = &rest[length..];
            }
            prop_assert_eq!(rest, "");
        }
    }
}
