//! What a provider answers.

use std::fmt;

use chrono::{DateTime, Utc};
use url::Url;

use crate::ProviderInfo;

/// Something that was left out or changed although the operation succeeded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    field: String,
    message: String,
}

impl Warning {
    /// A field of the request and what became of it. Nothing personal belongs here.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }

    /// The field of the request.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// What became of it.
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

/// What the vendor said to an invitation it took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InviteState {
    /// The vendor took the invitation. That does not mean that a mail went out or was delivered:
    /// the vendor's settings may hold it back, and its mail may bounce.
    Accepted,
    /// The vendor took it and will send it at this time.
    Scheduled(DateTime<Utc>),
    /// The invitation was there already; nothing new was made.
    AlreadyKnown,
    /// Nothing was sent: this was a rehearsal (see [`DryRun`](crate::DryRun)).
    DryRun,
}

/// The vendor's answer to an invitation it took.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InviteReceipt {
    /// Who took it.
    pub provider: ProviderInfo,
    /// What was said.
    pub state: InviteState,
    /// The vendor's id of what was made, where it gives one.
    pub vendor_id: Option<String>,
    /// The id under which the vendor's support finds the call, where it gives one.
    pub request_id: Option<String>,
    /// What was left out or changed.
    pub warnings: Vec<Warning>,
}

impl InviteReceipt {
    /// A receipt with nothing but who and what.
    #[must_use]
    pub fn new(provider: ProviderInfo, state: InviteState) -> Self {
        Self { provider, state, vendor_id: None, request_id: None, warnings: Vec::new() }
    }

    /// Adds the vendor's id.
    #[must_use]
    pub fn with_vendor_id(mut self, id: impl Into<String>) -> Self {
        self.vendor_id = Some(id.into());
        self
    }

    /// Adds the id for the vendor's support.
    #[must_use]
    pub fn with_request_id(mut self, id: impl Into<String>) -> Self {
        self.request_id = Some(id.into());
        self
    }

    /// Adds what was left out or changed.
    #[must_use]
    pub fn with_warnings(mut self, warnings: impl IntoIterator<Item = Warning>) -> Self {
        self.warnings.extend(warnings);
        self
    }
}

/// A personal address under which one customer writes a review. The shop sends it itself.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReviewLink {
    /// Who made it.
    pub provider: ProviderInfo,
    /// The address. Whoever has it can write the review in the customer's name.
    pub url: Url,
    /// What was left out or changed.
    pub warnings: Vec<Warning>,
}

impl ReviewLink {
    /// A link.
    #[must_use]
    pub fn new(provider: ProviderInfo, url: Url) -> Self {
        Self { provider, url, warnings: Vec::new() }
    }

    /// Adds what was left out or changed.
    #[must_use]
    pub fn with_warnings(mut self, warnings: impl IntoIterator<Item = Warning>) -> Self {
        self.warnings.extend(warnings);
        self
    }
}

/// Shows the host only: the rest of the address is personal.
impl fmt::Debug for ReviewLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReviewLink")
            .field("provider", &self.provider)
            .field("host", &self.url.host_str())
            .field("warnings", &self.warnings)
            .finish_non_exhaustive()
    }
}

/// Whether an invitation exists at the vendor.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InviteLookup {
    /// It exists.
    Found {
        /// The vendor's id of it, where there is one.
        vendor_id: Option<String>,
        /// When it went out, where the vendor says so.
        sent_at: Option<DateTime<Utc>>,
    },
    /// The vendor would know of it by now, and does not.
    NotFound,
    /// The vendor cannot tell, or cannot tell yet; this says why.
    Inconclusive(String),
}

/// What became of a wish to erase a customer's data.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Erasure {
    /// The vendor took the wish; it may carry it out later.
    Accepted,
    /// The vendor holds nothing of this customer.
    NothingKnown,
}
