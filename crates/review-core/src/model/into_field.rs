//! What the setters of a builder accept: a validated value, a text, or an `Option` of either.
//!
//! `TryInto` cannot express this: its implementations for a value and for an `Option` of it overlap.

use std::borrow::Cow;

use url::Url;

use crate::error::FieldError;
use crate::model::characters::is_blank;
use crate::model::url::parse_http_url;

/// A validated type that can be parsed from a text. Implemented by the types of this crate; never for
/// `Option`, `&str` or `String`, which would conflict with the implementations below.
pub trait ParseField: Sized + Clone {
    /// Parses and validates a text. The error does not repeat the text.
    ///
    /// # Errors
    /// A [`FieldError`] that states what was expected.
    fn parse_field(text: &str) -> Result<Self, FieldError>;
}

/// A value for a required field of type `T`: a `T`, a `&T` or a text.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be used as `{T}`",
    label = "expected `{T}` or a text (`&str`, `String`, `Cow<str>`)",
    note = "convert numbers and other types with `.to_string()`; the text is validated by `build()`"
)]
pub trait IntoField<T> {
    #[doc(hidden)]
    fn into_field(self) -> Result<T, FieldError>;
}

/// A value for an optional field of type `T`: a `T`, a `&T`, a text, or an `Option` of one of these.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be used as `{T}`",
    label = "expected `{T}`, a text (`&str`, `String`, `Cow<str>`), or an `Option` of one of these",
    note = "convert numbers and other types with `.to_string()`; the text is validated by `build()`"
)]
pub trait IntoOptionalField<T> {
    #[doc(hidden)]
    fn into_optional_field(self) -> Result<Option<T>, FieldError>;
}

impl<T: ParseField> IntoField<T> for T {
    fn into_field(self) -> Result<T, FieldError> {
        Ok(self)
    }
}

impl<T: ParseField> IntoField<T> for &T {
    fn into_field(self) -> Result<T, FieldError> {
        Ok(self.clone())
    }
}

impl<T: ParseField> IntoOptionalField<T> for T {
    fn into_optional_field(self) -> Result<Option<T>, FieldError> {
        Ok(Some(self))
    }
}

impl<T: ParseField> IntoOptionalField<T> for &T {
    fn into_optional_field(self) -> Result<Option<T>, FieldError> {
        Ok(Some(self.clone()))
    }
}

macro_rules! texts {
    ($($text:ty),*) => {$(
        impl<T: ParseField> IntoField<T> for $text {
            fn into_field(self) -> Result<T, FieldError> {
                T::parse_field(self.as_ref())
            }
        }

        /// A blank text counts as absent, because forms and CSV files write absent values so.
        impl<T: ParseField> IntoOptionalField<T> for $text {
            fn into_optional_field(self) -> Result<Option<T>, FieldError> {
                let text: &str = self.as_ref();
                if is_blank(text) { Ok(None) } else { T::parse_field(text).map(Some) }
            }
        }
    )*};
}
texts!(&str, String, &String, Cow<'_, str>);

impl<T: ParseField, V: IntoOptionalField<T>> IntoOptionalField<T> for Option<V> {
    fn into_optional_field(self) -> Result<Option<T>, FieldError> {
        self.map_or(Ok(None), V::into_optional_field)
    }
}

impl ParseField for Url {
    fn parse_field(text: &str) -> Result<Self, FieldError> {
        parse_http_url(text)
    }
}
