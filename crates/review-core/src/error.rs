//! The one error type of every provider, and the three questions a caller asks of it.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::{FieldError, ProviderInfo};

/// What the operations of this crate return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, in words that are the same for every vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request is wrong and will stay wrong: see [`Error::fields`] for which field and why.
    InvalidRequest,
    /// The vendor does not accept the credentials.
    Unauthorized,
    /// The credentials are good, but they carry no right to do this.
    Forbidden,
    /// Too many calls; [`Error::retry_advice`] says how long to wait.
    RateLimited,
    /// The vendor knows this invitation already.
    Duplicate,
    /// The request left this machine and no answer came: the vendor may have accepted it.
    /// Sending it again may mean a second e-mail to the customer.
    OutcomeUnknown,
    /// A passing fault (network, vendor overloaded).
    Transient,
    /// This provider cannot do this; see [`Capabilities`](crate::Capabilities). Nothing was sent.
    Unsupported,
    /// A rule on our side forbids it (no consent, sending switched off), or we cannot tell whether one
    /// does (the store of a [`Dedup`](crate::Dedup) failed). Nothing was sent.
    Blocked,
    /// The configuration is wrong: see [`Error::fields`] for which key and why.
    Config,
    /// The vendor answered something that its documentation does not mention.
    Unexpected,
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InvalidRequest => "invalid request",
            Self::Unauthorized => "credentials not accepted",
            Self::Forbidden => "not allowed",
            Self::RateLimited => "rate limited",
            Self::Duplicate => "already known",
            Self::OutcomeUnknown => "outcome unknown",
            Self::Transient => "temporary failure",
            Self::Unsupported => "not supported",
            Self::Blocked => "blocked",
            Self::Config => "wrong configuration",
            Self::Unexpected => "unexpected answer",
        })
    }
}

impl ErrorKind {
    fn usually_sent(self) -> Sent {
        match self {
            Self::InvalidRequest | Self::Unsupported | Self::Blocked | Self::Config | Self::Transient => {
                Sent::No
            }
            Self::OutcomeUnknown => Sent::Maybe,
            _ => Sent::Answered,
        }
    }

    fn usual_advice(self) -> RetryAdvice {
        match self {
            Self::RateLimited | Self::Transient => RetryAdvice::After(Error::USUAL_WAIT),
            Self::OutcomeUnknown => RetryAdvice::Reconcile,
            _ => RetryAdvice::Never,
        }
    }
}

/// Whether the request can have reached the vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sent {
    /// Certainly not: the vendor cannot have a complete request.
    No,
    /// It may have: the request left, and no answer came.
    Maybe,
    /// The vendor answered, and the answer was not an acceptance.
    Answered,
}

/// What to do next about a failed operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RetryAdvice {
    /// The same call will fail again; change the request, the set-up or the configuration first.
    Never,
    /// The same call may be made again after this time. It cannot lead to a second invitation.
    After(Duration),
    /// Find out first whether the invitation exists
    /// (see [`reconcile`](crate::ReviewInviteProviderExt::reconcile)), or leave it to a person.
    Reconcile,
}

