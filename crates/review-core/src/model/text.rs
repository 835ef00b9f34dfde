//! Short texts that are validated when they are created.

use icu_normalizer::ComposingNormalizerBorrowed;

use super::characters::{is_blank, is_control_or_bidi, is_invisible};
use crate::error::FieldError;

/// Trims a text and checks that it is not empty, not too long and contains no control character
/// (a line break in a name is how email headers are forged).
pub(super) fn check_text(field: &'static str, value: &str, max: usize) -> Result<String, FieldError> {
    let value = value.trim();
    // Most texts are ASCII, in which a byte is a character.
    let is_ascii = value.is_ascii();
    let length = if is_ascii { value.len() } else { value.chars().count() };
    if length == 0 || (!is_ascii && is_blank(value)) {
        return Err(FieldError::new(field, "must not be empty; leave the field out instead"));
    }
    if length > max {
        return Err(FieldError::new(field, format!("must have at most {max} characters, got {length}")));
    }
    let position = match is_ascii {
        true => value.bytes().position(|byte| byte.is_ascii_control()),
        false => value.chars().position(is_control_or_bidi),
    };
    if let Some(position) = position {
        let message =
            format!("must not contain control characters, got one at position {position}; remove it");
        return Err(FieldError::new(field, message));
    }
    Ok(value.to_owned())
}

/// Checks a text by which something is recognised, such as an order or a product. Two texts that look the same
/// must be the same: the text is stored in Unicode normalization form C, without invisible characters, and with
/// one kind of space.
pub(super) fn check_id(field: &'static str, value: &str, max: usize) -> Result<String, FieldError> {
    // ASCII is in that form already.
    if value.is_ascii() {
        return check_text(field, value, max);
    }
    let space = |c: char| if c.is_whitespace() && !is_control_or_bidi(c) { ' ' } else { c };
    let visible: String = value.chars().filter(|c| !is_invisible(*c)).map(space).collect();
    check_text(field, &ComposingNormalizerBorrowed::new_nfc().normalize(&visible), max)
}

/// Defines a newtype of a validated text. The `Debug` of a `personal` type does not show the value, and
/// it has no `Display`; a `public` type has both.
macro_rules! text_type {
    ($(#[$doc:meta])* personal $name:ident, $field:literal, $max:literal) => {
        text_type!($(#[$doc])* personal $name, |text| crate::model::text::check_text($field, text, $max));
    };
    ($(#[$doc:meta])* public $name:ident, $field:literal, $max:literal) => {
        text_type!($(#[$doc])* public $name, |text| crate::model::text::check_text($field, text, $max));
    };
    ($(#[$doc:meta])* personal $name:ident, $check:expr) => {
        text_type!(@type $(#[$doc])* $name, $check);

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }
    };
    ($(#[$doc:meta])* public $name:ident, $check:expr) => {
        text_type!(@type $(#[$doc])* $name, $check);

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({:?})"), self.0)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
    (@type $(#[$doc:meta])* $name:ident, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[cfg_attr(
            feature = "serde",
            derive(serde::Serialize, serde::Deserialize),
            serde(try_from = "String", into = "String")
        )]
        pub struct $name(String);

        impl $name {
            /// Validates a text. Surrounding whitespace is removed.
            ///
            /// # Errors
            /// A [`FieldError`](crate::FieldError) that states what was expected and does not repeat the
            /// text.
            pub fn new(value: impl AsRef<str>) -> Result<Self, crate::error::FieldError> {
                let check: fn(&str) -> Result<String, crate::error::FieldError> = $check;
                check(value.as_ref()).map(Self)
            }

            /// Returns the text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl crate::model::into_field::ParseField for $name {
            fn parse_field(text: &str) -> Result<Self, crate::error::FieldError> {
                Self::new(text)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::error::FieldError;

            fn from_str(value: &str) -> Result<Self, Self::Err> {
                Self::new(value)
            }
        }

        impl TryFrom<&str> for $name {
            type Error = crate::error::FieldError;

            fn try_from(value: &str) -> Result<Self, Self::Error> {
                Self::new(value)
            }
        }

        impl TryFrom<String> for $name {
            type Error = crate::error::FieldError;

            fn try_from(value: String) -> Result<Self, Self::Error> {
                Self::new(value)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    };
}
pub(super) use text_type;

#[cfg(test)]
mod tests {
    use super::{check_id, check_text};

    #[test]
    fn text_is_trimmed_and_bounded() {
        assert_eq!(check_text("f", "  Zoë ", 3).unwrap(), "Zoë");
        for (value, message) in [
            ("", "empty"),
            (" \t", "empty"),
            ("\u{200b} \u{feff}", "empty"),
            ("abcd", "got 4"),
            ("a\nb", "position 1"),
            ("a\u{202e}", "position 1"),
        ] {
            let error = check_text("f", value, 3).unwrap_err();
            assert_eq!(error.field(), "f");
            assert!(error.message().contains(message), "{error}");
        }
    }

    #[test]
    fn ids_that_look_the_same_are_the_same() {
        for spelling in [
            "A é",
            "A\u{a0}e\u{301}",
            "\u{feff}A é\u{200d}",
            "\u{202e}A\u{2007}é\u{ad}",
            "A\u{fff0} \u{2800}é\u{1d173}",
        ] {
            assert_eq!(check_id("f", spelling, 3).unwrap(), "A é", "{spelling:?}");
        }
        for bad in ["\u{200b}", "a\u{2028}b", "a\tb", "a\u{85}b"] {
            assert!(check_id("f", bad, 9).is_err(), "{bad:?}");
        }
    }
}
