//! Access tokens: fetched once for all callers, renewed in time, replaced when refused.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use review_core::Error;
use serde::{Deserialize, Deserializer};
use tokio::time::Instant;

use crate::Secret;

/// The most that is taken off a token's life for safety.
const LARGEST_MARGIN: Duration = Duration::from_secs(60);
/// After a renewal that failed, a token that is still good is used this long before the next try.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(1);
/// The life of a token whose answer names none: the shortest that either vendor has been seen to give.
const LIFE_WITHOUT_WORD: Duration = Duration::from_secs(300);
/// No token is believed to live longer.
const LONGEST_LIFE: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// What a vendor's token endpoint gave.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Token {
    /// The access token.
    pub access: Secret,
    /// The refresh token, where the grant has one. It may be good for one use only.
    pub refresh: Option<Secret>,
    /// How long the access token lives from now.
    pub life: Duration,
}

impl Token {
    /// A token with the life the vendor named, if it named one.
    #[must_use]
    pub fn new(access: Secret, life: Option<Duration>) -> Self {
        Self {
            access,
            refresh: None,
            life: life.unwrap_or(LIFE_WITHOUT_WORD).min(LONGEST_LIFE),
        }
    }

    /// Adds the refresh token.
    #[must_use]
    pub fn with_refresh(mut self, refresh: Option<Secret>) -> Self {
        self.refresh = refresh;
        self
    }
}

/// Reads a number of seconds that is a JSON number or, as one vendor writes it, a text of digits.
/// Anything else counts as not named.
///
/// # Errors
/// Only those of the JSON parser.
pub fn lenient_seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let value = Option::<serde_json::Value>::deserialize(deserializer)?;
    Ok(value.and_then(|value| {
        let seconds = match value {
            serde_json::Value::Number(number) => number.as_f64()?,
            serde_json::Value::String(text) => text.trim().parse().ok()?,
            _ => return None,
        };
        Duration::try_from_secs_f64(seconds).ok()
    }))
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

/// A token in use.
#[derive(Debug)]
pub(crate) struct Held {
    token: Token,
    ageing_from: Instant,
    dead_from: Instant,
    refused: AtomicBool,
}

impl Held {
    fn new(token: Token) -> Self {
        // A margin larger than the life would make a token expired at birth.
        let margin = LARGEST_MARGIN.min(token.life / 5);
        let now = Instant::now();
        Self {
            ageing_from: now + (token.life - margin),
            dead_from: now + token.life,
            refused: AtomicBool::new(false),
            token,
        }
    }

    pub(crate) fn access(&self) -> &Secret {
        &self.token.access
    }

    /// Marks this token, and no newer one, as refused by the vendor.
    pub(crate) fn refuse(&self) {
        self.refused.store(true, Ordering::SeqCst);
    }

