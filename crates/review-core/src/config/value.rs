//! Values of settings, as written and as typed.

use std::fmt;
use std::time::Duration;

use super::secret::Secret;
use crate::model::{Locale, TemplateId, is_control_or_bidi, is_invisible};

/// A value as it is written: a text in the environment, a typed value in a file or in code.
#[derive(Clone)]
#[non_exhaustive]
pub enum RawValue {
    /// A text.
    Text(String),
    /// The value of a variable or a file that a reference names, or a secret from code.
    Secret(Secret),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction.
    Decimal(f64),
    /// `true` or `false`.
    Boolean(bool),
    /// A list of texts.
    List(Vec<String>),
    /// Anything else, by the word for its type.
    Other(&'static str),
}

/// Shows the type only: a value may be a secret in the wrong place.
impl fmt::Debug for RawValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.shape())
    }
}

macro_rules! from {
    ($($type:ty => $variant:ident),*) => {$(
        impl From<$type> for RawValue {
            fn from(value: $type) -> Self {
                Self::$variant(value.into())
            }
        }
    )*};
}
from!(&str => Text, String => Text, Secret => Secret, i64 => Integer, u32 => Integer, bool => Boolean, f64 => Decimal);

impl RawValue {
    /// Returns the word for the type of the value, for messages: they never repeat the value.
    #[must_use]
    pub fn shape(&self) -> &'static str {
        match self {
            Self::Text(text) if text.trim().is_empty() => "an empty text",
            Self::Text(_) => "a text",
            Self::Secret(_) => "a secret",
            Self::Integer(_) => "a whole number",
            Self::Decimal(_) => "a number with a fraction",
            Self::Boolean(_) => "true or false",
            Self::List(_) => "a list",
            Self::Other(shape) => shape,
        }
    }

    /// Returns the text without surrounding whitespace, a byte order mark and a trailing newline.
    ///
    /// # Errors
    /// What was expected, if the value is not a text, is empty, or contains an invisible character.
    pub fn text(&self) -> Result<&str, String> {
        let text = match self {
            Self::Text(text) => text.as_str(),
            Self::Secret(secret) => secret.expose(),
            other => return Err(format!("must be a text, got {}", other.shape())),
        };
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            return Err("must not be empty".to_owned());
        }
        match text.chars().enumerate().find(|(_, c)| is_control_or_bidi(*c) || is_invisible(*c)) {
            Some((position, c)) => {
                let code = u32::from(c);
                Err(format!(
                    "contains an invisible character (U+{code:04X}) at position {position}; remove it"
                ))
            }
            None => Ok(text),
        }
    }
}

/// The type of a setting, for documentation and the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueType {
    /// A text.
    Text,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A URL that begins with `https://`, or `http://` for a loopback address.
    Url,
    /// A whole number, 0 or more.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// A number of seconds.
    Seconds,
    /// A list of texts; in the environment, a text with commas.
    List,
}

/// A type that a setting can have.
pub trait ConfigValue: Sized {
    /// Its type in documentation and the schema.
    const TYPE: ValueType;

    /// Parses a value.
    ///
    /// # Errors
    /// What was expected; never the value itself, which may be a secret.
    fn from_raw(raw: &RawValue) -> Result<Self, String>;
}

impl ConfigValue for String {
    const TYPE: ValueType = ValueType::Text;

    fn from_raw(raw: &RawValue) -> Result<Self, String> {
        raw.text().map(str::to_owned)
    }
}

impl ConfigValue for Secret {
    const TYPE: ValueType = ValueType::Text;

    fn from_raw(raw: &RawValue) -> Result<Self, String> {
        raw.text().map(Self::new)
    }
}

impl ConfigValue for u32 {
    const TYPE: ValueType = ValueType::Integer;

    fn from_raw(raw: &RawValue) -> Result<Self, String> {
        let number = match raw {
            RawValue::Integer(number) => Self::try_from(*number).ok(),
            RawValue::Text(_) | RawValue::Secret(_) => raw.text()?.parse().ok(),
            _ => None,
        };
        number.ok_or_else(|| format!("must be a whole number, 0 or more, got {}", raw.shape()))
    }
}

impl ConfigValue for bool {
    const TYPE: ValueType = ValueType::Boolean;

