//! Spoils what a transport does, by rules.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use review_core::Sent;
use review_http::{Departure, DynTransport, HttpResponse, HttpTransport, Problem, TransportError};

/// What becomes of a request.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum TransportFault {
    /// No connection comes about: nothing is forwarded, and the error says [`Sent::No`].
    Refuse,
    /// The request is forwarded, and its answer is thrown away: the error says [`Sent::Maybe`]. A
    /// request that could not be forwarded keeps its own error.
    LoseAnswer,
    /// This is the answer, and nothing is forwarded.
    Answer(HttpResponse),
    /// The request is forwarded after this time. If that is as long as the caller waits or longer,
    /// nothing is forwarded, and the error says [`Sent::No`].
    Delay(Duration),
}

/// Which requests meet a fault. A rule without `when` and `times` is about all of them.
pub struct FaultRule {
    fault: TransportFault,
    when: Option<Condition>,
    times: Times,
    seen: u64,
}

type Condition = Box<dyn Fn(&http::Request<Bytes>) -> bool + Send + Sync>;

enum Times {
    Always,
    Nth(u64),
    First(u64),
    Share(f64, fastrand::Rng),
}

impl FaultRule {
    /// A fault for every request.
    #[must_use]
    pub fn new(fault: TransportFault) -> Self {
        Self { fault, when: None, times: Times::Always, seen: 0 }
    }

    /// Only requests for which this holds are looked at and counted.
    #[must_use]
    pub fn when(mut self, condition: impl Fn(&http::Request<Bytes>) -> bool + Send + Sync + 'static) -> Self {
        self.when = Some(Box::new(condition));
        self
    }

    /// Only the `number`th of them meets the fault, counted from 1.
    #[must_use]
    pub fn nth(mut self, number: u64) -> Self {
        self.times = Times::Nth(number);
        self
    }

    /// Only the first `count` of them meet the fault.
    #[must_use]
    pub fn first(mut self, count: u64) -> Self {
        self.times = Times::First(count);
        self
    }

    /// A share of them (0.0 to 1.0) meets the fault: the same ones each time for the same seed and
    /// the same order of requests.
    #[must_use]
    pub fn share(mut self, share: f64, seed: u64) -> Self {
        self.times = Times::Share(share, fastrand::Rng::with_seed(seed));
        self
    }

    fn fires(&mut self, request: &http::Request<Bytes>) -> bool {
        if self.when.as_ref().is_some_and(|condition| !condition(request)) {
            return false;
        }
        self.seen += 1;
        match &mut self.times {
            Times::Always => true,
            Times::Nth(number) => self.seen == *number,
            Times::First(count) => self.seen <= *count,
            Times::Share(share, random) => random.f64() < *share,
        }
    }
}

impl fmt::Debug for FaultRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaultRule")
            .field("fault", &self.fault)
            .field("seen", &self.seen)
            .finish_non_exhaustive()
    }
}

/// How many requests came, and what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FaultCounts {
    /// All requests.
    pub requests: u64,
    /// Those that were refused, or that a delay ended.
    pub refused: u64,
    /// Those that were forwarded and whose answers were thrown away.
    pub lost: u64,
    /// Those that were answered without being forwarded.
    pub answered: u64,
    /// Those that were forwarded late.
    pub delayed: u64,
}

/// A transport that wraps another and spoils what it does. Clones share rules and counts: keep one,
/// give the other to the provider. Of several rules the first that fires decides.
///
/// ```
/// use std::sync::Arc;
///
/// use review_http::{Departure, DynTransport, HttpTransport};
/// use review_testkit::{FaultRule, FaultTransport, TransportFault};
///
/// fn spoiled(transport: DynTransport) -> (FaultTransport, DynTransport) {
///     let faults = FaultTransport::new(transport)
///         .with_rule(FaultRule::new(TransportFault::Refuse).first(1))
///         .with_rule(
///             FaultRule::new(TransportFault::LoseAnswer)
///                 .when(|request| request.uri().path() == "/invitations")
///                 .share(0.3, 42),
///         );
///     (faults.clone(), Arc::new(faults))
/// }
/// # #[derive(Debug)]
/// # struct Nowhere;
/// # #[async_trait::async_trait]
/// # impl HttpTransport for Nowhere {
/// #     async fn send(&self, _: http::Request<bytes::Bytes>, _: std::time::Duration)
/// #         -> Result<review_http::HttpResponse, review_http::TransportError> {
/// #         Err(review_http::TransportError::new(review_core::Sent::No, review_http::Problem::Connect))
/// #     }
/// # }
/// let (faults, _transport) = spoiled(Arc::new(Nowhere));
/// // ... the provider sends; what came of it is counted:
/// assert_eq!(faults.counts().lost, 0);
/// ```
#[derive(Clone)]
pub struct FaultTransport {
    inner: DynTransport,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    rules: Vec<FaultRule>,
    counts: FaultCounts,
}

