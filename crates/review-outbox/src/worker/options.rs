//! The settings of a worker.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use review_core::InviteRequest;
use review_core::provider::{BeforeSend, DynProvider};

use crate::backoff::Backoff;
use crate::circuit::CircuitPolicy;
use crate::limit::SharedLimit;

/// What a worker does with rows whose outcome is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnknownPolicy {
    /// Keeps them for an operator, who calls [`Outbox::resolve`](crate::Outbox::resolve).
    #[default]
    Hold,
    /// Looks them up at the vendor. Only a row that is found is closed; the others stay for an operator.
    LookUp {
        /// The wait between two lookups.
        every: Duration,
        /// The time after which no more lookups are made.
        give_up_after: Duration,
    },
    /// Sends them again after this time. **Customers may get a second email.**
    Resend {
        /// The wait before the request is sent again.
        after: Duration,
    },
}

/// Creates the hook that a stored request gets before it is sent: hooks are not stored.
pub(crate) type HookFactory = Arc<dyn Fn(&InviteRequest) -> Arc<dyn BeforeSend> + Send + Sync>;

/// One instance that a worker sends with.
#[derive(Clone)]
pub struct Instance {
    pub(crate) provider: DynProvider,
    pub(crate) limits: Vec<SharedLimit>,
    pub(crate) unknown: UnknownPolicy,
    pub(crate) concurrency: usize,
}

impl Instance {
    /// Creates an instance with 32 requests in flight, no shared limit and [`UnknownPolicy::Hold`].
    #[must_use]
    pub fn new(provider: DynProvider) -> Self {
        Self { provider, limits: Vec::new(), unknown: UnknownPolicy::Hold, concurrency: 32 }
    }

    /// Adds a limit that all workers of the database share.
    #[must_use]
    pub fn add_limit(mut self, limit: SharedLimit) -> Self {
        self.limits.push(limit);
        self
    }

    /// Sets what happens to unknown outcomes.
    #[must_use]
    pub fn with_unknown_policy(mut self, policy: UnknownPolicy) -> Self {
        self.unknown = policy;
        self
    }

    /// Sets how many requests this worker has in flight; at least 1.
    #[must_use]
    pub fn with_concurrency(mut self, concurrency: usize) -> Self {
        self.concurrency = concurrency.max(1);
        self
    }
}

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance")
            .field("provider", self.provider.info())
            .field("limits", &self.limits)
            .field("unknown", &self.unknown)
            .field("concurrency", &self.concurrency)
            .finish()
    }
}

/// The settings of a worker.
#[derive(Clone)]
#[non_exhaustive]
pub struct WorkerOptions {
    /// How long a claimed row belongs to a worker that shows no sign of life. It must be longer than the
    /// deadline of one call of the provider. Default: 60 seconds.
    pub lease: Duration,
    /// The wait before the next look for due rows if there were none. Default: 1 second.
    pub poll: Duration,
    /// The time between two sweeps. Default: 10 seconds.
    pub sweep_every: Duration,
    /// How long a clean shutdown waits for requests in flight. Default: 30 seconds.
    pub shutdown_timeout: Duration,
    /// Retries of requests that were certainly not sent.
    pub backoff: Backoff,
    /// Workers that may die while they hold a row before the row is `dead`. Default: 5.
    pub max_crashes: u32,
    /// The circuits.
    pub circuit: CircuitPolicy,
    pub(crate) hook: Option<HookFactory>,
}

impl Default for WorkerOptions {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(60),
            poll: Duration::from_secs(1),
            sweep_every: Duration::from_secs(10),
            shutdown_timeout: Duration::from_secs(30),
            backoff: Backoff::default(),
            max_crashes: 5,
            circuit: CircuitPolicy::default(),
            hook: None,
        }
    }
}

impl fmt::Debug for WorkerOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkerOptions")
            .field("lease", &self.lease)
            .field("poll", &self.poll)
            .field("backoff", &self.backoff)
            .field("circuit", &self.circuit)
            .finish_non_exhaustive()
    }
}

impl WorkerOptions {
    /// Sets a hook that is created for each request and runs just before it leaves: for example a check
    /// that the customer has not objected and the order was not refunded since it was enqueued. If it
    /// returns an error of the kind [`Blocked`](review_core::ErrorKind::Blocked), the row is cancelled.
    #[must_use]
    pub fn with_hook(
        mut self,
        hook: impl Fn(&InviteRequest) -> Arc<dyn BeforeSend> + Send + Sync + 'static,
    ) -> Self {
        self.hook = Some(Arc::new(hook));
        self
    }
}

/// The instances by name.
pub(crate) type Instances = BTreeMap<String, Instance>;
