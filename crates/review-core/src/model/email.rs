//! E-mail addresses.

use std::fmt;
use std::str::FromStr;

use email_address::Options;

use crate::FieldError;

/// The address a vendor writes to: a mailbox with a domain on the public internet.
///
/// Checked by the rules of RFC 5321 and 5322, without display names, quoted domain literals and
/// domains of one label (`user@localhost`), none of which a review platform can deliver to.
/// `Debug` shows nothing of it.
///
/// ```
/// use review_core::EmailAddress;
///
/// let address = EmailAddress::new(" jane@example.com ")?;
/// assert_eq!(address.as_str(), "jane@example.com");
/// assert_eq!(EmailAddress::new("jane@localhost").unwrap_err().field(), "customer.email");
/// # Ok::<(), review_core::FieldError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Checks an address. Surrounding white space is removed; upper and lower case stay as given.
    ///
    /// # Errors
    /// A [`FieldError`] for `customer.email` that does not repeat the address.
    pub fn new(value: impl AsRef<str>) -> Result<Self, FieldError> {
        let value = value.as_ref().trim();
        let options = Options::default().with_required_tld().without_domain_literal().without_display_text();
        match email_address::EmailAddress::parse_with_options(value, options) {
            Ok(address) => Ok(Self(address.to_string())),
            Err(reason) => Err(FieldError::new(
                "customer.email",
                format!("expected an e-mail address like name@example.com, found {}: {reason}", shape(value)),
            )),
        }
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address in lower case, by which a customer is recognised: no mail service in use tells
    /// `Jane@` from `jane@`.
    #[must_use]
    pub fn to_lowercase(&self) -> String {
        self.0.to_lowercase()
    }
}

/// Describes an address without repeating any of it.
fn shape(value: &str) -> String {
    match (value.chars().count(), value.matches('@').count()) {
        (0, _) => "nothing".to_owned(),
        (length, 1) => format!("{length} characters"),
        (length, ats) => format!("{length} characters with {ats} '@'"),
    }
}

impl FromStr for EmailAddress {
    type Err = FieldError;

    fn from_str(value: &str) -> Result<Self, Self::Err> {
        Self::new(value)
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_shops_really_have() {
        for good in
            ["a@example.com", " jane+tag@sub.example.co.uk ", "JOHN@Example.com", "o'neil@example.com"]
        {
            assert_eq!(EmailAddress::new(good).unwrap().as_str(), good.trim());
        }
    }

    #[test]
    fn refuses_the_rest_without_repeating_it() {
        for bad in [
            "",
            "canary",
            "canary@localhost",
            "canary@@example.com",
            "canary @example.com",
            "@example.com",
            "Canary <canary@example.com>",
            "canary@[127.0.0.1]",
            "canary@example.com\r\nBcc: x@example.com",
            "canary@example..com",
            "canary@example.com, canary2@example.com",
        ] {
            let error = EmailAddress::new(bad).unwrap_err();
            assert_eq!(error.field(), "customer.email");
            assert!(!error.to_string().to_lowercase().contains("canary"), "{error}");
        }
    }
}