/// Why an operation failed. Cheap to clone.
///
/// Three questions are answered separately, since they are separate decisions of the caller:
/// [`kind`](Self::kind) (what to tell a person), [`sent`](Self::sent) (can the customer get an
/// e-mail all the same) and [`retry_advice`](Self::retry_advice) (what a worker does next).
///
/// Neither `Display` nor `Debug` holds request or response bodies, query strings, e-mail addresses
/// or tokens; whoever constructs an error keeps that rule for its message.
///
/// ```
/// use review_core::{Error, ErrorKind, RetryAdvice, Sent};
///
/// let error = Error::new(ErrorKind::OutcomeUnknown, "the connection closed before an answer came");
/// assert_eq!(error.sent(), Sent::Maybe);
/// assert_eq!(error.retry_advice(), RetryAdvice::Reconcile);
/// ```
#[derive(Clone)]
pub struct Error(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    sent: Sent,
    advice: RetryAdvice,
    message: Cow<'static, str>,
    provider: Option<ProviderInfo>,
    operation: Option<&'static str>,
    http_status: Option<u16>,
    vendor_code: Option<String>,
    request_id: Option<String>,
    fields: Vec<FieldError>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl Error {
    /// How long [`RetryAdvice::After`] advises to wait where the vendor named no time: one second.
    pub const USUAL_WAIT: Duration = Duration::from_secs(1);

    /// An error of this kind. `sent` and `retry_advice` start as usual for the kind; the `with_`
    /// methods change them. The message must hold no personal data and no secret.
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Arc::new(Inner {
            kind,
            sent: kind.usually_sent(),
            advice: kind.usual_advice(),
            message: message.into(),
            provider: None,
            operation: None,
            http_status: None,
            vendor_code: None,
            request_id: None,
            fields: Vec::new(),
            source: None,
        }))
    }

    /// A request that is wrong in these fields.
    pub fn invalid(fields: Vec<FieldError>) -> Self {
        Self::new(ErrorKind::InvalidRequest, "").with_fields(fields)
    }

    /// A configuration that is wrong in these keys.
    pub fn config(fields: Vec<FieldError>) -> Self {
        Self::new(ErrorKind::Config, "").with_fields(fields)
    }

    /// An operation this provider does not have, with the way that exists instead.
    pub fn unsupported(provider: &ProviderInfo, operation: &'static str, instead: &'static str) -> Self {
        Self::new(ErrorKind::Unsupported, instead).with_provider(provider).with_operation(operation)
    }

    /// Says whether the request can have reached the vendor.
    #[must_use]
    pub fn with_sent(self, sent: Sent) -> Self {
        self.change(|inner| inner.sent = sent)
    }

    /// Says what to do next.
    #[must_use]
    pub fn with_retry_advice(self, advice: RetryAdvice) -> Self {
        self.change(|inner| inner.advice = advice)
    }

    /// Says what went wrong in another word, and leaves all else as it is.
    #[must_use]
    pub fn with_kind(self, kind: ErrorKind) -> Self {
        self.change(|inner| inner.kind = kind)
    }

    /// Names the provider.
    #[must_use]
    pub fn with_provider(self, provider: &ProviderInfo) -> Self {
        self.change(|inner| inner.provider = Some(provider.clone()))
    }

    /// Names the operation, e.g. `send_invite`.
    #[must_use]
    pub fn with_operation(self, operation: &'static str) -> Self {
        self.change(|inner| inner.operation = Some(operation))
    }

    /// Adds the HTTP status of the vendor's answer.
    #[must_use]
    pub fn with_http_status(self, status: u16) -> Self {
        self.change(|inner| inner.http_status = Some(status))
    }

    /// Adds the vendor's own error code.
    #[must_use]
    pub fn with_vendor_code(self, code: impl Into<String>) -> Self {
        let code = code.into();
        self.change(|inner| inner.vendor_code = Some(code))
    }

    /// Adds the id under which the vendor's support finds the call.
    #[must_use]
    pub fn with_request_id(self, id: impl Into<String>) -> Self {
        let id = id.into();
        self.change(|inner| inner.request_id = Some(id))
    }

    /// Puts a few words before the message that say what was being done.
    #[must_use]
    pub fn with_context(self, context: &'static str) -> Self {
        self.change(|inner| {
            inner.message = match &*inner.message {
                "" => context.into(),
                message => format!("{context}: {message}").into(),
            };
        })
    }

    /// Adds fields (or configuration keys) that are wrong.
    #[must_use]
    pub fn with_fields(self, fields: impl IntoIterator<Item = FieldError>) -> Self {
        self.change(|inner| inner.fields.extend(fields))
    }

    /// Adds the cause. Its `Display` must hold no personal data and no secret.
    #[must_use]
    pub fn with_source(self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.change(|inner| inner.source = Some(Arc::new(source)))
    }

    /// How long to be patient, where the vendor asked for patience.
    fn wait(&self) -> Option<Duration> {
        match self.0.advice {
            RetryAdvice::After(wait) if self.0.kind == ErrorKind::RateLimited => Some(wait),
            _ => None,
        }
    }

    fn change(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether the request can have reached the vendor.
    #[must_use]
    pub fn sent(&self) -> Sent {
        self.0.sent
    }

    /// What to do next.
    #[must_use]
    pub fn retry_advice(&self) -> RetryAdvice {
        self.0.advice
    }

    /// The sentence without the surrounding facts.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The provider that failed.
    #[must_use]
    pub fn provider(&self) -> Option<&ProviderInfo> {
        self.0.provider.as_ref()
    }

    /// The operation that failed.
    #[must_use]
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation
    }

    /// The HTTP status, where the vendor answered.
    #[must_use]
    pub fn http_status(&self) -> Option<u16> {
        self.0.http_status
    }

    /// The vendor's own error code, where it sent one.
    #[must_use]
    pub fn vendor_code(&self) -> Option<&str> {
        self.0.vendor_code.as_deref()
    }

    /// The id under which the vendor's support finds the call, where it sent one.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The fields (or configuration keys) that are wrong, all of them.
    #[must_use]
    pub fn fields(&self) -> &[FieldError] {
        &self.0.fields
    }

    /// Whether the customer may have been invited, or may yet be, in spite of this error.
    pub(crate) fn may_have_invited(&self) -> bool {
        self.0.kind == ErrorKind::OutcomeUnknown
            || self.0.sent == Sent::Maybe
            || self.0.advice == RetryAdvice::Reconcile
    }

    /// Whether every other request to the same [`provider`](Self::provider) would fail in the same way:
    /// the credentials, the rights or the configuration are at fault, not this one request. A worker
    /// stops here, unless it sends through several providers and only one of them is meant.
    #[must_use]
    pub fn concerns_all(&self) -> bool {
        match self.0.kind {
            ErrorKind::Unauthorized | ErrorKind::Forbidden => true,
            // A field of the request is at fault where one is named; other names are settings.
            ErrorKind::Config => !self.0.fields.iter().any(|field| {
                matches!(field.field().split(['.', '[']).next(), Some("customer" | "order" | "consent"))
            }),
            _ => false,
        }
    }

    /// The first cause in the chain that is a `T`: a vendor's own error type, for instance.
    #[must_use]
    pub fn downcast_ref<T: StdError + 'static>(&self) -> Option<&T> {
        let mut next = StdError::source(self);
        while let Some(cause) = next {
            if let Some(found) = cause.downcast_ref() {
                return Some(found);
            }
            next = cause.source();
        }
        None
    }
}

