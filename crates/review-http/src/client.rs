//! Makes calls: token, attempt, judgement, repeat.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use review_core::{Error, ErrorKind, ProviderInfo, RetryAdvice, Sent};
use tokio::time::Instant;
use tracing::Instrument;

use crate::auth::{CachedToken, TokenCache};
use crate::classify::{Classification, Classifier, help_for, kind_of};
use crate::in_flight_guard::InFlightGuard;
use crate::options::ClientOptions;
use crate::rate_limit::RateLimiter;
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ErrorResponse};
use crate::retry::{AttemptOutcome, Idempotency, RetryBudget, RetryDecision, RetryPolicy, remaining};
use crate::telemetry::RequestObserver;
use crate::transport::{BodyStatus, DynTransport, HttpResponse, SendTracker, TransportError};
use crate::{redact, telemetry};

/// Makes calls for one instance of one vendor. Cheap to clone; clones share everything: connections,
/// tokens, limits, the pause a vendor asked for, and the budget of repeats.
///
/// ```
/// use http::{Method, StatusCode};
/// use review_core::{Error, ErrorKind, ProviderInfo};
/// use review_http::{
///     BaseUrl, ApiRequest, Client, ClientOptions, DynTransport, Classification, ErrorResponse, default_transport,
/// };
///
/// /// What the status alone does not tell.
/// fn classify(refusal: &ErrorResponse<'_>) -> Classification {
///     let mut classification = Classification::default();
///     if refusal.status == StatusCode::CONFLICT {
///         classification.kind = Some(ErrorKind::Duplicate);
///     }
///     classification
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
#[derive(Clone, Debug)]
pub struct Client {
    provider: ProviderInfo,
    transport: DynTransport,
    policy: RetryPolicy,
    classifier: Classifier,
    tokens: Option<Arc<TokenCache>>,
    limiter: Arc<RateLimiter>,
    budget: Arc<RetryBudget>,
    observer: Option<Arc<dyn RequestObserver>>,
}

impl Client {
    /// A client that makes calls without a token.
    #[must_use]
    pub fn new(
        provider: ProviderInfo,
        transport: DynTransport,
        options: &ClientOptions,
        classifier: Classifier,
    ) -> Self {
        Self {
            provider,
            transport,
            policy: options.retry,
            classifier,
            tokens: None,
            limiter: Arc::new(RateLimiter::new(options.rate_limits.clone().unwrap_or_default())),
            budget: Arc::new(RetryBudget::new(options.retry.retry_budget)),
            observer: options.observer.clone(),
        }
    }

    /// The same client, with a bearer token on every request.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use review_core::Error;
    /// use review_http::{Client, Token, TokenCache, TokenSource};
    ///
    /// #[derive(Debug)]
    /// struct AcmeTokens;
    ///
    /// #[async_trait::async_trait]
    /// impl TokenSource for AcmeTokens {
    ///     async fn fetch(&self, _last: Option<&Token>) -> Result<Token, Error> {
    ///         Token::new("what-the-token-end-point-gave".into(), None)
    ///     }
    /// }
    ///
    /// fn with_token_cache(client: Client) -> Client {
    ///     let tokens = TokenCache::new(client.info().clone(), AcmeTokens);
    ///     client.with_token_cache(Arc::new(tokens))
    /// }
    /// ```
    #[must_use]
    pub fn with_token_cache(mut self, tokens: Arc<TokenCache>) -> Self {
        self.tokens = Some(tokens);
        self
    }

    /// The provider this client works for.
    #[must_use]
    pub fn info(&self) -> &ProviderInfo {
        &self.provider
    }

