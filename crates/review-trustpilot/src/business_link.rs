//! Links made without the API ("Business Generated Links"), which Trustpilot offers in some industries and
//! with its privacy add-on. Facts from Trustpilot's support article of that name and a public client.

use std::fmt;

use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockEncryptMut, KeyIvInit};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use review_core::config::Secret;
use review_core::{Error, ErrorKind, FieldError};
use review_http::Personal;
use serde::Serialize;
use sha2::Sha256;
use url::Url;

use crate::config::Domain;

/// The base URL of the links. Country versions replace `www`.
pub const BUSINESS_LINK_URL: &str = "https://www.trustpilot.com/evaluate-bgl";

const KEY_BYTES: usize = 32;
const IV_BYTES: usize = 16;

/// The two keys with which a business unit creates links, from the business application.
#[derive(Clone)]
pub struct BusinessLinkKeys {
    encrypt: Secret,
    authenticate: Secret,
}

/// Shows nothing of the keys.
impl fmt::Debug for BusinessLinkKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BusinessLinkKeys").finish_non_exhaustive()
    }
}

impl BusinessLinkKeys {
    /// Creates keys from the base64 texts that the business application shows.
    ///
    /// # Errors
    /// A [`FieldError`] if `encrypt_key` or `auth_key` is not valid base64, if `encrypt_key` is not 32 bytes long, or if
    /// `auth_key` is empty.
    pub fn new(encrypt_key: &Secret, auth_key: &Secret) -> Result<Self, FieldError> {
        if decoded(encrypt_key).is_none_or(|key| key.len() != KEY_BYTES) {
            return Err(FieldError::new("encrypt_key", "expected 32 bytes in base64; copy the key again"));
        }
        if decoded(auth_key).is_none_or(|key| key.is_empty()) {
            return Err(FieldError::new("auth_key", "expected bytes in base64; copy the key again"));
        }
        Ok(Self { encrypt: encrypt_key.clone(), authenticate: auth_key.clone() })
    }
}

fn decoded(key: &Secret) -> Option<Vec<u8>> {
    STANDARD.decode(key.expose().trim()).ok()
}

/// The customer data in a link. Empty lists are omitted.
///
/// ```
/// use review_trustpilot::{BusinessLinkCustomer, BusinessLinkKeys, Domain};
///
/// // From the business application, in base64.
/// let keys = BusinessLinkKeys::new(
///     &"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=".into(),
///     &"ICEiIyQlJicoKSorLC0uLw==".into(),
/// )?;
/// let customer = BusinessLinkCustomer::new("jane@example.com", "Jane Doe", "1001");
/// let link = customer.build_link(&Domain::new("shop.example")?, &keys)?;
/// assert!(!link.as_str().contains("jane"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct BusinessLinkCustomer {
    /// The email address.
    pub email: Personal,
    /// The name.
    pub name: Personal,
    /// The order number. With a different number for each order, the same customer can review more than once.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Keys of products in the catalogue.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skus: Vec<String>,
    /// Words put on the review, without spaces.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

impl BusinessLinkCustomer {
    /// Creates the customer data from the required fields.
    pub fn new(email: impl Into<Personal>, name: impl Into<Personal>, reference: impl Into<String>) -> Self {
        Self {
            email: email.into(),
            name: name.into(),
            reference: reference.into(),
            skus: Vec::new(),
            tags: Vec::new(),
        }
    }

    /// Builds the link for this customer to review the shop of a domain. Each call returns a different link, because it
    /// starts with random bytes. Anyone with the link can write the review in the customer's name.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] if a tag contains a space, [`ErrorKind::Unexpected`] if the
    /// system returns no random bytes.
    pub fn build_link(&self, domain: &Domain, keys: &BusinessLinkKeys) -> Result<Url, Error> {
        let mut iv = [0; IV_BYTES];
        let none = |_| {
            Error::new(
                ErrorKind::Unexpected,
                "the operating system returned no random bytes; retry, or check its random number generator",
            )
        };
        getrandom::fill(&mut iv).map_err(none)?;
        self.build_link_with(iv, domain, keys)
    }

    fn build_link_with(
        &self,
        iv: [u8; IV_BYTES],
        domain: &Domain,
        keys: &BusinessLinkKeys,
    ) -> Result<Url, Error> {
        if let Some(index) = self.tags.iter().position(|tag| tag.contains(char::is_whitespace)) {
            return Err(FieldError::new(format!("tags[{index}]"), "must not contain a space").into());
        }
        let unusable = || {
            Error::new(
                ErrorKind::InvalidConfig,
                "the keys for links must be those of the business account; copy them again",
            )
        };
        let payload = serde_json::to_vec(self)
            .map_err(|_| Error::new(ErrorKind::InvalidRequest, "the request has no JSON form"))?;
        let sealed = seal(&payload, iv, keys).ok_or_else(unusable)?;
        let wrong = || Error::new(ErrorKind::Unexpected, "the link could not be built as a URL");
        let mut url: Url = BUSINESS_LINK_URL.parse().map_err(|_| wrong())?;
        url.path_segments_mut().map_err(|()| wrong())?.push(domain.as_str());
        url.query_pairs_mut().append_pair("p", &STANDARD.encode(sealed));
        Ok(url)
    }
}

