//! Text that cannot be a record.

use super::window::Window;

/// Text that cannot be a record.
#[derive(Debug)]
pub(crate) struct BrokenRecord {
    pub(crate) head: Vec<u8>,
    pub(crate) line: u64,
    pub(crate) path: String,
    pub(crate) problem: String,
    /// The position of the byte that cannot follow, if it is in `head`.
    pub(crate) at: Option<usize>,
}

impl BrokenRecord {
    /// Creates the description of text at the start of the window.
    pub(crate) fn new(window: &Window, path: String, problem: &str) -> Self {
        let path = if path.is_empty() { "$".to_owned() } else { path };
        Self { head: Vec::new(), line: window.line(), path, problem: problem.to_owned(), at: None }
    }
}
