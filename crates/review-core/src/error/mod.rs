//! The error type of every provider.

mod display;
mod field_error;
mod kind;
mod report;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

pub use self::field_error::FieldError;
pub use self::kind::{ErrorKind, ErrorScope, RetryAdvice, SendState};
pub use self::report::ErrorReport;
use crate::provider::info::ProviderInfo;

/// The result type of this crate's operations.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The reason an operation failed. Cheap to clone.
///
/// Four facts are separate, because callers decide about each separately: [`kind`](Self::kind) (what
/// went wrong), [`send_state`](Self::send_state) (can the customer get an email despite the error?),
/// [`scope`](Self::scope) (this request, or the account?) and
/// [`retry_advice`](Self::retry_advice) (what a worker does next).
///
/// Neither `Display` nor `Debug` contains request or response bodies, query strings, email addresses
/// or tokens. Code that creates an error follows the same rule for its message.
///
/// `thiserror` is not used here: with a shared cause its `source()` would return the `Arc`, and
/// callers could not downcast it.
///
/// ```
/// use review_core::{Error, ErrorKind, RetryAdvice, SendState};
///
/// let error = Error::new(ErrorKind::OutcomeUnknown, "the connection closed before a response arrived");
/// assert_eq!(error.send_state(), SendState::Unknown);
/// assert_eq!(error.retry_advice(), RetryAdvice::Reconcile);
/// ```
#[derive(Clone)]
pub struct Error(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    send_state: SendState,
    retry_advice: RetryAdvice,
    scope: ErrorScope,
    detail: Cow<'static, str>,
    help: Option<Cow<'static, str>>,
    provider: Option<ProviderInfo>,
    operation: Option<&'static str>,
    http_status: Option<u16>,
    vendor_code: Option<String>,
    request_id: Option<String>,
    field_errors: Vec<FieldError>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

macro_rules! getters {
    ($($(#[$doc:meta])* $name:ident: $type:ty = $get:expr;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(&self) -> $type {
            let get: fn(&Inner) -> $type = $get;
            get(&self.0)
        }
    )*};
}

impl Error {
    /// The wait of [`RetryAdvice::After`] if the vendor names none.
    pub const DEFAULT_RETRY_AFTER: Duration = kind::DEFAULT_RETRY_AFTER;

    /// Creates an error. Send state, retry advice and scope start with the defaults of the kind; the
    /// `with_*` methods change them. The message must contain no personal data and no secret.
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Arc::new(Inner {
            kind,
            send_state: kind.default_send_state(),
            retry_advice: kind.default_advice(),
            scope: kind.default_scope(),
            detail: message.into(),
            help: None,
            provider: None,
            operation: None,
            http_status: None,
            vendor_code: None,
            request_id: None,
            field_errors: Vec::new(),
            source: None,
        }))
    }

    /// Creates an error for a request with these invalid fields.
    pub fn invalid(fields: impl IntoIterator<Item = FieldError>) -> Self {
        Self::new(ErrorKind::InvalidRequest, "").with_field_errors(fields)
    }

    /// Creates an error for a configuration with these invalid keys.
    pub fn invalid_config(keys: impl IntoIterator<Item = FieldError>) -> Self {
        Self::new(ErrorKind::InvalidConfig, "").with_field_errors(keys)
    }

    /// Creates an error for an operation this provider does not have. `help` names the alternative.
    pub fn unsupported(provider: &ProviderInfo, operation: &'static str, help: &'static str) -> Self {
        Self::new(ErrorKind::Unsupported, help).with_provider(provider).with_operation(operation)
    }

    /// Sets the kind, and leaves everything else as it is.
    #[must_use]
    pub fn with_kind(self, kind: ErrorKind) -> Self {
        self.change(|inner| inner.kind = kind)
    }

    /// Sets whether the request can have reached the vendor.
    #[must_use]
    pub fn with_send_state(self, state: SendState) -> Self {
        self.change(|inner| inner.send_state = state)
    }

    /// Sets what to do next.
    #[must_use]
    pub fn with_retry_advice(self, advice: RetryAdvice) -> Self {
        self.change(|inner| inner.retry_advice = advice)
    }

    /// Sets what the error concerns. The advice follows: [`RetryAdvice::Never`] becomes
    /// [`RetryAdvice::Hold`] for an account, and the reverse for a request.
    #[must_use]
    pub fn with_scope(self, scope: ErrorScope) -> Self {
        self.change(|inner| {
            inner.scope = scope;
            inner.retry_advice = match (scope, inner.retry_advice) {
                (ErrorScope::Account, RetryAdvice::Never) => RetryAdvice::Hold,
                (ErrorScope::Request, RetryAdvice::Hold) => RetryAdvice::Never,
                (_, advice) => advice,
            };
        })
    }

    /// Sets what an operator can do about it.
    #[must_use]
    pub fn with_help(self, help: impl Into<Cow<'static, str>>) -> Self {
        self.change(|inner| inner.help = Some(help.into()))
    }

    /// Sets the provider.
    #[must_use]
    pub fn with_provider(self, provider: &ProviderInfo) -> Self {
        self.change(|inner| inner.provider = Some(provider.clone()))
    }

    /// Sets the provider, unless one is set.
    pub(crate) fn with_provider_if_missing(self, provider: &ProviderInfo) -> Self {
        if self.0.provider.is_none() { self.with_provider(provider) } else { self }
    }

    /// Sets the operation, for example `send_invite`.
    #[must_use]
    pub fn with_operation(self, operation: &'static str) -> Self {
        self.change(|inner| inner.operation = Some(operation))
    }

    /// Sets the HTTP status of the response.
    #[must_use]
    pub fn with_http_status(self, status: u16) -> Self {
        self.change(|inner| inner.http_status = Some(status))
    }

    /// Sets the vendor's own error code.
    #[must_use]
    pub fn with_vendor_code(self, code: impl Into<String>) -> Self {
        self.change(|inner| inner.vendor_code = Some(code.into()))
    }

    /// Sets the id the vendor's support needs to find the request.
    #[must_use]
    pub fn with_request_id(self, id: impl Into<String>) -> Self {
        self.change(|inner| inner.request_id = Some(id.into()))
    }

    /// Puts a few words in front of the message that describe what failed.
    #[must_use]
    pub fn with_context(self, context: &'static str) -> Self {
        self.change(|inner| {
            inner.detail = match &*inner.detail {
                "" => context.into(),
                detail => format!("{context}: {detail}").into(),
            };
        })
    }

    /// Adds invalid fields, or configuration keys.
    #[must_use]
    pub fn with_field_errors(self, fields: impl IntoIterator<Item = FieldError>) -> Self {
        self.change(|inner| inner.field_errors.extend(fields))
    }

    /// Sets the cause. Its `Display` must contain no personal data and no secret.
    #[must_use]
    pub fn with_source(self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.change(|inner| inner.source = Some(Arc::new(source)))
    }

    fn change(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }

    getters! {
        /// Returns what went wrong.
        kind: ErrorKind = |inner| inner.kind;
        /// Returns whether the request can have reached the vendor.
        send_state: SendState = |inner| inner.send_state;
        /// Returns what to do next.
        retry_advice: RetryAdvice = |inner| inner.retry_advice;
        /// Returns what the error concerns.
        scope: ErrorScope = |inner| inner.scope;
        /// Returns what an operator can do about it.
        help: Option<&str> = |inner| inner.help.as_deref();
        /// Returns the provider that failed.
        provider: Option<&ProviderInfo> = |inner| inner.provider.as_ref();
        /// Returns the operation that failed, for example `send_invite`.
        operation: Option<&'static str> = |inner| inner.operation;
        /// Returns the HTTP status, if the vendor responded.
        http_status: Option<u16> = |inner| inner.http_status;
        /// Returns the vendor's own error code, if it sent one.
        vendor_code: Option<&str> = |inner| inner.vendor_code.as_deref();
        /// Returns the id the vendor's support needs to find the request, if the vendor sent one.
        request_id: Option<&str> = |inner| inner.request_id.as_deref();
        /// Returns all invalid fields, or configuration keys.
        field_errors: &[FieldError] = |inner| &inner.field_errors;
    }

    /// Returns whether the customer may have been invited despite this error: then a second send can lead to a
    /// second email, and the caller finds out first.
    ///
    /// ```
    /// use review_core::{Error, ErrorKind, SendState};
    ///
    /// assert!(Error::new(ErrorKind::OutcomeUnknown, "no response arrived").may_have_been_sent());
    /// let error = Error::new(ErrorKind::Transient, "the connection was closed");
    /// assert!(!error.may_have_been_sent());
    /// assert!(error.with_send_state(SendState::Unknown).may_have_been_sent());
    /// ```
    #[must_use]
    pub fn may_have_been_sent(&self) -> bool {
        self.0.kind == ErrorKind::OutcomeUnknown
            || self.0.send_state == SendState::Unknown
            || self.0.retry_advice == RetryAdvice::Reconcile
    }

    /// Returns the first cause in the chain that is a `T`, for example a vendor's own error type.
    #[must_use]
    pub fn downcast_ref<T: StdError + 'static>(&self) -> Option<&T> {
        std::iter::successors(StdError::source(self), |&cause| cause.source())
            .find_map(|cause| cause.downcast_ref())
    }
}

