//! Access tokens: fetched once for all callers, renewed in time, replaced when refused.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use review_core::{Error, ErrorKind, ProviderInfo};
use tokio::time::Instant;

use super::single_flight::SingleFlight;
use super::store::{StoredToken, TokenStore};
use super::token::{Token, TokenSource};
use crate::secret::Secret;
use crate::telemetry;

/// The most that is taken off a token's life for safety.
const MAX_EXPIRY_MARGIN: Duration = Duration::from_secs(60);
/// After a renewal that failed, a token that is still good is used this long before the next try.
const REFRESH_RETRY_DELAY: Duration = Duration::from_secs(1);
/// After a new token was refused as well, no other is asked for this long: whoever asks for tokens too
/// often is refused those too.
const REJECTED_TOKEN_COOLDOWN: Duration = Duration::from_secs(60);
/// How long a fetch waits for its turn at a store: others hold it while they fetch.
const STORE_LOCK_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a caller with a token that is still good waits for a newer one.
const STALE_REFRESH_TIMEOUT: Duration = Duration::from_secs(2);

/// A source whose fetches are told.
#[derive(Debug)]
struct Observed<S> {
    provider: ProviderInfo,
    source: S,
}

#[async_trait]
impl<S: TokenSource> TokenSource for Observed<S> {
    async fn fetch(&self, last: Option<&Token>) -> Result<Token, Error> {
        let result = self.source.fetch(last).await;
        telemetry::token(&self.provider, result.as_ref().map(|_| ()).map_err(Error::kind));
        result
    }
}

/// What is taken off a life: a margin larger than the life would make a token expired at birth.
fn margin(life: Duration) -> Duration {
    MAX_EXPIRY_MARGIN.min(life / 5)
}

/// A token in use.
#[derive(Debug)]
pub(crate) struct CachedToken {
    token: Token,
    stale_at: Instant,
    expires_at: Instant,
    rejected: AtomicBool,
    obtained_at: SystemTime,
    /// When this token was refused although it was new; then a newer one is no better for a while.
    rejected_at: Mutex<Option<Instant>>,
}

impl CachedToken {
    fn new(token: Token, obtained_at: SystemTime) -> Self {
        let now = Instant::now();
        Self {
            stale_at: now + (token.expires_in - margin(token.expires_in)),
            expires_at: now + token.expires_in,
            rejected: AtomicBool::new(false),
            obtained_at,
            rejected_at: Mutex::new(None),
            token,
        }
    }

    pub(crate) fn access(&self) -> &Secret {
        &self.token.access_token
    }

    /// Marks this token, and no newer one, as refused by the vendor.
    pub(crate) fn mark_rejected(&self) {
        self.rejected.store(true, Ordering::SeqCst);
    }

