//! Access tokens from a vendor's token step.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use http::Method;
use review_core::config::Secret;
use review_core::{Error, ErrorKind, SendState};
use serde::Deserialize;

use super::contract::HttpVendor;
use super::step::Step;
use crate::auth::{Token, TokenSource};
use crate::base_url::BaseUrl;
use crate::client::Client;
use crate::lenient;
use crate::retry::Idempotency;

/// Returns the request of the client credentials grant (RFC 6749, 4.4), with the credentials in the form.
/// `audience` is sent if there is one.
pub fn client_credentials(
    operation: &'static str,
    base: &BaseUrl,
    path: &[&str],
    (client_id, client_secret): (&Secret, &Secret),
    audience: Option<&str>,
) -> Step {
    let fields = [
        Some(("client_id", client_id.clone())),
        Some(("client_secret", client_secret.clone())),
        Some(("grant_type", "client_credentials".into())),
        audience.map(|audience| ("audience", audience.into())),
    ];
    Step::idempotent(operation, Method::POST, base, path).without_token().form(fields.into_iter().flatten())
}

/// The response of a token endpoint (RFC 6749, 5.1).
#[derive(Deserialize)]
struct TokenResponse {
    access_token: String,
    #[serde(default, deserialize_with = "lenient::or_default")]
    refresh_token: Option<String>,
    #[serde(default, deserialize_with = "lenient::seconds")]
    expires_in: Option<Duration>,
}

/// Fetches tokens by the steps of a vendor: the refresh token first, if there is one that was not used up,
/// then the full grant.
pub(super) struct VendorTokens<V> {
    client: Client,
    vendor: Arc<V>,
    /// The refresh token that the vendor rejected, so that it is not tried again.
    used_up: Mutex<Option<Secret>>,
    /// Whether a grant that can be used once was used.
    grant_used: AtomicBool,
}

impl<V> fmt::Debug for VendorTokens<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VendorTokens").finish_non_exhaustive()
    }
}

impl<V: HttpVendor> VendorTokens<V> {
    pub(super) fn new(client: Client, vendor: Arc<V>) -> Self {
        Self { client, vendor, used_up: Mutex::default(), grant_used: AtomicBool::new(false) }
    }

    fn is_used_up(&self, refresh: &Secret) -> bool {
        let used_up = self.used_up.lock().unwrap_or_else(PoisonError::into_inner);
        used_up.as_ref().is_some_and(|used_up| used_up.expose() == refresh.expose())
    }

    async fn grant(&self) -> Result<Token, Error> {
        let step = self.step(None)?;
        if step.idempotency != Idempotency::SingleUse {
            return self.send(&step).await;
        }
        if self.grant_used.load(Ordering::SeqCst) {
            let message = "the authorization code was used, and no refresh token is left; log in again for a \
                           new code, and keep the tokens in a token store";
            return Err(Error::new(ErrorKind::Unauthorized, message).with_operation(step.operation));
        }
        let result = self.send(&step).await;
        self.grant_used.store(!result.as_ref().is_err_and(is_still_valid), Ordering::SeqCst);
        result.map_err(|error| match error.kind() {
            ErrorKind::Unauthorized => error.with_help(
                "the authorization code is invalid or was used; log in again for a new code, and keep the tokens in \
                 a token store",
            ),
            _ => error,
        })
    }

    fn step(&self, refresh_token: Option<&Secret>) -> Result<Step, Error> {
        self.vendor.token_step(refresh_token).map(Step::without_token).ok_or_else(|| {
            Error::new(ErrorKind::Unexpected, "the vendor describes no request for an access token")
        })
    }

    async fn send(&self, step: &Step) -> Result<Token, Error> {
        let response: TokenResponse = self.client.send_json(step.to_request()?).await?;
        let token = Token::new(response.access_token.into(), response.expires_in)?;
        Ok(token.with_refresh_token(response.refresh_token.map(Secret::from)))
    }
}

/// Returns whether a token or code that can be used once is still valid after this error.
fn is_still_valid(error: &Error) -> bool {
    error.send_state() == SendState::NotSent || error.kind() == ErrorKind::RateLimited
}

#[async_trait]
impl<V: HttpVendor> TokenSource for VendorTokens<V> {
    async fn fetch(&self, last: Option<&Token>) -> Result<Token, Error> {
        let refresh = last.and_then(|token| token.refresh_token.as_ref());
        if let Some(refresh) = refresh.filter(|refresh| !self.is_used_up(refresh)) {
            match self.send(&self.step(Some(refresh))?).await {
                // RFC 6749, 6: without a new refresh token, the old one remains valid.
                Ok(token) if token.refresh_token.is_none() => {
                    return Ok(token.with_refresh_token(Some(refresh.clone())));
                }
                Ok(token) => return Ok(token),
                // A vendor that cannot be reached, or that requests a pause, issues no token for a full grant
                // either, and the refresh token remains valid.
                Err(error) if is_still_valid(&error) => return Err(error),
                Err(error) if error.kind() == ErrorKind::Unauthorized => {
                    *self.used_up.lock().unwrap_or_else(PoisonError::into_inner) = Some(refresh.clone());
                }
                // Whether it was used is unknown. A code is long used, so the refresh token is all that is
                // left: it is kept and tried again.
                Err(error) if self.step(None)?.idempotency == Idempotency::SingleUse => return Err(error),
                Err(_) => {}
            }
        }
        self.grant().await
    }
}
