//! Phone numbers.

use super::text::text_type;
use crate::error::FieldError;

text_type! {
    /// A phone number in E.164 form: `+`, a country code and at most 15 digits in total. Spaces, dots,
    /// hyphens, slashes and brackets between the digits are removed; a number without `+` and country
    /// code is rejected, because its country is unknown. `Debug` does not show the number.
    ///
    /// ```
    /// use review_core::model::PhoneNumber;
    ///
    /// assert_eq!(PhoneNumber::new("+49 (0)30 / 123456")?.as_str(), "+4930123456");
    /// assert!(PhoneNumber::new("030 123456").is_err());
    /// # Ok::<(), review_core::FieldError>(())
    /// ```
    personal PhoneNumber, check_phone
}

fn check_phone(value: &str) -> Result<String, FieldError> {
    let invalid = || {
        let message = "must be + and 7 to 15 digits that begin with the country code, like +4930123456";
        FieldError::new("customer.phone", message)
    };
    let plausible = |digits: &str| {
        (7..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0')
    };
    let value = value.trim();
    let number = value.strip_prefix('+').ok_or_else(invalid)?;
    if plausible(number) {
        return Ok(value.to_owned());
    }
    let digits: String = number
        // The trunk prefix, which is not dialled after a country code.
        .replacen("(0)", "", 1)
        .chars()
        .filter(|c| !matches!(c, ' ' | '.' | '-' | '/' | '(' | ')' | '\u{a0}'))
        .collect();
    if plausible(&digits) { Ok(format!("+{digits}")) } else { Err(invalid()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phone_number_must_be_e164() {
        assert_eq!(PhoneNumber::new("+49 (30) 123-456").unwrap().as_str(), "+4930123456");
        assert_eq!(PhoneNumber::new("+49 (0)170 1234567").unwrap().as_str(), "+491701234567");
        for bad in ["", "030 123456", "555-555-SHIP", "+0123456789", "+1234", "+1234567890123456", "NULL"] {
            assert!(PhoneNumber::new(bad).is_err(), "{bad:?}");
        }
    }
}
