//! The report: one JSON object per order.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use serde_json::Value;

use crate::failure::{Failure, Result};

/// A file of JSON lines, readable by its owner only.
#[derive(Debug)]
pub(crate) struct Report(File);

impl Report {
    /// Creates the file, or empties it. `others` are files of this run, which must not be emptied.
    pub(crate) fn create<'a>(path: &Path, others: impl IntoIterator<Item = &'a Path>) -> Result<Self> {
        let canonical = |path: &Path| fs::canonicalize(path).ok();
        let target = canonical(path);
        if target.is_some() && others.into_iter().any(|other| canonical(other) == target) {
            let message = format!("--report {} is also an order file or the ledger", path.display());
            return Err(Failure::new(
                message,
                "choose another file with --report: this one would be emptied",
            ));
        }
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path).and_then(private).map(Self).map_err(|error| {
            let message = format!("the report {} cannot be written: {error}", path.display());
            Failure::new(message, "choose another file with --report")
        })
    }

    /// Writes a line. Not buffered: after a crash the report contains everything up to it.
    pub(crate) fn write(&mut self, value: &Value) -> std::io::Result<()> {
        writeln!(self.0, "{value}")
    }
}

/// A file that existed keeps its mode when it is opened.
fn private(file: File) -> std::io::Result<File> {
    #[cfg(unix)]
    if file.metadata()?.is_file() {
        file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    }
    Ok(file)
}
