//! The optional fields of a request that some vendors do not support.

use std::fmt;

/// A field of a request that has an effect with some vendors and none with others.
///
/// Facts about the customer and the order (name, country, phone number, dates) are not in this list:
/// each vendor uses those it has a place for, and its page in the guide lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Field {
    /// The caller chooses when the invitation is sent.
    SendAt,
    /// The caller chooses the template of the email.
    Template,
    /// Tags are put on the review.
    Tags,
    /// The customer is sent to a page of the shop after the review.
    RedirectUrl,
    /// The review is counted for a branch.
    Location,
    /// Replies to the email go to an address the caller chooses.
    ReplyTo,
    /// The email shows a sender the caller chooses.
    Sender,
    /// Keys and values are returned with the review.
    Metadata,
}

impl Field {
    /// All fields. The list grows with the contract.
    pub const ALL: &'static [Self] = &[
        Self::SendAt,
        Self::Template,
        Self::Tags,
        Self::RedirectUrl,
        Self::Location,
        Self::ReplyTo,
        Self::Sender,
        Self::Metadata,
    ];

    /// Returns the path of the field in a request, as errors contain it: `send_at`.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::SendAt => "send_at",
            Self::Template => "template",
            Self::Tags => "tags",
            Self::RedirectUrl => "redirect_url",
            Self::Location => "location",
            Self::ReplyTo => "reply_to",
            Self::Sender => "sender",
            Self::Metadata => "order.metadata",
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.path())
    }
}
