//! What can be set before the sandbox starts.

use std::io;
use std::time::Duration;

use crate::fault::{FaultRule, MAX_RECORDED_FAULTS};
use crate::record::MAX_RECORDED_REQUESTS;
use crate::sandbox::Sandbox;
use crate::state::Options;
use crate::trustpilot::REFRESH_TOKEN_LIFETIME;

/// How long eTrusted takes to make invite settings for a new event type. UNK: "a few seconds" says the vendor's
/// PrestaShop module; shorter here, to keep tests fast, but long enough that a client which does not wait is caught.
const SETTINGS_DELAY: Duration = Duration::from_millis(300);

/// How long eTrusted takes to make an invite of what it has accepted. UNK: an event is "queued"; no more is said. Short,
/// but long enough that a client which looks at once finds nothing.
const INVITE_DELAY: Duration = Duration::from_millis(300);

/// How long a client can take to send a request. Longer than any client of a test needs.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// Settings of a [`Sandbox`]; from [`Sandbox::builder`].
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

impl SandboxBuilder {
    pub(crate) fn new() -> Self {
        Self(Options {
            port: 0,
            token_lifetime: None,
            refresh_token_lifetime: REFRESH_TOKEN_LIFETIME,
            settings_delay: SETTINGS_DELAY,
            invite_delay: INVITE_DELAY,
            cdn_blocking: false,
            max_recorded_requests: MAX_RECORDED_REQUESTS,
            max_recorded_faults: MAX_RECORDED_FAULTS,
            faults: Vec::new(),
            idle_timeout: None,
            request_timeout: REQUEST_TIMEOUT,
        })
    }

    /// The TCP port on 127.0.0.1; 0, the default, takes a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.0.port = port;
        self
    }

    /// The life of access tokens of both vendors; by default each vendor's documented one. `expires_in` is told in
    /// whole seconds, rounded down.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.0.token_lifetime = Some(lifetime);
        self
    }

    /// The life of Trustpilot's refresh tokens; 30 days by default.
    pub fn refresh_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.0.refresh_token_lifetime = lifetime;
        self
    }

    /// How long after the creation of an eTrusted event type its invite settings appear; 300 ms by default.
    pub fn settings_delay(mut self, delay: Duration) -> Self {
        self.0.settings_delay = delay;
        self
    }

    /// How long after an accepted event, or a call of `POST /invites`, eTrusted's list of invites has them; 300 ms by
    /// default. [`Sandbox::emails`] does not wait for it.
    pub fn invite_delay(mut self, delay: Duration) -> Self {
        self.0.invite_delay = delay;
        self
    }

    /// Whether Trustpilot's CDN refuses every call from the start; see [`Sandbox::set_cdn_blocking`].
    pub fn cdn_blocking(mut self, blocking: bool) -> Self {
        self.0.cdn_blocking = blocking;
        self
    }

    /// How many requests [`Sandbox::requests`] keeps, the oldest go first; 100,000 by default. With 0 none is kept, for
    /// runs with many requests. They are counted all the same.
    pub fn max_recorded_requests(mut self, requests: usize) -> Self {
        self.0.max_recorded_requests = requests;
        self
    }

    /// How many faults [`Sandbox::faults`] keeps, the oldest go first; 10,000 by default. They are all counted.
    pub fn max_recorded_faults(mut self, faults: usize) -> Self {
        self.0.max_recorded_faults = faults;
        self
    }

    /// A rule for faults from the start, after those given before; see [`Sandbox::add_fault`].
    pub fn fault(mut self, rule: FaultRule) -> Self {
        self.0.faults.push(rule);
        self
    }

    /// After how long without a call in flight the server closes a connection; never by default. For tests of what a
    /// client does when a connection it has kept is gone.
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

    /// Binds the port and serves on the tokio runtime this is called on.
    ///
    /// # Errors
    ///
    /// When the port cannot be bound, for example because it is taken; and, as
    /// [`InvalidInput`](io::ErrorKind::InvalidInput), when a [`fault`](Self::fault) makes no sense.
    pub async fn start(self) -> io::Result<Sandbox> {
        Sandbox::launch(self.0).await
    }
}
