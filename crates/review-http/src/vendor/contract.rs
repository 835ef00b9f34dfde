//! The trait of a vendor, and the types its operations get: they name each other.

use std::fmt::Debug;
use std::future::{Future, ready};
use std::sync::Arc;

use chrono::{DateTime, Days, Utc};
use review_core::config::Secret;
use review_core::model::EmailAddress;
use review_core::provider::{
    Capabilities, ErasureStatus, InviteLookup, InviteRef, InviteState, ReviewLink, SendHooks, SetupReport,
    Warning,
};
use review_core::reviews::{DynReader, PageToken, ReviewPage, ReviewQuery};
use review_core::{Error, ErrorKind, InviteKind, InviteRequest, Result};

use super::step::Step;
use crate::auth::{SharedLookup, TokenPlace, TokenStore};
use crate::classify::Classification;
use crate::client::Client;
use crate::rate_limit::RateLimits;
use crate::response::ApiResponse;

/// The requests of an invitation.
#[derive(Debug)]
#[non_exhaustive]
pub struct Plan {
    /// Idempotent requests that come first, such as uploading products to a catalogue. If one fails, the
    /// invitation was not sent; see [`Step::made_of_settings`] for the scope of the error. If what a step creates
    /// exists already, such as a product in the catalogue, classify the response as
    /// [`AlreadyInvited`](crate::Verdict::AlreadyInvited): the step has succeeded.
    pub before: Vec<Step>,
    /// The request that invites.
    pub invitation: Step,
    /// The state of the receipt once the vendor has accepted.
    pub state: InviteState,
    /// What the customer gets differently.
    pub warnings: Vec<Warning>,
}

impl Plan {
    /// Creates a plan of one request, whose acceptance is [`InviteState::Accepted`].
    #[must_use]
    pub fn new(invitation: Step) -> Self {
        Self { before: Vec::new(), invitation, state: InviteState::Accepted, warnings: Vec::new() }
    }

    /// Adds a preparing step.
    #[must_use]
    pub fn add_before(mut self, step: Step) -> Self {
        self.before.push(step);
        self
    }

    /// Sets the state of the receipt.
    #[must_use]
    pub fn with_state(mut self, state: InviteState) -> Self {
        self.state = state;
        self
    }

    /// Sets the state to [`InviteState::Scheduled`] if the time is in the future.
    #[must_use]
    pub fn scheduled(self, at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Self {
        match at.filter(|at| *at > now) {
            Some(at) => self.with_state(InviteState::Scheduled(at)),
            None => self,
        }
    }

    /// Sets the state to [`InviteState::ScheduledOn`] for an email that is sent a number of whole days from now; 0 days mean
    /// immediately.
    #[must_use]
    pub fn scheduled_in_days(self, days: u32, now: DateTime<Utc>) -> Self {
        match now.checked_add_days(Days::new(days.into())) {
            Some(at) if days > 0 => self.with_state(InviteState::ScheduledOn(at.date_naive())),
            _ => self,
        }
    }

    /// Adds warnings.
    #[must_use]
    pub fn add_warnings(mut self, warnings: impl IntoIterator<Item = Warning>) -> Self {
        self.warnings.extend(warnings);
        self
    }
}

/// The vendor's ids of the shop, which paths and bodies need.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "created once for a request, never stored")]
pub enum Account<A> {
    /// They are settings.
    Known(A),
    /// They are looked up once. Until then, validation and previews use the placeholder.
    Lookup {
        /// The request of the lookup. [`HttpVendor::read_account`] reads its response.
        step: Step,
        /// The placeholders for the ids until they are known.
        placeholder: A,
    },
}

/// The vendor-specific part of a provider. See the [module](super) for an example.
pub trait HttpVendor: Debug + Send + Sync + Sized + 'static {
    /// The vendor's ids of the shop: `()` if there are none.
    type Account: Clone + Debug + Send + Sync + 'static;

    /// The vendor's name in settings, errors and telemetry, in lower case.
    const NAME: &'static str;

    /// The place of the access token in requests, if the vendor uses one.
    const TOKEN_PLACE: TokenPlace = TokenPlace::Bearer;

