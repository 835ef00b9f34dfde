//! Email addresses.

use email_address::Options;
use icu_normalizer::ComposingNormalizerBorrowed;
use url::Host;

use super::characters::{is_control_or_bidi, is_invisible};
use super::text::text_type;
use crate::error::FieldError;

text_type! {
    /// The address a vendor sends to: a mailbox with a domain on the public internet.
    ///
    /// Validated by the rules of RFC 5321 and 5322. Display names, IP addresses, domains of one label
    /// (`user@localhost`) and domains with characters that host names cannot have are rejected, because
    /// no review platform can deliver to them. Upper and lower case stay as given. `Debug` does not show
    /// the address.
    ///
    /// ```
    /// use review_core::model::EmailAddress;
    ///
    /// let address = EmailAddress::new(" jane@example.com ")?;
    /// assert_eq!(address.as_str(), "jane@example.com");
    /// assert_eq!(EmailAddress::new("jane@localhost").unwrap_err().field(), "customer.email");
    /// # Ok::<(), review_core::FieldError>(())
    /// ```
    personal EmailAddress, check_email
}

impl EmailAddress {
    /// Returns the form by which a customer is recognised: lower case, NFC, an internationalized domain
    /// in its ASCII form, and a local part without quotes it does not need. No mail service in use
    /// distinguishes `Jane@` from `jane@`.
    ///
    /// ```
    /// use review_core::model::EmailAddress;
    ///
    /// let one = EmailAddress::new("\"Jane.Doe\"@MÜNCHEN.example")?;
    /// let two = EmailAddress::new("jane.doe@xn--mnchen-3ya.example")?;
    /// assert_eq!(one.comparison_form(), two.comparison_form());
    /// # Ok::<(), review_core::FieldError>(())
    /// ```
    #[must_use]
    pub fn comparison_form(&self) -> String {
        let (local, domain) = self.as_str().rsplit_once('@').unwrap_or((self.as_str(), ""));
        let unquoted = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let is_atom = |text: &&str| {
            let plain = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
            !text.is_empty() && text.split('.').all(|atom| !atom.is_empty()) && text.chars().all(plain)
        };
        let local = unquoted.filter(is_atom).unwrap_or(local).to_lowercase();
        let domain = Host::parse(domain).map_or_else(|_| domain.to_lowercase(), |host| host.to_string());
        format!("{local}@{domain}")
    }
}

fn check_email(value: &str) -> Result<String, FieldError> {
    if is_plain(value.trim()) {
        return Ok(value.trim().to_owned());
    }
    check_any_email(value)
}

