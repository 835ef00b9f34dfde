//! The identity of an invitation.

use std::fmt;
use std::str::FromStr;

use crate::error::FieldError;
use crate::model::kind::InviteKind;
use crate::model::order::OrderReference;

/// The identity of an invitation: an order of a shop is invited once for each kind.
///
/// The vendor and the instance are not part of it, so that a change of vendor does not invite
/// customers again.
///
/// `Display` prints `shop/kind/reference` with `%`, `/` and control characters percent-encoded. A
/// reference that looks like an email address is redacted. [`FromStr`] parses the same form, and
/// rejects a redacted one.
///
/// ```
/// use review_core::model::{InviteKey, InviteKind, OrderReference};
///
/// let key = InviteKey::new("shop-de", OrderReference::new("2024/1001")?, InviteKind::Service);
/// assert_eq!(key.to_string(), "shop-de/service/2024%2F1001");
/// assert_eq!("shop-de/service/2024%2F1001".parse::<InviteKey>()?, key);
/// # Ok::<(), review_core::FieldError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct InviteKey {
    /// The shop: the order's own, or that of the configuration.
    pub shop: String,
    /// The order.
    pub reference: OrderReference,
    /// What is asked for.
    pub kind: InviteKind,
}

const REDACTED: &str = "[redacted]";

impl InviteKey {
    /// Creates a key.
    pub fn new(shop: impl Into<String>, reference: OrderReference, kind: InviteKind) -> Self {
        Self { shop: shop.into(), reference, kind }
    }

    /// Returns whether two keys cannot both be invited: they are equal, or they concern the same order
    /// and one of them leaves the kind to the account, which may include the other kind.
    #[must_use]
    pub fn conflicts_with(&self, other: &Self) -> bool {
        self.shop == other.shop
            && self.reference == other.reference
            && (self.kind == other.kind
                || self.kind == InviteKind::AccountDefault
                || other.kind == InviteKind::AccountDefault)
    }
}

fn encode(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for c in text.chars() {
        match c {
            '%' | '/' => write!(f, "%{:02X}", u32::from(c))?,
            c if c.is_control() => write!(f, "%{:02X}", u32::from(c))?,
            c => write!(f, "{c}")?,
        }
    }
    Ok(())
}

fn decode(text: &str) -> Option<String> {
    let mut decoded = String::with_capacity(text.len());
    let mut parts = text.split('%');
    decoded.push_str(parts.next()?);
    for part in parts {
        let code = u8::from_str_radix(part.get(..2)?, 16).ok()?;
        decoded.push(char::from(code));
        decoded.push_str(part.get(2..)?);
    }
    Some(decoded)
}

impl fmt::Display for InviteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        encode(&self.shop, f)?;
        write!(f, "/{}/", self.kind)?;
        let reference = self.reference.as_str();
        if reference.contains('@') { f.write_str(REDACTED) } else { encode(reference, f) }
    }
}

impl FromStr for InviteKey {
    type Err = FieldError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || FieldError::new("key", "expected shop/kind/reference, percent-encoded");
        let parts: Vec<&str> = text.split('/').collect();
        let [shop, kind, reference] = parts.as_slice() else { return Err(invalid()) };
        if *reference == REDACTED {
            return Err(FieldError::new("key", "the reference was redacted; use the original key"));
        }
        let shop = decode(shop).filter(|shop| !shop.is_empty()).ok_or_else(invalid)?;
        let reference = OrderReference::new(decode(reference).ok_or_else(invalid)?)?;
        Ok(Self::new(shop, reference, kind.parse()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(reference: &str, kind: InviteKind) -> InviteKey {
        InviteKey::new("shop", OrderReference::new(reference).unwrap(), kind)
    }

    #[test]
    fn key_text_round_trips() {
        for reference in ["1001", "a/b", "100%", "#10 / é", "%2F"] {
            let key = key(reference, InviteKind::ServiceAndProduct);
            assert_eq!(key.to_string().parse::<InviteKey>().unwrap(), key, "{key}");
        }
    }

    #[test]
    fn key_text_redacts_addresses() {
        let key = key("jane@example.com", InviteKind::Service);
        assert_eq!(key.to_string(), "shop/service/[redacted]");
        assert!(key.to_string().parse::<InviteKey>().is_err());
    }

    #[test]
    fn key_text_that_is_malformed_is_rejected() {
        for text in ["", "shop/service", "shop/mail/1", "/service/1", "shop/service/%", "shop/service/%zz"] {
            assert!(text.parse::<InviteKey>().is_err(), "{text}");
        }
    }

    #[test]
    fn account_default_conflicts_with_every_kind() {
        let one = key("1", InviteKind::AccountDefault);
        for kind in InviteKind::ALL {
            assert!(one.conflicts_with(&key("1", *kind)) && key("1", *kind).conflicts_with(&one));
        }
        assert!(!one.conflicts_with(&key("2", InviteKind::Service)));
        assert!(!key("1", InviteKind::Service).conflicts_with(&key("1", InviteKind::Product)));
    }
}