/// `IV || AES-256-CBC with PKCS 7 || HMAC-SHA256 of both`.
fn seal(payload: &[u8], iv: [u8; IV_BYTES], keys: &BusinessLinkKeys) -> Option<Vec<u8>> {
    let cipher = cbc::Encryptor::<aes::Aes256>::new_from_slices(&decoded(&keys.encrypt)?, &iv).ok()?;
    let mut sealed = iv.to_vec();
    sealed.extend(cipher.encrypt_padded_vec_mut::<Pkcs7>(payload));
    let mut mac = Hmac::<Sha256>::new_from_slice(&decoded(&keys.authenticate)?).ok()?;
    mac.update(&sealed);
    sealed.extend(mac.finalize().into_bytes());
    Some(sealed)
}

#[cfg(test)]
mod tests {
    use aes::cipher::BlockDecryptMut;
    use serde_json::{Value, json};

    use super::*;

    /// Bytes 0 to 31 and 32 to 63, in base64.
    const ENCRYPT: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    const AUTH: &str = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

    fn keys() -> BusinessLinkKeys {
        BusinessLinkKeys::new(&ENCRYPT.into(), &AUTH.into()).unwrap()
    }

    fn customer() -> BusinessLinkCustomer {
        let mut customer = BusinessLinkCustomer::new("xyz@example.com", "John Smith", "1234");
        customer.skus = ["sku1", "sku2", "sku3"].map(str::to_owned).to_vec();
        customer.tags = ["tag1", "tag2", "tag3"].map(str::to_owned).to_vec();
        customer
    }

    fn domain() -> Domain {
        Domain::new("shop.example").unwrap()
    }

    #[test]
    fn the_payload_is_that_of_the_sample() {
        let sample: Value = serde_json::from_str(include_str!("../tests/samples/bgl-payload.json")).unwrap();
        assert_eq!(serde_json::to_value(customer()).unwrap(), sample);
    }

    #[test]
    fn what_was_made_can_be_opened() {
        let (first, second) = (
            customer().build_link(&domain(), &keys()).unwrap(),
            customer().build_link(&domain(), &keys()).unwrap(),
        );
        assert_ne!(first, second, "each has its own random bytes");
        assert!(first.as_str().starts_with("https://www.trustpilot.com/evaluate-bgl/shop.example?p="));
        let sealed = STANDARD.decode(&*first.query_pairs().next().unwrap().1).unwrap();
        let (body, mac) = sealed.split_at(sealed.len() - 32);
        let mut expected = Hmac::<Sha256>::new_from_slice(&STANDARD.decode(AUTH).unwrap()).unwrap();
        expected.update(body);
        expected.verify_slice(mac).unwrap();
        let (iv, body) = body.split_at(IV_BYTES);
        let key = STANDARD.decode(ENCRYPT).unwrap();
        let opened = cbc::Decryptor::<aes::Aes256>::new_from_slices(&key, iv)
            .unwrap()
            .decrypt_padded_vec_mut::<Pkcs7>(body)
            .unwrap();
        let opened: Value = serde_json::from_slice(&opened).unwrap();
        assert_eq!((&opened["email"], &opened["ref"]), (&json!("xyz@example.com"), &json!("1234")));
    }

    /// Computed with Python's hmac and the command openssl, not with the crates above.
    #[test]
    fn a_vector_made_elsewhere_comes_out() {
        let link = BusinessLinkCustomer::new("xyz@example.com", "John Smith", "1234")
            .build_link_with([7; IV_BYTES], &domain(), &keys())
            .unwrap();
        assert_eq!(link.query(), Some(VECTOR));
    }

    const VECTOR: &str = "p=BwcHBwcHBwcHBwcHBwcHB9TDZozge6j%2BNC3eZpmcr2nSt6VYDZOXyAqdbnrCWpTgS3Stlj6f1RcpVPle9bXK6R2nxICF8G%2BSI8%2FU4%2BnvXME8qkmg2KH%2Fn7TV2ox7K2F5HftnbTj8lsnMY585GMBmqA%3D%3D";

    #[test]
    fn keys_and_tags_are_checked_and_nothing_shows() {
        for (encrypt, auth, field) in [
            ("canary", AUTH, "encrypt_key"),
            (AUTH, "canary!", "auth_key"),
            ("AAEC", AUTH, "encrypt_key"),
            (AUTH, "", "auth_key"),
        ] {
            let fault = BusinessLinkKeys::new(&encrypt.into(), &auth.into()).unwrap_err();
            assert_eq!(fault.field(), field);
            assert!(!fault.to_string().contains("canary"));
        }
        let mut customer = customer();
        customer.tags.push("a b".to_owned());
        let error = customer.build_link(&domain(), &keys()).unwrap_err();
        assert_eq!(error.field_errors().first().map(FieldError::field), Some("tags[3]"));
        let shown = format!("{customer:?} {:?}", keys());
        assert!(
            !shown.contains("example.com") && !shown.contains("Smith") && !shown.contains("AAEC"),
            "{shown}"
        );
    }
}