    fn age(&self, now: Instant) -> Age {
        if self.refused.load(Ordering::SeqCst) || now >= self.dead_from {
            Age::Dead
        } else if now >= self.ageing_from {
            Age::Ageing
        } else {
            Age::Good
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Age {
    Good,
    Ageing,
    Dead,
}

struct Failure {
    at: Instant,
    error: Error,
}

/// Shares one token among all callers of an instance.
///
/// One caller fetches while the others wait for it. A caller that is cancelled while it fetches hands
/// over to the next. A fetch that fails fails those who waited for it, and is tried anew by those who
/// come later. An early renewal that fails leaves the token that is still good. There is no
/// background task.
pub struct TokenCache {
    source: Box<dyn TokenSource>,
    current: Mutex<Option<Arc<Held>>>,
    /// Held by whoever fetches. It keeps the last failure.
    flight: tokio::sync::Mutex<Option<Failure>>,
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCache")
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

impl TokenCache {
    /// A cache over a source.
    pub fn new(source: impl TokenSource) -> Self {
        Self {
            source: Box::new(source),
            current: Mutex::new(None),
            flight: tokio::sync::Mutex::new(None),
        }
    }

    pub(crate) async fn token(&self) -> Result<Arc<Held>, Error> {
        let asked = Instant::now();
        let current = self.current().clone();
        if let Some(held) = current {
            match held.age(asked) {
                Age::Good => return Ok(held),
                Age::Ageing => return Ok(self.renew_early(held, asked).await),
                Age::Dead => {}
            }
        }
        let mut flight = self.flight.lock().await;
        let current = self.current().clone();
        match current {
            Some(held) if held.age(Instant::now()) != Age::Dead => return Ok(held),
            _ => {}
        }
        match &*flight {
            // Somebody fetched while this caller waited, and failed for both.
            Some(failure) if failure.at >= asked => Err(failure.error.clone()),
            _ => self.fetch(&mut flight).await,
        }
    }

    /// One caller renews, the others go on with what is still good.
    async fn renew_early(&self, held: Arc<Held>, now: Instant) -> Arc<Held> {
        let Ok(mut flight) = self.flight.try_lock() else {
            return held;
        };
        let failed_lately = flight
            .as_ref()
            .is_some_and(|failure| now.duration_since(failure.at) < PAUSE_AFTER_FAILURE);
        if failed_lately {
            return held;
        }
        // Another caller may have renewed between the look at the token and the lock.
        let current = self.current().clone();
        match current {
            Some(newer) if !Arc::ptr_eq(&newer, &held) => newer,
            _ => self.fetch(&mut flight).await.unwrap_or(held),
        }
    }

    async fn fetch(&self, flight: &mut Option<Failure>) -> Result<Arc<Held>, Error> {
        let last = self.current().clone();
        match self.source.fetch(last.as_ref().map(|held| &held.token)).await {
            Ok(token) => {
                let held = Arc::new(Held::new(token));
                *self.current() = Some(Arc::clone(&held));
                *flight = None;
                Ok(held)
            }
            Err(error) => {
                *flight = Some(Failure {
                    at: Instant::now(),
                    error: error.clone(),
                });
                Err(error)
            }
        }
    }

    fn current(&self) -> MutexGuard<'_, Option<Arc<Held>>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use review_core::ErrorKind;

    use super::*;

    /// Takes a second for a token and names it by its number; fails from and to the given numbers.
    #[derive(Clone, Debug, Default)]
    struct Source {
        fetched: Arc<AtomicUsize>,
        fail: std::ops::Range<usize>,
        life: Option<u64>,
    }

    #[async_trait]
    impl TokenSource for Source {
        async fn fetch(&self, last: Option<&Token>) -> Result<Token, Error> {
            let number = self.fetched.fetch_add(1, Ordering::SeqCst) + 1;
            tokio::time::sleep(Duration::from_secs(1)).await;
            if self.fail.contains(&number) {
                return Err(Error::new(ErrorKind::Transient, "down"));
            }
            let from = last.map_or("nothing".to_owned(), |token| token.access.expose().to_owned());
            Ok(Token::new(
                format!("{number} after {from}").into(),
                self.life.map(Duration::from_secs),
            ))
        }
    }

    fn cache(fail: std::ops::Range<usize>, life: u64) -> (Arc<TokenCache>, Arc<AtomicUsize>) {
        let source = Source {
            fail,
            life: Some(life),
            ..Source::default()
        };
        let fetched = Arc::clone(&source.fetched);
        (Arc::new(TokenCache::new(source)), fetched)
    }

    async fn access(cache: &TokenCache) -> Result<String, Error> {
        cache.token().await.map(|held| held.access().expose().to_owned())
    }

    fn crowd(cache: &Arc<TokenCache>) -> Vec<tokio::task::JoinHandle<Result<String, Error>>> {
        let one = |_| {
            let cache = Arc::clone(cache);
            tokio::spawn(async move { access(&cache).await })
        };
        (0..1000).map(one).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn a_thousand_callers_make_one_fetch() {
        let (cache, fetched) = cache(0..0, 3600);
        for caller in crowd(&cache) {
            assert_eq!(caller.await.unwrap().unwrap(), "1 after nothing");
        }
        assert_eq!(fetched.load(Ordering::SeqCst), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_is_shared_by_those_who_waited_and_forgotten_by_the_next() {
        let (cache, fetched) = cache(1..2, 3600);
        for caller in crowd(&cache) {
            assert_eq!(caller.await.unwrap().unwrap_err().kind(), ErrorKind::Transient);
        }
        assert_eq!(fetched.load(Ordering::SeqCst), 1);
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(access(&cache).await.unwrap(), "2 after nothing");
    }

    #[tokio::test(start_paused = true)]
    async fn a_cancelled_leader_strands_nobody() {
        let (cache, fetched) = cache(0..0, 3600);
        let callers = crowd(&cache);
        tokio::time::sleep(Duration::from_millis(500)).await;
        for (index, caller) in callers.into_iter().enumerate() {
            if index == 0 {
                caller.abort();
            } else {
                assert_eq!(caller.await.unwrap().unwrap(), "2 after nothing");
            }
        }
        assert_eq!(fetched.load(Ordering::SeqCst), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn an_ageing_token_is_renewed_by_one_and_kept_if_that_fails() {
        let (cache, fetched) = cache(2..3, 300);
        assert_eq!(access(&cache).await.unwrap(), "1 after nothing");
        tokio::time::advance(Duration::from_secs(239)).await;
        assert_eq!(access(&cache).await.unwrap(), "1 after nothing");
        assert_eq!(
            fetched.load(Ordering::SeqCst),
            1,
            "20 % of 300 s are 60 s: still good"
        );
        tokio::time::advance(Duration::from_secs(2)).await;
        for caller in crowd(&cache) {
            assert_eq!(caller.await.unwrap().unwrap(), "1 after nothing");
        }
        assert_eq!(
            fetched.load(Ordering::SeqCst),
            2,
            "one tried, failed, and everybody paused"
        );
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!(access(&cache).await.unwrap(), "3 after 1 after nothing");
    }

    #[tokio::test(start_paused = true)]
    async fn a_dead_token_is_not_used_and_a_short_life_is_no_dead_birth() {
        let (cache, fetched) = cache(0..0, 10);
        assert_eq!(access(&cache).await.unwrap(), "1 after nothing");
        assert_eq!(access(&cache).await.unwrap(), "1 after nothing");
        tokio::time::advance(Duration::from_secs(11)).await;
        assert_eq!(access(&cache).await.unwrap(), "2 after 1 after nothing");
        assert_eq!(fetched.load(Ordering::SeqCst), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_late_refusal_of_an_old_token_leaves_the_new_one() {
        let (cache, fetched) = cache(0..0, 3600);
        let old = cache.token().await.unwrap();
        old.refuse();
        assert_eq!(access(&cache).await.unwrap(), "2 after 1 after nothing");
        old.refuse();
        assert_eq!(access(&cache).await.unwrap(), "2 after 1 after nothing");
        assert_eq!(fetched.load(Ordering::SeqCst), 2);
    }

    #[test]
    fn a_life_is_read_from_numbers_and_texts() {
        #[derive(Deserialize)]
        struct Answer {
            #[serde(default, deserialize_with = "lenient_seconds")]
            expires_in: Option<Duration>,
        }
        for (json, seconds) in [
            (r#"{"expires_in":"359999"}"#, Some(359_999)),
            (r#"{"expires_in":3600}"#, Some(3600)),
            (r#"{"expires_in":300.9}"#, Some(300)),
            (r#"{"expires_in":null}"#, None),
            (r#"{"expires_in":-5}"#, None),
            (r#"{"expires_in":"soon"}"#, None),
            (r#"{"expires_in":1e400}"#, None),
            (r#"{"expires_in":[]}"#, None),
            ("{}", None),
        ] {
            let found = serde_json::from_str::<Answer>(json)
                .ok()
                .and_then(|answer| answer.expires_in);
            assert_eq!(found.map(|life| life.as_secs()), seconds, "{json}");
        }
        let absurd = Token::new("x".into(), Some(Duration::MAX));
        assert_eq!(absurd.life, LONGEST_LIFE);
        let _ = Held::new(absurd);
    }
}
