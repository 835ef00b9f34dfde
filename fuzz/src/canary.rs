//! An invitation whose personal values are known, so that they are found in texts that must not contain them.

use review_core::{Consent, Error, InviteRequest};

/// The personal values. They are long and occur in no text of the project, so that a match is not a coincidence.
pub const PERSONAL: [&str; 5] =
    ["canaryperson@example.com", "Canarilla", "Canarienvogel", "+4930998877665", "canary-customer-17"];

pub fn request() -> Result<InviteRequest, Error> {
    let [email, first, last, phone, reference] = PERSONAL;
    InviteRequest::builder(email, "1001", Consent::granted("checkbox"))
        .first_name(first)
        .last_name(last)
        .phone(phone)
        .customer_reference(reference)
        .build()
}

/// Asserts that no text of an error contains one of the values.
pub fn assert_hidden<'a>(error: &Error, values: impl IntoIterator<Item = &'a str>) {
    let mut shown = format!("{error} {error:?} {error:#?}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        shown += &format!("{cause} {cause:?}");
        source = cause.source();
    }
    let shown = shown.to_lowercase();
    for value in values {
        assert!(!shown.contains(&value.to_lowercase()), "{value} shows in {shown}");
    }
}
