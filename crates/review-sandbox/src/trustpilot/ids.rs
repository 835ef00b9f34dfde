//! New ids, and the addresses of pages for people.

use uuid::Uuid;

/// The host of pages for people. Not Trustpilot's, because these pages do not exist there.
pub(super) const WEB: &str = "https://trustpilot.example.com";

/// Returns a new id: opaque, 24 hexadecimal digits in all samples.
pub(super) fn object_id() -> String {
    let mut id = Uuid::new_v4().simple().to_string();
    id.truncate(24);
    id
}
