//! Trustpilot's calls, typed. Usable without the rest.

use std::sync::Arc;

use http::Method;
use review_core::{Error, ProviderInfo};
use review_http::{Call, Client, DynTransport, Id, TokenCache, default_transport};

use crate::VENDOR;
use crate::auth::Tokens;
use crate::classify::classify;
use crate::config::{Domain, Grant, TrustpilotConfig};
use crate::wire::{BusinessUnit, EmailInvitation};

/// The names under which the calls appear in errors and spans.
pub(crate) const FIND_BUSINESS_UNIT: &str = "find_business_unit";
pub(crate) const SEND_INVITE: &str = "send_invite";

/// A client of Trustpilot's API. Cheap to clone; clones share connections and the access token.
#[derive(Clone, Debug)]
pub struct TrustpilotClient {
    public: Client,
    private: Client,
    config: TrustpilotConfig,
}

impl TrustpilotClient {
    /// A client with the transport this crate was built with.
    ///
    /// # Errors
    /// Those of [`default_transport`].
    pub fn new(config: TrustpilotConfig) -> Result<Self, Error> {
        let transport = default_transport(config.transport)?;
        Ok(Self::with_transport(config, transport))
    }

    /// A client with a transport of the caller's.
    #[must_use]
    pub fn with_transport(config: TrustpilotConfig, transport: DynTransport) -> Self {
        let info = ProviderInfo::new(VENDOR, &config.instance);
        let public = Client::new(info, transport, config.retry, classify);
        let tokens = TokenCache::new(Tokens::new(public.clone(), config.clone()));
        let private = public.clone().with_tokens(Arc::new(tokens));
        Self { public, private, config }
    }

    /// Finds the business unit of a domain: `GET /v1/business-units/find`.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](review_core::ErrorKind::Config) where Trustpilot knows none.
    pub async fn find_business_unit(&self, domain: &Domain) -> Result<BusinessUnit, Error> {
        let url = self.config.api_url.join(&["v1", "business-units", "find"])?;
        let call = Call::repeatable(FIND_BUSINESS_UNIT, Method::GET, url)
            .query("name", domain.as_str())
            .secret_header("apikey", &self.config.api_key)?;
        self.public.json(call).await
    }

    /// Invites one customer: `POST /v1/private/business-units/{id}/email-invitations`. Made at most
    /// once. The API gives no id back, and its documentation no body.
    ///
    /// # Errors
    /// [`ErrorKind::OutcomeUnknown`](review_core::ErrorKind::OutcomeUnknown) where no answer came.
    pub async fn create_email_invitation(
        &self,
        business_unit: &Id,
        invitation: &EmailInvitation,
    ) -> Result<(), Error> {
        let url = self.email_invitations_url(business_unit.as_str())?;
        let mut call = Call::at_most_once(SEND_INVITE, Method::POST, url)
            .json(invitation)?
            .hide(invitation.personal_values());
        // A token of client credentials belongs to no user; this call acts for one.
        if let Grant::ClientCredentials { business_user_id } = &self.config.grant {
            call = call.header("x-business-user-id", business_user_id.as_str())?;
        }
        self.private.call(call).await.map(|_| ())
    }

    pub(crate) fn email_invitations_url(&self, business_unit: &str) -> Result<url::Url, Error> {
        self.config.invitations_url.join(&[
            "v1",
            "private",
            "business-units",
            business_unit,
            "email-invitations",
        ])
    }

    pub(crate) fn config(&self) -> &TrustpilotConfig {
        &self.config
    }

    pub(crate) fn info(&self) -> &ProviderInfo {
        self.public.provider()
    }
}