    /// Words of the vendor's API that an error can show even if the rest of a message quotes the customer.
    const VOCABULARY: &'static [&'static str] = &[];

    /// Returns what this account supports. The kit adds the [send hooks](Capabilities::with_send_hooks).
    fn capabilities(&self) -> Capabilities;

    /// Returns what links of this kind support, if that differs from invitations.
    fn link_capabilities(&self, kind: InviteKind) -> Capabilities {
        let _ = kind;
        self.capabilities()
    }

    /// Returns the secrets of this account, which no error may contain.
    fn secrets(&self) -> Vec<&Secret>;

    /// Returns the limits the vendor publishes. Options of the instance replace them.
    fn rate_limits(&self) -> RateLimits {
        RateLimits::unlimited()
    }

    /// Returns the ids of the shop, or how they are looked up.
    fn account(&self) -> Account<Self::Account>;

    /// Reads the response to the lookup of [`Account::Lookup`].
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`] if the settings name nothing that exists.
    fn read_account(&self, response: &ApiResponse) -> Result<Self::Account> {
        let _ = response;
        Err(Error::new(ErrorKind::Unexpected, "this vendor has no lookup of the account"))
    }

    /// Maps a request to HTTP requests. Pure: no I/O, no clock. The request was checked against the
    /// capabilities, and unsupported fields that may be omitted are gone.
    ///
    /// # Errors
    /// Every field that the vendor does not accept, in one error.
    fn plan(&self, request: &InviteRequest, account: &Self::Account, now: DateTime<Utc>) -> Result<Plan>;

    /// States what a response means: every response of every status, tokens included. The kit rejects an
    /// acceptance without a 2xx status.
    fn classify(response: &ApiResponse) -> Classification;

    /// Returns the request for an access token: with this refresh token, or a full grant. `None` for a vendor
    /// without tokens. Pure. The response is that of RFC 6749. A token without `expires_in` is used for 5 minutes.
    fn token_step(&self, refresh_token: Option<&Secret>) -> Option<Step> {
        let _ = refresh_token;
        None
    }

    /// Returns the store that shares the access token with other processes, if one is configured.
    fn token_store(&self) -> Option<Arc<dyn TokenStore>> {
        None
    }

    /// Returns the reader of the reviews: `Some(Arc::new(provider.clone()))` for a vendor that implements
    /// [`HttpReviewSource`].
    fn reader(provider: &HttpProvider<Self>) -> Option<DynReader> {
        let _ = provider;
        None
    }

    /// See [`create_link`](review_core::ReviewInviteProvider::create_link). The request was checked against
    /// [`link_capabilities`](Self::link_capabilities).
    fn create_link(
        &self,
        api: &Api<Self>,
        request: &InviteRequest,
    ) -> impl Future<Output = Result<ReviewLink>> + Send {
        let _ = request;
        ready(Err(api.unsupported("this vendor has no links; send an invitation")))
    }

    /// See [`find_invite`](review_core::ReviewInviteProvider::find_invite). The kit does not look up
    /// references that look like an email address.
    fn find_invite(
        &self,
        api: &Api<Self>,
        invite: &InviteRef,
    ) -> impl Future<Output = Result<InviteLookup>> + Send {
        let _ = invite;
        ready(Err(api.unsupported("look up the order in the vendor's web application")))
    }

    /// See [`erase_customer`](review_core::ReviewInviteProvider::erase_customer).
    fn erase_customer(
        &self,
        api: &Api<Self>,
        email: &EmailAddress,
    ) -> impl Future<Output = Result<ErasureStatus>> + Send {
        let _ = email;
        ready(Err(api.unsupported("send an email to the vendor's data protection office")))
    }

    /// See [`check_setup`](review_core::ReviewInviteProvider::check_setup).
    fn check_setup(&self, api: &Api<Self>) -> impl Future<Output = Result<SetupReport>> + Send {
        ready(Err(api.unsupported("check the settings in the vendor's web application")))
    }

    /// Changes the settings of the account so that accepted invitations are sent. Idempotent, and sends no
    /// email. `delay_in_days`: from the order's event to the email; `None` leaves it unchanged. The findings
    /// of the report state what was changed and what is left to do.
    fn ensure_setup(
        &self,
        api: &Api<Self>,
        delay_in_days: Option<u32>,
    ) -> impl Future<Output = Result<SetupReport>> + Send {
        let _ = delay_in_days;
        ready(
            Err(api.unsupported("this vendor's API changes no settings; run check_setup, which lists them")),
        )
    }
}

/// A vendor whose reviews can be read. [`HttpProvider`] is a
/// [`ReviewReader`](review_core::reviews::ReviewReader) for it.
pub trait HttpReviewSource: HttpVendor {
    /// See [`read_reviews`](review_core::reviews::ReviewReader::read_reviews).
    fn read_reviews(
        &self,
        api: &Api<Self>,
        query: &ReviewQuery,
        after: Option<PageToken>,
    ) -> impl Future<Output = Result<ReviewPage>> + Send;
}

/// The state that all operations of an instance share. A lookup that outlives its caller owns a clone.
pub(super) struct Shared<V: HttpVendor> {
    pub(super) capabilities: Capabilities,
    pub(super) vendor: Arc<V>,
    pub(super) rate_limits: RateLimits,
    pub(super) client: Client,
    pub(super) account: SharedLookup<V::Account>,
}

/// Sends the requests of one operation: with tokens, limits, retries and redaction, and with the names of
/// provider and operation in every error. Cheap to clone; it owns all it needs.
pub struct Api<V: HttpVendor> {
    pub(super) shared: Arc<Shared<V>>,
    /// `None`: errors name the operation of the step.
    pub(super) operation: Option<&'static str>,
    /// Values of the customer that no error may contain.
    pub(super) redacted: Arc<[String]>,
    /// The invitation, whose personal values no error may contain either.
    pub(super) invitation: Option<InviteRequest>,
    /// What must still hold when a request leaves.
    pub(super) checks: SendHooks,
}

/// The provider of one account at a vendor. Cheap to clone; clones share connections, tokens and limits.
pub struct HttpProvider<V: HttpVendor>(pub(super) Arc<Shared<V>>);
