//! Everything the sandbox remembers, behind one lock.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::clock::Clock;
use crate::email::Emails;
use crate::etrusted::Etrusted;
use crate::fault::{FaultRule, Faults};
use crate::host::Vendor;
use crate::kiyoh::Kiyoh;
use crate::listener::RefuseConnections;
use crate::record::RequestLog;
use crate::trustpilot::Trustpilot;
use crate::webwinkelkeur::Webwinkelkeur;

/// What the builder decides.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) port: u16,
    /// Overrides the life of access tokens of both vendors.
    pub(crate) token_lifetime: Option<Duration>,
    pub(crate) refresh_token_lifetime: Duration,
    pub(crate) settings_delay: Duration,
    pub(crate) invite_delay: Duration,
    /// Whether Trustpilot's CDN refuses every call from the start.
    pub(crate) cdn_blocking: bool,
    /// How many requests the record keeps.
    pub(crate) max_recorded_requests: usize,
    /// How many faults the account keeps.
    pub(crate) max_recorded_faults: usize,
    /// The rules for faults from the start.
    pub(crate) faults: Vec<FaultRule>,
    /// After which a connection without a call in flight is closed.
    pub(crate) idle_timeout: Option<Duration>,
    /// How long a client can take to send a request.
    pub(crate) request_timeout: Duration,
}

/// What changes while the sandbox runs.
pub(crate) struct State {
    pub(crate) trustpilot: Trustpilot,
    pub(crate) etrusted: Etrusted,
    pub(crate) kiyoh: Kiyoh,
    pub(crate) webwinkelkeur: Webwinkelkeur,
    pub(crate) emails: Emails,
    pub(crate) log: RequestLog,
    pub(crate) faults: Faults,
    /// The vendors whose gateway is switched to "down".
    pub(crate) down: HashSet<Vendor>,
}

impl State {
    pub(crate) fn expire_tokens(&mut self, vendor: Vendor) {
        match vendor {
            Vendor::Trustpilot => self.trustpilot.tokens.expire_access(),
            Vendor::Etrusted => self.etrusted.tokens.clear(),
            Vendor::Kiyoh => self.kiyoh.revoke_token(),
            Vendor::Webwinkelkeur => self.webwinkelkeur.revoke_code(),
        }
    }

    /// One token only.
    pub(crate) fn expire_token(&mut self, vendor: Vendor, token: &str) {
        match vendor {
            Vendor::Trustpilot => self.trustpilot.tokens.expire_one(token),
            Vendor::Etrusted => drop(self.etrusted.tokens.remove(token)),
            // These have one token, whatever the request has.
            Vendor::Kiyoh | Vendor::Webwinkelkeur => self.expire_tokens(vendor),
        }
    }

    pub(crate) fn set_gateway_down(&mut self, vendor: Vendor, down: bool) {
        if down {
            self.down.insert(vendor);
        } else {
            self.down.remove(&vendor);
        }
    }
}

/// The handle every end point gets.
#[derive(Clone)]
pub(crate) struct App(Arc<Shared>);

struct Shared {
    options: Options,
    clock: Clock,
    state: Mutex<State>,
    refusals: mpsc::UnboundedSender<RefuseConnections>,
}

impl App {
    /// The receiver is for the accept loop.
    pub(crate) fn new(options: Options) -> (Self, mpsc::UnboundedReceiver<RefuseConnections>) {
        let clock = Clock::new();
        let state = State {
            trustpilot: Trustpilot::new(clock.clone(), options.cdn_blocking),
            etrusted: Etrusted::new(clock.clone()),
            kiyoh: Kiyoh::new(clock.clone()),
            webwinkelkeur: Webwinkelkeur::new(clock.clone()),
            emails: Emails::default(),
            log: RequestLog::new(options.max_recorded_requests),
            faults: Faults::new(options.max_recorded_faults),
            down: HashSet::new(),
        };
        let (refusals, commands) = mpsc::unbounded_channel();
        (Self(Arc::new(Shared { options, clock, state: Mutex::new(state), refusals })), commands)
    }

    /// Connections are refused for so long. Comes back once they are.
    pub(crate) async fn refuse_connections(&self, duration: Duration) {
        let (done, refused) = oneshot::channel();
        // Without an accept loop nothing is accepted anyway.
        let _ = self.0.refusals.send(RefuseConnections { duration, done });
        let _ = refused.await;
    }

    pub(crate) fn options(&self) -> &Options {
        &self.0.options
    }

    /// The sandbox's time: use it, not the machine's.
    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Never hold the guard across an `await`.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        // A panic while the lock was held is a bug of the sandbox, but the tests of its user should see their own
        // assertion fail, not a poisoned lock.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
