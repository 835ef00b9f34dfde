//! Bytes into records: encodings, compression, and the borders between records.

pub(crate) mod boundary;
pub(crate) mod broken;
pub(crate) mod csv;
pub(crate) mod decode;
pub(crate) mod envelope;
pub(crate) mod json;
pub(crate) mod lexical;
pub(crate) mod scan;
pub(crate) mod text;
pub(crate) mod window;
