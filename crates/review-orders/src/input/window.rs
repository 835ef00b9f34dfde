//! The part of the decoded input that has not been consumed yet.

use memchr::memchr_iter;

/// A buffer that grows at the end and is consumed at the start. It counts the lines it has passed.
#[derive(Debug)]
pub(crate) struct Window {
    buffer: Vec<u8>,
    start: usize,
    line: u64,
    line_end: u8,
    complete: bool,
}

impl Window {
    pub(crate) fn new() -> Self {
        Self { buffer: Vec::new(), start: 0, line: 1, line_end: b'\n', complete: false }
    }

    /// Gives the buffer for appending. Consumed bytes are removed first, so that memory stays bounded.
    pub(crate) fn for_append(&mut self) -> &mut Vec<u8> {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        &mut self.buffer
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.buffer.get(self.start..).unwrap_or_default()
    }

    pub(crate) fn consume(&mut self, length: usize) {
        let end = (self.start + length).min(self.buffer.len());
        let passed = self.buffer.get(self.start..end).unwrap_or_default();
        self.line += memchr_iter(self.line_end, passed).count() as u64;
        self.start = end;
    }

    /// Sets the byte that ends a line. Default: a line feed.
    pub(crate) fn set_line_end(&mut self, line_end: u8) {
        self.line_end = line_end;
    }

    /// Returns the line of the first byte, counted from 1.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// Records that no more bytes follow.
    pub(crate) fn set_complete(&mut self) {
        self.complete = true;
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.complete
    }
}
