//! The settings of a sandbox, before it starts.

use std::io;
use std::time::Duration;

use crate::fault::rule::FaultRule;
use crate::fault::rules::MAX_RECORDED_FAULTS;
use crate::inbox::store::MAX_INBOX_ENTRIES;
use crate::request_log::MAX_RECORDED_REQUESTS;
use crate::sandbox::Sandbox;
use crate::state::Options;
use crate::trustpilot::tokens::REFRESH_TOKEN_LIFETIME;

/// How long eTrusted takes to create invite settings for a new event type. UNK: the vendor's PrestaShop module waits
/// "a few seconds"; shorter here, to keep tests fast, but long enough to find a client that does not wait.
const SETTINGS_DELAY: Duration = Duration::from_millis(300);

/// How long eTrusted takes to create an invite from what it has accepted. UNK: the documentation says only that an
/// event is "queued". Short, but long enough that a client which reads immediately finds nothing.
const INVITE_DELAY: Duration = Duration::from_millis(300);

/// How long a client can take to send a request. Longer than the client of any test needs.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// The settings of a [`Sandbox`]; created by [`Sandbox::builder`].
///
/// ```
/// use std::time::Duration;
///
/// use review_sandbox::{FaultRule, Sandbox};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let sandbox = Sandbox::builder()
///     .token_lifetime(Duration::from_secs(5))
///     .fault(FaultRule::new("status-429-retry-after-2".parse()?).with_max_hits(1))
///     .start()
///     .await?;
/// assert!(sandbox.env_var("ETRUSTED_API_URL").is_some());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct SandboxBuilder(Options);

impl Sandbox {
    /// Starts on a free port with the default settings.
    ///
    /// # Errors
    ///
    /// If no port can be bound.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// Returns the settings of a sandbox, to change them.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder(Options {
            port: 0,
            token_lifetime: None,
            refresh_token_lifetime: REFRESH_TOKEN_LIFETIME,
            settings_delay: SETTINGS_DELAY,
            event_types: Vec::new(),
            invite_delay: INVITE_DELAY,
            cdn_blocking: false,
            max_recorded_requests: MAX_RECORDED_REQUESTS,
            max_recorded_faults: MAX_RECORDED_FAULTS,
            max_inbox_entries: MAX_INBOX_ENTRIES,
            faults: Vec::new(),
            idle_timeout: None,
            request_timeout: REQUEST_TIMEOUT,
        })
    }
}

impl SandboxBuilder {
    /// Sets the TCP port on 127.0.0.1; 0, the default, uses a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.0.port = port;
        self
    }

    /// Sets the lifetime of access tokens of both vendors; by default each vendor's documented one. `expires_in` is
    /// in whole seconds, rounded down.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.0.token_lifetime = Some(lifetime);
        self
    }

    /// Sets the lifetime of Trustpilot's refresh tokens; 30 days by default.
    pub fn refresh_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.0.refresh_token_lifetime = lifetime;
        self
    }

    /// Sets how long after the creation of an eTrusted event type its invite settings appear; 300 ms by default.
    pub fn settings_delay(mut self, delay: Duration) -> Self {
        self.0.settings_delay = delay;
        self
    }

    /// Adds an event type that was created in eTrusted's Control Centre, which allows any name. Its invite settings exist
    /// and are not enabled.
    pub fn event_type(mut self, name: impl Into<String>) -> Self {
        self.0.event_types.push(name.into());
        self
    }

    /// Sets how long after an accepted event or `POST /invites` eTrusted's list of invites contains the result; 300
    /// ms by default. [`Sandbox::emails`] does not wait for it.
    pub fn invite_delay(mut self, delay: Duration) -> Self {
        self.0.invite_delay = delay;
        self
    }

    /// Sets whether Trustpilot's CDN blocks every request from the start; see [`Sandbox::set_cdn_blocking`].
    pub fn cdn_blocking(mut self, blocking: bool) -> Self {
        self.0.cdn_blocking = blocking;
        self
    }

    /// Sets how many requests [`Sandbox::requests`] keeps; the oldest are dropped first. 100,000 by default, with at most
    /// 512 MiB of bodies. With 0, for runs with many requests, none is kept. All of them are counted.
    pub fn max_recorded_requests(mut self, requests: usize) -> Self {
        self.0.max_recorded_requests = requests;
        self
    }

    /// Sets how many faults [`Sandbox::faults`] keeps; the oldest are dropped first. 10,000 by default. All of them
    /// are counted.
    pub fn max_recorded_faults(mut self, faults: usize) -> Self {
        self.0.max_recorded_faults = faults;
        self
    }

    /// Sets how many entries [`Sandbox::inbox`] keeps; the oldest are dropped first. 20,000 by default, and 128 MiB at most,
    /// whatever their number. With 0 the inbox is off.
    pub fn max_inbox_entries(mut self, entries: usize) -> Self {
        self.0.max_inbox_entries = entries;
        self
    }

    /// Adds a fault rule from the start, after those added before; see [`Sandbox::add_fault`].
    pub fn fault(mut self, rule: FaultRule) -> Self {
        self.0.faults.push(rule);
        self
    }

    /// Sets how long a connection without a request in flight stays open; forever by default. For tests of a client
    /// whose idle connection is gone.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.0.idle_timeout = Some(timeout);
        self
    }

    /// Sets how long a client can take to send a request, counted for the head and for the body separately; 30 seconds by
    /// default. A connection with half a head is closed then, half a body gets a 408.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.0.request_timeout = timeout;
        self
    }

    /// Binds the port and serves on the tokio runtime that this is called on.
    ///
    /// # Errors
    ///
    /// If the port cannot be bound, for example because it is in use; and, as
    /// [`InvalidInput`](io::ErrorKind::InvalidInput), if a [`fault`](Self::fault) rule is invalid.
    pub async fn start(self) -> io::Result<Sandbox> {
        Sandbox::launch(self.0).await
    }
}
