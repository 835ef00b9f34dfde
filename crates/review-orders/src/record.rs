//! What became of each element of the input.

use std::fmt;

use review_core::{Consent, Customer, Order};

use crate::{Reason, ShopSystem};

/// What became of one element of the input.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Record {
    /// The element's place in the input, counted from 0 over all documents and lists in it.
    pub position: usize,
    /// The order number, where it could be read, even of a record that is not invited.
    pub reference: Option<String>,
    /// The shop system that wrote the record, where it was recognised.
    pub system: Option<ShopSystem>,
    /// Whom to invite, or why not.
    pub outcome: Result<Invitee, NotInvited>,
}

/// Everything an [`InviteRequest`](review_core::InviteRequest) is built from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Invitee {
    /// Whom to ask.
    pub customer: Customer,
    /// About which order.
    pub order: Order,
    /// On what basis.
    pub consent: Consent,
}

/// Why an order's customer is not invited: every reason that holds, at least one.
///
/// The reasons stand in the order of the variants of [`Reason`]. Neither `Debug` nor `Display` shows
/// personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotInvited {
    reasons: Vec<Reason>,
}

impl NotInvited {
    /// Several rules look at the same member: its fault is told once.
    pub(crate) fn new(first: Reason, others: impl IntoIterator<Item = Reason>) -> Self {
        let mut reasons = vec![first];
        for reason in others {
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        reasons.sort_by_key(Reason::rank);
        Self { reasons }
    }

    /// The reasons, at least one.
    #[must_use]
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }

    /// Whether the record could not be read, or not wholly. Someone has to look at it; the other
    /// reasons are everyday business.
    #[must_use]
    pub fn is_malformed(&self) -> bool {
        self.reasons.iter().any(|reason| matches!(reason, Reason::Malformed { .. }))
    }
}

impl fmt::Display for NotInvited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, reason) in self.reasons.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            reason.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for NotInvited {}
