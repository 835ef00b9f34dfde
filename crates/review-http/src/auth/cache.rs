//! The token of an instance: fetched once for all callers, refreshed early, replaced when rejected.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use review_core::provider::ProviderInfo;
use review_core::{Error, ErrorKind};
use tokio::time::Instant;

use super::cached_token::{CachedToken, lock, margin};
use super::single_flight::SingleFlight;
use super::store::{StoredToken, TokenStore};
use super::token::{MIN_EXPIRES_IN, Token, TokenSource};
use crate::telemetry;
use review_core::config::Secret;

/// The time between two attempts to refresh a token that is still valid.
const REFRESH_RETRY_DELAY: Duration = Duration::from_secs(1);
/// The maximum time that a fetch waits for the lock of a store, which others hold while they fetch.
const STORE_LOCK_TIMEOUT: Duration = Duration::from_secs(30);
/// The maximum time that a caller with a valid token waits for the new one.
const STALE_REFRESH_TIMEOUT: Duration = Duration::from_secs(2);
/// A fetch that takes longer is stopped, so that it does not block the next one.
const FETCH_TIMEOUT: Duration = Duration::from_secs(10 * 60);
/// The number of replaced tokens that this process remembers.
const MAX_REPLACED: usize = 16;

/// Shares one token among all callers of an instance.
///
/// Concurrent callers share one fetch. It runs as a task, so that a cancelled caller does not cancel it.
/// Otherwise a refresh token could be used up and the new token lost. An error is returned to all callers
/// that waited, and the next caller tries again. If an early refresh fails or takes long, the token that is
/// still valid is used.
pub struct TokenCache {
    shared: Arc<Shared>,
    flight: SingleFlight<Arc<CachedToken>>,
}

struct Shared {
    provider: ProviderInfo,
    source: Box<dyn TokenSource>,
    store: Option<Arc<dyn TokenStore>>,
    current: Mutex<Option<Arc<CachedToken>>>,
    /// Access tokens that this process replaced. A store that could not be written still contains one.
    replaced: Mutex<Vec<Secret>>,
    refresh_failed: Mutex<Option<Instant>>,
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shared = &self.shared;
        f.debug_struct("TokenCache")
            .field("source", &shared.source)
            .field("store", &shared.store)
            .finish_non_exhaustive()
    }
}

impl TokenCache {
    /// Creates a cache for the tokens of this provider.
    pub fn new(provider: ProviderInfo, source: impl TokenSource) -> Self {
        Self::with_optional_store(provider, source, None)
    }

    /// Creates a cache that shares its token with all users of a store.
    pub fn with_store(provider: ProviderInfo, source: impl TokenSource, store: Arc<dyn TokenStore>) -> Self {
        Self::with_optional_store(provider, source, Some(store))
    }

    fn with_optional_store(
        provider: ProviderInfo,
        source: impl TokenSource,
        store: Option<Arc<dyn TokenStore>>,
    ) -> Self {
        let shared = Shared {
            provider,
            source: Box::new(source),
            store,
            current: Mutex::default(),
            replaced: Mutex::default(),
            refresh_failed: Mutex::default(),
        };
        Self { shared: Arc::new(shared), flight: SingleFlight::default() }
    }

    pub(crate) async fn token(&self) -> Result<Arc<CachedToken>, Error> {
        let fetch = || Arc::clone(&self.shared).fetch();
        match self.shared.valid() {
            None => self.flight.run(|| self.shared.valid(), fetch).await,
            Some(token) if Instant::now() < token.stale_at || self.shared.refresh_failed_recently() => {
                Ok(token)
            }
            Some(token) => {
                let refreshed = tokio::time::timeout(STALE_REFRESH_TIMEOUT, self.flight.try_run(fetch)).await;
                if refreshed.is_err() {
                    self.shared.note_failed_refresh();
                }
                // The refresh goes on if it takes too long.
                Ok(refreshed.ok().flatten().and_then(Result::ok).unwrap_or(token))
            }
        }
    }
}

impl Shared {
    fn valid(&self) -> Option<Arc<CachedToken>> {
        lock(&self.current).clone().filter(|token| token.is_valid())
    }