impl From<FieldError> for Error {
    fn from(field: FieldError) -> Self {
        Self::invalid(vec![field])
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        if let Some(provider) = &inner.provider {
            write!(f, "{provider}: ")?;
        }
        if let Some(operation) = inner.operation {
            write!(f, "{operation}: ")?;
        }
        write!(f, "{}", inner.kind)?;
        let facts: Vec<String> = [
            inner.http_status.map(|status| format!("HTTP {status}")),
            inner.vendor_code.as_ref().map(|code| format!("code {code}")),
            inner.request_id.as_ref().map(|id| format!("request id {id}")),
            self.wait().map(|wait| format!("again in {} s", wait.as_secs_f64().ceil())),
        ]
        .into_iter()
        .flatten()
        .collect();
        if !facts.is_empty() {
            write!(f, " ({})", facts.join(", "))?;
        }
        if !inner.message.is_empty() {
            write!(f, ": {}", inner.message)?;
        }
        for (index, field) in inner.fields.iter().enumerate() {
            write!(f, "{}{field}", if index == 0 { ": " } else { "; " })?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("sent", &inner.sent)
            .field("retry_advice", &inner.advice)
            .field("provider", &inner.provider)
            .field("operation", &inner.operation)
            .field("http_status", &inner.http_status)
            .field("vendor_code", &inner.vendor_code)
            .field("request_id", &inner.request_id)
            .field("message", &inner.message)
            .field("fields", &inner.fields)
            .field("source", &inner.source.as_ref().map(ToString::to_string))
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_tells_who_what_and_why_in_one_line() {
        let error = Error::new(ErrorKind::Forbidden, "the user needs the role Admin")
            .with_provider(&ProviderInfo::new("acme", "shop-de"))
            .with_operation("send_invite")
            .with_http_status(403)
            .with_vendor_code("1014")
            .with_request_id("abc")
            .with_fields([FieldError::new("a", "is wrong"), FieldError::new("b", "is missing")]);
        assert_eq!(
            error.to_string(),
            "acme/shop-de: send_invite: not allowed (HTTP 403, code 1014, request id abc): \
             the user needs the role Admin: a: is wrong; b: is missing"
        );
    }

    #[test]
    fn credentials_rights_and_settings_concern_all_requests_and_fields_of_one_do_not() {
        let of = |field: &str| Error::config(vec![FieldError::new(field, "is wrong")]);
        for error in [
            Error::new(ErrorKind::Unauthorized, ""),
            Error::new(ErrorKind::Forbidden, ""),
            Error::new(ErrorKind::Config, ""),
            of("channel"),
            of("ordering"),
        ] {
            assert!(error.concerns_all(), "{error}");
        }
        for error in [of("order.shop"), of("customer.locale"), Error::new(ErrorKind::Transient, "")] {
            assert!(!error.concerns_all(), "{error}");
        }
    }

    #[test]
    fn a_clone_can_be_changed_without_changing_the_first() {
        let first = Error::new(ErrorKind::Transient, "x");
        let second = first.clone().with_sent(Sent::Maybe);
        assert_eq!((first.sent(), second.sent()), (Sent::No, Sent::Maybe));
    }

    #[test]
    fn context_stands_before_the_message() {
        let error = Error::new(ErrorKind::Transient, "x").with_context("token");
        assert_eq!(error.message(), "token: x");
        assert_eq!(Error::new(ErrorKind::Transient, "").with_context("token").message(), "token");
    }

    #[test]
    fn vendor_detail_is_found_by_downcast_through_the_chain() {
        let inner = Error::new(ErrorKind::Unexpected, "x").with_source(FieldError::new("f", "p"));
        let outer = Error::new(ErrorKind::Transient, "y").with_source(inner);
        assert_eq!(outer.downcast_ref::<FieldError>().map(FieldError::field), Some("f"));
        assert!(outer.downcast_ref::<fmt::Error>().is_none());
    }
}
