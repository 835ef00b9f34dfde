//! Results of sending and of creating links.

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use url::Url;

use crate::provider::info::ProviderInfo;

/// Something that was left out or changed although the operation succeeded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Warning {
    field: Cow<'static, str>,
    message: Cow<'static, str>,
}

impl Warning {
    /// Creates a warning about a field of the request. It must contain no personal data.
    pub fn new(field: impl Into<Cow<'static, str>>, message: impl Into<Cow<'static, str>>) -> Self {
        Self { field: field.into(), message: message.into() }
    }

    /// Returns the path of the field.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// Returns what happened to the field.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.message)
    }
}

/// The state of an invitation after a successful call.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum InviteState {
    /// The vendor accepted the invitation. This does not mean that an email was sent or delivered: the
    /// vendor's settings may hold it back, and an email may bounce.
    Accepted,
    /// The vendor accepted it and will send it at this time.
    Scheduled(DateTime<Utc>),
    /// The vendor accepted it and will not send it before this day. The time of day is unknown.
    ScheduledOn(NaiveDate),
    /// This order was invited before. Nothing was sent, and nothing is left to do.
    AlreadyInvited,
    /// This order was *not* invited, for example because the vendor invited this customer recently.
    Skipped {
        /// Why. Contains no personal data.
        reason: String,
        /// When the same request can succeed. `None`: unknown.
        retry_at: Option<DateTime<Utc>>,
    },
    /// Nothing was sent: this was a dry run (see [`DryRun`](crate::wrappers::DryRun)).
    DryRun,
}

impl InviteState {
    /// Returns whether this order is done: the vendor has the invitation, now or from before.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        match self {
            Self::Accepted | Self::Scheduled(_) | Self::ScheduledOn(_) | Self::AlreadyInvited => true,
            Self::Skipped { .. } | Self::DryRun => false,
        }
    }
}

impl InviteState {
    /// Returns the stable name, for metrics, tables and logs: `already_invited`. serde uses the same names.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Scheduled(_) => "scheduled",
            Self::ScheduledOn(_) => "scheduled_on",
            Self::AlreadyInvited => "already_invited",
            Self::Skipped { .. } => "skipped",
            Self::DryRun => "dry_run",
        }
    }
}

impl fmt::Display for InviteState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted => f.write_str("accepted"),
            Self::Scheduled(at) => write!(f, "scheduled for {}", at.format("%Y-%m-%d %H:%M UTC")),
            Self::ScheduledOn(day) => write!(f, "scheduled for {day}"),
            Self::AlreadyInvited => f.write_str("already invited"),
            Self::Skipped { reason, .. } => write!(f, "skipped: {reason}"),
            Self::DryRun => f.write_str("dry run"),
        }
    }
}

/// The result of sending an invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct InviteReceipt {
    /// The provider that handled the request.
    pub provider: ProviderInfo,
    /// The state of the invitation.
    pub state: InviteState,
    /// The vendor's id of the invitation, if it returns one.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub vendor_id: Option<String>,
    /// The id the vendor's support needs to find the request, if the vendor returns one.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub request_id: Option<String>,
    /// What was left out or changed.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub warnings: Vec<Warning>,
}

impl InviteReceipt {
    /// Creates a receipt with provider and state only.
    #[must_use]
    pub fn new(provider: ProviderInfo, state: InviteState) -> Self {
        Self { provider, state, vendor_id: None, request_id: None, warnings: Vec::new() }
    }

    /// Sets the vendor's id of the invitation.
    #[must_use]
    pub fn with_vendor_id(mut self, id: impl Into<String>) -> Self {
        self.vendor_id = Some(id.into());
        self
    }

    /// Sets the id for the vendor's support.
    #[must_use]
    pub fn with_request_id(mut self, id: impl Into<String>) -> Self {
        self.request_id = Some(id.into());
        self
    }

    /// Adds warnings.
    #[must_use]
    pub fn add_warnings(mut self, warnings: impl IntoIterator<Item = Warning>) -> Self {
        self.warnings.extend(warnings);
        self
    }
}

/// A personal URL under which one customer writes a review. The shop sends it itself.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReviewLink {
    /// The provider that created it.
    pub provider: ProviderInfo,
    /// The URL. Anyone who has it can write the review in the customer's name.
    pub url: Url,
    /// What was left out or changed.
    pub warnings: Vec<Warning>,
}

impl ReviewLink {
    /// Creates a link.
    #[must_use]
    pub fn new(provider: ProviderInfo, url: Url) -> Self {
        Self { provider, url, warnings: Vec::new() }
    }

    /// Adds warnings.
    #[must_use]
    pub fn add_warnings(mut self, warnings: impl IntoIterator<Item = Warning>) -> Self {
        self.warnings.extend(warnings);
        self
    }
}

/// Shows the host only: the rest of the URL is personal.
impl fmt::Debug for ReviewLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReviewLink")
            .field("provider", &self.provider)
            .field("host", &self.url.host_str())
            .field("warnings", &self.warnings)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::InviteState;

    #[test]
    fn skipped_and_dry_run_are_not_done() {
        assert!(InviteState::Accepted.is_done() && InviteState::AlreadyInvited.is_done());
        let skipped = InviteState::Skipped { reason: "invited recently".into(), retry_at: None };
        assert!(!skipped.is_done() && !InviteState::DryRun.is_done());
    }
}
