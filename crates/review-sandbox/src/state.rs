//! Everything the sandbox remembers, behind one lock.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::etrusted::Etrusted;
use crate::mail::Mail;
use crate::record::Log;
use crate::trustpilot::Trustpilot;

/// What the builder decides.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) port: u16,
    /// Overrides the life of access tokens of both vendors.
    pub(crate) token_lifetime: Option<Duration>,
    pub(crate) refresh_token_lifetime: Duration,
    pub(crate) settings_delay: Duration,
}

/// What changes while the sandbox runs.
pub(crate) struct State {
    pub(crate) trustpilot: Trustpilot,
    pub(crate) etrusted: Etrusted,
    pub(crate) mails: Vec<Mail>,
    pub(crate) log: Log,
}

/// The handle every end point gets.
#[derive(Clone)]
pub(crate) struct App(Arc<Shared>);

struct Shared {
    options: Options,
    state: Mutex<State>,
}

impl App {
    pub(crate) fn new(options: Options) -> Self {
        let state = State {
            trustpilot: Trustpilot::default(),
            etrusted: Etrusted::new(),
            mails: Vec::new(),
            log: Log::default(),
        };
        Self(Arc::new(Shared { options, state: Mutex::new(state) }))
    }

    pub(crate) fn options(&self) -> &Options {
        &self.0.options
    }

    /// Never hold the guard across an `await`.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        // A panic while the lock was held is a bug of the sandbox, but the tests of its user should see their own
        // assertion fail, not a poisoned lock.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
