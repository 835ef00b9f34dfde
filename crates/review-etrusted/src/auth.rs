//! Access tokens of eTrusted.

use async_trait::async_trait;
use http::Method;
use review_core::Error;
use review_http::{ApiRequest, Client, Token, TokenSource};

use crate::config::EtrustedConfig;
use crate::wire::TokenAnswer;

/// The name under which the call of this file appears in errors and spans.
pub(crate) const FETCH_TOKEN: &str = "fetch_token";

/// Always sent. Published clients disagree on whether it is enforced; the documentation has it in
/// every sample. It names the API whatever base URL is configured.
const AUDIENCE: &str = "https://api.etrusted.com";

#[derive(Debug)]
pub(crate) struct Tokens {
    client: Client,
    config: EtrustedConfig,
}

impl Tokens {
    pub(crate) fn new(client: Client, config: EtrustedConfig) -> Self {
        Self { client, config }
    }
}

#[async_trait]
impl TokenSource for Tokens {
    async fn fetch(&self, _: Option<&Token>) -> Result<Token, Error> {
        let (id, secret) = (self.config.client_id.expose(), self.config.client_secret.expose());
        let url = self.config.login_url.join(&["oauth", "token"])?;
        let call = ApiRequest::idempotent(FETCH_TOKEN, Method::POST, url)
            .redact([id.to_owned(), secret.to_owned()])
            .form(&[
                ("client_id", id),
                ("client_secret", secret),
                ("grant_type", "client_credentials"),
                ("audience", AUDIENCE),
            ]);
        let answer: TokenAnswer = self.client.send_json(call).await?;
        Token::new(answer.access_token.into(), answer.expires_in)
    }
}
