//! An access token, and where it comes from.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use review_core::{Error, ErrorKind};

use crate::secret::Secret;

/// The life of a token whose answer names none: the shortest that either vendor has been seen to give.
const DEFAULT_EXPIRES_IN: Duration = Duration::from_secs(300);
/// No token is believed to live longer.
pub(super) const MAX_EXPIRES_IN: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// What a vendor's token endpoint gave.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Token {
    /// The access token.
    pub access_token: Secret,
    /// The refresh token, where the grant has one. It may be good for one use only.
    pub refresh_token: Option<Secret>,
    /// How long the access token lives from now.
    pub expires_in: Duration,
}

impl Token {
    /// A token with the life the vendor named, if it named one.
    ///
    /// # Errors
    /// [`ErrorKind::Unexpected`] where the token is empty or cannot stand in a header.
    pub fn new(access: Secret, life: Option<Duration>) -> Result<Self, Error> {
        if access.expose().is_empty() || !access.expose().bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::new(ErrorKind::Unexpected, "the token end point gave no usable access token"));
        }
        Ok(Self {
            access_token: access,
            refresh_token: None,
            expires_in: life.unwrap_or(DEFAULT_EXPIRES_IN).min(MAX_EXPIRES_IN),
        })
    }

    /// Adds the refresh token.
    #[must_use]
    pub fn with_refresh_token(mut self, refresh: Option<Secret>) -> Self {
        self.refresh_token = refresh;
        self
    }
}

/// Gets tokens from a vendor.
#[async_trait]
pub trait TokenSource: fmt::Debug + Send + Sync + 'static {
    /// Gets a new token. `last` is the token before it, whose refresh token may be of use.
    ///
    /// # Errors
    /// Whatever keeps a token from being had.
    async fn fetch(&self, last: Option<&Token>) -> Result<Token, Error>;
}
