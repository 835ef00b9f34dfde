//! The basis on which a customer is invited.

use chrono::{DateTime, Utc};

use super::characters::{is_blank, is_control_or_bidi};
use super::send_at::check_date;
use crate::error::FieldError;

/// The basis on which this customer is invited. An [`InviteRequest`](crate::InviteRequest) cannot be
/// built without one, and an empty basis is an error of
/// [`build`](crate::model::InviteRequestBuilder::build).
///
/// A marketing opt-in is not the same as a consent to review invitations; whether it counts is a
/// decision of the shop.
///
/// ```
/// use review_core::Consent;
///
/// let agreed = Consent::granted("checkbox at the checkout");
/// let claimed = Consent::legal_basis("existing customer, § 7 (3) UWG");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Consent {
    /// The customer agreed.
    Granted {
        /// How: the name of the checkbox, form or import. Not personal; it may be logged.
        source: String,
        /// When, if the shop recorded it.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        granted_at: Option<DateTime<Utc>>,
    },
    /// The shop claims another legal basis, for example `existing customer, § 7 (3) UWG`.
    LegalBasis(String),
}

impl Consent {
    /// Creates a consent the customer granted in this way, at an unrecorded time.
    pub fn granted(source: impl Into<String>) -> Self {
        Self::Granted { source: source.into(), granted_at: None }
    }

    /// Creates a consent the customer granted in this way at this time.
    pub fn granted_at(source: impl Into<String>, at: DateTime<Utc>) -> Self {
        Self::Granted { source: source.into(), granted_at: Some(at) }
    }

    /// Creates a legal basis the shop claims.
    pub fn legal_basis(basis: impl Into<String>) -> Self {
        Self::LegalBasis(basis.into())
    }

    pub(super) fn check(&self) -> Result<(), FieldError> {
        let (Self::Granted { source: text, .. } | Self::LegalBasis(text)) = self;
        if is_blank(text) {
            let message = "must state how the customer agreed, or the legal basis; got an empty text";
            return Err(FieldError::new("consent", message));
        }
        // It is logged: a line break would forge another line.
        if text.chars().any(is_control_or_bidi) {
            return Err(FieldError::new("consent", "must not contain control characters; remove them"));
        }
        match self {
            Self::Granted { granted_at, .. } => {
                check_date(*granted_at).map(drop).map_err(|error| error.with_field("consent.granted_at"))
            }
            Self::LegalBasis(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consent_must_be_stated_on_one_line() {
        assert!(Consent::legal_basis("existing customer, § 7 (3) UWG").check().is_ok());
        for bad in ["", " \t", "\u{200b}\u{2060}", "checkbox\nsent=true", "check\u{202e}box"] {
            assert_eq!(Consent::granted(bad).check().unwrap_err().field(), "consent", "{bad:?}");
            assert!(Consent::legal_basis(bad).check().is_err(), "{bad:?}");
        }
        let never = Consent::granted_at("checkbox", DateTime::<Utc>::MAX_UTC);
        assert_eq!(never.check().unwrap_err().field(), "consent.granted_at");
    }
}