    /// Notes that this token was refused although it was had for this very call: it is not the token
    /// that is wrong.
    pub(crate) fn mark_rejected_when_fresh(&self) {
        *self.rejected_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Whether a newer token would lately have been refused as well.
    pub(crate) fn in_cooldown(&self) -> bool {
        let rejected_at = *self.rejected_at.lock().unwrap_or_else(PoisonError::into_inner);
        rejected_at.is_some_and(|at| at.elapsed() < REJECTED_TOKEN_COOLDOWN)
    }

    fn age(&self, now: Instant) -> Freshness {
        if self.rejected.load(Ordering::SeqCst) || now >= self.expires_at {
            Freshness::Expired
        } else if now >= self.stale_at {
            Freshness::Stale
        } else {
            Freshness::Fresh
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Freshness {
    Fresh,
    Stale,
    Expired,
}

/// Shares one token among all callers of an instance.
///
/// One caller fetches while the others wait for it. A caller that is cancelled while it fetches hands
/// over to the next. A fetch that fails fails those who waited for it, and is tried anew by those who
/// come later. An early renewal that fails or takes long leaves the token that is still good. There is
/// no background task.
///
/// With a [`TokenStore`] the token is shared beyond that, and a fetch that has begun goes on when its
/// caller is cancelled: a refresh token that was used up must not take the new one with it.
pub struct TokenCache {
    source: Arc<dyn TokenSource>,
    store: Option<Arc<dyn TokenStore>>,
    current: Mutex<Option<Arc<CachedToken>>>,
    flight: SingleFlight,
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCache")
            .field("source", &self.source)
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}

impl TokenCache {
    /// A cache over a source, for this provider.
    pub fn new(provider: ProviderInfo, source: impl TokenSource) -> Self {
        let source = Arc::new(Observed { provider, source });
        Self { source, store: None, current: Mutex::new(None), flight: SingleFlight::default() }
    }

    /// The same cache, sharing its token with all who use this store.
    #[must_use]
    pub fn with_store(mut self, store: Arc<dyn TokenStore>) -> Self {
        self.store = Some(store);
        self
    }

    pub(crate) async fn token(&self) -> Result<Arc<CachedToken>, Error> {
        match self.usable() {
            Some((held, Freshness::Stale)) => Ok(self.renew_early(held).await),
            Some((held, _)) => Ok(held),
            None => self.flight.run(|| Some(self.usable()?.0), self.fetch()).await,
        }
    }

    /// One caller renews, the others go on with what is still good.
    async fn renew_early(&self, held: Arc<CachedToken>) -> Arc<CachedToken> {
        let renew = async {
            // Another caller may have renewed between the look at the token and this one's turn.
            match self.usable() {
                Some((newer, Freshness::Fresh)) => Ok(newer),
                _ => tokio::time::timeout(STALE_REFRESH_TIMEOUT, self.fetch())
                    .await
                    .unwrap_or_else(|_| Err(Error::new(ErrorKind::Transient, "the renewal took too long"))),
            }
        };
        self.flight.try_run(REFRESH_RETRY_DELAY, renew).await.unwrap_or(held)
    }

    async fn fetch(&self) -> Result<Arc<CachedToken>, Error> {
        let last = self.current().clone();
        let StoredToken { token, obtained_at, .. } = match &self.store {
            None => StoredToken::new(self.source.fetch(last.as_ref().map(|held| &held.token)).await?),
            Some(store) => {
                let (source, store) = (Arc::clone(&self.source), Arc::clone(store));
                let last = last
                    .as_ref()
                    .map(|held| StoredToken { token: held.token.clone(), obtained_at: held.obtained_at });
                let shared = tokio::spawn(fetch_shared(source, store, last));
                let stopped = |_| Error::new(ErrorKind::Unexpected, "the fetch of a token was stopped");
                shared.await.map_err(stopped)??
            }
        };
        let held = Arc::new(CachedToken::new(token, obtained_at));
        *self.current() = Some(Arc::clone(&held));
        Ok(held)
    }

    /// The token in use, unless it is dead.
    fn usable(&self) -> Option<(Arc<CachedToken>, Freshness)> {
        let held = self.current().clone()?;
        let age = held.age(Instant::now());
        (age != Freshness::Expired).then_some((held, age))
    }

    fn current(&self) -> MutexGuard<'_, Option<Arc<CachedToken>>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What somebody else has stored since, or else a new token, which is stored before it is used.
async fn fetch_shared(
    source: Arc<dyn TokenSource>,
    store: Arc<dyn TokenStore>,
    last: Option<StoredToken>,
) -> Result<StoredToken, Error> {
    let too_long =
        |_| Error::new(ErrorKind::Transient, "the token store is held by somebody else for too long");
    let mut held = tokio::time::timeout(STORE_LOCK_TIMEOUT, store.lock()).await.map_err(too_long)??;
    let stored = held.load().await?;
    let is_newer = |stored: &StoredToken| {
        last.as_ref().is_none_or(|last| {
            stored.obtained_at >= last.obtained_at
                && stored.token.access_token.expose() != last.token.access_token.expose()
        })
    };
    let newer = stored.filter(is_newer);
    if let Some(stored) = &newer
        && let Some(token) = stored.clone().into_valid()
        && token.expires_in > margin(stored.token.expires_in)
    {
        return Ok(StoredToken { token, obtained_at: stored.obtained_at });
    }
    // The newer of the two refresh tokens: the older may have been used up, by somebody else or by us
    // when what we had could not be stored.
    let before = newer.or(last);
    let fetched = StoredToken::new(source.fetch(before.as_ref().map(|before| &before.token)).await?);
    if let Err(error) = held.save(&fetched).await {
        // This process can go on with it, and is better off than without.
        tracing::warn!(%error, "a new token could not be stored; other processes may have to log in again");
    }
    Ok(fetched)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

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
            let from = last.map_or("nothing".to_owned(), |token| token.access_token.expose().to_owned());
            Token::new(format!("{number}-after-{from}").into(), self.life.map(Duration::from_secs))
        }
    }

    fn cache(fail: std::ops::Range<usize>, life: u64) -> (Arc<TokenCache>, Arc<AtomicUsize>) {
        let source = Source { fail, life: Some(life), ..Source::default() };
        let fetched = Arc::clone(&source.fetched);
        (Arc::new(TokenCache::new(ProviderInfo::new("vendor", "test"), source)), fetched)
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
            assert_eq!(caller.await.unwrap().unwrap(), "1-after-nothing");
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
        assert_eq!(access(&cache).await.unwrap(), "2-after-nothing");
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
                assert_eq!(caller.await.unwrap().unwrap(), "2-after-nothing");
            }
        }
        assert_eq!(fetched.load(Ordering::SeqCst), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn an_ageing_token_is_renewed_by_one_and_kept_if_that_fails() {
        let (cache, fetched) = cache(2..3, 300);
        assert_eq!(access(&cache).await.unwrap(), "1-after-nothing");
        tokio::time::advance(Duration::from_secs(239)).await;
        assert_eq!(access(&cache).await.unwrap(), "1-after-nothing");
        assert_eq!(fetched.load(Ordering::SeqCst), 1, "20 % of 300 s are 60 s: still good");
        tokio::time::advance(Duration::from_secs(2)).await;
        for caller in crowd(&cache) {
            assert_eq!(caller.await.unwrap().unwrap(), "1-after-nothing");
        }
        assert_eq!(fetched.load(Ordering::SeqCst), 2, "one tried, failed, and everybody paused");
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!(access(&cache).await.unwrap(), "3-after-1-after-nothing");
    }

    #[tokio::test(start_paused = true)]
    async fn a_dead_token_is_not_used_and_a_short_life_is_no_dead_birth() {
        let (cache, fetched) = cache(0..0, 10);
        assert_eq!(access(&cache).await.unwrap(), "1-after-nothing");
        assert_eq!(access(&cache).await.unwrap(), "1-after-nothing");
        tokio::time::advance(Duration::from_secs(11)).await;
        assert_eq!(access(&cache).await.unwrap(), "2-after-1-after-nothing");
        assert_eq!(fetched.load(Ordering::SeqCst), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_late_refusal_of_an_old_token_leaves_the_new_one() {
        let (cache, fetched) = cache(0..0, 3600);
        let old = cache.token().await.unwrap();
        old.mark_rejected();
        assert_eq!(access(&cache).await.unwrap(), "2-after-1-after-nothing");
        old.mark_rejected();
        assert_eq!(access(&cache).await.unwrap(), "2-after-1-after-nothing");
        assert_eq!(fetched.load(Ordering::SeqCst), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_store_that_nobody_gives_back_is_not_waited_for_without_end() {
        let store = Arc::new(crate::MemoryTokenStore::new());
        let (cache, fetched) = cache(0..0, 3600);
        let cache = Arc::try_unwrap(cache).unwrap().with_store(Arc::clone(&store) as Arc<dyn TokenStore>);
        let held = store.lock().await.unwrap();
        let error = access(&cache).await.unwrap_err();
        assert_eq!((error.kind(), fetched.load(Ordering::SeqCst)), (ErrorKind::Transient, 0));
        drop(held);
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(access(&cache).await.unwrap(), "1-after-nothing");
    }

    #[tokio::test(start_paused = true)]
    async fn a_renewal_that_hangs_does_not_hold_up_a_good_token() {
        #[derive(Debug, Default)]
        struct Hanging(AtomicUsize);
        #[async_trait]
        impl TokenSource for Hanging {
            async fn fetch(&self, last: Option<&Token>) -> Result<Token, Error> {
                self.0.fetch_add(1, Ordering::SeqCst);
                if last.is_some() {
                    std::future::pending::<()>().await;
                }
                Token::new("first".into(), Some(Duration::from_secs(300)))
            }
        }
        let cache = TokenCache::new(ProviderInfo::new("vendor", "test"), Hanging::default());
        cache.token().await.unwrap();
        tokio::time::advance(Duration::from_secs(250)).await;
        let began = Instant::now();
        assert_eq!(access(&cache).await.unwrap(), "first");
        assert_eq!(began.elapsed(), STALE_REFRESH_TIMEOUT);
        assert_eq!(access(&cache).await.unwrap(), "first");
        assert_eq!(began.elapsed(), STALE_REFRESH_TIMEOUT, "the next one does not try again at once");
    }

    #[tokio::test(start_paused = true)]
    async fn caches_with_one_store_fetch_once_and_hand_on_the_newest() {
        let store = Arc::new(crate::MemoryTokenStore::new());
        let source = Source { life: Some(3600), ..Source::default() };
        let fetched = Arc::clone(&source.fetched);
        let cache = || {
            TokenCache::new(ProviderInfo::new("vendor", "test"), source.clone())
                .with_store(Arc::clone(&store) as Arc<dyn TokenStore>)
        };
        let (first, second) = (cache(), cache());
        let (a, b) = tokio::join!(access(&first), access(&second));
        assert_eq!((a.unwrap().as_str(), b.unwrap().as_str()), ("1-after-nothing", "1-after-nothing"));
        first.token().await.unwrap().mark_rejected();
        assert_eq!(access(&first).await.unwrap(), "2-after-1-after-nothing");
        second.token().await.unwrap().mark_rejected();
        assert_eq!(access(&second).await.unwrap(), "2-after-1-after-nothing", "what the other stored");
        assert_eq!(fetched.load(Ordering::SeqCst), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn with_a_store_a_cancelled_fetch_is_not_lost() {
        let source = Source { life: Some(3600), ..Source::default() };
        let fetched = Arc::clone(&source.fetched);
        let store = Arc::new(crate::MemoryTokenStore::new());
        let cache = Arc::new(TokenCache::new(ProviderInfo::new("vendor", "test"), source).with_store(store));
        let caller = tokio::spawn({
            let cache = Arc::clone(&cache);
            async move { access(&cache).await }
        });
        tokio::time::sleep(Duration::from_millis(500)).await;
        caller.abort();
        assert_eq!(access(&cache).await.unwrap(), "1-after-nothing");
        assert_eq!(fetched.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn what_cannot_stand_in_a_header_is_no_token() {
        for access in ["", "a b", "a\r\nb", "ä"] {
            assert_eq!(Token::new(access.into(), None).unwrap_err().kind(), ErrorKind::Unexpected);
        }
    }

    #[test]
    fn no_life_is_too_long_to_count() {
        let absurd = Token::new("x".into(), Some(Duration::MAX)).unwrap();
        assert_eq!(absurd.expires_in, super::super::token::MAX_EXPIRES_IN);
        let _ = CachedToken::new(absurd, SystemTime::now());
    }
}
