//! The hashes by which rows are found.

use std::fmt::Write as _;

use review_core::model::{EmailAddress, InviteKey};
use sha2::{Digest as _, Sha256};

/// Returns the hash of an order: SHA-256 of the shop, the byte 0x1F and the reference (UTF-8, as
/// [`OrderReference`](review_core::model::OrderReference) normalises it), in lower-case hexadecimal digits.
///
/// It stays in the table after a purge, so that the order is not invited again.
#[must_use]
pub fn order_hash(key: &InviteKey) -> String {
    hash(&[&key.shop, key.reference.as_str()])
}

/// Returns the hash of a customer: SHA-256 of the address in its
/// [comparison form](EmailAddress::comparison_form), in lower-case hexadecimal digits. A purge removes it.
#[must_use]
pub fn customer_hash(email: &EmailAddress) -> String {
    hash(&[&email.comparison_form()])
}

fn hash(parts: &[&str]) -> String {
    let digest = Sha256::digest(parts.join("\u{1f}").as_bytes());
    digest.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use review_core::InviteKind;
    use review_core::model::OrderReference;

    use super::*;

    #[test]
    fn customer_hash_is_that_of_the_comparison_form() {
        // printf 'jane.doe@xn--mnchen-3ya.example' | sha256sum
        let documented = "cc06b2abc2606c0c4a88e5fb1d0d489480f5cc1953e60c3b55fdb41b338d451c";
        for address in ["jane.doe@xn--mnchen-3ya.example", "\"Jane.Doe\"@MÜNCHEN.example"] {
            assert_eq!(customer_hash(&EmailAddress::new(address).unwrap()), documented, "{address}");
        }
    }

    #[test]
    fn order_hash_is_the_documented_one() {
        let key = InviteKey::new("shop", OrderReference::new("1001").unwrap(), InviteKind::Product);
        // printf 'shop\x1f1001' | sha256sum
        assert_eq!(order_hash(&key), "215b0e33d2a9a856493ccca3d85f84bd1398dfe337bb14b658299b4c2fa37062");
    }
}
