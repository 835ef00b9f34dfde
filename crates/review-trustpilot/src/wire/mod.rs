//! Trustpilot's requests, and its responses as far as they are used. Members of another type than documented count as
//! missing.

/// Defines a type of a response: members that must be present, members that may be missing or of another type, and times
/// in one of Trustpilot's forms.
macro_rules! response_type {
    (
        $(#[$meta:meta])*
        $visibility:vis $name:ident {
            $(required { $($(#[$required_meta:meta])* $required:ident: $required_type:ty,)* })?
            $(lenient { $($(#[$lenient_meta:meta])* $lenient:ident: $lenient_type:ty,)* })?
            $(times { $($(#[$time_meta:meta])* $time:ident,)* })?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "camelCase")]
        #[non_exhaustive]
        $visibility struct $name {
            $($($(#[$required_meta])* $visibility $required: $required_type,)*)?
            $($(
                $(#[$lenient_meta])*
                #[serde(default, deserialize_with = "review_http::lenient::or_default")]
                $visibility $lenient: $lenient_type,
            )*)?
            $($(
                $(#[$time_meta])*
                #[serde(
                    default,
                    deserialize_with = "crate::wire::time::lenient",
                    serialize_with = "crate::wire::time::write"
                )]
                $visibility $time: Option<chrono::DateTime<chrono::Utc>>,
            )*)?
        }
    };
}
pub(crate) use response_type;

pub(crate) mod catalogue;
pub(crate) mod error;
pub(crate) mod request;
pub(crate) mod review;
pub(crate) mod setup;
pub(crate) mod time;

/// Words of the API that an error can show even if the rest of a message quotes the customer.
pub(crate) const VOCABULARY: &[&str] = &[
    "Access to resource is forbidden",
    "consumerEmail",
    "consumerName",
    "referenceNumber",
    "locale",
    "templateId",
    "preferredSendTime",
    "redirectUri",
    "replyTo",
    "senderEmail",
    "senderName",
    "locationId",
    "products",
    "productUrl",
    "tags",
    "is required",
    "invalid",
];
