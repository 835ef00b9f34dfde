//! The HTTP client: token, rate limit, hooks, attempt, classification, retry.

use std::fmt;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use review_core::provider::ProviderInfo;
use review_core::{Error, ErrorKind, ErrorScope, RetryAdvice, SendState};
use tokio::time::Instant;
use tracing::Instrument;

use crate::auth::{CachedToken, TokenCache, TokenPlace};
use crate::classify::{Classification, Classifier};
use crate::failure::{Failure, unknown};
use crate::in_flight_guard::InFlightGuard;
use crate::intercepted::InterceptedOrders;
use crate::options::ClientOptions;
use crate::rate_limit::{RateLimiter, Reservation};
use crate::redact::Redactor;
use crate::request::ApiRequest;
use crate::response::ApiResponse;
use crate::retry::{
    AttemptOutcome, Idempotency, RetryBudget, RetryDecision, RetryPolicy, remaining, retry_after,
};
use crate::telemetry::{self, RequestObserver};
use crate::transport::{BodyStatus, DynTransport, TransportError};
use crate::verdict::Verdict;

/// Sends requests for one instance of one vendor. Cheap to clone; clones share connections, tokens, limits,
/// pauses and the retry budget.
///
/// ```
/// use http::{Method, StatusCode};
/// use review_core::Error;
/// use review_core::provider::ProviderInfo;
/// use review_http::{
///     ApiRequest, ApiResponse, BaseUrl, Classification, Client, ClientOptions, DynTransport, Verdict,
///     default_transport,
/// };
///
/// fn classify(response: &ApiResponse) -> Classification {
///     match response.status {
///         StatusCode::CONFLICT => Verdict::AlreadyInvited.into(),
///         _ => Classification::by_status(response).with_message(response.text_at(&["/message"])),
///     }
/// }
///
/// async fn invite(transport: DynTransport, order: &str) -> Result<(), Error> {
///     let options = ClientOptions::default();
///     let client = Client::new(ProviderInfo::new("acme", "shop-de"), transport, &options, classify);
///     let url = BaseUrl::new("https://api.acme.example")?.join(&["invitations"])?;
///     let request = ApiRequest::at_most_once("send_invite", Method::POST, url).json(&order)?;
///     client.send(request).await?;
///     Ok(())
/// }
/// # let _ = invite;
/// # #[cfg(feature = "rustls")]
/// # default_transport(review_http::TransportOptions::default())?;
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone)]
pub struct Client {
    provider: ProviderInfo,
    transport: DynTransport,
    policy: RetryPolicy,
    classifier: Arc<dyn Classifier>,
    vocabulary: &'static [&'static str],
    /// Prepared for the secrets of the instance when the first request fails.
    secrets: PreparedSecrets,
    tokens: Option<(Arc<TokenCache>, TokenPlace)>,
    limiter: Arc<RateLimiter>,
    budget: Arc<RetryBudget>,
    intercepted: Arc<InterceptedOrders>,
    observer: Option<Arc<dyn RequestObserver>>,
}

