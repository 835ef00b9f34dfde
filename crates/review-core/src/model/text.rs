//! Short texts that are checked once, on the way in.

use crate::FieldError;

/// Trims a text and checks that it is neither empty nor too long and holds no control character
/// (a line break in a name is how mail headers are forged).
pub(super) fn checked(field: &'static str, value: &str, most: usize) -> Result<String, FieldError> {
    let value = value.trim();
    let length = value.chars().count();
    if length == 0 {
        return Err(FieldError::new(
            field,
            "expected a text, found nothing; leave it out where there is none",
        ));
    }
    if length > most {
        return Err(FieldError::new(field, format!("expected at most {most} characters, found {length}")));
    }
    if let Some(position) = value.chars().position(steers) {
        return Err(FieldError::new(
            field,
            format!("found a control character at position {position}; remove it"),
        ));
    }
    Ok(value.to_owned())
}

/// Control characters, line separators, and those that turn the direction of text: none belongs into a
/// name or a number, and each can make a line of a log or a mail look like another.
fn steers(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Makes a newtype of a short text. `personal` ones do not show their value in `Debug` and have no
/// `Display`; `plain` ones have both.
macro_rules! text_type {
    ($(#[$doc:meta])* personal $name:ident, $field:literal, $most:literal) => {
        text_type!(@type $(#[$doc])* $name, $field, $most);

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }
    };
    ($(#[$doc:meta])* plain $name:ident, $field:literal, $most:literal) => {
        text_type!(@type $(#[$doc])* $name, $field, $most);

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
    (@type $(#[$doc:meta])* $name:ident, $field:literal, $most:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            #[doc = concat!("Checks the text: 1 to ", stringify!($most), " characters, none of them a control character. Surrounding white space is removed.")]
            ///
            /// # Errors
            #[doc = concat!("A [`FieldError`](crate::FieldError) for `", $field, "` that says what was expected.")]
            pub fn new(value: impl AsRef<str>) -> Result<Self, crate::FieldError> {
                crate::model::text::checked($field, value.as_ref(), $most).map(Self)
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::FieldError;

            fn from_str(value: &str) -> Result<Self, Self::Err> {
                Self::new(value)
            }
        }
    };
}
pub(super) use text_type;

#[cfg(test)]
mod tests {
    use super::checked;

    #[test]
    fn a_text_is_trimmed_and_bounded() {
        assert_eq!(checked("f", "  Zoë ", 3).unwrap(), "Zoë");
        for (value, problem) in [
            ("", "nothing"),
            (" \t", "nothing"),
            ("abcd", "found 4"),
            ("a\nb", "position 1"),
            ("a\u{202e}", "position 1"),
        ] {
            let error = checked("f", value, 3).unwrap_err();
            assert_eq!(error.field(), "f");
            assert!(error.problem().contains(problem), "{error}");
        }
    }
}
