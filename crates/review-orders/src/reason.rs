//! Reasons why an order is not eligible for an invitation.

use std::fmt;

/// One reason why an order is not eligible.
///
/// The texts name members of the record, types and status words, never personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IneligibleReason {
    /// The record, or a member that matters, cannot be read.
    Malformed {
        /// The path in its document, such as `orders[3].line_items`; `$` is the whole document. For
        /// CSV, the heading of the column.
        path: String,
        /// What was expected, what was found, and what to do.
        problem: String,
    },
    /// The record belongs to a system whose orders are not parsed, or is not an order.
    Unsupported {
        /// What the record is, such as `a BigCommerce order`.
        what: String,
        /// What to use instead.
        help: String,
    },
    /// The order is a test.
    TestOrder(String),
    /// The order was cancelled, or its payment failed finally.
    Cancelled(String),
    /// The customer was refunded.
    Refunded {
        /// Whether only a part of the amount was refunded.
        partial: bool,
        /// The member and its value.
        details: String,
    },
    /// The customer kept no product: each line was removed, returned or refunded.
    NothingKept(String),
    /// The order is not paid, or the record does not contain its payment status.
    NotPaid(String),
    /// The order is not shipped, or the record does not contain its shipping status.
    NotFulfilled(String),
    /// The order is the renewal of a subscription.
    Renewal(String),
    /// The order is older than the limit, or has no date although there is a limit.
    TooOld(String),
    /// The record has no valid email address.
    NoUsableEmail(String),
    /// The domain of the email address is reserved and can never receive email.
    ReservedDomain(String),
    /// The customer's data was erased.
    ErasedCustomer(String),
    /// The email address is a relay of a marketplace, which forbids such emails to its buyers.
    MarketplaceRelay(String),
    /// The record has no order number, by which a second invitation could be recognised.
    NoReference,
    /// The record does not contain a consent.
    NoConsent(String),
}

impl IneligibleReason {
    /// Returns the name of the [`Policy`](crate::Policy) setting that decides about this reason, if
    /// there is one.
    #[must_use]
    pub fn setting(&self) -> Option<&'static str> {
        match self {
            Self::TestOrder(_) => Some("test_orders"),
            Self::Refunded { partial: true, .. } => Some("partial_refunds"),
            Self::NotPaid(_) => Some("paid_when_completed"),
            Self::NotFulfilled(_) => Some("shipped_statuses"),
            Self::Renewal(_) => Some("renewals"),
            Self::TooOld(_) => Some("max_age"),
            Self::ReservedDomain(_) => Some("reserved_domains"),
            Self::ErasedCustomer(_) => Some("erased_customers"),
            Self::MarketplaceRelay(_) => Some("relay_domains"),
            Self::NoConsent(_) => Some("consent"),
            Self::Malformed { .. }
            | Self::Unsupported { .. }
            | Self::Cancelled(_)
            | Self::Refunded { .. }
            | Self::NothingKept(_)
            | Self::NoUsableEmail(_)
            | Self::NoReference => None,
        }
    }

    /// Returns a short name of the kind, for counting: `malformed`, `not paid` and so on.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Malformed { .. } => "malformed",
            Self::Unsupported { .. } => "unsupported",
            Self::TestOrder(_) => "test order",
            Self::Cancelled(_) => "cancelled",
            Self::Refunded { partial: false, .. } => "refunded",
            Self::Refunded { partial: true, .. } => "partially refunded",
            Self::NothingKept(_) => "nothing kept",
            Self::NotPaid(_) => "not paid",
            Self::NotFulfilled(_) => "not fulfilled",
            Self::Renewal(_) => "subscription renewal",
            Self::TooOld(_) => "too old",
            Self::NoUsableEmail(_) => "no usable email address",
            Self::ReservedDomain(_) => "reserved email domain",
            Self::ErasedCustomer(_) => "erased customer",
            Self::MarketplaceRelay(_) => "marketplace relay address",
            Self::NoReference => "no order number",
            Self::NoConsent(_) => "no consent",
        }
    }

    /// Returns the position among other reasons: that of the variant above.
    pub(crate) fn rank(&self) -> u8 {
        match self {
            Self::Malformed { .. } => 0,
            Self::Unsupported { .. } => 1,
            Self::TestOrder(_) => 2,
            Self::Cancelled(_) => 3,
            Self::Refunded { .. } => 4,
            Self::NothingKept(_) => 5,
            Self::NotPaid(_) => 6,
            Self::NotFulfilled(_) => 7,
            Self::Renewal(_) => 8,
            Self::TooOld(_) => 9,
            Self::NoUsableEmail(_) => 10,
            Self::ReservedDomain(_) => 11,
            Self::ErasedCustomer(_) => 12,
            Self::MarketplaceRelay(_) => 13,
            Self::NoReference => 14,
            Self::NoConsent(_) => 15,
        }
    }

    fn details(&self) -> &str {
        match self {
            Self::Malformed { problem, .. } => problem,
            Self::Unsupported { help, .. } => help,
            Self::NoReference => "expected an order number, found neither a number nor an id",
            Self::Refunded { details, .. }
            | Self::TestOrder(details)
            | Self::Cancelled(details)
            | Self::NothingKept(details)
            | Self::NotPaid(details)
            | Self::NotFulfilled(details)
            | Self::Renewal(details)
            | Self::TooOld(details)
            | Self::NoUsableEmail(details)
            | Self::ReservedDomain(details)
            | Self::ErasedCustomer(details)
            | Self::MarketplaceRelay(details)
            | Self::NoConsent(details) => details,
        }
    }
}

impl fmt::Display for IneligibleReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { path, .. } => write!(f, "{path}: {}", self.details())?,
            Self::Unsupported { what, .. } => write!(f, "{what}: {}", self.details())?,
            _ => write!(f, "{}: {}", self.kind(), self.details())?,
        }
        match self.setting() {
            Some(setting) => write!(f, " (setting `{setting}`)"),
            None => Ok(()),
        }
    }
}
