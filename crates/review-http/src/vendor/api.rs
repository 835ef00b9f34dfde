//! Sends the requests of one operation.

use std::fmt;
use std::sync::Arc;

use http::StatusCode;
use review_core::provider::{ProviderInfo, SendHooks};
use review_core::{Error, ErrorKind, ErrorScope, InviteRequest, Result, SendState};
use serde::de::DeserializeOwned;

use super::contract::{Account, Api, HttpVendor, Shared};
use super::step::Step;
use super::token::VendorTokens;
use crate::auth::{SharedLookup, TokenCache};
use crate::client::{Client, into_pre_send_error};
use crate::options::ClientOptions;
use crate::response::ApiResponse;
use crate::transport::DynTransport;
use crate::verdict::Verdict;

impl<V: HttpVendor> Shared<V> {
    pub(super) fn new(
        vendor: V,
        info: ProviderInfo,
        options: ClientOptions,
        transport: DynTransport,
    ) -> Self {
        let options = options.with_default_rate_limits(vendor.rate_limits());
        let secrets: Vec<_> = vendor.secrets().iter().map(|secret| secret.expose().to_owned()).collect();
        let vendor = Arc::new(vendor);
        let mut client = Client::new(info.clone(), transport, &options, V::classify)
            .with_vocabulary(V::VOCABULARY)
            .with_secrets(secrets);
        if vendor.token_step(None).is_some() {
            let source = VendorTokens::new(client.clone(), Arc::clone(&vendor));
            let tokens = match vendor.token_store() {
                Some(store) => TokenCache::with_store(info, source, store),
                None => TokenCache::new(info, source),
            };
            client = client.with_token_cache(Arc::new(tokens), V::TOKEN_PLACE);
        }
        let capabilities = vendor.capabilities().with_send_hooks();
        let rate_limits = options.rate_limits.unwrap_or_default();
        Self { capabilities, vendor, rate_limits, client, account: SharedLookup::new() }
    }

    pub(super) fn info(&self) -> &ProviderInfo {
        self.client.info()
    }

    /// Returns the account as far as it is known without I/O, and the step that looks it up.
    pub(super) fn offline_account(&self) -> (Option<Step>, V::Account) {
        match (self.account.get(), self.vendor.account()) {
            (Some(account), _) => (None, account.clone()),
            (None, Account::Known(account)) => (None, account),
            (None, Account::Lookup { step, placeholder }) => (Some(step), placeholder),
        }
    }
}

impl<V: HttpVendor> Clone for Api<V> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            operation: self.operation,
            redacted: Arc::clone(&self.redacted),
            invitation: self.invitation.clone(),
            checks: self.checks.clone(),
        }
    }
}

impl<V: HttpVendor> fmt::Debug for Api<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api")
            .field("provider", self.info())
            .field("operation", &self.operation)
            .finish_non_exhaustive()
    }
}

impl<V: HttpVendor> Api<V> {
    pub(super) fn new(shared: Arc<Shared<V>>, operation: Option<&'static str>) -> Self {
        Self { shared, operation, redacted: Arc::default(), invitation: None, checks: SendHooks::default() }
    }

    /// Returns the same for the operations of an invitation: no error may contain its personal values.
    pub(super) fn for_invitation(mut self, request: &InviteRequest) -> Self {
        self.invitation = Some(request.clone());
        self.checking(request.hooks())
    }

    /// Returns the same with values that no error may contain, in addition to those of the steps.
    #[must_use]
    pub fn redacting(mut self, values: impl IntoIterator<Item = String>) -> Self {
        self.redacted = self.redacted.iter().cloned().chain(values).collect();
        self
    }

    /// Returns the same for an invitation or a link: its requests leave only while its hooks allow it.
    #[must_use]
    pub(super) fn checking(self, hooks: &SendHooks) -> Self {
        Self { checks: hooks.checks(), ..self }
    }

    /// Returns the same for another operation, which errors then name.
    #[must_use]
    pub fn for_operation(mut self, operation: &'static str) -> Self {
        self.operation = Some(operation);
        self
    }

    /// Returns the vendor, with its settings.
    #[must_use]
    pub fn vendor(&self) -> &V {
        &self.shared.vendor
    }

    /// Returns the vendor's name, the instance and its shop.
    #[must_use]
    pub fn info(&self) -> &ProviderInfo {
        self.shared.info()
    }

    /// Creates an error for an operation that this vendor does not have. `help` names the alternative.
    #[must_use]
    pub fn unsupported(&self, help: &'static str) -> Error {
        self.named(Error::new(ErrorKind::Unsupported, help))
    }

