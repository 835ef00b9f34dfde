//! Parameters and rows, in the two types that both databases share.

#[cfg(feature = "postgres")]
use sqlx::postgres::PgRow;
#[cfg(feature = "sqlite")]
use sqlx::sqlite::SqliteRow;

use crate::error::Result;

/// A parameter of a statement. Every column is TEXT or BIGINT.
#[derive(Clone, Copy)]
pub(crate) enum Value<'a> {
    Int(Option<i64>),
    Text(Option<&'a str>),
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}

impl From<Option<i64>> for Value<'_> {
    fn from(value: Option<i64>) -> Self {
        Self::Int(value)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(Some(value))
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(value: &'a String) -> Self {
        Self::Text(Some(value))
    }
}

impl<'a> From<Option<&'a str>> for Value<'a> {
    fn from(value: Option<&'a str>) -> Self {
        Self::Text(value)
    }
}

/// A row of either database.
pub(crate) enum Row {
    #[cfg(feature = "sqlite")]
    Sqlite(SqliteRow),
    #[cfg(feature = "postgres")]
    Postgres(PgRow),
}

impl Row {
    pub(crate) fn int(&self, column: &str) -> Result<i64> {
        Ok(self.opt_int(column)?.unwrap_or_default())
    }

    pub(crate) fn opt_int(&self, column: &str) -> Result<Option<i64>> {
        use sqlx::Row as _;
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(row) => Ok(row.try_get(column)?),
            #[cfg(feature = "postgres")]
            Self::Postgres(row) => Ok(row.try_get(column)?),
        }
    }

    pub(crate) fn text(&self, column: &str) -> Result<String> {
        Ok(self.opt_text(column)?.unwrap_or_default())
    }

    pub(crate) fn opt_text(&self, column: &str) -> Result<Option<String>> {
        use sqlx::Row as _;
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(row) => Ok(row.try_get(column)?),
            #[cfg(feature = "postgres")]
            Self::Postgres(row) => Ok(row.try_get(column)?),
        }
    }
}

/// Binds the values in order: `bind!(query, values)`.
macro_rules! bind {
    ($query:expr, $values:expr) => {
        $values.iter().fold($query, |query, value| match value {
            Value::Int(value) => query.bind(*value),
            Value::Text(value) => query.bind(*value),
        })
    };
}
pub(crate) use bind;
