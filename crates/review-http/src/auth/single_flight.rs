//! Runs one fetch at a time; concurrent callers share its result.

use std::fmt;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use review_core::{Error, ErrorKind};

/// `None`: the fetch panicked, or its runtime was shut down.
type Fetch<T> = Shared<BoxFuture<'static, Option<Result<T, Error>>>>;

/// Shares one running fetch among all callers.
///
/// A fetch runs as a task on the runtime of the caller that starts it. It goes on when that caller, or
/// every caller, is cancelled. If its runtime is shut down, the next caller starts it again on its own.
pub(crate) struct SingleFlight<T: Clone>(Mutex<Option<Running<T>>>);

#[derive(Clone)]
struct Running<T: Clone> {
    fetch: Fetch<T>,
    /// Set by the fetch itself: `Shared::peek` only knows what a caller has polled.
    is_finished: Arc<AtomicBool>,
}

impl<T: Clone> Default for SingleFlight<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T: Clone> fmt::Debug for SingleFlight<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SingleFlight").finish_non_exhaustive()
    }
}

impl<T: Clone + Send + Sync + 'static> SingleFlight<T> {
    /// Returns the `cached` value, or the result of the running fetch, or that of a new one.
    ///
    /// `fetch` must fill the cache before it returns, because its caller may be gone by then. `cached` runs
    /// under the lock, so that a caller that missed the cache just before a fetch ended does not start
    /// another one.
    pub(crate) async fn run<F>(
        &self,
        cached: impl Fn() -> Option<T>,
        fetch: impl Fn() -> F,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        loop {
            let (running, is_new) = {
                let mut slot = self.lock();
                if let Some(value) = cached() {
                    return Ok(value);
                }
                match &*slot {
                    // The result of a finished fetch is not for new callers.
                    Some(running) if !running.is_finished.load(Ordering::SeqCst) => (running.clone(), false),
                    _ => (slot.insert(start(fetch())).clone(), true),
                }
            };
            let result = running.fetch.clone().await;
            self.clear(&running);
            match result {
                Some(result) => return result,
                // The runtime of another caller was shut down under its fetch.
                None if !is_new && !running.is_finished.load(Ordering::SeqCst) => {}
                None => {
                    return Err(Error::new(ErrorKind::Transient, "the shared fetch stopped before it ended"));
                }
            }
        }
    }

    /// Starts a fetch, unless one is running. Returns its result, or `None` if another is running.
    pub(crate) async fn try_run<F>(&self, fetch: impl FnOnce() -> F) -> Option<Result<T, Error>>
    where
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let running = {
            let mut slot = self.lock();
            if slot.as_ref().is_some_and(|running| !running.is_finished.load(Ordering::SeqCst)) {
                return None;
            }
            slot.insert(start(fetch())).clone()
        };
        let result = running.fetch.clone().await;
        self.clear(&running);
        result
    }

    /// Removes a fetch that ended, but not a newer one.
    fn clear(&self, ended: &Running<T>) {
        let mut slot = self.lock();
        if slot.as_ref().is_some_and(|running| running.fetch.ptr_eq(&ended.fetch)) {
            *slot = None;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Running<T>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn start<T, F>(fetch: F) -> Running<T>
where
    T: Clone + Send + Sync + 'static,
    F: Future<Output = Result<T, Error>> + Send + 'static,
{
    let is_finished = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&is_finished);
    let task = tokio::spawn(async move {
        // A panic that reached `Shared` would make every later caller panic too.
        let result = AssertUnwindSafe(fetch).catch_unwind().await.ok();
        flag.store(true, Ordering::SeqCst);
        result
    });
    Running { fetch: async move { task.await.ok().flatten() }.boxed().shared(), is_finished }
}

/// A value that is looked up at the vendor once, for example the id of an account. Concurrent callers
/// share one lookup; errors are not kept.
///
/// ```
/// use review_http::SharedLookup;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), review_core::Error> {
/// let account = SharedLookup::new();
/// let id = account.get_or_try_init(|| async { Ok("acc-7".to_owned()) }).await?;
/// assert_eq!((id.as_str(), account.get()), ("acc-7", Some(&id)));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct SharedLookup<T: Clone> {
    value: Arc<OnceLock<T>>,
    flight: SingleFlight<T>,
}

impl<T: Clone> Default for SharedLookup<T> {
    fn default() -> Self {
        Self { value: Arc::default(), flight: SingleFlight::default() }
    }
}

