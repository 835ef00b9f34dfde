//! Keys and values that are returned with the review.

use std::fmt;

use super::characters::{is_blank, is_control_or_bidi, is_invisible};
use super::email::EmailAddress;
use crate::error::FieldError;

/// A value of metadata: a JSON scalar.
#[derive(Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(untagged))]
#[non_exhaustive]
pub enum MetadataValue {
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A finite decimal number.
    Decimal(f64),
    /// A text.
    Text(String),
}

/// Sound, because a request with a value that is not a finite number cannot be built.
impl Eq for MetadataValue {}

/// Shows the type only: shops have been seen to put customers' notes into metadata.
impl fmt::Debug for MetadataValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Boolean(_) => "Boolean([redacted])",
            Self::Integer(_) => "Integer([redacted])",
            Self::Decimal(_) => "Decimal([redacted])",
            Self::Text(_) => "Text([redacted])",
        })
    }
}

macro_rules! from {
    ($($type:ty => $variant:ident),*) => {$(
        impl From<$type> for MetadataValue {
            fn from(value: $type) -> Self {
                Self::$variant(value.into())
            }
        }
    )*};
}
from!(&str => Text, String => Text, bool => Boolean, i64 => Integer, i32 => Integer, u32 => Integer, f64 => Decimal);

/// Checks one entry. Metadata is stored at the vendor and may be shown with the review.
pub(super) fn check_metadata(key: &str, value: &MetadataValue) -> Result<(), FieldError> {
    let error = |message: &'static str| Err(FieldError::new("order.metadata", message));
    if is_blank(key) {
        return error("keys must not be empty");
    }
    let text = match value {
        MetadataValue::Text(text) => text.as_str(),
        MetadataValue::Decimal(number) if !number.is_finite() => return error("numbers must be finite"),
        _ => "",
    };
    if key.chars().chain(text.chars()).any(is_control_or_bidi) {
        return error("must not contain control characters");
    }
    if contains_address(key) || contains_address(text) {
        return error("must not contain email addresses: the vendor may show metadata with the review");
    }
    Ok(())
}

/// Whether a text contains an email address, with other text around it or without.
fn contains_address(text: &str) -> bool {
    let visible: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    // In a URL, and the full-width sign.
    let visible = visible.replace("%40", "@").replace('\u{ff20}', "@");
    let ends_mailbox = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.\"".contains(c);
    let can_be_host = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.');
    let parts: Vec<&str> = visible.split('@').collect();
    parts.windows(2).any(|pair| match pair {
        [before, after] if before.ends_with(ends_mailbox) => {
            let host = after.split(|c| !can_be_host(c)).next().unwrap_or_default();
            EmailAddress::new(format!("x@{}", host.trim_end_matches(['-', '.']))).is_ok()
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_rejects_control_characters_and_addresses() {
        assert!(check_metadata("channel", &"web shop".into()).is_ok());
        for scalar in
            [MetadataValue::from(7), 7_u32.into(), 7_i64.into(), 12.5.into(), true.into(), "7".into()]
        {
            assert!(check_metadata("total", &scalar).is_ok());
        }
        assert!(check_metadata("handle", &"@jane, 5 @ 3 EUR, 2@3.50".into()).is_ok());
        for (key, value) in [
            ("", MetadataValue::from("x")),
            ("\u{200b}", "x".into()),
            ("a\nb", "x".into()),
            ("note", "a\u{202e}b".into()),
            ("note", "ask jane@example.com".into()),
            ("note", "<jane@example.com>".into()),
            ("note", "mailto:jane@example.com!".into()),
            ("note", "Write to jane@example.com.".into()),
            ("note", "jane\u{200b}@example.com".into()),
            ("page", "https://shop.example/u/jane@example.com/orders".into()),
            ("page", "https://shop.example/?m=jane%40example.com&x=1".into()),
            ("note", "jane@example.com|joe@example.com".into()),
            ("note", "by=jane@example.com_x".into()),
            ("note", "\"jane doe\"@example.com".into()),
            ("note", "jane\u{ff20}example.com".into()),
            ("from:jane@example.com", "x".into()),
            ("jane@example.com", true.into()),
            ("total", f64::NAN.into()),
        ] {
            assert!(check_metadata(key, &value).is_err(), "{key:?} {value:?}");
        }
    }
}
