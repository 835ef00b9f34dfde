//! Collects the fields that a vendor does not accept.

use std::borrow::Cow;

use review_core::{Error, ErrorKind, FieldError, Result};

/// The fields of a request that a vendor does not accept, for one error with all of them.
///
/// ```
/// use review_core::ErrorKind;
/// use review_http::vendor::FieldErrors;
///
/// let mut errors = FieldErrors::default();
/// errors.add_unsupported("tags", "only service reviews have tags");
/// assert_eq!(errors.clone().into_result().unwrap_err().kind(), ErrorKind::Unsupported);
/// errors.add_invalid("order.reference", "must have at most 20 characters");
/// let error = errors.into_result().unwrap_err();
/// assert_eq!((error.kind(), error.field_errors().len()), (ErrorKind::InvalidRequest, 2));
/// assert!(FieldErrors::default().into_result().is_ok());
/// ```
#[derive(Clone, Debug, Default)]
pub struct FieldErrors {
    invalid: Vec<FieldError>,
    unsupported: Vec<FieldError>,
}

impl FieldErrors {
    /// Adds a field whose value the vendor does not accept.
    pub fn add_invalid(
        &mut self,
        field: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) {
        self.invalid.push(FieldError::new(field, message));
    }

    /// Adds a field that the vendor does not support in this request.
    pub fn add_unsupported(
        &mut self,
        field: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) {
        self.unsupported.push(FieldError::new(field, message));
    }

    /// Returns the value, or adds the error.
    pub fn ok<T>(&mut self, result: Result<T, FieldError>) -> Option<T> {
        result.map_err(|error| self.invalid.push(error)).ok()
    }

    /// Returns one error with all fields, if there are any.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`], or [`ErrorKind::Unsupported`] if no field is invalid.
    pub fn into_result(self) -> Result<()> {
        match (self.invalid.is_empty(), self.unsupported.is_empty()) {
            (true, true) => Ok(()),
            (true, false) => Err(Error::new(ErrorKind::Unsupported, "").with_field_errors(self.unsupported)),
            (false, _) => Err(Error::invalid(self.invalid.into_iter().chain(self.unsupported))),
        }
    }
}
