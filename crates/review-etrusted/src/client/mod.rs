//! eTrusted's calls, typed. Usable without the rest.

mod events;
mod invites;
mod paging;
mod reviews;
mod setup;

pub use reviews::ReviewFilter;
pub use setup::TemplateFilter;

use std::sync::Arc;

use http::{Method, StatusCode};
use review_core::{Error, ErrorKind, FieldError, ProviderInfo, Sent};
use review_http::{ApiRequest, Client, DynTransport, ResourceId, TokenCache, default_transport};
use serde::de::DeserializeOwned;

use crate::VENDOR;
use crate::auth::Tokens;
use crate::classify::classify;
use crate::config::EtrustedConfig;
use crate::wire::Rows;

/// The name under which the call that sends appears in errors and spans.
pub(crate) const SEND_INVITE: &str = "send_invite";
pub(crate) const POST_INVITES: &str = "post_invites";
/// The name under which the call that makes a link appears in errors and spans.
pub(crate) const CREATE_LINK: &str = "create_link";

/// A client of eTrusted's API. Cheap to clone; clones share connections and the access token.
///
/// ```
/// use review_etrusted::{EtrustedClient, EtrustedConfig};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let sandbox = review_sandbox::Sandbox::start().await?;
/// # let environment = |name: &str| sandbox.env_var(name);
/// let client = EtrustedClient::new(EtrustedConfig::from_vars(environment)?)?;
/// for channel in client.channels().await? {
///     println!("{}", channel.id);
/// }
/// # assert!(!client.channels().await?.is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct EtrustedClient {
    client: Client,
    config: EtrustedConfig,
}

impl EtrustedClient {
    /// A client with the transport this crate was built with.
    ///
    /// # Errors
    /// Those of [`default_transport`].
    pub fn new(config: EtrustedConfig) -> Result<Self, Error> {
        let transport = default_transport(config.http.transport)?;
        Ok(Self::with_transport(config, transport))
    }

    /// A client with a transport of the caller's.
    #[must_use]
    pub fn with_transport(config: EtrustedConfig, transport: DynTransport) -> Self {
        let info = ProviderInfo::new(VENDOR, &config.instance);
        let client = Client::new(info, transport, &config.http, classify);
        let tokens = TokenCache::new(client.info().clone(), Tokens::new(client.clone(), config.clone()));
        Self { client: client.with_token_cache(Arc::new(tokens)), config }
    }

    pub(crate) fn url(&self, path: &str) -> Result<String, Error> {
        self.config.api_url.join(&[path]).map(|url| url.to_string())
    }

    pub(crate) fn config(&self) -> &EtrustedConfig {
        &self.config
    }

    pub(crate) fn info(&self) -> &ProviderInfo {
        self.client.info()
    }

    async fn rows<T: DeserializeOwned>(&self, call: ApiRequest) -> Result<Vec<T>, Error> {
        self.client.send_json::<Rows<T>>(call).await.map(|Rows(rows)| rows)
    }

    /// Reads one thing; `None` where eTrusted has none of this id.
    async fn one<T: DeserializeOwned>(&self, call: ApiRequest) -> Result<Option<T>, Error> {
        match self.client.send_json(call).await {
            Err(error) if answered(&error, StatusCode::NOT_FOUND) => Ok(None),
            result => result.map(Some),
        }
    }

    /// Makes a call that takes something away; what is gone already is no error.
    async fn remove(&self, call: ApiRequest) -> Result<(), Error> {
        match self.client.send(call).await {
            Err(error) if !answered(&error, StatusCode::NOT_FOUND) => Err(error),
            _ => Ok(()),
        }
    }

    fn at_most_once(
        &self,
        operation: &'static str,
        method: Method,
        path: &[&str],
    ) -> Result<ApiRequest, Error> {
        Ok(ApiRequest::at_most_once(operation, method, self.config.api_url.join(path)?))
    }

    fn idempotent(
        &self,
        operation: &'static str,
        method: Method,
        path: &[&str],
    ) -> Result<ApiRequest, Error> {
        Ok(ApiRequest::idempotent(operation, method, self.config.api_url.join(path)?))
    }
}

/// What invites and reviews are searched for: an order's reference. Both lists can be searched for an
/// e-mail address too, but that would put it into a URL, and from there into logs.
fn search(text: &str) -> Result<&str, Error> {
    if text.contains('@') {
        let problem = "expected an order's reference; e-mail addresses are not put into URLs";
        return Err(Error::invalid(vec![FieldError::new("query", problem)]));
    }
    Ok(text)
}

/// An id that came from the vendor, before it goes into a path.
fn vendor_id(id: &str) -> Result<ResourceId, Error> {
    ResourceId::new(id).map_err(|_| Error::new(ErrorKind::InvalidRequest, "this is no id of eTrusted"))
}

/// Whether the vendor answered the call itself with this status; a token that could not be had may
/// carry the status of its own call.
pub(crate) fn answered(error: &Error, status: StatusCode) -> bool {
    error.sent() == Sent::Answered && error.http_status() == Some(status.as_u16())
}
