//! The state of the sandbox, behind one lock.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::clock::Clock;
use crate::email::Emails;
use crate::etrusted::store::Etrusted;
use crate::fault::rule::FaultRule;
use crate::fault::rules::Faults;
use crate::host::Vendor;
use crate::inbox::store::Inbox;
use crate::kiyoh::store::Kiyoh;
use crate::listener::RefuseConnections;
use crate::request_log::RequestLog;
use crate::trustpilot::store::Trustpilot;
use crate::webwinkelkeur::store::Webwinkelkeur;

/// The settings from the builder.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) port: u16,
    /// Overrides the lifetime of access tokens of both vendors.
    pub(crate) token_lifetime: Option<Duration>,
    pub(crate) refresh_token_lifetime: Duration,
    pub(crate) settings_delay: Duration,
    /// Event types that the eTrusted account has from the start.
    pub(crate) event_types: Vec<String>,
    pub(crate) invite_delay: Duration,
    /// Whether Trustpilot's CDN blocks every request from the start.
    pub(crate) cdn_blocking: bool,
    /// How many requests are kept.
    pub(crate) max_recorded_requests: usize,
    /// How many faults are kept.
    pub(crate) max_recorded_faults: usize,
    /// How many entries the inbox keeps.
    pub(crate) max_inbox_entries: usize,
    /// The fault rules from the start.
    pub(crate) faults: Vec<FaultRule>,
    /// Closes a connection without a request in flight after this time.
    pub(crate) idle_timeout: Option<Duration>,
    /// How long a client can take to send a request.
    pub(crate) request_timeout: Duration,
}

/// The state that changes while the sandbox runs.
pub(crate) struct State {
    pub(crate) trustpilot: Trustpilot,
    pub(crate) etrusted: Etrusted,
    pub(crate) kiyoh: Kiyoh,
    pub(crate) webwinkelkeur: Webwinkelkeur,
    pub(crate) emails: Emails,
    pub(crate) log: RequestLog,
    pub(crate) faults: Faults,
    pub(crate) inbox: Inbox,
    /// The vendors whose gateway is down.
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

    /// Expires one token.
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

/// The handle that every endpoint gets.
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
            etrusted: Etrusted::new(clock.clone(), &options.event_types),
            kiyoh: Kiyoh::new(clock.clone()),
            webwinkelkeur: Webwinkelkeur::new(clock.clone()),
            emails: Emails::default(),
            log: RequestLog::new(options.max_recorded_requests),
            faults: Faults::new(options.max_recorded_faults),
            inbox: Inbox::new(options.max_inbox_entries),
            down: HashSet::new(),
        };
        let (refusals, commands) = mpsc::unbounded_channel();
        (Self(Arc::new(Shared { options, clock, state: Mutex::new(state), refusals })), commands)
    }

    /// Refuses connections for this time. Returns when it takes effect.
    pub(crate) async fn refuse_connections(&self, duration: Duration) {
        let (done, refused) = oneshot::channel();
        // It fails only without an accept loop, and then no connection is accepted anyway.
        let _ = self.0.refusals.send(RefuseConnections { duration, done });
        let _ = refused.await;
    }

    pub(crate) fn options(&self) -> &Options {
        &self.0.options
    }

    /// The sandbox's time; code must use it instead of the machine's.
    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Never hold the guard across an `await`.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        // A panic while the lock was held is a bug of the sandbox, but users should see the assertion of their own
        // test fail, not a poisoned lock.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
