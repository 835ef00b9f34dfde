//! How an example ends that could not do what it is for.

use std::error::Error;
use std::fmt;

/// A failure as it is printed when `main` returns it: the error and its causes, in one line. In a program of your
/// own this is `anyhow::Error` or the like.
pub struct Failure(String);

impl<E: Error> From<E> for Failure {
    fn from(error: E) -> Self {
        let mut line = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            line.push_str(": ");
            line.push_str(&error.to_string());
            cause = error.source();
        }
        Self(line)
    }
}

/// What Rust prints of an error that `main` returns.
impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
