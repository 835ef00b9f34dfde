//! Collects what is invalid while a request is built.

use std::borrow::Cow;

use crate::error::{Error, FieldError, Result};
use crate::provider::receipt::Warning;

/// The value of an optional field, or the reason why it is invalid.
pub(super) type Deferred<T> = Result<Option<T>, FieldError>;

/// Errors, each with its path, and warnings about what was left out.
#[derive(Default)]
pub(super) struct Collector {
    pub(super) errors: Vec<FieldError>,
    pub(super) warnings: Vec<Warning>,
}

impl Collector {
    pub(super) fn required<T>(
        &mut self,
        path: impl Into<Cow<'static, str>>,
        value: Result<T, FieldError>,
    ) -> Option<T> {
        value.map_err(|error| self.errors.push(error.with_field(path))).ok()
    }

    pub(super) fn optional<T>(
        &mut self,
        path: impl Into<Cow<'static, str>>,
        value: Deferred<T>,
    ) -> Option<T> {
        self.required(path, value).flatten()
    }

    /// An optional value that is left out with a warning if it is invalid.
    pub(super) fn omittable<T>(
        &mut self,
        path: impl Into<Cow<'static, str>>,
        value: Deferred<T>,
    ) -> Option<T> {
        let omit = |error: FieldError| {
            self.warnings.push(Warning::new(path, format!("left out: {}", error.message())));
        };
        value.map_err(omit).ok().flatten()
    }

    pub(super) fn into_result<T>(self, value: Option<T>) -> Result<T> {
        value.filter(|_| self.errors.is_empty()).ok_or_else(|| Error::invalid(self.errors))
    }
}