impl<T: Clone + Send + Sync + 'static> SharedLookup<T> {
    /// Creates a lookup without a value.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the value, if it was looked up before.
    #[must_use]
    pub fn get(&self) -> Option<&T> {
        self.value.get()
    }

    /// Returns the value, or looks it up. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// Those of `lookup`; all callers that waited share them.
    pub async fn get_or_try_init<F>(&self, lookup: impl Fn() -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        if let Some(value) = self.value.get() {
            return Ok(value.clone());
        }
        let fetch = || {
            let (lookup, value) = (lookup(), Arc::clone(&self.value));
            async move {
                let found = lookup.await?;
                Ok(value.get_or_init(|| found).clone())
            }
        };
        self.flight.run(|| self.value.get().cloned(), fetch).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::time::Duration;

    use tokio::time::Instant;

    use super::*;

    #[derive(Clone, Default)]
    struct Source(Arc<AtomicUsize>);

    impl Source {
        /// Takes 30 seconds. The first call fails with `first`, later ones return their number.
        fn fetch(&self, first: ErrorKind) -> impl Future<Output = Result<usize, Error>> + Send + 'static {
            let count = Arc::clone(&self.0);
            async move {
                tokio::time::sleep(Duration::from_secs(30)).await;
                match count.fetch_add(1, Ordering::SeqCst) {
                    0 if first == ErrorKind::Unexpected => panic!("a defect in the fetch"),
                    0 => Err(Error::new(first, "down")),
                    number => Ok(number),
                }
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_callers_share_an_error_and_later_ones_retry() {
        for first in [ErrorKind::Transient, ErrorKind::Unexpected] {
            let (lookup, source) = (Arc::new(SharedLookup::new()), Source::default());
            let herd = || -> Vec<_> {
                let one = |_| {
                    let (lookup, source) = (Arc::clone(&lookup), source.clone());
                    tokio::spawn(async move { lookup.get_or_try_init(|| source.fetch(first)).await })
                };
                (0..100).map(one).collect()
            };
            let began = Instant::now();
            for caller in herd() {
                assert_eq!(caller.await.unwrap().unwrap_err().kind(), ErrorKind::Transient);
            }
            assert_eq!((source.0.load(Ordering::SeqCst), began.elapsed().as_secs()), (1, 30));
            for caller in herd() {
                assert_eq!(caller.await.unwrap().unwrap(), 1);
            }
            assert_eq!((source.0.load(Ordering::SeqCst), lookup.get()), (2, Some(&1)));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn cancelled_callers_do_not_cancel_the_fetch() {
        let (lookup, source) = (SharedLookup::new(), Source::default());
        source.0.store(7, Ordering::SeqCst);
        for _ in 0..20 {
            let wait = lookup.get_or_try_init(|| source.fetch(ErrorKind::Transient));
            assert!(tokio::time::timeout(Duration::from_secs(1), wait).await.is_err());
        }
        tokio::time::sleep(Duration::from_secs(15)).await;
        assert_eq!((lookup.get(), source.0.load(Ordering::SeqCst)), (Some(&7), 8));
    }

    #[tokio::test(start_paused = true)]
    async fn an_error_without_callers_is_not_for_the_next_one() {
        let (lookup, source) = (SharedLookup::new(), Source::default());
        let wait = lookup.get_or_try_init(|| source.fetch(ErrorKind::Transient));
        assert!(tokio::time::timeout(Duration::from_secs(1), wait).await.is_err());
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert_eq!(lookup.get_or_try_init(|| source.fetch(ErrorKind::Transient)).await.unwrap(), 1);
    }

    #[test]
    fn a_fetch_survives_the_runtime_that_started_it() {
        let runtime = || tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let (lookup, gate) = (SharedLookup::new(), Arc::new(tokio::sync::Semaphore::new(0)));
        let fetch = || {
            let gate = Arc::clone(&gate);
            async move {
                let _permit = gate.acquire().await;
                Ok(5)
            }
        };
        let first = runtime();
        first.block_on(async {
            let wait = lookup.get_or_try_init(fetch);
            assert!(tokio::time::timeout(Duration::from_millis(1), wait).await.is_err());
        });
        drop(first);
        // This one waits for the fetch when its runtime ends, and repeats it.
        let (first, second) = (runtime(), runtime());
        first.block_on(async {
            assert!(lookup.get_or_try_init(fetch).now_or_never().is_none());
        });
        second.block_on(async {
            let mut wait = std::pin::pin!(lookup.get_or_try_init(fetch));
            assert!((&mut wait).now_or_never().is_none());
            first.shutdown_background();
            gate.add_permits(1);
            assert_eq!(wait.await.unwrap(), 5);
        });
        let unknown = SharedLookup::new();
        assert_eq!(runtime().block_on(unknown.get_or_try_init(fetch)).unwrap(), 5);
    }
}
