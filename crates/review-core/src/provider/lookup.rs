//! Results of lookups and erasures.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::model::key::InviteKey;

/// An invitation to look up.
///
/// An [`InviteKey`] converts into it. Add the vendor's id of a receipt if there is one: some vendors can
/// only find an invitation by it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InviteRef {
    /// The identity of the invitation.
    pub key: InviteKey,
    /// The vendor's id, from [`InviteReceipt::vendor_id`](crate::provider::InviteReceipt::vendor_id).
    pub vendor_id: Option<String>,
}

impl InviteRef {
    /// Sets the vendor's id.
    #[must_use]
    pub fn with_vendor_id(self, id: impl Into<Option<String>>) -> Self {
        Self { vendor_id: id.into(), ..self }
    }
}

impl From<InviteKey> for InviteRef {
    fn from(key: InviteKey) -> Self {
        Self { key, vendor_id: None }
    }
}

impl From<&InviteKey> for InviteRef {
    fn from(key: &InviteKey) -> Self {
        key.clone().into()
    }
}

/// The status of an invitation that exists at the vendor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct InviteStatus {
    /// The vendor's id of the invitation.
    pub vendor_id: Option<String>,
    /// When the email is due.
    pub scheduled_at: Option<DateTime<Utc>>,
    /// When the email was sent.
    pub sent_at: Option<DateTime<Utc>>,
    /// When the customer wrote the review.
    pub responded_at: Option<DateTime<Utc>>,
}

impl InviteStatus {
    /// Creates a status without any detail: the invitation exists.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the vendor's id.
    #[must_use]
    pub fn with_vendor_id(mut self, id: impl Into<String>) -> Self {
        self.vendor_id = Some(id.into());
        self
    }

    /// Sets when the email is due.
    #[must_use]
    pub fn with_scheduled_at(mut self, at: impl Into<Option<DateTime<Utc>>>) -> Self {
        self.scheduled_at = at.into();
        self
    }

    /// Sets when the email was sent.
    #[must_use]
    pub fn with_sent_at(mut self, at: impl Into<Option<DateTime<Utc>>>) -> Self {
        self.sent_at = at.into();
        self
    }

    /// Sets when the customer wrote the review.
    #[must_use]
    pub fn with_responded_at(mut self, at: impl Into<Option<DateTime<Utc>>>) -> Self {
        self.responded_at = at.into();
        self
    }
}

/// Whether an invitation exists at the vendor.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InviteLookup {
    /// It exists.
    Found(InviteStatus),
    /// The vendor has no such invitation. This alone is no reason to send again: some vendors list an
    /// invitation only after a while.
    NotFound,
    /// The vendor cannot answer, or cannot answer yet.
    Inconclusive {
        /// Why. Contains no personal data.
        reason: String,
        /// When a new lookup can give another result. `None`: waiting does not help.
        retry_after: Option<Duration>,
    },
}

impl InviteLookup {
    /// Creates an inconclusive result that waiting does not change.
    pub fn inconclusive(reason: impl Into<String>) -> Self {
        Self::Inconclusive { reason: reason.into(), retry_after: None }
    }
}

/// The result of a request to erase a customer's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErasureStatus {
    /// The vendor accepted the request; it may carry it out later.
    Accepted,
    /// The vendor holds no data of this customer.
    NotFound,
}
