//! One way to run a statement on SQLite and on PostgreSQL.

pub(crate) mod connection;
pub(crate) mod dialect;
pub(crate) mod open;
pub(crate) mod pool;
pub(crate) mod value;