    fn refresh_failed_recently(&self) -> bool {
        lock(&self.refresh_failed).is_some_and(|at| at.elapsed() < REFRESH_RETRY_DELAY)
    }

    fn note_failed_refresh(&self) {
        *lock(&self.refresh_failed) = Some(Instant::now());
    }

    /// Fills the cache before it returns, because its callers may be gone by then.
    async fn fetch(self: Arc<Self>) -> Result<Arc<CachedToken>, Error> {
        let last = lock(&self.current).as_ref().map(|token| token.stored.clone());
        let fetch = async {
            match &self.store {
                None => self.fetch_new(last.as_ref().map(|last| &last.token)).await,
                Some(store) => self.fetch_shared(store.as_ref(), last.as_ref()).await,
            }
        };
        let timed_out = |_| Err(Error::new(ErrorKind::Transient, "timed out fetching an access token"));
        let fetched = tokio::time::timeout(FETCH_TIMEOUT, fetch).await.unwrap_or_else(timed_out);
        let (stored, expires_in) = fetched.inspect_err(|_| self.note_failed_refresh())?;
        if let Some(last) = last {
            let mut replaced = lock(&self.replaced);
            replaced.push(last.token.access_token);
            let excess = replaced.len().saturating_sub(MAX_REPLACED);
            replaced.drain(..excess);
        }
        let token = Arc::new(CachedToken::new(stored, expires_in));
        *lock(&self.current) = Some(Arc::clone(&token));
        Ok(token)
    }

    async fn fetch_new(&self, last: Option<&Token>) -> Result<(StoredToken, Duration), Error> {
        let result = self.source.fetch(last).await;
        telemetry::token(&self.provider, result.as_ref().map(|_| ()).map_err(Error::kind));
        result.map(|token| (StoredToken::new(token.clone()), token.expires_in.max(MIN_EXPIRES_IN)))
    }

    /// Returns what another process stored, or else a new token, which is stored before it is used.
    async fn fetch_shared(
        &self,
        store: &dyn TokenStore,
        last: Option<&StoredToken>,
    ) -> Result<(StoredToken, Duration), Error> {
        let timed_out = |_| Error::new(ErrorKind::Transient, "timed out waiting for the token store lock");
        let mut guard = tokio::time::timeout(STORE_LOCK_TIMEOUT, store.lock()).await.map_err(timed_out)??;
        // Clocks of two processes cannot decide which token is newer. One that this process neither uses
        // nor replaced comes from another.
        let newer = guard.load().await?.filter(|stored| self.is_foreign(stored, last));
        if let Some(stored) = &newer
            && let Some(expires_in) = stored.remaining()
            && expires_in > margin(stored.token.expires_in)
        {
            return Ok((stored.clone(), expires_in));
        }
        // The refresh token of the newer one: the other may have been used up.
        let before = newer.as_ref().or(last);
        let fetched = self.fetch_new(before.map(|before| &before.token)).await?;
        if let Err(error) = guard.save(&fetched.0).await {
            // This process can go on with the token, and is better off than without.
            tracing::warn!(%error, "cannot store a new token; other processes may have to log in again");
        }
        Ok(fetched)
    }