/// Shows no secrets of the instance.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("provider", &self.provider)
            .field("policy", &self.policy)
            .field("tokens", &self.tokens)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Creates a client that sends requests without a token.
    #[must_use]
    pub fn new(
        provider: ProviderInfo,
        transport: DynTransport,
        options: &ClientOptions,
        classifier: impl Classifier,
    ) -> Self {
        Self {
            provider,
            transport,
            policy: options.retry,
            classifier: Arc::new(classifier),
            vocabulary: &[],
            secrets: prepare(Vec::new()),
            tokens: None,
            limiter: Arc::new(RateLimiter::new(&options.rate_limits.clone().unwrap_or_default())),
            budget: Arc::new(RetryBudget::new(options.retry.retry_budget)),
            intercepted: Arc::default(),
            observer: options.observer.clone(),
        }
    }

    /// Sends a token with every request.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use review_core::Error;
    /// use review_http::{Client, Token, TokenCache, TokenPlace, TokenSource};
    ///
    /// #[derive(Debug)]
    /// struct AcmeTokens;
    ///
    /// #[async_trait::async_trait]
    /// impl TokenSource for AcmeTokens {
    ///     async fn fetch(&self, _last: Option<&Token>) -> Result<Token, Error> {
    ///         Token::new("from-the-token-endpoint".into(), None)
    ///     }
    /// }
    ///
    /// fn with_tokens(client: Client) -> Client {
    ///     let tokens = TokenCache::new(client.info().clone(), AcmeTokens);
    ///     client.with_token_cache(Arc::new(tokens), TokenPlace::Bearer)
    /// }
    /// ```
    #[must_use]
    pub fn with_token_cache(mut self, tokens: Arc<TokenCache>, place: TokenPlace) -> Self {
        self.tokens = Some((tokens, place));
        self
    }

    /// Sets words of the vendor (members, types) that an error can show even if the rest of a message quotes
    /// the customer.
    #[must_use]
    pub fn with_vocabulary(mut self, vocabulary: &'static [&'static str]) -> Self {
        self.vocabulary = vocabulary;
        self
    }

    /// Sets the secrets of the instance, which no error may contain. Tokens and secret headers need not be
    /// named.
    #[must_use]
    pub fn with_secrets(mut self, secrets: impl IntoIterator<Item = String>) -> Self {
        self.secrets = prepare(secrets.into_iter().collect());
        self
    }

    /// Returns the provider this client works for.
    #[must_use]
    pub fn info(&self) -> &ProviderInfo {
        &self.provider
    }

    /// Sends a request, and retries it if that is safe.
    ///
    /// The hooks of the request run after the last wait of every attempt.
    ///
    /// # Errors
    /// Every error names provider and operation. [`RawResponse::of`](crate::RawResponse::of) returns the
    /// response it describes.
    pub async fn send(&self, request: ApiRequest) -> Result<ApiResponse, Error> {
        let span = tracing::info_span!(
            "review_request",
            vendor = self.provider.vendor(),
            instance = self.provider.instance(),
            operation = request.operation,
        );
        let began = Instant::now();
        let mut guard = InFlightGuard::new(&self.provider, self.observer.as_deref(), &request);
        let result = async {
            let result = self.attempts(&request, &mut guard).await;
            let is_uncertain = guard.finish();
            let result = result.map_err(|error| {
                let error = error.with_provider(&self.provider).with_operation(request.operation);
                // Whatever the last attempt resulted in, one before it may have been accepted.
                let may_be_sent = is_uncertain && request.idempotency != Idempotency::Idempotent;
                if may_be_sent { unknown(error) } else { error }
            });
            let kind = result.as_ref().map(|_| ()).map_err(Error::kind);
            telemetry::request(&self.provider, request.operation, kind, began.elapsed());
            result
        };
        result.instrument(span).await
    }

    /// Sends a request and parses its response. To send an invitation, use [`send`](Self::send): it is
    /// accepted whatever its response contains.
    ///
    /// # Errors
    /// Those of [`send`](Self::send) and of [`ApiResponse::json`]. If the response to a request that is not
    /// idempotent cannot be parsed, the error is [`ErrorKind::OutcomeUnknown`].
    pub async fn send_json<T: serde::de::DeserializeOwned>(&self, request: ApiRequest) -> Result<T, Error> {
        let (operation, idempotency) = (request.operation, request.idempotency);
        self.send(request).await?.json().map_err(|error| {
            let error = error.with_provider(&self.provider).with_operation(operation);
            if idempotency == Idempotency::Idempotent { error } else { unknown(error) }
        })
    }

    async fn attempts(
        &self,
        request: &ApiRequest,
        guard: &mut InFlightGuard<'_>,
    ) -> Result<ApiResponse, Error> {
        let deadline = Instant::now() + self.policy.total_timeout();
        let mut attempt = 1;
        let mut is_refreshed = false;
        loop {
            let token = self.ready_to_send(request, deadline).await?;
            let place = self.tokens.as_ref().map(|(_, place)| *place).unwrap_or_default();
            let http_request = request.to_http(token.as_deref().map(|token| (token, place)))?;
            let result = self.attempt(request, http_request, attempt, remaining(deadline), guard).await;
            let outcome = self.learn(request, &result, token.as_deref(), attempt);

            let is_last_token = is_refreshed || token.as_ref().is_none_or(|token| token.in_cooldown());
            if let (AttemptOutcome::Unauthorized, Some(token)) = (outcome, &token) {
                if is_refreshed {
                    token.mark_rejected_when_fresh();
                } else if !is_last_token {
                    token.mark_rejected();
                }
            }
            let time = remaining(deadline);
            match self.policy.decide(outcome, request.idempotency, attempt, is_last_token, time) {
                RetryDecision::RefreshToken => is_refreshed = true,
                RetryDecision::RetryAfter(wait) if self.budget.withdraw() => {
                    tokio::time::sleep(wait).await;
                    attempt += 1;
                }
                RetryDecision::RetryAfter(_) | RetryDecision::Stop => {
                    return self.conclude(request, result, outcome, token.as_deref());
                }
            }
        }
    }

    /// Waits for everything a request needs, in this order: token, rate limit, hooks. Then it checks without
    /// waiting that the token is still valid and sending is still allowed. If not, it returns the slot of the
    /// rate limiter and starts over: nothing that can expire is used after a wait without a check.
    async fn ready_to_send(
        &self,
        request: &ApiRequest,
        deadline: Instant,
    ) -> Result<Option<Arc<CachedToken>>, Error> {
        let min_time = self.policy.min_remaining_time(request.idempotency);
        let too_late = || Error::new(ErrorKind::Transient, "deadline exceeded before the request was sent");
        let is_valid = |token: &Option<Arc<CachedToken>>| token.as_ref().is_none_or(|token| token.is_valid());
        loop {
            let mut token = self.token(request, deadline).await?;
            let slot = self.reserve_slot(deadline, min_time, too_late).await?;
            // The wait for the slot may outlast the token. The slot is kept: behind all the others that wait,
            // the next token would expire as well.
            if !is_valid(&token) {
                token = self.token(request, deadline).await?;
            }
            let hooks = request.hooks.before_send();
            tokio::time::timeout_at(deadline - min_time, hooks).await.map_err(|_| too_late())??;
            if remaining(deadline) <= min_time {
                return Err(too_late());
            }
            request.hooks.check()?;
            if is_valid(&token) && slot.commit() {
                return Ok(token);
            }
        }
    }

    async fn reserve_slot(
        &self,
        deadline: Instant,
        min_time: Duration,
        too_late: impl Fn() -> Error,
    ) -> Result<Reservation<'_>, Error> {
        if remaining(deadline) <= min_time {
            return Err(too_late());
        }
        self.limiter.reserve(deadline - min_time).await.map_err(|wait| {
            let message = "rate limit reached, or the vendor requested a pause; the request was not sent";
            Error::new(ErrorKind::RateLimited, message)
                .with_send_state(SendState::NotSent)
                .with_retry_advice(RetryAdvice::After(wait))
        })
    }

    /// Returns a token, or an error that states that the request was not sent.
    async fn token(
        &self,
        request: &ApiRequest,
        deadline: Instant,
    ) -> Result<Option<Arc<CachedToken>>, Error> {
        let Some((tokens, _)) = self.tokens.as_ref().filter(|_| request.uses_token) else {
            return Ok(None);
        };
        const CONTEXT: &str = "failed to obtain an access token";
        match tokio::time::timeout_at(deadline, tokens.token()).await {
            Ok(Ok(token)) => Ok(Some(token)),
            Ok(Err(error)) => Err(into_pre_send_error(error, CONTEXT, ErrorScope::Account)),
            Err(_) => Err(Error::new(ErrorKind::Transient, "deadline exceeded").with_context(CONTEXT)),
        }
    }

    async fn attempt(
        &self,
        request: &ApiRequest,
        mut http_request: http::Request<bytes::Bytes>,
        attempt: u32,
        time: Duration,
        guard: &mut InFlightGuard<'_>,
    ) -> AttemptResult {
        let span = tracing::debug_span!("review_attempt", attempt);
        let began = Instant::now();
        let timeout = self.policy.attempt_timeout.min(time);
        http_request.extensions_mut().insert(guard.sending());
        let result = self.transport.send(http_request, timeout).instrument(span.clone()).await;
        let result = result.map(|response| ApiResponse::new(request.operation, response));
        let classification =
            result.as_ref().map(|response| self.classifier.classify(response)).unwrap_or_default();
        let mut outcome = match &result {
            Ok(response) => AttemptOutcome::from_response(response, &classification.verdict),
            Err(error) => AttemptOutcome::from_error(error),
        };
        let is_truncated =
            result.as_ref().is_ok_and(|response| response.body_status == BodyStatus::Truncated);
        // The requested data is in the truncated body.
        if outcome == AttemptOutcome::Accepted
            && is_truncated
            && request.idempotency == Idempotency::Idempotent
        {
            outcome = AttemptOutcome::Unknown;
        }
        guard.completed(outcome);
        let status = result.as_ref().ok().map(|response| response.status.as_u16());
        let operation = request.operation;
        span.in_scope(|| telemetry::attempt(&self.provider, operation, status, outcome, began.elapsed()));
        AttemptResult { result, classification, outcome }
    }

    /// Updates what all callers share. Returns the outcome, which is another one for an empty 403.
    fn learn(
        &self,
        request: &ApiRequest,
        attempt: &AttemptResult,
        token: Option<&CachedToken>,
        number: u32,
    ) -> AttemptOutcome {
        let AttemptResult { result, classification, outcome } = attempt;
        if *outcome == AttemptOutcome::Accepted {
            self.budget.deposit(number > 1);
        }
        let Ok(response) = result else { return *outcome };
        // Tokens and lookups may pass where orders are intercepted.
        if request.order_reference.is_some() && classification.verdict != Verdict::NotFromVendor {
            self.intercepted.clear();
        }
        let wait = match outcome {
            AttemptOutcome::Accepted => None,
            AttemptOutcome::Throttled(wait) => Some(wait.unwrap_or(Error::DEFAULT_RETRY_AFTER)),
            _ => retry_after(&response.headers),
        };
        if let Some(wait) = wait {
            self.limiter.pause_for(wait);
            telemetry::throttled(&self.provider, request.operation, wait);
        }
        // It may be an expired token or a firewall. An invitation is not sent again to find out.
        let is_empty_403 = *outcome == AttemptOutcome::Intercepted
            && response.status == http::StatusCode::FORBIDDEN
            && response.is_empty();
        match token.filter(|_| is_empty_403) {
            Some(_) if request.idempotency == Idempotency::Idempotent => AttemptOutcome::Unauthorized,
            Some(token) => {
                token.mark_rejected();
                *outcome
            }
            None => *outcome,
        }
    }

    fn conclude(
        &self,
        request: &ApiRequest,
        attempt: AttemptResult,
        outcome: AttemptOutcome,
        token: Option<&CachedToken>,
    ) -> Result<ApiResponse, Error> {
        let AttemptResult { result, classification, .. } = attempt;
        match result {
            Ok(response) if outcome == AttemptOutcome::Accepted => {
                Ok(response.with_verdict(classification.verdict, classification.request_id))
            }
            result => {
                let is_account_wide = outcome == AttemptOutcome::Intercepted
                    && request.idempotency != Idempotency::Idempotent
                    && request.order_reference.as_deref().is_some_and(|order| self.intercepted.add(order));
                let token = token.map(|token| token.access().expose().to_owned());
                let failure = Failure {
                    idempotency: request.idempotency,
                    outcome,
                    classification,
                    is_account_wide,
                    vocabulary: self.vocabulary,
                };
                let redactor = || {
                    let mut redactor = Redactor::clone(&self.secrets);
                    redactor.add(request.hidden_values().chain(token));
                    redactor
                };
                Err(failure.into_error(result, redactor))
            }
        }
    }
}

