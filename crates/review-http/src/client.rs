//! Makes calls: token, attempt, judgement, repeat.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use review_core::{Error, ErrorKind, ProviderInfo, RetryAdvice, Sent};
use tokio::time::Instant;
use tracing::Instrument;

use crate::budget::Budget;
use crate::call::{advice_for, kind_of, left};
use crate::pace::Pace;
use crate::policy::Next;
use crate::token::Held;
use crate::watch::Watch;
use crate::{
    Answer, BodyEnd, Call, Classifier, ClientOptions, Departure, DynTransport, Effect, HttpResponse,
    Observer, Outcome, Reading, Refusal, RetryPolicy, TokenCache, TransportError, observe, redact,
};

/// Makes calls for one instance of one vendor. Cheap to clone; clones share everything: connections,
/// tokens, limits, the pause a vendor asked for, and the budget of repeats.
///
/// ```
/// use http::{Method, StatusCode};
/// use review_core::{Error, ErrorKind, ProviderInfo};
/// use review_http::{
///     BaseUrl, Call, Client, ClientOptions, DynTransport, Reading, Refusal, default_transport,
/// };
///
/// /// What the status alone does not tell.
/// fn classify(refusal: &Refusal<'_>) -> Reading {
///     let mut reading = Reading::default();
///     if refusal.status == StatusCode::CONFLICT {
///         reading.kind = Some(ErrorKind::Duplicate);
///     }
///     reading
/// }
///
/// async fn invite(transport: DynTransport, order: &str) -> Result<(), Error> {
///     let options = ClientOptions::default();
///     let client = Client::new(ProviderInfo::new("acme", "shop-de"), transport, &options, classify);
///     let url = BaseUrl::new("https://api.acme.example")?.join(&["invitations"])?;
///     let call = Call::at_most_once("send_invite", Method::POST, url).json(&order)?;
///     client.call(call).await?;
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
    pace: Arc<Pace>,
    budget: Arc<Budget>,
    observer: Option<Arc<dyn Observer>>,
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
            pace: Arc::new(Pace::new(options.limits.clone().unwrap_or_default())),
            budget: Arc::new(Budget::new(options.retry.budget)),
            observer: options.observer.clone(),
        }
    }

    /// The same client, with a bearer token on every call.
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
    /// fn with_tokens(client: Client) -> Client {
    ///     let tokens = TokenCache::new(client.provider().clone(), AcmeTokens);
    ///     client.with_tokens(Arc::new(tokens))
    /// }
    /// ```
    #[must_use]
    pub fn with_tokens(mut self, tokens: Arc<TokenCache>) -> Self {
        self.tokens = Some(tokens);
        self
    }

    /// The provider this client works for.
    #[must_use]
    pub fn provider(&self) -> &ProviderInfo {
        &self.provider
    }

    /// Makes a call, and makes it again where that is safe.
    ///
    /// # Errors
    /// Every error names the provider and the operation and answers the three questions of
    /// [`Error`] by what is known, not by what is likely.
    pub async fn call(&self, call: Call) -> Result<Answer, Error> {
        let span = tracing::info_span!(
            "review_call",
            vendor = self.provider.vendor(),
            instance = self.provider.instance(),
            operation = call.operation,
        );
        let began = Instant::now();
        let mut watch = Watch::new(&self.provider, self.observer.as_deref(), &call);
        let result = async {
            let result = self.attempts(&call, &mut watch).await;
            let uncertain = watch.end();
            let result = result.map_err(|error| {
                let error = error.with_provider(&self.provider).with_operation(call.operation);
                // Whatever the last attempt came to, one before it may have been accepted.
                if uncertain && call.effect != Effect::Repeatable { unknown(error) } else { error }
            });
            let kind = result.as_ref().map(|_| ()).map_err(Error::kind);
            observe::call(&self.provider, call.operation, kind, began.elapsed());
            result
        };
        result.instrument(span).await
    }

    /// Makes a call and reads its answer. For a call that sends, use [`call`](Self::call): it is accepted
    /// whatever its answer holds.
    ///
    /// # Errors
    /// Those of [`call`](Self::call) and of [`Answer::json`]. A call that must not be made twice and whose
    /// answer cannot be read is [`ErrorKind::OutcomeUnknown`]: it was no refusal.
    pub async fn json<T: serde::de::DeserializeOwned>(&self, call: Call) -> Result<T, Error> {
        let (operation, effect) = (call.operation, call.effect);
        let answer = self.call(call).await?;
        answer.json().map_err(|error| {
            let error = error.with_provider(&self.provider).with_operation(operation);
            if effect == Effect::Repeatable { error } else { unknown(error) }
        })
    }

    async fn attempts(&self, call: &Call, watch: &mut Watch<'_>) -> Result<Answer, Error> {
        let deadline = Instant::now() + self.policy.deadline();
        let least_time = self.policy.least_time(call.effect);
        let mut attempt = 1;
        let mut renewed = false;
        loop {
            let token = self.token(deadline).await?;
            self.turn(deadline, least_time).await?;
            let request = call.request(token.as_deref().map(Held::access))?;
            let (result, reading, outcome) =
                self.attempt(call, request, attempt, left(deadline), watch).await;
            let no_newer_token = renewed || token.as_ref().is_none_or(|token| token.is_doubted());
            if let (Outcome::Unauthorized, Some(token)) = (outcome, &token) {
                if renewed {
                    token.doubt();
                } else if !no_newer_token {
                    token.refuse();
                }
            }
            match outcome {
                Outcome::Accepted => self.budget.give_back(attempt > 1),
                Outcome::Throttled(wait) => {
                    let wait = wait.unwrap_or(Error::USUAL_WAIT);
                    self.pace.pause(wait);
                    observe::throttled(&self.provider, call.operation, wait);
                }
                _ => {}
            }
            match self.policy.next(outcome, call.effect, attempt, no_newer_token, left(deadline)) {
                Next::RenewToken => renewed = true,
                Next::Wait(wait) if self.budget.spend() => {
                    tokio::time::sleep(wait).await;
                    attempt += 1;
                }
                Next::Wait(_) | Next::GiveUp => {
                    return match result {
                        Ok(response) if outcome == Outcome::Accepted => Ok(Answer::new(response)),
                        result => Err(self.failure(call, outcome, reading, result, token.as_deref())),
                    };
                }
            }
        }
    }

    /// Waits for this call's turn, as long as enough time is left after it.
    async fn turn(&self, deadline: Instant, least_time: Duration) -> Result<(), Error> {
        let late = || Error::new(ErrorKind::Transient, "no time was left to send it; nothing was sent");
        if left(deadline) <= least_time {
            return Err(late());
        }
        self.pace.turn(deadline - least_time).await.map_err(|wait| {
            let message =
                "the instance keeps the vendor's limits, or the pause it asked for; nothing was sent";
            Error::new(ErrorKind::RateLimited, message)
                .with_sent(Sent::No)
                .with_retry_advice(RetryAdvice::After(wait))
        })?;
        if left(deadline) <= least_time { Err(late()) } else { Ok(()) }
    }

    async fn attempt(
        &self,
        call: &Call,
        mut request: http::Request<Bytes>,
        attempt: u32,
        left: Duration,
        watch: &mut Watch<'_>,
    ) -> (Result<HttpResponse, TransportError>, Reading, Outcome) {
        let span = tracing::debug_span!("review_attempt", attempt);
        let began = Instant::now();
        let timeout = self.policy.attempt_timeout.min(left);
        let departure = Departure::default();
        request.extensions_mut().insert(departure.clone());
        watch.departs(departure);
        let result = self.transport.send(request, timeout).instrument(span.clone()).await;
        let judged = Outcome::of(&result);
        let reading = self.read(call, judged, &result);
        let cut_off = result.as_ref().is_ok_and(|response| response.body_end == BodyEnd::CutOff);
        let outcome = match reading.outcome {
            Some(known_better) => known_better,
            // What was asked for is in the body that broke off; asking again does no harm.
            None if judged == Outcome::Accepted && cut_off && call.effect == Effect::Repeatable => {
                Outcome::Unknown
            }
            None => judged,
        };
        watch.came_to(outcome);
        let status = result.as_ref().ok().map(|response| response.status.as_u16());
        span.in_scope(|| observe::attempt(&self.provider, call.operation, status, outcome, began.elapsed()));
        (result, reading, outcome)
    }

    /// A token, or an error that says that the call itself was not sent.
    async fn token(&self, deadline: Instant) -> Result<Option<Arc<Held>>, Error> {
        let Some(tokens) = &self.tokens else {
            return Ok(None);
        };
        match tokio::time::timeout_at(deadline, tokens.token()).await {
            Ok(Ok(held)) => Ok(Some(held)),
            Ok(Err(error)) => Err(before_sending(error, "no access token could be had")),
            Err(_) => Err(Error::new(ErrorKind::Transient, "no access token could be had in time")),
        }
    }

    fn read(&self, call: &Call, outcome: Outcome, result: &Result<HttpResponse, TransportError>) -> Reading {
        match result {
            Ok(response) if outcome != Outcome::Accepted => {
                (self.classifier)(&Refusal::new(call.operation, outcome, response))
            }
            _ => Reading::default(),
        }
    }

    fn failure(
        &self,
        call: &Call,
        outcome: Outcome,
        reading: Reading,
        result: Result<HttpResponse, TransportError>,
        token: Option<&Held>,
    ) -> Error {
        let mut hidden = call.hidden.clone();
        hidden.extend(token.map(|token| token.access().expose().to_owned()));
        let sentence = reading.sentence.map(|text| redact::sentence(&text, &hidden)).unwrap_or_default();
        let status = result.as_ref().ok().map(|response| response.status);
        let advice = reading.advice.or(status.map(advice_for)).unwrap_or_default();
        let message = match (sentence.is_empty(), advice.is_empty()) {
            (false, false) => format!("the vendor says: {sentence}; {advice}"),
            (false, true) => format!("the vendor says: {sentence}"),
            (true, _) => advice.to_owned(),
        };
        let mut error = match outcome {
            Outcome::NotSent => Error::new(ErrorKind::Transient, "nothing was sent"),
            Outcome::Unknown if call.effect != Effect::Repeatable => {
                let message = if message.is_empty() {
                    "no word on whether it was accepted".to_owned()
                } else {
                    message
                };
                Error::new(ErrorKind::OutcomeUnknown, message)
            }
            Outcome::Unknown => Error::new(ErrorKind::Transient, message).with_sent(Sent::Maybe),
            Outcome::Throttled(wait) => Error::new(ErrorKind::RateLimited, message)
                .with_retry_advice(RetryAdvice::After(wait.unwrap_or(Error::USUAL_WAIT))),
            Outcome::Rejected if status.is_none() => {
                Error::new(ErrorKind::Config, "the request could not be built; check base URLs and keys")
            }
            Outcome::Accepted | Outcome::Rejected | Outcome::Unauthorized => {
                let usual = status.map_or(ErrorKind::Unexpected, kind_of);
                // Whatever the kind would advise: it is as final as its outcome.
                Error::new(reading.kind.unwrap_or(usual), message)
                    .with_sent(Sent::Answered)
                    .with_retry_advice(RetryAdvice::Never)
            }
        };
        if let Some(status) = status {
            error = error.with_http_status(status.as_u16());
        }
        if let Some(code) = reading.code {
            error = error.with_vendor_code(redact::code(&code, &hidden));
        }
        if let Some(id) = reading.request_id {
            error = error.with_request_id(redact::code(&id, &hidden));
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
pub fn before_sending(error: Error, context: &'static str) -> Error {
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
