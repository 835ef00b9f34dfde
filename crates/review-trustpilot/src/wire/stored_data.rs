//! Deleting what Trustpilot holds of invitations.

use chrono::{DateTime, Utc};
use review_core::FieldError;
use review_http::Personal;
use serde::Serialize;

use super::time::DELETE_TIME_FORM;

/// The body of `POST …/invitation-data/delete`: exactly one of the two, although the official sample
/// shows both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) enum DeleteInvitationData {
    #[serde(rename = "customerEmails")]
    OfCustomers(Vec<Personal>),
    #[serde(rename = "deleteOlderThan")]
    OlderThan(String),
}

impl From<DeletionConfirmed> for DeleteInvitationData {
    fn from(confirmed: DeletionConfirmed) -> Self {
        Self::OlderThan(confirmed.0.format(DELETE_TIME_FORM).to_string())
    }
}

/// Somebody's word that all invitation data older than a time is to be deleted, of all customers, for
/// good. It cannot be had by accident: the whole sentence must be given, with the time in it.
///
/// ```
/// use review_trustpilot::DeletionConfirmed;
///
/// let cutoff = "2020-01-01T00:00:00Z".parse()?;
/// let words = "delete all invitation data older than 2020-01-01T00:00:00Z for good";
/// assert!(DeletionConfirmed::of_all_older_than(cutoff, words).is_ok());
/// assert!(DeletionConfirmed::of_all_older_than(cutoff, "yes").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeletionConfirmed(DateTime<Utc>);

impl DeletionConfirmed {
    /// Takes the confirmation `delete all invitation data older than <time> for good`, with the time in
    /// UTC to the second, such as `2020-01-01T00:00:00Z`.
    ///
    /// # Errors
    /// A [`FieldError`] for `confirmation` where the sentence is another, or for `older_than` where the
    /// time has not come yet: that would delete the data of invitations still waiting to go out.
    pub fn of_all_older_than(cutoff: DateTime<Utc>, sentence: &str) -> Result<Self, FieldError> {
        let expected =
            format!("delete all invitation data older than {} for good", cutoff.format("%Y-%m-%dT%H:%M:%SZ"));
        if sentence != expected {
            return Err(FieldError::new("confirmation", format!("expected the words: {expected}")));
        }
        if cutoff > Utc::now() {
            return Err(FieldError::new("older_than", "expected a time in the past"));
        }
        Ok(Self(cutoff))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_sentence_about_the_past_confirms() {
        let cutoff = "2013-09-23T13:37:00Z".parse().unwrap();
        let words = "delete all invitation data older than 2013-09-23T13:37:00Z for good";
        let confirmed = DeletionConfirmed::of_all_older_than(cutoff, words).unwrap();
        let body = serde_json::to_value(DeleteInvitationData::from(confirmed)).unwrap();
        assert_eq!(body, serde_json::json!({ "deleteOlderThan": "2013-09-23T13:37:00.000Z" }));
        for wrong in ["", "yes", "delete all invitation data older than 2014-09-23T13:37:00Z for good"] {
            let fault = DeletionConfirmed::of_all_older_than(cutoff, wrong).unwrap_err();
            assert_eq!(fault.field(), "confirmation");
        }
        let future = "2999-01-01T00:00:00Z".parse().unwrap();
        let words = "delete all invitation data older than 2999-01-01T00:00:00Z for good";
        let fault = DeletionConfirmed::of_all_older_than(future, words).unwrap_err();
        assert_eq!(fault.field(), "older_than");
    }
}
