//! The text of one record into a value, or a description of what is wrong with it and where.

use crate::json::Json;
use crate::survey::survey;

/// Why a record is not JSON.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotJson {
    /// The member, relative to the record; empty if it is the record itself.
    pub(crate) path: String,
    pub(crate) problem: String,
    /// The number of line breaks before the error.
    pub(crate) lines: u64,
    pub(crate) reference: Option<String>,
}

/// Parses one record.
pub(crate) fn parse(text: &str) -> Result<Json<'_>, NotJson> {
    serde_json::from_str(text).map_err(|error| {
        let position = position(text, error.line(), error.column());
        not_json(text.as_bytes(), position, &describe(&error.to_string()))
    })
}

/// Describes a record with an error at a position.
pub(crate) fn not_json(record: &[u8], position: usize, problem: &str) -> NotJson {
    let found = survey(record, position);
    let before = record.get(..position).unwrap_or(record);
    NotJson {
        path: found.path,
        problem: problem.to_owned(),
        lines: memchr::memchr_iter(b'\n', before).count() as u64,
        reference: found.reference,
    }
}

/// Returns the position of a line and column. serde_json counts both from 1, and in bytes.
fn position(text: &str, line: usize, column: usize) -> usize {
    let skipped = line.saturating_sub(1);
    let start = match skipped {
        0 => 0,
        _ => memchr::memchr_iter(b'\n', text.as_bytes()).nth(skipped - 1).map_or(0, |end| end + 1),
    };
    start + column.saturating_sub(1)
}

/// Translates the messages of serde_json. None of them repeats the input.
fn describe(message: &str) -> String {
    let message = message.split(" at line ").next().unwrap_or_default();
    let (expected, found) = match message {
        "lone leading surrogate in hex escape" | "unexpected end of hex escape" => {
            ("two `\\u` escapes for a character beyond `\\uFFFF`", "only half of one")
        }
        "control character (\\u0000-\\u001F) found while parsing a string" => {
            ("control characters written as escapes such as `\\n`", "a raw one")
        }
        "number out of range" => ("a number", "one that is out of range, such as `1e400`"),
        "recursion limit exceeded" => ("at most 127 levels", "more levels of lists and objects"),
        other => return format!("expected JSON: {other}"),
    };
    format!("expected {expected}, found {found}")
}