/// Whether an address is valid by sight, as nearly all are: letters, digits and single `.`, `-`, `_` and `+`
/// between them, and a domain that ends in letters. Everything else has to be checked by the full rules.
fn is_plain(address: &str) -> bool {
    const MAX_LOCAL: usize = 64;
    const MAX_DOMAIN: usize = 253;
    let are_words = |text: &str, marks: &[u8]| {
        let mut before = b'.';
        let single = text.bytes().all(|byte| {
            let fits =
                byte.is_ascii_alphanumeric() || marks.contains(&byte) && before.is_ascii_alphanumeric();
            before = byte;
            fits
        });
        single && before.is_ascii_alphanumeric()
    };
    let Some((local, domain)) = address.split_once('@') else { return false };
    let Some((labels, top)) = domain.rsplit_once('.') else { return false };
    local.len() <= MAX_LOCAL
        && domain.len() <= MAX_DOMAIN
        && are_words(local, b".-_+")
        && are_words(labels, b".-")
        && domain.split('.').all(|label| label.len() <= 63)
        && !top.is_empty()
        && top.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn check_any_email(value: &str) -> Result<String, FieldError> {
    let error = |message: String| Err(FieldError::new("customer.email", message));
    let normalized = ComposingNormalizerBorrowed::new_nfc().normalize(value.trim());
    let value = &*normalized;
    if let Some((position, c)) =
        value.chars().enumerate().find(|(_, c)| is_control_or_bidi(*c) || is_invisible(*c))
    {
        let code = u32::from(c);
        return error(format!(
            "contains an invisible character (U+{code:04X}) at position {position}; remove it"
        ));
    }
    let options = Options::default().with_required_tld().without_domain_literal().without_display_text();
    let address = match email_address::EmailAddress::parse_with_options(value, options) {
        Ok(address) => address,
        Err(reason) => {
            let shape = shape(value);
            return error(format!("must be an email address like name@example.com, got {shape}: {reason}"));
        }
    };
    if !is_host_name(address.domain()) {
        return error("must have a domain name like example.com after the @".to_owned());
    }
    Ok(address.to_string())
}

/// Whether a domain is a host name, not an IP address, with at least two labels.
fn is_host_name(domain: &str) -> bool {
    let Ok(Host::Domain(ascii)) = Host::parse(domain) else { return false };
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let top = ascii.rsplit('.').next().unwrap_or_default();
    ascii.contains('.')
        && ascii.split('.').all(is_label)
        && !top.bytes().all(|byte| byte.is_ascii_digit())
        && is_written_as(&ascii, domain)
}

/// Whether a domain is written as it is looked up. URLs also allow `%61` and full-width letters for `a`, which
/// no vendor decodes in an address.
fn is_written_as(ascii: &str, domain: &str) -> bool {
    domain.split('.').zip(ascii.split('.')).all(|(label, ascii)| match label.is_ascii() {
        true => label.eq_ignore_ascii_case(ascii),
        false => ascii.starts_with("xn--"),
    })
}

/// Describes an address without repeating any of it.
fn shape(value: &str) -> String {
    match (value.chars().count(), value.matches('@').count()) {
        (0, _) => "an empty text".to_owned(),
        (length, 1) => format!("{length} characters"),
        (length, ats) => format!("{length} characters with {ats} '@'"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn email_address_accepts_what_shops_have() {
        for good in [
            "a@example.com",
            " jane+tag@sub.example.co.uk ",
            "JOHN@Example.com",
            "o'neil@example.com",
            "jane@münchen.example",
            "\"jane doe\"@example.com",
        ] {
            assert_eq!(EmailAddress::new(good).unwrap().as_str(), good.trim());
        }
    }

    #[test]
    fn email_address_rejects_without_repeating() {
        for bad in [
            "",
            "canary",
            "canary@localhost",
            "canary@@example.com",
            "canary @example.com",
            "@example.com",
            "Canary <canary@example.com>",
            "canary@[127.0.0.1]",
            "canary@1.2.3.4",
            "canary@example.com/x",
            "canary@ex_ample.com",
            "\"can\tary\"@example.com",
            "canary@example.com\r\nBcc: x@example.com",
            "canary@example..com",
            "canary..x@example.com",
            "canary@-example.com",
            "canary@ex%61mple.com",
            "canary@\u{ff45}xample.com",
            "canary@example.com, canary2@example.com",
        ] {
            let error = EmailAddress::new(bad).expect_err(bad);
            assert_eq!(error.field(), "customer.email");
            assert!(!error.to_string().to_lowercase().contains("canary"), "{error}");
        }
    }

    #[test]
    fn plain_address_is_valid_by_the_full_rules() {
        let long =
            |local: usize, label: usize| format!("{}@{}.example", "a".repeat(local), "b".repeat(label));
        for plain in ["a@example.com", "J.a-n_e+1@Sub.ex-ample.co", "1@1.de", &long(64, 63)] {
            assert!(is_plain(plain), "{plain}");
            assert_eq!(check_any_email(plain).unwrap(), plain);
        }
        for other in [
            "",
            "a",
            "@b.de",
            "a@",
            "a@b",
            "a@b.",
            "a@.b",
            "a@b..de",
            ".a@b.de",
            "a..b@c.de",
            "a.@b.de",
            "a@-b.de",
            "a@b-.de",
            "a@xn--mnchen-3ya.de",
            "a@1.2.3.4",
            "a@b.0x1",
            "a@b@c.de",
            "a b@c.de",
            "\u{e9}@b.de",
            &long(65, 1),
            &long(1, 64),
            &format!("a@{}de", "b.".repeat(126)),
        ] {
            assert!(!is_plain(other), "{other}");
        }
    }

    #[test]
    fn invisible_character_is_named() {
        for (bad, code) in [("jane\u{200b}@example.com", "U+200B"), ("jane@exam\u{ad}ple.com", "U+00AD")] {
            let error = EmailAddress::new(bad).unwrap_err().to_string();
            assert!(error.contains(code), "{error}");
        }
    }

    #[test]
    fn comparison_form_keeps_quotes_that_are_needed() {
        let form = |text: &str| EmailAddress::new(text).unwrap().comparison_form();
        assert_eq!(form("\"Jane Doe\"@Example.com"), "\"jane doe\"@example.com");
        assert_eq!(form("\"jane\"@example.com"), "jane@example.com");
        assert_eq!(form("jane@B\u{dc}CHER.example"), "jane@xn--bcher-kva.example");
        assert_eq!(form("jose\u{301}@example.com"), form("JOS\u{c9}@example.com"));
    }
}