    fn from_raw(raw: &RawValue) -> Result<Self, String> {
        match raw {
            RawValue::Boolean(value) => Ok(*value),
            RawValue::Text(_) | RawValue::Secret(_) => match raw.text()?.to_lowercase().as_str() {
                "true" | "on" | "yes" | "1" => Ok(true),
                "false" | "off" | "no" | "0" => Ok(false),
                _ => Err("must be true or false, got another text".to_owned()),
            },
            other => Err(format!("must be true or false, got {}", other.shape())),
        }
    }
}

/// A number of seconds, from 0 to a day.
impl ConfigValue for Duration {
    const TYPE: ValueType = ValueType::Seconds;

    fn from_raw(raw: &RawValue) -> Result<Self, String> {
        const MAX: Duration = Duration::from_secs(24 * 60 * 60);
        #[expect(clippy::cast_precision_loss, reason = "a day has fewer seconds than f64 has digits")]
        let seconds = match raw {
            RawValue::Integer(seconds) => Some(*seconds as f64),
            RawValue::Decimal(seconds) => Some(*seconds),
            RawValue::Text(_) | RawValue::Secret(_) => raw.text()?.parse().ok(),
            _ => None,
        };
        seconds
            .and_then(|seconds| Self::try_from_secs_f64(seconds).ok())
            .filter(|time| *time <= MAX)
            .ok_or_else(|| {
                format!("must be a number of seconds, 0 or more, up to a day, got {}", raw.shape())
            })
    }
}

impl ConfigValue for Vec<String> {
    const TYPE: ValueType = ValueType::List;

    fn from_raw(raw: &RawValue) -> Result<Self, String> {
        match raw {
            RawValue::List(items) => {
                items.iter().map(|item| RawValue::from(item.as_str()).text().map(str::to_owned)).collect()
            }
            RawValue::Text(_) | RawValue::Secret(_) => {
                let items = raw.text()?.split(',').map(str::trim);
                Ok(items.filter(|item| !item.is_empty()).map(str::to_owned).collect())
            }
            other => Err(format!("must be a list of texts, got {}", other.shape())),
        }
    }
}

macro_rules! fields {
    ($($type:ty),*) => {$(
        impl ConfigValue for $type {
            const TYPE: ValueType = ValueType::Text;

            fn from_raw(raw: &RawValue) -> Result<Self, String> {
                Self::new(raw.text()?).map_err(|error| error.message().to_owned())
            }
        }
    )*};
}
fields!(Locale, TemplateId);

impl ConfigValue for Vec<Locale> {
    const TYPE: ValueType = ValueType::List;

    fn from_raw(raw: &RawValue) -> Result<Self, String> {
        let locales = Vec::<String>::from_raw(raw)?.into_iter().enumerate();
        let parse = |(index, text): (usize, String)| {
            Locale::new(text).map_err(|error| format!("[{index}] {}", error.message()))
        };
        locales.map(parse).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_a_file_loses_mark_and_newline() {
        assert_eq!(RawValue::from("\u{feff}key\r\n").text().unwrap(), "key");
        let error = RawValue::from("ke\u{200b}y").text().unwrap_err();
        assert!(error.contains("U+200B") && error.contains("position 2"), "{error}");
        assert!(RawValue::from(" ").text().is_err());
    }

    #[test]
    fn locales_of_a_list_are_parsed() {
        let locales = Vec::<Locale>::from_raw(&"no_NO, en_UK".into()).unwrap();
        assert_eq!(locales.iter().map(ToString::to_string).collect::<Vec<_>>(), ["nb-NO", "en-GB"]);
        let error = Vec::<Locale>::from_raw(&"de, german".into()).unwrap_err();
        assert!(error.starts_with("[1] ") && !error.contains("german"), "{error}");
    }

    #[test]
    fn values_are_typed_in_files_and_texts_in_variables() {
        assert_eq!(u32::from_raw(&5_i64.into()), Ok(5));
        assert_eq!(u32::from_raw(&"5".into()), Ok(5));
        assert!(u32::from_raw(&RawValue::from(-1_i64)).is_err() && u32::from_raw(&true.into()).is_err());
        assert_eq!(bool::from_raw(&"off".into()), Ok(false));
        assert_eq!(Duration::from_raw(&1.5.into()), Ok(Duration::from_millis(1500)));
        assert!(Duration::from_raw(&RawValue::from(f64::INFINITY)).is_err());
        assert_eq!(Vec::from_raw(&"a, b,".into()), Ok(vec!["a".to_owned(), "b".to_owned()]));
    }
}
