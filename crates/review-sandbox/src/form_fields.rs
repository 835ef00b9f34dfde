//! Query strings and form bodies, parsed strictly.

use std::fmt;

/// Why a query string or form body is rejected. Names parameters, never their values.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum FormFieldError {
    /// The parameter is not documented.
    Unknown(String),
    /// The parameter is present more than once, so it is not clear which value counts.
    Twice(String),
    /// A `%` without two hexadecimal digits, or bytes that are not UTF-8.
    Encoding,
}

impl fmt::Display for FormFieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(name) => write!(f, "parameter `{name}` is not documented for this call"),
            Self::Twice(name) => write!(f, "parameter `{name}` is given more than once"),
            Self::Encoding => f.write_str("parameters are not percent-encoded UTF-8"),
        }
    }
}

/// Decoded parameters. Each is documented and present once.
#[derive(Debug, Default)]
pub(crate) struct FormFields(Vec<(String, String)>);

impl FormFields {
    /// Parses `application/x-www-form-urlencoded` text.
    pub(crate) fn parse(raw: &[u8], known: &[&str]) -> Result<Self, FormFieldError> {
        let mut fields = Self::default();
        for pair in raw.split(|byte| *byte == b'&').filter(|_| !raw.is_empty()) {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = decode(halves.next().unwrap_or_default())?;
            let value = decode(halves.next().unwrap_or_default())?;
            if !known.contains(&name.as_str()) {
                return Err(FormFieldError::Unknown(name));
            }
            if fields.get(&name).is_some() {
                return Err(FormFieldError::Twice(name));
            }
            fields.0.push((name, value));
        }
        Ok(fields)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

fn decode(raw: &[u8]) -> Result<String, FormFieldError> {
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        match first {
            b'+' => bytes.push(b' '),
            b'%' => {
                let (digits, tail) = tail.split_at_checked(2).ok_or(FormFieldError::Encoding)?;
                let text = std::str::from_utf8(digits).map_err(|_| FormFieldError::Encoding)?;
                // `from_str_radix` alone would accept a sign.
                if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                    return Err(FormFieldError::Encoding);
                }
                bytes.push(u8::from_str_radix(text, 16).map_err(|_| FormFieldError::Encoding)?);
                rest = tail;
            }
            other => bytes.push(*other),
        }
    }
    String::from_utf8(bytes).map_err(|_| FormFieldError::Encoding)
}

#[cfg(test)]
mod tests {
    use super::{FormFieldError, FormFields};

    #[test]
    fn encoded_pairs_are_decoded() {
        let fields = FormFields::parse(b"a=1%262+3&b=", &["a", "b", "c"]).unwrap();
        assert_eq!(fields.get("a"), Some("1&2 3"));
        assert_eq!(fields.get("b"), Some(""));
        assert_eq!(fields.get("c"), None);
        assert!(FormFields::parse(b"", &[]).unwrap().get("a").is_none());
    }

    #[test]
    fn unknown_repeated_and_malformed_fields_are_rejected() {
        let parse = |raw: &[u8]| FormFields::parse(raw, &["a"]).unwrap_err();
        assert_eq!(parse(b"b=1"), FormFieldError::Unknown("b".into()));
        assert_eq!(parse(b"a=1&a=1"), FormFieldError::Twice("a".into()));
        assert_eq!(parse(b"a=1&"), FormFieldError::Unknown(String::new()));
        for raw in [&b"a=%"[..], b"a=%4", b"a=%+4", b"a=%zz", b"a=%ff"] {
            assert_eq!(parse(raw), FormFieldError::Encoding);
        }
    }
}