impl From<FieldError> for Error {
    fn from(field: FieldError) -> Self {
        Self::invalid([field])
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        // `as_deref`, not `as_ref`: callers would downcast to an `Arc` and never find the cause.
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_scope_turns_never_into_hold_and_back() {
        let off = Error::new(ErrorKind::Blocked, "sending is switched off").with_scope(ErrorScope::Account);
        assert_eq!(off.retry_advice(), RetryAdvice::Hold);
        let product = Error::new(ErrorKind::Forbidden, "").with_scope(ErrorScope::Request);
        assert_eq!(product.retry_advice(), RetryAdvice::Never);
        let busy = Error::new(ErrorKind::RateLimited, "").with_scope(ErrorScope::Account);
        assert_eq!(busy.retry_advice(), RetryAdvice::After(Error::DEFAULT_RETRY_AFTER));
    }

    #[test]
    fn credentials_permissions_and_settings_hold_the_account() {
        for kind in [ErrorKind::Unauthorized, ErrorKind::Forbidden, ErrorKind::InvalidConfig] {
            let error = Error::new(kind, "");
            assert_eq!((error.scope(), error.retry_advice()), (ErrorScope::Account, RetryAdvice::Hold));
        }
    }

    #[test]
    fn changing_a_clone_leaves_the_original() {
        let first = Error::new(ErrorKind::Transient, "x");
        let second = first.clone().with_send_state(SendState::Unknown);
        assert_eq!((first.send_state(), second.send_state()), (SendState::NotSent, SendState::Unknown));
    }

    #[test]
    fn context_precedes_the_message() {
        assert_eq!(Error::new(ErrorKind::Transient, "x").with_context("token").message(), "token: x");
        assert_eq!(Error::new(ErrorKind::Transient, "").with_context("token").message(), "token");
    }

    #[test]
    fn downcast_finds_a_cause_in_the_chain() {
        let inner = Error::new(ErrorKind::Unexpected, "x").with_source(FieldError::new("f", "p"));
        let outer = Error::new(ErrorKind::Transient, "y").with_source(inner);
        assert_eq!(outer.downcast_ref::<FieldError>().map(FieldError::field), Some("f"));
        assert!(outer.downcast_ref::<std::fmt::Error>().is_none());
    }
}
