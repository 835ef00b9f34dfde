//! The provider of a vendor that speaks HTTP.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::Utc;
use review_core::model::EmailAddress;
use review_core::provider::{
    Capabilities, ErasureStatus, InviteLookup, InviteReceipt, InviteRef, InviteState, Operation, Preview,
    ProviderInfo, ReviewInviteProvider, ReviewLink, SetupReport, Warning,
};
use review_core::reviews::{PageToken, ReviewPage, ReviewQuery, ReviewReader};
use review_core::{Error, ErrorKind, ErrorScope, FieldError, InviteRequest, Result};

use super::contract::{Api, HttpProvider, HttpReviewSource, HttpVendor, Plan, Shared};
use super::step::Step;
use crate::options::ClientOptions;
use crate::rate_limit::RateLimits;
use crate::transport::{BodyStatus, DynTransport, default_transport};
use crate::verdict::Verdict;

/// The name of the operation in errors.
const SEND_INVITE: &str = "send_invite";
const READ_REVIEWS: &str = "read_reviews";

impl<V: HttpVendor> Clone for HttpProvider<V> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<V: HttpVendor> fmt::Debug for HttpProvider<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HttpProvider").field(self.0.info()).field(&self.0.vendor).finish()
    }
}

impl<V: HttpVendor> HttpProvider<V> {
    /// Creates a provider with the transport of this crate.
    ///
    /// # Errors
    /// Those of [`default_transport`].
    pub fn new(vendor: V, instance: impl AsRef<str>, options: impl Into<ClientOptions>) -> Result<Self> {
        let options = options.into();
        let transport = default_transport(options.transport.clone())?;
        Ok(Self::with_transport(vendor, ProviderInfo::new(V::NAME, instance), options, transport))
    }

    /// Creates a provider with your own transport.
    #[must_use]
    pub fn with_transport(
        vendor: V,
        info: ProviderInfo,
        options: impl Into<ClientOptions>,
        transport: DynTransport,
    ) -> Self {
        Self(Arc::new(Shared::new(vendor, info, options.into(), transport)))
    }

    /// Returns the vendor, with its settings.
    #[must_use]
    pub fn vendor(&self) -> &V {
        &self.0.vendor
    }

    /// Returns the means for a typed client of the vendor's other endpoints, with the same tokens, limits and
    /// redaction.
    #[must_use]
    pub fn api(&self) -> Api<V> {
        Api::new(Arc::clone(&self.0), None)
    }

    /// Returns the limits that this instance keeps: those of its options, or else those of the vendor.
    #[must_use]
    pub fn rate_limits(&self) -> &RateLimits {
        &self.0.rate_limits
    }

    /// Changes the settings of the account so that accepted invitations are sent; see
    /// [`HttpVendor::ensure_setup`].
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] for a vendor without it.
    pub async fn ensure_setup(&self, delay_in_days: Option<u32>) -> Result<SetupReport> {
        let api = self.operation("ensure_setup");
        self.0.vendor.ensure_setup(&api, delay_in_days).await.map_err(|error| api.named(error))
    }

    fn operation(&self, operation: &'static str) -> Api<V> {
        self.api().for_operation(operation)
    }

    /// Returns what would be sent, by what is known without I/O: the lookup of the account, the checked request
    /// and the plan, which has all warnings.
    fn plan_offline(&self, request: &InviteRequest) -> Result<(Option<Step>, InviteRequest, Plan)> {
        let now = Utc::now();
        let (lookup, account) = self.0.offline_account();
        let checked = self.0.capabilities.check_request(request, now).map_err(|error| {
            // The vendor's own rules are checked as well, so that one error names all fields.
            match self.0.vendor.plan(request, &account, now) {
                Err(other) if other.scope() == ErrorScope::Request => with_fields_of(error, &other),
                _ => error,
            }
        })?;
        let mut plan = self.0.vendor.plan(&checked.request, &account, now)?;
        plan.warnings.splice(0..0, checked.warnings);
        Ok((lookup, checked.request, plan))
    }

    async fn send(&self, api: &Api<V>, request: &InviteRequest) -> Result<InviteReceipt> {
        // What is invalid or not allowed is rejected before anything is looked up.
        let (lookup, checked, mut planned) = self.plan_offline(request)?;
        let warnings = std::mem::take(&mut planned.warnings);
        request.hooks().check()?;
        let account = api.account().await?;
        let plan = || self.0.vendor.plan(&checked, &account, Utc::now());
        if lookup.is_some() {
            // It has the placeholder of the account, and the lookup takes time.
            planned = plan()?;
        }
        if !planned.before.is_empty() {
            for step in &planned.before {
                api.prepare(step).await?;
            }
            // The preparing steps take time, and the plan depends on the present.
            planned = plan()?;
        }
        let response = api.invite(&planned.invitation, request).await?;
        let (state, vendor_id) = match response.verdict {
            Verdict::AlreadyInvited => (InviteState::AlreadyInvited, None),
            Verdict::Skipped { reason, retry_at } => (InviteState::Skipped { reason, retry_at }, None),
            Verdict::Accepted { vendor_id } => (planned.state, vendor_id),
            // The client returns no other verdict as a success.
            _ => {
                let message = "the response does not state whether the request was accepted";
                return Err(Error::new(ErrorKind::OutcomeUnknown, message));
            }
        };
        let is_cut = vendor_id.is_none() && response.body_status != BodyStatus::Complete;
        let cut = is_cut.then(|| {
            Warning::new("vendor_id", "the vendor accepted, but its response was cut off before the id")
        });
        let mut receipt =
            InviteReceipt::new(self.0.info().clone(), state).add_warnings(warnings).add_warnings(cut);
        receipt.vendor_id = vendor_id;
        receipt.request_id = response.request_id;
        Ok(receipt)
    }
}