    fn is_foreign(&self, stored: &StoredToken, last: Option<&StoredToken>) -> bool {
        let access = stored.token.access_token.expose();
        last.is_none_or(|last| last.token.access_token.expose() != access)
            && !lock(&self.replaced).iter().any(|replaced| replaced.expose() == access)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use async_trait::async_trait;

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

    fn shared(source: Source, store: &Arc<crate::MemoryTokenStore>) -> TokenCache {
        let info = ProviderInfo::new("vendor", "test");
        TokenCache::with_store(info, source, Arc::clone(store) as Arc<dyn TokenStore>)
    }

    async fn access(cache: &TokenCache) -> Result<String, Error> {
        cache.token().await.map(|held| held.access().expose().to_owned())
    }

    fn herd(cache: &Arc<TokenCache>) -> Vec<tokio::task::JoinHandle<Result<String, Error>>> {
        let one = |_| {
            let cache = Arc::clone(cache);
            tokio::spawn(async move { access(&cache).await })
        };
        (0..1000).map(one).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn a_thousand_callers_make_one_fetch() {
        let (cache, fetched) = cache(0..0, 3600);
        for caller in herd(&cache) {
            assert_eq!(caller.await.unwrap().unwrap(), "1-after-nothing");
        }
        assert_eq!(fetched.load(Ordering::SeqCst), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn an_error_is_shared_by_waiting_callers_and_then_forgotten() {
        let (cache, fetched) = cache(1..2, 3600);
        for caller in herd(&cache) {
            assert_eq!(caller.await.unwrap().unwrap_err().kind(), ErrorKind::Transient);
        }
        assert_eq!(fetched.load(Ordering::SeqCst), 1);
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(access(&cache).await.unwrap(), "2-after-nothing");
    }

    #[tokio::test(start_paused = true)]
    async fn cancelled_callers_do_not_cancel_the_fetch() {
        let (cache, fetched) = cache(0..0, 3600);
        let callers = herd(&cache);
        tokio::time::sleep(Duration::from_millis(500)).await;
        callers.iter().for_each(tokio::task::JoinHandle::abort);
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(access(&cache).await.unwrap(), "1-after-nothing");
        assert_eq!(fetched.load(Ordering::SeqCst), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_lifetime_of_zero_causes_one_fetch_for_all_waiting() {
        let (cache, fetched) = cache(0..0, 0);
        for caller in herd(&cache) {
            assert_eq!(caller.await.unwrap().unwrap(), "1-after-nothing");
        }
        assert_eq!(fetched.load(Ordering::SeqCst), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_stale_token_is_refreshed_once_and_kept_if_that_fails() {
        let (cache, fetched) = cache(2..3, 300);
        assert_eq!(access(&cache).await.unwrap(), "1-after-nothing");
        tokio::time::advance(Duration::from_secs(239)).await;
        assert_eq!(access(&cache).await.unwrap(), "1-after-nothing");
        assert_eq!(fetched.load(Ordering::SeqCst), 1, "20 % of 300 s are 60 s: still fresh");
        tokio::time::advance(Duration::from_secs(2)).await;
        for caller in herd(&cache) {
            assert_eq!(caller.await.unwrap().unwrap(), "1-after-nothing");
        }
        assert_eq!(fetched.load(Ordering::SeqCst), 2, "one refresh failed, and all callers paused");
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!(access(&cache).await.unwrap(), "3-after-1-after-nothing");
    }

    #[tokio::test(start_paused = true)]
    async fn an_expired_token_is_replaced_and_a_short_one_is_usable() {
        let (cache, fetched) = cache(0..0, 10);
        assert_eq!(access(&cache).await.unwrap(), "1-after-nothing");
        assert_eq!(access(&cache).await.unwrap(), "1-after-nothing");
        tokio::time::advance(Duration::from_secs(11)).await;
        assert_eq!(access(&cache).await.unwrap(), "2-after-1-after-nothing");
        assert_eq!(fetched.load(Ordering::SeqCst), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_late_rejection_of_an_old_token_keeps_the_new_one() {
        let (cache, fetched) = cache(0..0, 3600);
        let old = cache.token().await.unwrap();
        old.mark_rejected();
        assert_eq!(access(&cache).await.unwrap(), "2-after-1-after-nothing");
        old.mark_rejected();
        assert_eq!(access(&cache).await.unwrap(), "2-after-1-after-nothing");
        assert_eq!(fetched.load(Ordering::SeqCst), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn the_wait_for_a_locked_store_has_an_end() {
        let store = Arc::new(crate::MemoryTokenStore::new());
        let source = Source { life: Some(3600), ..Source::default() };
        let fetched = Arc::clone(&source.fetched);
        let cache = shared(source, &store);
        let held = store.lock().await.unwrap();
        let error = access(&cache).await.unwrap_err();
        assert_eq!((error.kind(), fetched.load(Ordering::SeqCst)), (ErrorKind::Transient, 0));
        drop(held);
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(access(&cache).await.unwrap(), "1-after-nothing");
    }

    #[tokio::test(start_paused = true)]
    async fn a_refresh_that_hangs_does_not_delay_a_valid_token() {
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
        assert_eq!(began.elapsed(), STALE_REFRESH_TIMEOUT, "the next caller does not try immediately");
    }

    #[tokio::test(start_paused = true)]
    async fn caches_with_one_store_fetch_once_and_share_the_newest() {
        let store = Arc::new(crate::MemoryTokenStore::new());
        let source = Source { life: Some(3600), ..Source::default() };
        let fetched = Arc::clone(&source.fetched);
        let (first, second) = (shared(source.clone(), &store), shared(source, &store));
        let (a, b) = tokio::join!(access(&first), access(&second));
        assert_eq!((a.unwrap().as_str(), b.unwrap().as_str()), ("1-after-nothing", "1-after-nothing"));
        first.token().await.unwrap().mark_rejected();
        assert_eq!(access(&first).await.unwrap(), "2-after-1-after-nothing");
        second.token().await.unwrap().mark_rejected();
        assert_eq!(access(&second).await.unwrap(), "2-after-1-after-nothing", "the token the other stored");
        assert_eq!(fetched.load(Ordering::SeqCst), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_this_process_replaced_is_not_taken_from_the_store() {
        let store = Arc::new(crate::MemoryTokenStore::new());
        let source = Source { life: Some(3600), ..Source::default() };
        let cache = shared(source, &store);
        cache.token().await.unwrap().mark_rejected();
        let old = store.lock().await.unwrap().load().await.unwrap().unwrap();
        assert_eq!(access(&cache).await.unwrap(), "2-after-1-after-nothing");
        // The new token could not be stored, and the old one claims to be from later.
        let mut stale = old.clone();
        stale.obtained_at += Duration::from_secs(1);
        store.lock().await.unwrap().save(&stale).await.unwrap();
        cache.token().await.unwrap().mark_rejected();
        assert_eq!(access(&cache).await.unwrap(), "3-after-2-after-1-after-nothing");
    }

    #[tokio::test(start_paused = true)]
    async fn a_foreign_token_is_used_although_its_clock_is_behind() {
        let store = Arc::new(crate::MemoryTokenStore::new());
        let source = Source { life: Some(3600), ..Source::default() };
        let cache = shared(source, &store);
        cache.token().await.unwrap().mark_rejected();
        let token = Token::new("foreign".into(), Some(Duration::from_secs(3600))).unwrap();
        let mut foreign = StoredToken::new(token);
        foreign.obtained_at -= Duration::from_secs(600);
        store.lock().await.unwrap().save(&foreign).await.unwrap();
        assert_eq!(access(&cache).await.unwrap(), "foreign");
    }

    /// Sets any lifetime, without the bounds of [`Token::new`].
    #[derive(Debug)]
    struct Unbounded(Duration, Arc<AtomicUsize>);

    #[async_trait]
    impl TokenSource for Unbounded {
        async fn fetch(&self, _: Option<&Token>) -> Result<Token, Error> {
            self.1.fetch_add(1, Ordering::SeqCst);
            Ok(Token { expires_in: self.0, ..Token::new("x".into(), None)? })
        }
    }

    #[tokio::test(start_paused = true)]
    async fn lifetimes_that_a_source_sets_are_bounded() {
        for lifetime in [Duration::ZERO, Duration::MAX] {
            for with_store in [false, true] {
                let fetched = Arc::new(AtomicUsize::new(0));
                let (info, source) =
                    (ProviderInfo::new("vendor", "test"), Unbounded(lifetime, Arc::clone(&fetched)));
                let cache = match with_store {
                    true => TokenCache::with_store(info, source, Arc::new(crate::MemoryTokenStore::new())),
                    false => TokenCache::new(info, source),
                };
                for _ in 0..3 {
                    assert!(cache.token().await.unwrap().is_valid());
                }
                assert_eq!(fetched.load(Ordering::SeqCst), 1, "{lifetime:?}, store: {with_store}");
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn lifetime_without_end_in_a_store_is_bounded() {
        let store = Arc::new(crate::MemoryTokenStore::new());
        let mut stored = StoredToken::new(Token::new("stored".into(), None).unwrap());
        stored.token.expires_in = Duration::MAX;
        store.lock().await.unwrap().save(&stored).await.unwrap();
        assert_eq!(access(&shared(Source::default(), &store)).await.unwrap(), "stored");
    }
}
