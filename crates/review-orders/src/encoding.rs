//! The character encoding of an input.

/// The character encoding of an input. Gzip is always unpacked first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Encoding {
    /// Detects the encoding: UTF-16 by its byte order mark or its zero bytes. Otherwise UTF-8, or
    /// Windows-1252 if the beginning of the file holds its letters and no UTF-8 character. One
    /// invalid byte in a JSON file is an error of its record.
    #[default]
    Detect,
    /// UTF-8. A record with an invalid byte is malformed.
    Utf8,
    /// Windows-1252, the "ANSI" of spreadsheets. Records that are valid UTF-8 are still read as UTF-8.
    Windows1252,
}
