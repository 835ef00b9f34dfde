//! The error of this crate.

use std::borrow::Cow;

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The reason why an operation of the outbox failed.
///
/// No variant contains a value of a row: `Debug` and `Display` are safe to log. The original error of the
/// database driver is reduced to its code and message, because PostgreSQL's details quote whole rows.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The database rejected a statement or is away.
    #[error("outbox database: {message}{}", code.as_ref().map(|code| format!(" (code {code})")).unwrap_or_default())]
    Database {
        /// The class of the failure.
        kind: DatabaseErrorKind,
        /// The database's own code: an SQLSTATE of PostgreSQL, a result code of SQLite.
        code: Option<String>,
        /// The database's message, without its details.
        message: String,
    },
    /// The database is reachable, but must not be used as it is set up.
    #[error("outbox database must be {expected}, got {got}; {help}")]
    Setup {
        /// The expected setting.
        expected: &'static str,
        /// The setting found.
        got: String,
        /// The fix.
        help: &'static str,
    },
    /// A stored row cannot be read by this release.
    #[error("outbox row {id}: {column} must be {expected}; {help}")]
    Row {
        /// The id of the row; 0 if the row has none.
        id: i64,
        /// The column.
        column: &'static str,
        /// The expected content.
        expected: &'static str,
        /// The fix.
        help: &'static str,
    },
    /// An argument is invalid.
    #[error("{argument} must be {expected}; {help}")]
    Argument {
        /// The argument.
        argument: &'static str,
        /// The expected value.
        expected: &'static str,
        /// The fix.
        help: &'static str,
    },
}

/// The classes of database failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DatabaseErrorKind {
    /// The database cannot be reached, or is shutting down. The worker retries.
    Unavailable,
    /// Another transaction holds a lock for too long, or the two conflict. Run the transaction again.
    Busy,
    /// The disk, or the quota of the database, is full.
    Full,
    /// Any other failure.
    Other,
}

impl Error {
    /// Returns the class of a database failure.
    #[must_use]
    pub fn database_kind(&self) -> Option<DatabaseErrorKind> {
        match self {
            Self::Database { kind, .. } => Some(*kind),
            _ => None,
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let Some(database) = error.as_database_error() else {
            let kind = match &error {
                sqlx::Error::Io(_)
                | sqlx::Error::Tls(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::Protocol(_)
                | sqlx::Error::WorkerCrashed => DatabaseErrorKind::Unavailable,
                _ => DatabaseErrorKind::Other,
            };
            // Errors of decoding can quote the value.
            let message = match &error {
                sqlx::Error::ColumnDecode { index, .. } => format!("column {index} has an unexpected type"),
                sqlx::Error::Decode(_) | sqlx::Error::Encode(_) => "a value has an unexpected type".into(),
                other => other.to_string(),
            };
            return Self::Database { kind, code: None, message };
        };
        let code = database.code().map(Cow::into_owned);
        let kind = code.as_deref().map_or(DatabaseErrorKind::Other, kind_of_code);
        Self::Database { kind, code, message: database.message().to_owned() }
    }
}

/// Classifies an SQLSTATE (five characters) or a result code of SQLite (a number, the primary code in the
/// low byte). Sources: PostgreSQL's appendix A, and `sqlite.org/rescode.html`.
fn kind_of_code(code: &str) -> DatabaseErrorKind {
    if code.len() == 5 {
        return match code {
            "53100" => DatabaseErrorKind::Full,
            "40001" | "40P01" | "55P03" => DatabaseErrorKind::Busy,
            "57P01" | "57P02" | "57P03" => DatabaseErrorKind::Unavailable,
            other if other.starts_with("08") || other.starts_with("53") => DatabaseErrorKind::Unavailable,
            _ => DatabaseErrorKind::Other,
        };
    }
    match code.parse::<u32>().map(|code| code & 0xff) {
        Ok(5 | 6) => DatabaseErrorKind::Busy,
        Ok(13) => DatabaseErrorKind::Full,
        Ok(10 | 14) => DatabaseErrorKind::Unavailable,
        _ => DatabaseErrorKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn database_codes_map_to_their_kinds() {
        let cases = [
            ("53100", DatabaseErrorKind::Full),
            ("13", DatabaseErrorKind::Full),
            ("40001", DatabaseErrorKind::Busy),
            ("5", DatabaseErrorKind::Busy),
            ("517", DatabaseErrorKind::Busy),
            ("57P01", DatabaseErrorKind::Unavailable),
            ("08006", DatabaseErrorKind::Unavailable),
            ("23505", DatabaseErrorKind::Other),
            ("2067", DatabaseErrorKind::Other),
        ];
        for (code, kind) in cases {
            assert_eq!(kind_of_code(code), kind, "{code}");
        }
    }
}