type PreparedSecrets = Arc<LazyLock<Redactor, Box<dyn FnOnce() -> Redactor + Send>>>;

fn prepare(secrets: Vec<String>) -> PreparedSecrets {
    Arc::new(LazyLock::new(Box::new(|| Redactor::new(secrets))))
}

struct AttemptResult {
    result: Result<ApiResponse, TransportError>,
    classification: Classification,
    outcome: AttemptOutcome,
}

/// Converts the error of a step that must succeed before a request can be sent, for example a token or a
/// lookup: the request was not sent. An invalid step concerns `scope`: the account if it is built from
/// settings, the request if it is built from the request's values.
#[must_use]
pub fn into_pre_send_error(error: Error, context: &'static str, scope: ErrorScope) -> Error {
    let error = match error.kind() {
        ErrorKind::InvalidRequest | ErrorKind::Unexpected if scope == ErrorScope::Account => {
            error.with_kind(ErrorKind::InvalidConfig).with_scope(scope)
        }
        // Unknown is the outcome of that step. For the request there is nothing to reconcile.
        ErrorKind::OutcomeUnknown => error
            .with_kind(ErrorKind::Transient)
            .with_retry_advice(RetryAdvice::After(Error::DEFAULT_RETRY_AFTER)),
        _ => error,
    };
    error.with_context(context).with_send_state(SendState::NotSent)
}
