//! The members of Kiyoh's requests, and its responses as far as they are used. Members of another type than documented
//! count as missing.

pub(crate) mod catalogue;
pub(crate) mod review;
pub(crate) mod statistics;

/// Members of an invitation that a preview shows: none of them contains personal data.
pub(crate) const SHOWN: &[&str] =
    &["location_id", "delay", "language", "ref_code", "reference_code", "product_code", "product_invite"];

/// Words of the API that an error can show even if the rest of a message quotes the customer.
pub(crate) const VOCABULARY: &[&str] = &[
    "location_id",
    "invite_email",
    "delay",
    "language",
    "ref_code",
    "product_code",
    "image_url",
    "source_url",
];
