//! Bytes into JSON documents: one, or several one after the other.

use serde_json::{Deserializer, Value};

/// The documents of an input, or for a broken one a sentence with its line and column.
pub(crate) fn documents(input: &[u8]) -> Documents<'_> {
    Documents { rest: input, line: 1, column: 1, found_any: false }
}

/// Iterates over the documents of an input.
pub(crate) struct Documents<'a> {
    rest: &'a [u8],
    /// Where `rest` begins, both counted from 1.
    line: usize,
    column: usize,
    found_any: bool,
}

impl Iterator for Documents<'_> {
    type Item = Result<Value, String>;

    fn next(&mut self) -> Option<Self::Item> {
        self.skip_blank();
        if self.rest.is_empty() {
            // A file of nothing is a failed download more often than a shop without orders ([]).
            let nothing = !std::mem::replace(&mut self.found_any, true);
            return nothing.then(|| Err("expected JSON, found nothing at line 1 column 1".to_owned()));
        }
        self.found_any = true;
        let mut stream = Deserializer::from_slice(self.rest).into_iter::<Value>();
        match stream.next()? {
            Ok(value) => {
                let end = stream.byte_offset();
                self.advance(end);
                Some(Ok(value))
            }
            Err(error) => {
                let problem = self.problem(&error);
                self.advance(self.broken_length());
                Some(Err(problem))
            }
        }
    }
}

impl Documents<'_> {
    /// White space, and the byte order mark that each of several joined files may begin with.
    fn skip_blank(&mut self) {
        loop {
            if let Some(rest) = self.rest.strip_prefix(b"\xEF\xBB\xBF") {
                self.rest = rest;
            } else if self.rest.first().is_some_and(u8::is_ascii_whitespace) {
                self.advance(1);
            } else {
                return;
            }
        }
    }

    fn advance(&mut self, length: usize) {
        let (done, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, &[]));
        match done.iter().rposition(|byte| *byte == b'\n') {
            Some(last) => {
                self.line += done.iter().filter(|byte| **byte == b'\n').count();
                self.column = done.len() - last;
            }
            None => self.column += done.len(),
        }
        self.rest = rest;
    }

    /// serde_json counts from the start of the document, and ends its sentence with the place. None
    /// of its sentences repeats the input.
    fn problem(&self, error: &serde_json::Error) -> String {
        let sentence = error.to_string();
        let what = sentence.split(" at line ").next().unwrap_or_default();
        let line = self.line + error.line().saturating_sub(1);
        let column = match error.line() {
            0 | 1 => self.column + error.column().saturating_sub(1),
            _ => error.column(),
        };
        format!("this is not JSON: {what} at line {line} column {column}")
    }

    /// How much goes down with a broken document. With one document per line, only its line: the
    /// others have nothing to do with it. Otherwise nobody knows where it ends, so all of the rest.
    fn broken_length(&self) -> usize {
        let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') else {
            return self.rest.len();
        };
        let (line, following) = self.rest.split_at_checked(end).unwrap_or((self.rest, &[]));
        let next = following.split(|byte| *byte == b'\n').find(|line| !line.trim_ascii().is_empty());
        match (line.trim_ascii(), next) {
            (b"{" | b"[", _) | (_, None) => self.rest.len(),
            (_, Some(next)) if !matches!(next.first(), Some(b'{' | b'[')) => self.rest.len(),
            // A line that goes on below, unless it was cut off: then the next stands on its own.
            ([.., b'{' | b'[' | b',' | b':'], Some(next))
                if serde_json::from_slice::<Value>(next).is_err() =>
            {
                self.rest.len()
            }
            _ => end,
        }
    }
}