impl fmt::Debug for FaultTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        f.debug_struct("FaultTransport")
            .field("inner", &self.inner)
            .field("rules", &state.rules)
            .field("counts", &state.counts)
            .finish()
    }
}

impl FaultTransport {
    /// A transport that does what the inner one does, until there is a rule.
    #[must_use]
    pub fn new(inner: DynTransport) -> Self {
        Self { inner, state: Arc::default() }
    }

    /// Adds a rule.
    #[must_use]
    pub fn with_rule(self, rule: FaultRule) -> Self {
        self.add(rule);
        self
    }

    /// Adds a rule while the transport is in use.
    pub fn add(&self, rule: FaultRule) {
        self.lock().rules.push(rule);
    }

    /// Takes all rules away; the counts stay.
    pub fn clear(&self) {
        self.lock().rules.clear();
    }

    /// What became of the requests so far.
    #[must_use]
    pub fn counts(&self) -> FaultCounts {
        self.lock().counts
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fault_for(&self, request: &http::Request<Bytes>) -> Option<TransportFault> {
        let mut state = self.lock();
        state.counts.requests += 1;
        state.rules.iter_mut().find_map(|rule| rule.fires(request).then(|| rule.fault.clone()))
    }

    fn count(&self, count: impl FnOnce(&mut FaultCounts) -> &mut u64) {
        *count(&mut self.lock().counts) += 1;
    }
}

#[async_trait]
impl HttpTransport for FaultTransport {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        timeout: Duration,
    ) -> Result<HttpResponse, TransportError> {
        match self.fault_for(&request) {
            None => self.inner.send(request, timeout).await,
            Some(TransportFault::Refuse) => {
                self.count(|counts| &mut counts.refused);
                Err(TransportError::new(Sent::No, Problem::Connect))
            }
            Some(TransportFault::LoseAnswer) => {
                self.inner.send(request, timeout).await?;
                self.count(|counts| &mut counts.lost);
                Err(TransportError::new(Sent::Maybe, Problem::Interrupted))
            }
            Some(TransportFault::Answer(response)) => {
                self.count(|counts| &mut counts.answered);
                Ok(response)
            }
            Some(TransportFault::Delay(delay)) if delay >= timeout => {
                Departure::of(&request).hold();
                tokio::time::sleep(timeout).await;
                self.count(|counts| &mut counts.refused);
                Err(TransportError::new(Sent::No, Problem::Timeout))
            }
            Some(TransportFault::Delay(delay)) => {
                // A caller that goes away now has sent nothing.
                let departure = Departure::of(&request);
                departure.hold();
                tokio::time::sleep(delay).await;
                departure.release();
                self.count(|counts| &mut counts.delayed);
                self.inner.send(request, timeout - delay).await
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use review_http::BodyEnd;
    use tokio::time::Instant;

    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(10);

    /// Answers 202, or refuses; keeps the time-outs it was given.
    #[derive(Debug, Default)]
    struct Vendor {
        gone: bool,
        seen: Mutex<Vec<Duration>>,
    }

    #[async_trait]
    impl HttpTransport for Vendor {
        async fn send(
            &self,
            _: http::Request<Bytes>,
            timeout: Duration,
        ) -> Result<HttpResponse, TransportError> {
            if self.gone {
                return Err(TransportError::new(Sent::No, Problem::Connect));
            }
            self.seen.lock().unwrap().push(timeout);
            Ok(answer(202))
        }
    }

    fn answer(status: u16) -> HttpResponse {
        HttpResponse {
            status: http::StatusCode::from_u16(status).unwrap(),
            headers: http::HeaderMap::new(),
            body: Bytes::new(),
            body_end: BodyEnd::Complete,
        }
    }

    async fn send(transport: &FaultTransport, path: &str) -> Result<u16, Sent> {
        let mut request = http::Request::new(Bytes::new());
        *request.uri_mut() = format!("https://vendor.example{path}").parse().unwrap();
        let answer = transport.send(request, TIMEOUT).await;
        answer.map(|answer| answer.status.as_u16()).map_err(|error| error.sent())
    }

    #[tokio::test]
    async fn each_fault_forwards_what_it_should() {
        let vendor = Arc::new(Vendor::default());
        let faults = FaultTransport::new(vendor.clone())
            .with_rule(
                FaultRule::new(TransportFault::Refuse).when(|request| request.uri().path() == "/refuse"),
            )
            .with_rule(
                FaultRule::new(TransportFault::Answer(answer(418)))
                    .when(|request| request.uri().path() == "/tea"),
            )
            .with_rule(
                FaultRule::new(TransportFault::LoseAnswer).when(|request| request.uri().path() == "/lose"),
            );
        assert_eq!(send(&faults, "/refuse").await, Err(Sent::No));
        assert_eq!(send(&faults, "/tea").await, Ok(418));
        assert_eq!(vendor.seen.lock().unwrap().len(), 0);
        assert_eq!(send(&faults, "/lose").await, Err(Sent::Maybe));
        assert_eq!(vendor.seen.lock().unwrap().len(), 1);
        assert_eq!(send(&faults, "/else").await, Ok(202));
        let counts = faults.counts();
        assert_eq!((counts.requests, counts.refused, counts.answered, counts.lost), (4, 1, 1, 1));
        faults.clear();
        assert_eq!(send(&faults, "/refuse").await, Ok(202));
    }

    #[tokio::test]
    async fn an_answer_that_never_was_cannot_be_lost() {
        let vendor = Arc::new(Vendor { gone: true, ..Vendor::default() });
        let faults = FaultTransport::new(vendor).with_rule(FaultRule::new(TransportFault::LoseAnswer));
        assert_eq!(send(&faults, "/").await, Err(Sent::No));
        assert_eq!(faults.counts().lost, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_delay_is_part_of_the_time() {
        let vendor = Arc::new(Vendor::default());
        let faults = FaultTransport::new(vendor.clone())
            .with_rule(FaultRule::new(TransportFault::Delay(TIMEOUT)).nth(1))
            .with_rule(FaultRule::new(TransportFault::Delay(TIMEOUT / 2)));
        let began = Instant::now();
        assert_eq!(send(&faults, "/").await, Err(Sent::No));
        assert_eq!((began.elapsed(), vendor.seen.lock().unwrap().len()), (TIMEOUT, 0));
        assert_eq!(send(&faults, "/").await, Ok(202));
        assert_eq!(*vendor.seen.lock().unwrap(), [TIMEOUT / 2]);
        assert_eq!((faults.counts().refused, faults.counts().delayed), (1, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_that_goes_away_during_a_delay_has_sent_nothing() {
        let vendor = Arc::new(Vendor::default());
        let faults = FaultTransport::new(vendor.clone())
            .with_rule(FaultRule::new(TransportFault::Delay(TIMEOUT / 2)));
        let departure = Departure::default();
        let request = || {
            let mut request = http::Request::new(Bytes::new());
            request.extensions_mut().insert(departure.clone());
            request
        };
        let gone = tokio::time::timeout(TIMEOUT / 4, faults.send(request(), TIMEOUT)).await;
        assert!(gone.is_err() && departure.is_held());
        faults.send(request(), TIMEOUT).await.unwrap();
        assert!(!departure.is_held(), "from here on the inner transport tells");
    }

    #[tokio::test]
    async fn rules_count_what_they_look_at() {
        let pattern = async |rule: FaultRule| {
            let faults = FaultTransport::new(Arc::new(Vendor::default())).with_rule(rule);
            let mut pattern = String::new();
            for _ in 0..40 {
                send(&faults, "/other").await.unwrap();
                pattern.push(if send(&faults, "/").await.is_ok() { '.' } else { 'x' });
            }
            pattern
        };
        let rule = || FaultRule::new(TransportFault::Refuse).when(|request| request.uri().path() == "/");
        assert!(pattern(rule().nth(3)).await.starts_with("..x....."));
        assert!(pattern(rule().first(2)).await.starts_with("xx......"));
        let some = pattern(rule().share(0.3, 42)).await;
        assert_eq!(some, pattern(rule().share(0.3, 42)).await);
        assert_ne!(some, pattern(rule().share(0.3, 43)).await);
        assert!((4..=20).contains(&some.matches('x').count()), "{some}");
        assert_eq!(pattern(rule().share(0.0, 1)).await.matches('x').count(), 0);
        assert_eq!(pattern(rule().share(1.0, 1)).await.matches('x').count(), 40);
    }
}
