//! The report: one JSON object per order.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use serde_json::Value;

use crate::failure::{Failure, Result};

/// A file of JSON lines, readable by its owner only.
#[derive(Debug)]
pub(crate) struct Report(File);

impl Report {
    /// Creates the file, or empties it.
    pub(crate) fn create(path: &Path) -> Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path).map(Self).map_err(|error| {
            let message = format!("the report {} cannot be written: {error}", path.display());
            Failure::new(message, "choose another file with --report")
        })
    }

    /// Writes a line. Not buffered: after a crash the report contains everything up to it.
    pub(crate) fn write(&mut self, value: &Value) -> std::io::Result<()> {
        writeln!(self.0, "{value}")
    }
}
