//! Why somebody is not invited.

/// One reason why an order's customer is not invited.
///
/// The texts name members of the record, types and status words, never personal data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// The record, or a member that matters, cannot be read.
    #[error("{at}: {problem}")]
    Malformed {
        /// The path in its JSON document, such as `orders[3].line_items`; `$` is the whole document.
        at: String,
        /// What was expected and what was found.
        problem: String,
    },
    /// Nobody bought anything.
    #[error("a test order: {0}")]
    TestOrder(String),
    /// The order was cancelled, or its payment failed for good.
    #[error("cancelled: {0}")]
    Cancelled(String),
    /// The customer got money back.
    #[error("{}: {found}", if *.partly { "partly refunded" } else { "refunded" })]
    Refunded {
        /// Whether only a part of the money went back. See
        /// [`OrderReader::with_partial_refunds`](crate::OrderReader::with_partial_refunds).
        partly: bool,
        /// What was found, and where.
        found: String,
    },
    /// The order is not paid, or the record does not say that it is.
    #[error("not paid: {0}")]
    NotPaid(String),
    /// The goods are not on their way, or the record does not say that they are.
    #[error("not fulfilled: {0}")]
    NotFulfilled(String),
    /// There is no address to write to.
    #[error("no usable e-mail address: {0}")]
    NoUsableEmail(String),
    /// Without an order number nobody can tell whether the customer has been invited before.
    #[error("no usable order number: neither the number nor the id of the order can be used")]
    NoReference,
    /// Nothing says that the customer agreed.
    #[error("no consent: {0}")]
    NoConsent(String),
}

impl Reason {
    /// The place among other reasons: that of the variant above.
    pub(crate) fn rank(&self) -> u8 {
        match self {
            Self::Malformed { .. } => 0,
            Self::TestOrder(_) => 1,
            Self::Cancelled(_) => 2,
            Self::Refunded { .. } => 3,
            Self::NotPaid(_) => 4,
            Self::NotFulfilled(_) => 5,
            Self::NoUsableEmail(_) => 6,
            Self::NoReference => 7,
            Self::NoConsent(_) => 8,
        }
    }
}
