//! Trustpilot's calls, typed. Usable without the rest.

mod account;
mod invitations;
mod query;
mod reviews;
pub(crate) mod streams;

use std::sync::Arc;

use http::Method;
use review_core::{Error, ProviderInfo};
use review_http::{BaseUrl, Call, Client, DynTransport, MemoryTokenStore, TokenCache, default_transport};
use url::Url;

pub use self::account::{BusinessUnitSearch, ProductListing};
pub use self::reviews::{ProductReviewQuery, ServiceReviewOrder, ServiceReviewQuery};
use crate::VENDOR;
use crate::auth::{self, Tokens};
use crate::classify::classify;
use crate::config::{Grant, TrustpilotConfig};

/// The names under which the calls appear in errors and spans.
pub(crate) mod name {
    pub(crate) const FIND_BUSINESS_UNIT: &str = "find_business_unit";
    pub(crate) const GET_BUSINESS_UNIT: &str = "get_business_unit";
    pub(crate) const SEARCH_BUSINESS_UNITS: &str = "search_business_units";
    pub(crate) const WEB_LINKS: &str = "web_links";
    pub(crate) const LOCALES: &str = "list_locales";
    pub(crate) const TEMPLATES: &str = "list_templates";
    pub(crate) const UPSERT_PRODUCTS: &str = "upsert_products";
    pub(crate) const LIST_PRODUCTS: &str = "list_products";
    pub(crate) const SEND_INVITE: &str = "send_invite";
    pub(crate) const CREATE_LINK: &str = "create_link";
    pub(crate) const ERASE_CUSTOMER: &str = "erase_customer";
    pub(crate) const DELETE_OLD_DATA: &str = "delete_invitation_data_older_than";
    pub(crate) const READ_REVIEWS: &str = "read_reviews";
    pub(crate) const READ_PUBLIC_REVIEWS: &str = "read_public_reviews";
}

/// A client of Trustpilot's API. Cheap to clone; clones share connections and the access token.
///
/// Ids are [`Id`](review_http::Id)s, and pages count from 1. Calls that read or that do no harm twice are
/// made again after a failure, as the configuration's [`RetryPolicy`](review_http::RetryPolicy) says.
///
/// ```
/// use review_trustpilot::{TrustpilotClient, TrustpilotConfig};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let sandbox = review_sandbox::Sandbox::start().await?;
/// # let environment = |name: &str| sandbox.env_var(name);
/// # let unit = review_http::Id::new(&sandbox.env_var("TRUSTPILOT_BUSINESS_UNIT_ID").unwrap())?;
/// let client = TrustpilotClient::new(TrustpilotConfig::from_vars(environment)?)?;
/// let templates = client.templates(&unit).await?;
/// assert!(!templates.is_empty());
/// # Ok(())
/// # }
/// ```
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
        let transport = default_transport(config.http.transport)?;
        Ok(Self::with_transport(config, transport))
    }

    /// A client with a transport of the caller's.
    #[must_use]
    pub fn with_transport(config: TrustpilotConfig, transport: DynTransport) -> Self {
        let info = ProviderInfo::new(VENDOR, &config.instance);
        let public = Client::new(info, transport, &config.http, classify);
        let tokens = TokenCache::new(public.provider().clone(), Tokens::new(public.clone(), config.clone()));
        let tokens = match (&config.token_store, &config.grant) {
            (Some(store), _) => tokens.with_store(Arc::clone(store)),
            // A code is good for one token: what came of it must not get lost with a caller that is
            // cancelled, so it goes through a store in any case.
            (None, Grant::AuthorizationCode { .. }) => tokens.with_store(Arc::new(MemoryTokenStore::new())),
            (None, _) => tokens,
        };
        let private = public.clone().with_tokens(Arc::new(tokens));
        Self { public, private, config }
    }

    /// Revokes a refresh token: `POST …/revoke`. It is the caller's to know: a client does not give its own
    /// away, and one that is revoked under it logs in anew. A file of tokens is removed to forget them.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](review_core::ErrorKind::InvalidRequest) (HTTP 404) where the token is
    /// unknown, used or revoked.
    pub async fn revoke(&self, refresh_token: &review_http::Secret) -> Result<(), Error> {
        self.public.call(auth::revocation(&self.config, refresh_token)?).await.map(|_| ())
    }

    /// A call of the public API: the key goes into a header, where it does not leak as it would in a query.
    fn public_get(&self, operation: &'static str, segments: &[&str]) -> Result<Call, Error> {
        self.with_key(Call::repeatable(operation, Method::GET, self.api(segments)?))
    }

    fn with_key(&self, call: Call) -> Result<Call, Error> {
        call.secret_header("apikey", &self.config.api_key)
    }

    fn private_get(&self, operation: &'static str, segments: &[&str]) -> Result<Call, Error> {
        Ok(Call::repeatable(operation, Method::GET, self.api(segments)?))
    }

    fn api(&self, segments: &[&str]) -> Result<Url, Error> {
        below(&self.config.api_url, segments)
    }

    /// Something of a business unit on the invitations host.
    fn invitations(&self, business_unit: &str, what: &[&str]) -> Result<Url, Error> {
        let mut segments = vec!["private", "business-units", business_unit];
        segments.extend(what);
        below(&self.config.invitations_url, &segments)
    }

    pub(crate) fn config(&self) -> &TrustpilotConfig {
        &self.config
    }

    pub(crate) fn info(&self) -> &ProviderInfo {
        self.public.provider()
    }
}

/// The only version there is.
fn below(base: &BaseUrl, segments: &[&str]) -> Result<Url, Error> {
    let mut path = vec!["v1"];
    path.extend(segments);
    base.join(&path)
}
