//! Deletes invitation data.

use chrono::{DateTime, Utc};
use http::Method;
use review_core::model::EmailAddress;
use review_core::provider::ErasureStatus;
use review_core::{FieldError, Result};
use review_http::vendor::{Api, Step};
use serde_json::{Value, json};

use crate::config::Trustpilot;
use crate::operations::{DELETE_INVITATION_DATA, unit_path};

/// UNK: status and body of an acceptance, also for an address that Trustpilot does not know. Every 2xx counts.
pub(crate) async fn erase_customer(
    trustpilot: &Trustpilot,
    api: &Api<Trustpilot>,
    email: &EmailAddress,
) -> Result<ErasureStatus> {
    delete(trustpilot, api, json!({ "customerEmails": [email.as_str()] })).await?;
    Ok(ErasureStatus::Accepted)
}

pub(crate) async fn delete_before(api: &Api<Trustpilot>, confirmed: ConfirmedDeletion) -> Result<()> {
    delete(api.vendor(), api, json!({ "deleteOlderThan": confirmed.in_body() })).await
}

async fn delete(trustpilot: &Trustpilot, api: &Api<Trustpilot>, body: Value) -> Result<()> {
    let unit = api.account().await?;
    let path = unit_path(&unit, &["invitation-data", "delete"]);
    let step = Step::idempotent(DELETE_INVITATION_DATA, Method::POST, &trustpilot.invitations_url, &path);
    api.send(&trustpilot.for_user(step.json(body, &[]))?).await.map(drop)
}

/// The confirmation that all invitation data before a time should be deleted. It cannot be undone.
///
/// ```
/// use review_trustpilot::ConfirmedDeletion;
///
/// let confirmed = ConfirmedDeletion::before("2020-01-01T00:00:00Z".parse()?)?;
/// # let _ = confirmed;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConfirmedDeletion(DateTime<Utc>);

impl ConfirmedDeletion {
    /// Confirms the deletion of everything before this time.
    ///
    /// # Errors
    /// A [`FieldError`] for a time in the future.
    pub fn before(cutoff: DateTime<Utc>) -> Result<Self, FieldError> {
        if cutoff > Utc::now() {
            return Err(FieldError::new("cutoff", "must be in the past"));
        }
        Ok(Self(cutoff))
    }

    /// DIS: the form of `deleteOlderThan`. The zone is sent, as in the docs of 2026: interpreted in another zone, it would
    /// delete what should be kept.
    fn in_body(self) -> String {
        self.0.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deletion_of_the_future_is_rejected() {
        let confirmed = ConfirmedDeletion::before("2013-09-23T13:37:00Z".parse().unwrap()).unwrap();
        assert_eq!(confirmed.in_body(), "2013-09-23T13:37:00.000Z");
        let error = ConfirmedDeletion::before("2999-01-01T00:00:00Z".parse().unwrap()).unwrap_err();
        assert_eq!(error.field(), "cutoff");
    }
}
