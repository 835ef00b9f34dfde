//! An access token, where it comes from, and where a request carries it.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use review_core::{Error, ErrorKind};

use review_core::config::Secret;

/// The lifetime of a token if the response names none: the shortest that a vendor is known to use.
const DEFAULT_EXPIRES_IN: Duration = Duration::from_secs(300);
/// A lifetime of zero is a defect of the token endpoint: the callers that waited can use the token.
pub(super) const MIN_EXPIRES_IN: Duration = Duration::from_secs(1);
/// The upper bound for `expires_in`, so that every instant can be computed.
pub(super) const MAX_EXPIRES_IN: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// The response of a token endpoint.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Token {
    /// The access token.
    pub access_token: Secret,
    /// The refresh token, if the grant has one. It may be valid for one use only.
    pub refresh_token: Option<Secret>,
    /// The lifetime of the access token, from now.
    pub expires_in: Duration,
}

impl Token {
    /// Creates a token. `expires_in` is the lifetime the vendor named, if any.
    ///
    /// # Errors
    /// [`ErrorKind::Unexpected`] if the token is empty or cannot be a header value.
    pub fn new(access_token: Secret, expires_in: Option<Duration>) -> Result<Self, Error> {
        let access = access_token.expose();
        if access.is_empty() || !access.bytes().all(|byte| byte.is_ascii_graphic()) {
            let message = "the response of the token endpoint contains no usable access token";
            return Err(Error::new(ErrorKind::Unexpected, message));
        }
        let expires_in = expires_in.unwrap_or(DEFAULT_EXPIRES_IN).clamp(MIN_EXPIRES_IN, MAX_EXPIRES_IN);
        Ok(Self { access_token, refresh_token: None, expires_in })
    }

    /// Sets the refresh token.
    #[must_use]
    pub fn with_refresh_token(mut self, refresh_token: Option<Secret>) -> Self {
        self.refresh_token = refresh_token;
        self
    }
}

/// Fetches tokens from a vendor.
#[async_trait]
pub trait TokenSource: fmt::Debug + Send + Sync + 'static {
    /// Fetches a new token. `last` is the one before it, whose refresh token may be usable.
    ///
    /// # Errors
    /// Any error; the request that needs the token was not sent.
    async fn fetch(&self, last: Option<&Token>) -> Result<Token, Error>;
}

/// The place of the access token in a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenPlace {
    /// `Authorization: Bearer <token>`.
    #[default]
    Bearer,
    /// A header of this name, in lower case.
    Header(&'static str),
    /// A member of this name at the top of a JSON body. Every request with the token then needs a JSON object as its body.
    BodyMember(&'static str),
    /// A query parameter of this name.
    Query(&'static str),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_must_be_usable_in_a_header() {
        for access in ["", "a b", "a\r\nb", "ä"] {
            assert_eq!(Token::new(access.into(), None).unwrap_err().kind(), ErrorKind::Unexpected);
        }
    }

    #[test]
    fn lifetimes_are_bounded() {
        for (named, lifetime) in [(Duration::MAX, MAX_EXPIRES_IN), (Duration::ZERO, MIN_EXPIRES_IN)] {
            assert_eq!(Token::new("x".into(), Some(named)).unwrap().expires_in, lifetime);
        }
    }
}
