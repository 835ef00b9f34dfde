//! The words an error consists of: kind, send state, retry advice and scope.

use std::fmt;
use std::time::Duration;

/// The wait before a retry when none is named.
pub(super) const DEFAULT_RETRY_AFTER: Duration = Duration::from_secs(1);

/// What went wrong, in words that are the same for every vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request is invalid and stays invalid: see [`Error::field_errors`](crate::Error::field_errors).
    InvalidRequest,
    /// The vendor rejected the credentials.
    Unauthorized,
    /// The credentials are valid, but lack a permission.
    Forbidden,
    /// Too many requests; [`Error::retry_advice`](crate::Error::retry_advice) contains the time to wait.
    RateLimited,
    /// The request was sent and no usable response arrived: the vendor may have accepted it.
    /// Sending it again may mean a second email to the customer.
    OutcomeUnknown,
    /// A temporary failure, for example of the network.
    Transient,
    /// This provider does not support the request or the operation; see
    /// [`Capabilities`](crate::provider::Capabilities). Nothing was sent.
    Unsupported,
    /// Rejected by a local rule (a consent gate, the kill switch), or a local store that must be
    /// consulted first failed. Nothing was sent.
    Blocked,
    /// The configuration is invalid: see [`Error::field_errors`](crate::Error::field_errors) for the keys.
    InvalidConfig,
    /// The vendor sent a response that its documentation does not describe.
    Unexpected,
}

impl ErrorKind {
    /// Returns the kind in words, for people: `invalid request`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid request",
            Self::Unauthorized => "credentials rejected",
            Self::Forbidden => "not permitted",
            Self::RateLimited => "rate limited",
            Self::OutcomeUnknown => "outcome unknown",
            Self::Transient => "temporary failure",
            Self::Unsupported => "not supported",
            Self::Blocked => "blocked by a local rule",
            Self::InvalidConfig => "invalid configuration",
            Self::Unexpected => "unexpected response",
        }
    }

    /// Returns the stable name, for metrics, tables and logs: `invalid_request`. serde uses the same names.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::RateLimited => "rate_limited",
            Self::OutcomeUnknown => "outcome_unknown",
            Self::Transient => "transient",
            Self::Unsupported => "unsupported",
            Self::Blocked => "blocked",
            Self::InvalidConfig => "invalid_config",
            Self::Unexpected => "unexpected",
        }
    }

    pub(super) const fn default_send_state(self) -> SendState {
        match self {
            Self::InvalidRequest
            | Self::Unsupported
            | Self::Blocked
            | Self::InvalidConfig
            | Self::Transient => SendState::NotSent,
            Self::OutcomeUnknown => SendState::Unknown,
            Self::Unauthorized | Self::Forbidden | Self::RateLimited | Self::Unexpected => {
                SendState::Responded
            }
        }
    }

    pub(super) const fn default_advice(self) -> RetryAdvice {
        match self {
            Self::RateLimited | Self::Transient => RetryAdvice::After(DEFAULT_RETRY_AFTER),
            Self::OutcomeUnknown => RetryAdvice::Reconcile,
            Self::Unauthorized | Self::Forbidden | Self::InvalidConfig => RetryAdvice::Hold,
            Self::InvalidRequest | Self::Unsupported | Self::Blocked | Self::Unexpected => RetryAdvice::Never,
        }
    }

    pub(super) const fn default_scope(self) -> ErrorScope {
        match self {
            Self::Unauthorized | Self::Forbidden | Self::InvalidConfig => ErrorScope::Account,
            _ => ErrorScope::Request,
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether the request can have reached the vendor. Ordered: a later state includes the earlier ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum SendState {
    /// Not sent: the vendor cannot have a complete request.
    NotSent,
    /// The vendor responded, and did not accept the request.
    Responded,
    /// Sent, and no usable response arrived: the vendor may have accepted the request.
    Unknown,
}

/// What a caller does next. A worker needs this alone.
///
/// ```
/// use review_core::{Error, ErrorKind, RetryAdvice};
///
/// let error = Error::new(ErrorKind::Unauthorized, "the API key was rejected");
/// match error.retry_advice() {
///     RetryAdvice::Never => println!("change the request"),
///     RetryAdvice::After(wait) => println!("send the same request again in {wait:?}"),
///     RetryAdvice::Reconcile => println!("find out whether the vendor has it"),
///     RetryAdvice::Hold => println!("keep the order, stop this instance"),
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RetryAdvice {
    /// The same request will fail again. Change the request first.
    Never,
    /// The same request is safe to send again after this time. It cannot cause a second invitation.
    After(Duration),
    /// Find out first whether the invitation exists
    /// (see [`reconcile`](crate::provider::ReviewInviteProviderExt::reconcile)). Do not send it again.
    Reconcile,
    /// Keep the order and stop this instance: its account or configuration needs attention. Every other
    /// request would fail for the same reason. After the fix, the same request is safe to send.
    Hold,
}

/// What an error concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum ErrorScope {
    /// This request only.
    Request,
    /// Every request to the same [`provider`](crate::Error::provider): its credentials, permissions,
    /// settings or configuration.
    Account,
}
