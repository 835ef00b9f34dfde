//! On what basis a customer may be asked.

use review_core::Consent;
use serde_json::Value;

use crate::Reason;
use crate::reader::Settings;
use crate::value::truth;

/// Where the consent to be asked for a review comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConsentRule {
    /// From the order itself, by the markers the [crate] documentation lists. An order that does not say
    /// yes is not invited.
    #[default]
    FromOrder,
    /// The operator's word that all customers of the input agreed. A customer who said no in the shop's own
    /// consent field is not invited nevertheless.
    Granted {
        /// How they agreed; it becomes [`Consent::Granted`]'s `how`. Not personal; it may be logged.
        how: String,
    },
}

/// Decides by the shop's own consent field first, since it asks the very question; then by the rule.
/// `own` are the values found in that field, which is called `place`.
pub(crate) fn decide(
    settings: &Settings,
    own: &[&Value],
    place: &str,
    by_markers: impl FnOnce() -> Result<Consent, Reason>,
) -> Result<Consent, Reason> {
    let answers: Vec<_> = own.iter().map(|value| truth(value)).collect();
    if answers.contains(&Some(false)) {
        return Err(Reason::NoConsent(format!("{place} says no")));
    }
    match &settings.consent {
        ConsentRule::Granted { how } => Ok(Consent::granted(how.clone())),
        ConsentRule::FromOrder if answers.is_empty() => by_markers(),
        ConsentRule::FromOrder if answers.contains(&None) => {
            Err(Reason::NoConsent(format!("{place} says neither yes nor no")))
        }
        ConsentRule::FromOrder => Ok(Consent::granted(place)),
    }
}
