//! On what basis a customer may be asked.

use chrono::{DateTime, Utc};

/// The basis on which this customer may be asked for a review. An
/// [`InviteRequest`](crate::InviteRequest) cannot be built without one.
///
/// A marketing opt-in is not the same as a consent to review invitations; whether it counts is a
/// decision of the shop, which it makes by the value it passes here.
///
/// ```
/// use review_core::Consent;
///
/// let agreed = Consent::granted("checkbox at the checkout");
/// let claimed = Consent::legal_basis("existing customer, § 7 (3) UWG");
/// assert!(agreed.is_stated() && claimed.is_stated() && !Consent::Unknown.is_stated());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Consent {
    /// The customer agreed.
    Granted {
        /// How: the name of the checkbox, form or import. Not personal; it may be logged.
        how: String,
        /// When, if the shop recorded it.
        at: Option<DateTime<Utc>>,
    },
    /// The shop claims another legal basis, e.g. `existing customer, § 7 (3) UWG`.
    LegalBasis(String),
    /// Nobody knows. Every provider refuses it before anything is sent.
    Unknown,
}

impl Consent {
    /// The customer agreed in this way, at an unrecorded time.
    pub fn granted(how: impl Into<String>) -> Self {
        Self::Granted { how: how.into(), at: None }
    }

    /// The customer agreed in this way at this time.
    pub fn granted_at(how: impl Into<String>, at: DateTime<Utc>) -> Self {
        Self::Granted { how: how.into(), at: Some(at) }
    }

    /// Whether a basis is stated: neither unknown nor an empty word.
    #[must_use]
    pub fn is_stated(&self) -> bool {
        match self {
            Self::Granted { how: words, .. } | Self::LegalBasis(words) => !words.trim().is_empty(),
            Self::Unknown => false,
        }
    }

    /// The shop claims this legal basis.
    pub fn legal_basis(basis: impl Into<String>) -> Self {
        Self::LegalBasis(basis.into())
    }
}
