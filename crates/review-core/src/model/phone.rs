//! Telephone numbers.

use std::fmt;
use std::str::FromStr;

use crate::FieldError;

/// A telephone number in E.164 form: `+`, a country code and at most 15 digits in all.
/// `Debug` shows nothing of it.
///
/// ```
/// use review_core::PhoneNumber;
///
/// assert_eq!(PhoneNumber::new("+49 (0)30 / 123456")?.as_str(), "+4930123456");
/// assert!(PhoneNumber::new("030 123456").is_err(), "whose is it?");
/// # Ok::<(), review_core::FieldError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Checks a number. Spaces, dots, hyphens, slashes and brackets between the digits are removed;
    /// a number without `+` and country code is refused, since nobody can say whose it is.
    ///
    /// # Errors
    /// A [`FieldError`] for `customer.phone` that does not repeat the number.
    pub fn new(value: impl AsRef<str>) -> Result<Self, FieldError> {
        let wrong = || {
            FieldError::new(
                "customer.phone",
                "expected + and 7 to 15 digits with the country code, like +4930123456",
            )
        };
        let digits: String = value
            .as_ref()
            .trim()
            .strip_prefix('+')
            .ok_or_else(wrong)?
            // The zero to dial at home, which has no place behind a country code.
            .replacen("(0)", "", 1)
            .chars()
            .filter(|c| !matches!(c, ' ' | '.' | '-' | '/' | '(' | ')' | '\u{a0}'))
            .collect();
        let plausible = (7..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        if plausible { Ok(Self(format!("+{digits}"))) } else { Err(wrong()) }
    }

    /// The number, `+` and digits only.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PhoneNumber {
    type Err = FieldError;

    fn from_str(value: &str) -> Result<Self, Self::Err> {
        Self::new(value)
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneNumber([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_e164_passes() {
        assert_eq!(PhoneNumber::new("+49 (30) 123-456").unwrap().as_str(), "+4930123456");
        assert_eq!(PhoneNumber::new("+49 (0)170 1234567").unwrap().as_str(), "+491701234567");
        for bad in ["", "030 123456", "555-555-SHIP", "+0123456789", "+1234", "+1234567890123456", "NULL"] {
            assert!(PhoneNumber::new(bad).is_err(), "{bad:?}");
        }
    }
}