    /// Adds the names of provider and operation to an error.
    #[must_use]
    pub fn named(&self, error: Error) -> Error {
        let error = error.with_provider(self.info());
        match self.operation {
            Some(operation) => error.with_operation(operation),
            None => error,
        }
    }

    /// Returns the vendor's ids of the shop. They are looked up once; concurrent callers share the lookup.
    ///
    /// # Errors
    /// Those of the lookup, which concern the account, with the send state
    /// [`NotSent`](review_core::SendState::NotSent).
    pub async fn account(&self) -> Result<V::Account> {
        let (step, account) = self.shared.offline_account();
        let Some(step) = step else { return Ok(account) };
        let lookup = || {
            // Other callers share the lookup: it knows neither this operation nor this customer.
            let api = Self::new(Arc::clone(&self.shared), None);
            let step = step.clone();
            async move { api.vendor().read_account(&api.send(&step).await?) }
        };
        let result = self.shared.account.get_or_try_init(lookup).await;
        result.map_err(|error| {
            let context = "failed to look up the account";
            self.named(into_pre_send_error(error, context, ErrorScope::Account))
        })
    }

    /// Sends a step. The response is one that the vendor classified as accepted.
    ///
    /// # Errors
    /// As the classification implies, with names and without personal data.
    pub async fn send(&self, step: &Step) -> Result<ApiResponse> {
        self.accepted(self.exchange(step, None).await?)
    }

    fn accepted(&self, response: ApiResponse) -> Result<ApiResponse> {
        if matches!(response.verdict, Verdict::Accepted { .. }) {
            return Ok(response);
        }
        let message = "the vendor responds to this request as to an invitation";
        let error = Error::new(ErrorKind::Unexpected, message).with_send_state(SendState::Responded);
        Err(self.named(error.with_http_status(response.status.as_u16())))
    }

    /// Sends a step and parses its response.
    ///
    /// # Errors
    /// Those of [`send`](Self::send), and [`ErrorKind::Unexpected`] for a response of another shape.
    pub async fn send_json<T: DeserializeOwned>(&self, step: &Step) -> Result<T> {
        self.send(step).await?.json().map_err(|error| {
            let error = if self.operation.is_none() { error.with_operation(step.operation) } else { error };
            self.named(error)
        })
    }

    /// Sends a step and parses its response. `None` if the vendor responds with 404: there is nothing of this
    /// id.
    ///
    /// # Errors
    /// Those of [`send_json`](Self::send_json).
    pub async fn find_json<T: DeserializeOwned>(&self, step: &Step) -> Result<Option<T>> {
        match self.send_json(step).await {
            Err(error) if is_response(&error, StatusCode::NOT_FOUND) => Ok(None),
            result => result.map(Some),
        }
    }

    /// Sends a preparing step. If it fails, the invitation was not sent.
    pub(super) async fn prepare(&self, step: &Step) -> Result<()> {
        let prepared = match self.exchange(step, None).await {
            // Such as a product that is in the catalogue.
            Ok(response) if response.verdict == Verdict::AlreadyInvited => Ok(()),
            Ok(response) => self.accepted(response).map(drop),
            Err(error) => Err(error),
        };
        prepared.map_err(|error| into_pre_send_error(error, "a preparing request failed", step.failure_scope))
    }

    /// Sends the step that invites, with the hooks of the request.
    pub(super) async fn invite(&self, step: &Step, request: &InviteRequest) -> Result<ApiResponse> {
        self.exchange(step, Some(request)).await
    }

    async fn exchange(&self, step: &Step, invitation: Option<&InviteRequest>) -> Result<ApiResponse> {
        let request = step.to_request().map_err(|error| self.named(error))?;
        let mut request = request
            .redact(self.redacted.iter().cloned())
            .redact_invitation(self.invitation.clone())
            .with_hooks(self.checks.clone());
        if let Some(invitation) = invitation {
            request = request
                .with_order_reference(Some(invitation.order().reference().as_str()))
                .with_hooks(invitation.hooks().clone());
        }
        self.shared.client.send(request).await.map_err(|error| self.named(error))
    }
}

/// Returns whether the vendor responded to the request itself with this status. The error of a token request
/// has the status of that request, and the send state [`NotSent`](review_core::SendState::NotSent).
#[must_use]
pub fn is_response(error: &Error, status: StatusCode) -> bool {
    error.send_state() == SendState::Responded && error.http_status() == Some(status.as_u16())
}
