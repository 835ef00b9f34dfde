//! Access tokens of Trustpilot.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use http::Method;
use review_core::{Error, ErrorKind, Sent};
use review_http::{ApiRequest, Client, Secret, Token, TokenSource};
use url::Url;

use crate::config::{Grant, TrustpilotConfig};
use crate::wire::TokenAnswer;

/// The names under which the calls of this file appear in errors and spans.
pub(crate) const FETCH_TOKEN: &str = "fetch_token";
pub(crate) const REFRESH_TOKEN: &str = "refresh_token";
pub(crate) const REVOKE_TOKEN: &str = "revoke_token";

const TOKEN_PATH: [&str; 3] = ["v1", "oauth", "oauth-business-users-for-applications"];

/// Gets tokens from the API host (never from the invitations host, which has no token end point).
#[derive(Debug)]
pub(crate) struct Tokens {
    client: Client,
    config: TrustpilotConfig,
    /// The refresh token that is of no more use, so that it is not tried again.
    spent: Mutex<Option<Secret>>,
    /// Whether the authorization code has been used up.
    code_used: AtomicBool,
}

impl Tokens {
    pub(crate) fn new(client: Client, config: TrustpilotConfig) -> Self {
        Self { client, config, spent: Mutex::new(None), code_used: AtomicBool::new(false) }
    }

    fn is_spent(&self, refresh: &Secret) -> bool {
        let spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        spent.as_ref().is_some_and(|spent| spent.expose() == refresh.expose())
    }

    async fn grant(&self) -> Result<Token, Error> {
        let call = call(&self.config, ApiRequest::idempotent, FETCH_TOKEN, "accesstoken")?;
        let call = match &self.config.grant {
            Grant::AuthorizationCode { code, redirect_uri } => {
                return self.use_code(code, redirect_uri).await;
            }
            Grant::Password { username, password } => {
                call.redact([username.expose().to_owned(), password.expose().to_owned()]).form(&[
                    ("grant_type", "password"),
                    ("username", username.expose()),
                    ("password", password.expose()),
                ])
            }
            Grant::ClientCredentials { .. } => call.form(&[("grant_type", "client_credentials")]),
        };
        self.token(call).await
    }

    /// Uses up the code: it is good for one use, so the call is made at most once.
    async fn use_code(&self, code: &Secret, redirect_uri: &str) -> Result<Token, Error> {
        if self.code_used.load(Ordering::SeqCst) {
            let message = "the authorization code has been used, and no refresh token is left; log in again for \
                           a new code, and keep tokens in a token store";
            return Err(Error::new(ErrorKind::Unauthorized, message).with_operation(FETCH_TOKEN));
        }
        let call = call(&self.config, ApiRequest::single_use, FETCH_TOKEN, "accesstoken")?
            .redact([code.expose().to_owned()])
            .form(&[
                ("grant_type", "authorization_code"),
                ("code", code.expose()),
                ("redirect_uri", redirect_uri),
            ]);
        let result = self.token(call).await;
        let still_good = |error: &Error| error.sent() == Sent::No || error.kind() == ErrorKind::RateLimited;
        self.code_used.store(!result.as_ref().is_err_and(still_good), Ordering::SeqCst);
        result
    }

    /// Uses up a refresh token: it is good for one use, so the call is made at most once.
    async fn refresh(&self, refresh: &Secret) -> Result<Token, Error> {
        let call = call(&self.config, ApiRequest::single_use, REFRESH_TOKEN, "refresh")?
            .redact([refresh.expose().to_owned()])
            .form(&[("grant_type", "refresh_token"), ("refresh_token", refresh.expose())]);
        self.token(call).await
    }

    async fn token(&self, call: ApiRequest) -> Result<Token, Error> {
        let answer: TokenAnswer = self.client.send_json(call).await?;
        let token = Token::new(answer.access_token.into(), answer.expires_in)?;
        Ok(token.with_refresh_token(answer.refresh_token.map(Secret::from)))
    }
}

fn call(
    config: &TrustpilotConfig,
    kind: fn(&'static str, Method, Url) -> ApiRequest,
    operation: &'static str,
    end_point: &str,
) -> Result<ApiRequest, Error> {
    kind(operation, Method::POST, end_point_url(config, end_point)?)
        .basic_auth(&config.api_key, &config.api_secret)
}

fn end_point_url(config: &TrustpilotConfig, end_point: &str) -> Result<Url, Error> {
    let [version, oauth, users] = TOKEN_PATH;
    config.api_url.join(&[version, oauth, users, end_point])
}

/// The call that revokes a refresh token. Sources disagree on its log-in: four clients send none, one the
/// key in the form; the majority is followed. A token revoked twice is answered 404, so it is not repeated.
pub(crate) fn revocation(config: &TrustpilotConfig, refresh_token: &Secret) -> Result<ApiRequest, Error> {
    let call = ApiRequest::single_use(REVOKE_TOKEN, Method::POST, end_point_url(config, "revoke")?)
        .redact([refresh_token.expose().to_owned()]);
    Ok(call.form(&[("token", refresh_token.expose())]))
}

#[async_trait]
impl TokenSource for Tokens {
    async fn fetch(&self, last: Option<&Token>) -> Result<Token, Error> {
        let refresh =
            last.and_then(|token| token.refresh_token.as_ref()).filter(|refresh| !self.is_spent(refresh));
        if let Some(refresh) = refresh {
            match self.refresh(refresh).await {
                // A vendor that cannot be reached, or that asks for patience, gives no token for a full
                // grant either, and the refresh token is still good.
                Err(error) if error.sent() == Sent::No || error.kind() == ErrorKind::RateLimited => {
                    return Err(error);
                }
                // Used or expired: it is of no more use.
                Err(error) if error.kind() == ErrorKind::Unauthorized => {
                    *self.spent.lock().unwrap_or_else(PoisonError::into_inner) = Some(refresh.clone());
                }
                // Nobody knows whether it was used. A code is good for one use and long gone, so the
                // refresh token is all there is: it stays, and is tried again.
                Err(error) if matches!(self.config.grant, Grant::AuthorizationCode { .. }) => {
                    return Err(error);
                }
                Err(_) => {}
                Ok(token) => return Ok(token),
            }
        }
        self.grant().await
    }
}
