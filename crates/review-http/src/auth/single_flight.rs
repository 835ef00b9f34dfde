//! One caller fetches, the others wait for what it brings.

use std::future::Future;
use std::sync::OnceLock;
use std::time::Duration;

use review_core::Error;
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::Instant;

/// Lets one caller at a time fetch something they all want.
///
/// A caller that is cancelled while it fetches hands over to the next. A fetch that fails fails those
/// who waited for it, and is tried anew by those who come later.
#[derive(Debug, Default)]
pub(crate) struct SingleFlight(Mutex<Option<Failure>>);

#[derive(Debug)]
struct Failure {
    at: Instant,
    error: Error,
}

impl SingleFlight {
    /// What is `ready` already, or else what `fetch` brings.
    pub(crate) async fn run<T>(
        &self,
        ready: impl Fn() -> Option<T>,
        fetch: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let asked = Instant::now();
        let mut guard = self.0.lock().await;
        if let Some(value) = ready() {
            return Ok(value);
        }
        match &*guard {
            // Somebody fetched while this caller waited, and failed for both.
            Some(failure) if failure.at >= asked => Err(failure.error.clone()),
            _ => record_result(&mut guard, fetch.await),
        }
    }

    /// What `fetch` brings, unless somebody else is at it, failed at it less than `pause` ago, or it
    /// fails.
    pub(crate) async fn try_run<T>(
        &self,
        pause: Duration,
        fetch: impl Future<Output = Result<T, Error>>,
    ) -> Option<T> {
        let mut guard = self.0.try_lock().ok()?;
        if guard.as_ref().is_some_and(|failure| failure.at.elapsed() < pause) {
            return None;
        }
        record_result(&mut guard, fetch.await).ok()
    }
}

fn record_result<T>(
    guard: &mut MutexGuard<'_, Option<Failure>>,
    result: Result<T, Error>,
) -> Result<T, Error> {
    **guard = result.as_ref().err().map(|error| Failure { at: Instant::now(), error: error.clone() });
    result
}

/// Something that is looked up at the vendor once and then known for good, such as the id of an
/// account. Failures are not kept.
///
/// ```
/// use review_http::SharedLookup;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), review_core::Error> {
/// let account = SharedLookup::new();
/// let ask_the_vendor = async { Ok("acc-7".to_owned()) };
/// assert_eq!(account.get_or_try_init(ask_the_vendor).await?, "acc-7");
/// assert_eq!(account.get().map(String::as_str), Some("acc-7"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Default)]
pub struct SharedLookup<T> {
    found: OnceLock<T>,
    flight: SingleFlight,
}

impl<T: Clone> SharedLookup<T> {
    /// Nothing is known yet.
    #[must_use]
    pub fn new() -> Self {
        Self { found: OnceLock::new(), flight: SingleFlight::default() }
    }

    /// What was found, if anything was.
    #[must_use]
    pub fn get(&self) -> Option<&T> {
        self.found.get()
    }

    /// What was found, or else what `look_up` finds. One caller looks, the others wait for it.
    ///
    /// # Errors
    /// Those of `look_up`; callers who waited share them.
    pub async fn get_or_try_init(&self, look_up: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let ready = || self.found.get().cloned();
        match ready() {
            Some(found) => Ok(found),
            None => {
                let look_up = async {
                    Ok(self
                        .found
                        .get_or_init({
                            let found = look_up.await?;
                            || found
                        })
                        .clone())
                };
                self.flight.run(ready, look_up).await
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use review_core::ErrorKind;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_failing_look_up_is_made_once_for_all_who_wait_and_again_for_those_who_come_later() {
        let (cell, made) = (Arc::new(SharedLookup::new()), Arc::new(AtomicUsize::new(0)));
        let look = |cell: &Arc<SharedLookup<usize>>| {
            let (cell, made) = (Arc::clone(cell), Arc::clone(&made));
            tokio::spawn(async move {
                let look_up = async {
                    tokio::time::sleep(Duration::from_secs(30)).await;
                    match made.fetch_add(1, Ordering::SeqCst) {
                        0 => Err(Error::new(ErrorKind::Transient, "")),
                        number => Ok(number),
                    }
                };
                cell.get_or_try_init(look_up).await
            })
        };
        let began = Instant::now();
        let callers: Vec<_> = (0..100).map(|_| look(&cell)).collect();
        for caller in callers {
            assert!(caller.await.unwrap().is_err());
        }
        assert_eq!((made.load(Ordering::SeqCst), began.elapsed().as_secs()), (1, 30));
        tokio::time::advance(Duration::from_millis(1)).await;
        let callers: Vec<_> = (0..100).map(|_| look(&cell)).collect();
        for caller in callers {
            assert_eq!(caller.await.unwrap().unwrap(), 1);
        }
        assert_eq!((made.load(Ordering::SeqCst), cell.get()), (2, Some(&1)));
    }
}
