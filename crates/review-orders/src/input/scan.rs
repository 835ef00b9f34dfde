//! Finds the end of a JSON value by its brackets and quotes, without parsing it.
//!
//! The scan accepts everything that keeps the structure intact, such as invalid escapes, control
//! characters, `1e400` and any depth: the parser rejects that record alone. It stops at bytes that
//! cannot be in JSON at all, because from there on quotes and brackets mean nothing.

use std::ops::Range;

use super::lexical::find_either;

/// How many levels of brackets are distinguished. Deeper ones, which no parser of JSON accepts, are only counted, so
/// that the memory does not grow with the depth.
const MAX_LEVELS: usize = 1024;
/// How many member names are kept. No order has a tenth of them.
const MAX_KEYS: usize = 4096;

/// A resumable scan of one value.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    position: usize,
    open: Vec<u8>,
    /// How many levels are open below those.
    deeper: usize,
    last: Last,
    in_string: bool,
    string_start: usize,
    keys: Vec<Range<usize>>,
}

/// The kind of the last token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Last {
    #[default]
    Open,
    Comma,
    Colon,
    /// Inside a number or a literal.
    Word,
    /// The end of a value.
    Value,
}

/// The result of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The bytes end inside the value.
    More,
    /// The value has this length.
    End(usize),
    /// The byte at this position cannot follow.
    Broken(usize),
}

impl Scan {
    /// Prepares for another value and keeps the buffers.
    pub(crate) fn reset(&mut self) {
        self.position = 0;
        self.open.clear();
        self.deeper = 0;
        self.last = Last::Open;
        self.in_string = false;
        self.keys.clear();
    }

    /// Returns the positions of the member names of the value itself, without quotes, as far as scanned.
    pub(crate) fn keys(&self) -> &[Range<usize>] {
        &self.keys
    }

    /// Returns how far the scan is.
    pub(crate) fn position(&self) -> usize {
        self.position
    }

    /// Moves the start of the value, after its first `by` bytes were consumed. The member names are
    /// forgotten.
    pub(crate) fn rebase(&mut self, by: usize) {
        self.position -= by.min(self.position);
        self.string_start = self.string_start.saturating_sub(by);
        self.keys.clear();
    }

    /// Scans on. `bytes` begins with the value.
    pub(crate) fn run(&mut self, bytes: &[u8]) -> Step {
        let mut position = self.position;
        let step = self.scan(bytes, &mut position);
        self.position = position;
        step
    }

    #[inline]
    fn scan(&mut self, bytes: &[u8], position: &mut usize) -> Step {
        loop {
            if self.in_string {
                if !self.end_string(bytes, position) {
                    return Step::More;
                }
                if self.open.is_empty() {
                    return Step::End(*position);
                }
            }
            let Some(byte) = bytes.get(*position) else { return Step::More };
            match byte {
                b'"' => {
                    if matches!(self.last, Last::Value | Last::Word) {
                        return Step::Broken(*position);
                    }
                    *position += 1;
                    self.string_start = *position;
                    self.in_string = true;
                    continue;
                }
                b',' if !self.open.is_empty() => self.last = Last::Comma,
                b':' if !self.open.is_empty() => self.last = Last::Colon,
                b'{' | b'[' => {
                    let misplaced = match self.last {
                        Last::Value | Last::Word => true,
                        Last::Colon => false,
                        Last::Open | Last::Comma => self.open.last() == Some(&b'{'),
                    };
                    if misplaced {
                        return Step::Broken(*position);
                    }
                    match self.open.len() < MAX_LEVELS {
                        true => self.open.push(*byte),
                        false => self.deeper += 1,
                    }
                    self.last = Last::Open;
                }
                // The end of a number or a literal that is the whole value.
                b'}' | b']' | b',' | b' ' | b'\n' | b'\r' | b'\t' if self.open.is_empty() => {
                    return Step::End(*position);
                }
                b'}' | b']' if self.deeper > 0 => {
                    self.deeper -= 1;
                    self.last = Last::Value;
                }
                b'}' | b']' => {
                    let expected = if *byte == b'}' { b'{' } else { b'[' };
                    if self.open.pop() != Some(expected) {
                        return Step::Broken(*position);
                    }
                    self.last = Last::Value;
                    if self.open.is_empty() {
                        *position += 1;
                        return Step::End(*position);
                    }
                }
                b':' => return Step::Broken(*position),
                b' ' | b'\n' | b'\r' | b'\t' => {
                    if self.last == Last::Word {
                        self.last = Last::Value;
                    }
                }
                _ if self.last == Last::Value => return Step::Broken(*position),
                _ => self.last = Last::Word,
            }
            *position += 1;
        }
    }

    /// Moves to the end of the current string. Returns false if it is not in `bytes`.
    fn end_string(&mut self, bytes: &[u8], position: &mut usize) -> bool {
        loop {
            let rest = bytes.get(*position..).unwrap_or_default();
            let Some(offset) = find_either(rest, b'"', b'\\') else {
                *position = bytes.len();
                return false;
            };
            if rest.get(offset) == Some(&b'\\') {
                if offset + 1 >= rest.len() {
                    // The escaped character is not there yet.
                    *position += offset;
                    return false;
                }
                *position += offset + 2;
                continue;
            }
            let end = *position + offset;
            if self.open.len() == 1
                && self.open.first() == Some(&b'{')
                && matches!(self.last, Last::Open | Last::Comma)
                && self.keys.len() < MAX_KEYS
            {
                self.keys.push(self.string_start..end);
            }
            *position = end + 1;
            self.in_string = false;
            self.last = Last::Value;
            return true;
        }
    }
}
