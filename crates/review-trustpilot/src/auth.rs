//! Access tokens of Trustpilot.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use http::Method;
use review_core::{Error, ErrorKind, Sent};
use review_http::{Call, Client, Secret, Token, TokenSource};

use crate::config::{Grant, TrustpilotConfig};
use crate::wire::TokenAnswer;

/// The names under which the calls of this file appear in errors and spans.
pub(crate) const FETCH_TOKEN: &str = "fetch_token";
pub(crate) const REFRESH_TOKEN: &str = "refresh_token";

const TOKEN_PATH: [&str; 3] = ["v1", "oauth", "oauth-business-users-for-applications"];

/// Gets tokens from the API host (never from the invitations host, which has no token end point).
#[derive(Debug)]
pub(crate) struct Tokens {
    client: Client,
    config: TrustpilotConfig,
    /// The refresh token that is of no more use, so that it is not tried again.
    spent: Mutex<Option<Secret>>,
}

impl Tokens {
    pub(crate) fn new(client: Client, config: TrustpilotConfig) -> Self {
        Self { client, config, spent: Mutex::new(None) }
    }

    fn is_spent(&self, refresh: &Secret) -> bool {
        let spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        spent.as_ref().is_some_and(|spent| spent.expose() == refresh.expose())
    }

    async fn grant(&self) -> Result<Token, Error> {
        let call = self.call(Call::repeatable, FETCH_TOKEN, "accesstoken")?;
        let call = match &self.config.grant {
            Grant::Password { username, password } => {
                call.hide([username.expose().to_owned(), password.expose().to_owned()]).form(&[
                    ("grant_type", "password"),
                    ("username", username.expose()),
                    ("password", password.expose()),
                ])
            }
            Grant::ClientCredentials { .. } => call.form(&[("grant_type", "client_credentials")]),
        };
        self.token(call).await
    }

    /// Uses up a refresh token: it is good for one use, so the call is made at most once.
    async fn refresh(&self, refresh: &Secret) -> Result<Token, Error> {
        let call = self
            .call(Call::single_use, REFRESH_TOKEN, "refresh")?
            .hide([refresh.expose().to_owned()])
            .form(&[("grant_type", "refresh_token"), ("refresh_token", refresh.expose())]);
        self.token(call).await
    }

    fn call(
        &self,
        kind: fn(&'static str, Method, url::Url) -> Call,
        operation: &'static str,
        end_point: &str,
    ) -> Result<Call, Error> {
        let [version, oauth, users] = TOKEN_PATH;
        let url = self.config.api_url.join(&[version, oauth, users, end_point])?;
        kind(operation, Method::POST, url).basic_auth(&self.config.api_key, &self.config.api_secret)
    }

    async fn token(&self, call: Call) -> Result<Token, Error> {
        let answer: TokenAnswer = self.client.json(call).await?;
        let token = Token::new(answer.access_token.into(), answer.expires_in)?;
        Ok(token.with_refresh(answer.refresh_token.map(Secret::from)))
    }
}

#[async_trait]
impl TokenSource for Tokens {
    async fn fetch(&self, last: Option<&Token>) -> Result<Token, Error> {
        let refresh = last.and_then(|token| token.refresh.as_ref()).filter(|refresh| !self.is_spent(refresh));
        if let Some(refresh) = refresh {
            match self.refresh(refresh).await {
                // A vendor that cannot be reached, or that asks for patience, gives no token for a full
                // grant either, and the refresh token is still good.
                Err(error) if error.sent() == Sent::No || error.kind() == ErrorKind::RateLimited => {
                    return Err(error);
                }
                // Used, expired, or nobody knows: it is of no more use.
                Err(_) => *self.spent.lock().unwrap_or_else(PoisonError::into_inner) = Some(refresh.clone()),
                Ok(token) => return Ok(token),
            }
        }
        self.grant().await
    }
}
