//! eTrusted's requests, and its responses as far as they are used. Members of another type than documented count as
//! missing.

pub(crate) mod channel;
pub(crate) mod event;
pub(crate) mod invite;
pub(crate) mod page;
pub(crate) mod request;
pub(crate) mod review;
pub(crate) mod setup;

/// Words of the API that an error can show even if the rest of a message quotes the customer.
pub(crate) const VOCABULARY: &[&str] = &[
    "instance",
    "requires",
    "property",
    "does not match",
    "is not one of",
    "type",
    "channel",
    "customer",
    "email",
    "transaction",
    "reference",
    "products",
    "defaultLocale",
    "locale",
    "template",
    "system",
    "metadata",
];