/// Returns the error with the fields of the other one in addition.
fn with_fields_of(error: Error, other: &Error) -> Error {
    let is_new =
        |found: &&FieldError| error.field_errors().iter().all(|known| known.field() != found.field());
    let new: Vec<_> = other.field_errors().iter().filter(is_new).cloned().collect();
    error.with_field_errors(new)
}

#[async_trait]
impl<V: HttpVendor> ReviewInviteProvider for HttpProvider<V> {
    fn info(&self) -> &ProviderInfo {
        self.0.info()
    }

    fn capabilities(&self) -> &Capabilities {
        &self.0.capabilities
    }

    fn validate(&self, request: &InviteRequest) -> Result<Vec<Warning>> {
        let planned = self.plan_offline(request);
        let (_, _, plan) = planned.map_err(|error| self.operation("validate").named(error))?;
        Ok(plan.warnings)
    }

    fn preview(&self, request: &InviteRequest) -> Result<Preview> {
        let planned = self.plan_offline(request);
        let (lookup, _, plan) = planned.map_err(|error| self.operation("preview").named(error))?;
        let steps = lookup.iter().chain(&plan.before).chain([&plan.invitation]);
        Ok(Preview::new(steps.map(Step::preview).collect()).add_warnings(plan.warnings))
    }

    async fn send_invite(&self, request: &InviteRequest) -> Result<InviteReceipt> {
        let api = self.operation(SEND_INVITE).for_invitation(request);
        self.send(&api, request).await.map_err(|error| api.named(error))
    }

    async fn create_link(&self, request: &InviteRequest) -> Result<ReviewLink> {
        let api = self.operation(Operation::CreateLink.as_str()).for_invitation(request);
        let capabilities = self.0.vendor.link_capabilities(request.kind());
        let create = async {
            let checked = capabilities.check_request(request, Utc::now())?;
            request.hooks().check()?;
            let link = self.0.vendor.create_link(&api, &checked.request).await?;
            let warnings = link.warnings.clone();
            Ok(ReviewLink::new(link.provider, link.url).add_warnings(checked.warnings).add_warnings(warnings))
        };
        create.await.map_err(|error: Error| api.named(error))
    }

    async fn find_invite(&self, invite: &InviteRef) -> Result<InviteLookup> {
        let api = self.operation(Operation::FindInvite.as_str());
        if self.0.capabilities.supports_operation(Operation::FindInvite)
            && invite.key.reference.as_str().contains('@')
        {
            let reason = "the order reference looks like an email address, which must not be in a URL; look up \
                          the order in the vendor's web application";
            return Ok(InviteLookup::inconclusive(reason));
        }
        self.0.vendor.find_invite(&api, invite).await.map_err(|error| api.named(error))
    }

    async fn erase_customer(&self, email: &EmailAddress) -> Result<ErasureStatus> {
        let api = self.operation(Operation::EraseCustomer.as_str()).redacting([email.as_str().to_owned()]);
        self.0.vendor.erase_customer(&api, email).await.map_err(|error| api.named(error))
    }

    async fn check_setup(&self) -> Result<SetupReport> {
        let api = self.operation(Operation::CheckSetup.as_str());
        self.0.vendor.check_setup(&api).await.map_err(|error| api.named(error))
    }
}

#[async_trait]
impl<V: HttpReviewSource> ReviewReader for HttpProvider<V> {
    fn info(&self) -> &ProviderInfo {
        self.0.info()
    }

    async fn read_reviews(&self, query: &ReviewQuery, after: Option<PageToken>) -> Result<ReviewPage> {
        let api = self.operation(READ_REVIEWS);
        self.0.vendor.read_reviews(&api, query, after).await.map_err(|error| api.named(error))
    }
}