    /// Makes a request, and makes it again where that is safe.
    ///
    /// # Errors
    /// Every error names the provider and the operation and answers the three questions of
    /// [`Error`] by what is known, not by what is likely.
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
            let uncertain = guard.finish();
            let result = result.map_err(|error| {
                let error = error.with_provider(&self.provider).with_operation(request.operation);
                // Whatever the last attempt came to, one before it may have been accepted.
                if uncertain && request.idempotency != Idempotency::Idempotent {
                    unknown(error)
                } else {
                    error
                }
            });
            let kind = result.as_ref().map(|_| ()).map_err(Error::kind);
            telemetry::request(&self.provider, request.operation, kind, began.elapsed());
            result
        };
        result.instrument(span).await
    }

    /// Makes a call and reads its answer. For a call that sends, use [`call`](Self::call): it is accepted
    /// whatever its answer holds.
    ///
    /// # Errors
    /// Those of [`call`](Self::call) and of [`ApiResponse::json`]. A call that must not be made twice and whose
    /// answer cannot be read is [`ErrorKind::OutcomeUnknown`]: it was no refusal.
    pub async fn send_json<T: serde::de::DeserializeOwned>(&self, request: ApiRequest) -> Result<T, Error> {
        let (operation, effect) = (request.operation, request.idempotency);
        let answer = self.send(request).await?;
        answer.json().map_err(|error| {
            let error = error.with_provider(&self.provider).with_operation(operation);
            if effect == Idempotency::Idempotent { error } else { unknown(error) }
        })
    }

    async fn attempts(
        &self,
        request: &ApiRequest,
        guard: &mut InFlightGuard<'_>,
    ) -> Result<ApiResponse, Error> {
        let deadline = Instant::now() + self.policy.total_timeout();
        let min_remaining_time = self.policy.min_remaining_time(request.idempotency);
        let mut attempt = 1;
        let mut renewed = false;
        loop {
            let token = self.token(deadline).await?;
            self.acquire_rate_limit(deadline, min_remaining_time).await?;
            let http_request = request.to_http(token.as_deref().map(CachedToken::access))?;
            let (result, classification, outcome) =
                self.attempt(request, http_request, attempt, remaining(deadline), guard).await;
            let no_newer_token = renewed || token.as_ref().is_none_or(|token| token.in_cooldown());
            if let (AttemptOutcome::Unauthorized, Some(token)) = (outcome, &token) {
                if renewed {
                    token.mark_rejected_when_fresh();
                } else if !no_newer_token {
                    token.mark_rejected();
                }
            }
            match outcome {
                AttemptOutcome::Accepted => self.budget.deposit(attempt > 1),
                AttemptOutcome::Throttled(wait) => {
                    let wait = wait.unwrap_or(Error::USUAL_WAIT);
                    self.limiter.pause_for(wait);
                    telemetry::throttled(&self.provider, request.operation, wait);
                }
                _ => {}
            }
            match self.policy.decide(
                outcome,
                request.idempotency,
                attempt,
                no_newer_token,
                remaining(deadline),
            ) {
                RetryDecision::RefreshToken => renewed = true,
                RetryDecision::RetryAfter(wait) if self.budget.withdraw() => {
                    tokio::time::sleep(wait).await;
                    attempt += 1;
                }
                RetryDecision::RetryAfter(_) | RetryDecision::Stop => {
                    return match result {
                        Ok(response) if outcome == AttemptOutcome::Accepted => Ok(ApiResponse::new(response)),
                        result => {
                            Err(self.failure(request, outcome, classification, result, token.as_deref()))
                        }
                    };
                }
            }
        }
    }

    /// Waits for this call's turn, as long as enough time is left after it.
    async fn acquire_rate_limit(&self, deadline: Instant, min_remaining_time: Duration) -> Result<(), Error> {
        let late = || Error::new(ErrorKind::Transient, "no time was left to send it; nothing was sent");
        if remaining(deadline) <= min_remaining_time {
            return Err(late());
        }
        self.limiter.acquire(deadline - min_remaining_time).await.map_err(|wait| {
            let message =
                "the instance keeps the vendor's limits, or the pause it asked for; nothing was sent";
            Error::new(ErrorKind::RateLimited, message)
                .with_sent(Sent::No)
                .with_retry_advice(RetryAdvice::After(wait))
        })?;
        if remaining(deadline) <= min_remaining_time { Err(late()) } else { Ok(()) }
    }

    async fn attempt(
        &self,
        request: &ApiRequest,
        mut http_request: http::Request<Bytes>,
        attempt: u32,
        left: Duration,
        guard: &mut InFlightGuard<'_>,
    ) -> (Result<HttpResponse, TransportError>, Classification, AttemptOutcome) {
        let span = tracing::debug_span!("review_attempt", attempt);
        let began = Instant::now();
        let timeout = self.policy.attempt_timeout.min(left);
        let tracker = SendTracker::default();
        http_request.extensions_mut().insert(tracker.clone());
        guard.sending(tracker);
        let result = self.transport.send(http_request, timeout).instrument(span.clone()).await;
        let by_status = AttemptOutcome::from_result(&result);
        let classification = self.read(request, by_status, &result);
        let cut_off = result.as_ref().is_ok_and(|response| response.body_status == BodyStatus::Truncated);
        let outcome = match classification.outcome {
            Some(by_classifier) => by_classifier,
            // What was asked for is in the body that broke off; asking again does no harm.
            None if by_status == AttemptOutcome::Accepted
                && cut_off
                && request.idempotency == Idempotency::Idempotent =>
            {
                AttemptOutcome::Unknown
            }
            None => by_status,
        };
        guard.completed(outcome);
        let status = result.as_ref().ok().map(|response| response.status.as_u16());
        span.in_scope(|| {
            telemetry::attempt(&self.provider, request.operation, status, outcome, began.elapsed())
        });
        (result, classification, outcome)
    }

    /// A token, or an error that says that the call itself was not sent.
    async fn token(&self, deadline: Instant) -> Result<Option<Arc<CachedToken>>, Error> {
        let Some(tokens) = &self.tokens else {
            return Ok(None);
        };
        match tokio::time::timeout_at(deadline, tokens.token()).await {
            Ok(Ok(held)) => Ok(Some(held)),
            Ok(Err(error)) => Err(into_pre_send_error(error, "no access token could be had")),
            Err(_) => Err(Error::new(ErrorKind::Transient, "no access token could be had in time")),
        }
    }

    fn read(
        &self,
        request: &ApiRequest,
        outcome: AttemptOutcome,
        result: &Result<HttpResponse, TransportError>,
    ) -> Classification {
        match result {
            Ok(response) if outcome != AttemptOutcome::Accepted => {
                (self.classifier)(&ErrorResponse::new(request.operation, outcome, response))
            }
            _ => Classification::default(),
        }
    }

    fn failure(
        &self,
        request: &ApiRequest,
        outcome: AttemptOutcome,
        classification: Classification,
        result: Result<HttpResponse, TransportError>,
        token: Option<&CachedToken>,
    ) -> Error {
        let mut hidden = request.redacted.clone();
        hidden.extend(token.map(|token| token.access().expose().to_owned()));
        let sentence = classification.message.map(|text| redact::message(&text, &hidden)).unwrap_or_default();
        let status = result.as_ref().ok().map(|response| response.status);
        let advice = classification.help.or(status.map(help_for)).unwrap_or_default();
        let message = match (sentence.is_empty(), advice.is_empty()) {
            (false, false) => format!("the vendor says: {sentence}; {advice}"),
            (false, true) => format!("the vendor says: {sentence}"),
            (true, _) => advice.to_owned(),
        };
        let mut error = match outcome {
            AttemptOutcome::NotSent => Error::new(ErrorKind::Transient, "nothing was sent"),
            AttemptOutcome::Unknown if request.idempotency != Idempotency::Idempotent => {
                let message = if message.is_empty() {
                    "no word on whether it was accepted".to_owned()
                } else {
                    message
                };
                Error::new(ErrorKind::OutcomeUnknown, message)
            }
            AttemptOutcome::Unknown => Error::new(ErrorKind::Transient, message).with_sent(Sent::Maybe),
            AttemptOutcome::Throttled(wait) => Error::new(ErrorKind::RateLimited, message)
                .with_retry_advice(RetryAdvice::After(wait.unwrap_or(Error::USUAL_WAIT))),
            AttemptOutcome::Rejected if status.is_none() => {
                Error::new(ErrorKind::Config, "the request could not be built; check base URLs and keys")
            }
            AttemptOutcome::Accepted | AttemptOutcome::Rejected | AttemptOutcome::Unauthorized => {
                let usual = status.map_or(ErrorKind::Unexpected, kind_of);
                // Whatever the kind would advise: it is as final as its outcome.
                Error::new(classification.kind.unwrap_or(usual), message)
                    .with_sent(Sent::Answered)
                    .with_retry_advice(RetryAdvice::Never)
            }
        };
        if let Some(status) = status {
            error = error.with_http_status(status.as_u16());
        }
        if let Some(code) = classification.code {
            error = error.with_vendor_code(redact::identifier(&code, &hidden));
        }
        if let Some(id) = classification.request_id {
            error = error.with_request_id(redact::identifier(&id, &hidden));
        }
        match result {
            Err(cause) => error.with_source(cause),
            Ok(_) => error,
        }
    }
}

fn unknown(error: Error) -> Error {
    error
        .with_kind(ErrorKind::OutcomeUnknown)
        .with_sent(Sent::Maybe)
        .with_retry_advice(RetryAdvice::Reconcile)
}

/// An error of something that has to succeed before a call can be made, such as getting a token or
/// looking up an id, told as an error of that call: it was not sent, and it is not the request that is
/// wrong.
#[must_use]
pub fn into_pre_send_error(error: Error, context: &'static str) -> Error {
    let error = match error.kind() {
        ErrorKind::InvalidRequest => error.with_kind(ErrorKind::Config),
        // What is unknown is that call before; of this one there is nothing to reconcile.
        ErrorKind::OutcomeUnknown => {
            error.with_kind(ErrorKind::Transient).with_retry_advice(RetryAdvice::After(Error::USUAL_WAIT))
        }
        _ => error,
    };
    error.with_context(context).with_sent(Sent::No)
}
