//! Which invitation a review is for.

use crate::email::EmailKind;
use crate::inbox::entry::InboxEntry;

/// The customer who writes a review.
pub(crate) struct Invited<'a> {
    reference: &'a str,
    recipient: Option<&'a str>,
    kind: Option<EmailKind>,
}

impl<'a> Invited<'a> {
    /// The customer who was invited for this order.
    pub(crate) fn for_order(reference: &'a str) -> Self {
        Self { reference, recipient: None, kind: None }
    }

    /// The recipient of this entry of the inbox.
    pub(crate) fn by(entry: &'a InboxEntry) -> Self {
        Self { reference: &entry.reference, recipient: Some(&entry.recipient), kind: entry.kind }
    }

    /// Whether this is the invitation. Its reference is empty if the request had none.
    pub(crate) fn fits(&self, reference: &str, recipient: &str) -> bool {
        self.reference == reference && self.recipient.is_none_or(|wanted| wanted == recipient)
    }

    /// Whether the customer reviews this.
    pub(crate) fn reviews(&self, kind: EmailKind) -> bool {
        self.kind.is_none_or(|wanted| wanted == kind)
    }
}
