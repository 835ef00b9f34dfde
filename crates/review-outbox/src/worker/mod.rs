//! The worker: claims due rows, sends them, records the results, sweeps.

pub(crate) mod drive;
pub(crate) mod lookup;
pub(crate) mod options;
pub(crate) mod send;
pub(crate) mod verdict;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use review_core::provider::SendTracker;
use tokio::sync::watch;
use tokio::task::{Id, JoinSet};
use tokio::time::Instant;
use tracing::{info, warn};

use self::options::{Instance, Instances, UnknownPolicy, WorkerOptions};
use self::send::{InFlight, Sender, Sent};
use crate::circuit::{Circuit, CircuitState};
use crate::error::{Error, Result};
use crate::outbox::Outbox;
use crate::store::claim::{Claimed, Owner, Which};
use crate::telemetry;

/// Sends the rows of an outbox through providers. Any number of workers can share one outbox.
///
/// ```no_run
/// # async fn example(provider: review_core::DynProvider) -> review_outbox::Result<()> {
/// use review_outbox::{Instance, Outbox, Worker, WorkerOptions, shutdown_signal};
///
/// let outbox = Outbox::open("sqlite://invitations.db").await?;
/// let worker = Worker::new(outbox, [Instance::new(provider)], WorkerOptions::default())?;
/// worker.run(shutdown_signal()).await;
/// # Ok(())
/// # }
/// ```
pub struct Worker {
    outbox: Outbox,
    senders: BTreeMap<String, Sender>,
    options: Arc<WorkerOptions>,
    owner: Owner,
    tasks: JoinSet<Sent>,
    flights: HashMap<Id, (String, InFlight, Which)>,
    /// The lookups of each instance: one task, or none.
    lookups: BTreeMap<String, JoinSet<()>>,
    stop: watch::Sender<bool>,
    sweep_not_before: Option<Instant>,
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Worker")
            .field("instances", &self.senders.keys())
            .field("in_flight", &self.tasks.len())
            .finish_non_exhaustive()
    }
}

impl Worker {
    /// Creates a worker for these instances. Rows of other instances are left to other workers.
    ///
    /// # Errors
    /// [`Error::Argument`] if there is no instance, or two have the same name.
    pub fn new(
        outbox: Outbox,
        instances: impl IntoIterator<Item = Instance>,
        options: WorkerOptions,
    ) -> Result<Self> {
        let mut by_name = Instances::new();
        for instance in instances {
            let name = instance.provider.info().instance().to_owned();
            if by_name.insert(name, instance).is_some() {
                return Err(Error::Argument {
                    argument: "instances",
                    expected: "of different names",
                    help: "give each instance of the configuration its own name",
                });
            }
        }
        if by_name.is_empty() {
            return Err(Error::Argument {
                argument: "instances",
                expected: "at least one",
                help: "add an instance",
            });
        }
        let options = Arc::new(options);
        let sender = |instance| Sender {
            outbox: outbox.clone(),
            instance: Arc::new(instance),
            options: Arc::clone(&options),
            clean: Arc::default(),
        };
        let senders = by_name.into_iter().map(|(name, instance)| (name, sender(instance))).collect();
        Ok(Self {
            outbox,
            senders,
            options,
            owner: Owner::new(),
            tasks: JoinSet::new(),
            flights: HashMap::new(),
            lookups: BTreeMap::new(),
            stop: watch::channel(false).0,
            sweep_not_before: None,
        })
    }

    /// Works until `shutdown` resolves, then stops cleanly: it claims nothing more, gives back the rows from
    /// which nothing was sent, and waits for requests in flight up to
    /// [`shutdown_timeout`](WorkerOptions::shutdown_timeout). A request that is still in flight then becomes
    /// `unknown` when its lease ends.
    ///
    /// Failures of the database are logged and retried; nothing ends the worker except `shutdown`.
    pub async fn run(mut self, shutdown: impl Future<Output = ()>) {
        let mut shutdown = std::pin::pin!(shutdown);
        let mut next_sweep = Instant::now();
        let mut prepared = false;
        loop {
            let round = async {
                if !prepared {
                    self.prepare().await?;
                }
                if Instant::now() >= next_sweep {
                    self.sweep().await?;
                    next_sweep = Instant::now() + self.options.sweep_every;
                }
                self.claim_all().await
            };
            // A round runs to its end: a cancelled claim could leave rows to the sweeper.
            match round.await {
                Ok(()) => prepared = true,
                Err(error) => {
                    warn!(%error, "the outbox database failed; the worker tries again");
                    telemetry::database_error();
                    self.sweep_not_before = Some(Instant::now() + self.options.lease);
                }
            }
            if self.idle(&mut shutdown, self.options.poll).await {
                break;
            }
        }
        self.shut_down().await;
    }

    /// Waits for the next round. Returns true on shutdown.
    async fn idle(&mut self, mut shutdown: impl Future<Output = ()> + Unpin, wait: Duration) -> bool {
        let deadline = Instant::now() + wait;
        let mut ended = 0;
        loop {
            tokio::select! {
                biased;
                () = &mut shutdown => return true,
                Some(result) = self.tasks.join_next_with_id() => {
                    self.ended(result).await;
                    ended += 1;
                    // Claim again when a quarter of the room is free, or all of it.
                    if self.tasks.is_empty() || ended * 4 >= self.room() {
                        return false;
                    }
                }
                () = tokio::time::sleep_until(deadline) => return false,
            }
        }
    }

    fn room(&self) -> usize {
        self.senders.values().map(|sender| sender.instance.concurrency).sum()
    }

    async fn prepare(&self) -> Result<()> {
        // An instance that never had a failure is part of the health, too.
        for name in self.senders.keys() {
            self.outbox.register(name).await?;
        }
        Ok(())
    }

    async fn sweep(&mut self) -> Result<()> {
        self.outbox.sync_clock().await?;
        // After an outage the other workers need time to renew their leases.
        if self.sweep_not_before.is_none_or(|at| at <= Instant::now()) {
            let swept = self.outbox.sweep(self.options.max_crashes, self.options.poll).await?;
            if swept.released + swept.dead + swept.unknown > 0 {
                warn!(
                    released = swept.released,
                    unknown = swept.unknown,
                    dead = swept.dead,
                    "rows of a worker that is gone were taken over"
                );
            }
        }
        self.start_lookups().await?;
        telemetry::health(&self.outbox.health().await?);
        Ok(())
    }

    /// Starts the lookups of each instance whose last ones have ended.
    async fn start_lookups(&mut self) -> Result<()> {
        let circuits = self.outbox.circuits().await?;
        for (name, sender) in &self.senders {
            let lookups = self.lookups.entry(name.clone()).or_default();
            while let Some(result) = lookups.try_join_next() {
                if result.is_err_and(|error| error.is_panic()) {
                    warn!(instance = name, "a lookup panicked");
                }
            }
            let stopped = circuits.get(name).is_some_and(|circuit| {
                circuit.state == CircuitState::Stopped || circuit.paused_until > self.outbox.clock.now()
            });
            if lookups.is_empty() && !stopped && sender.instance.unknown != UnknownPolicy::Hold {
                lookups.spawn(sender.clone().resolve_unknown());
            }
        }
        Ok(())
    }

    /// Claims for every instance.
    async fn claim_all(&mut self) -> Result<()> {
        let circuits = self.outbox.circuits().await?;
        let names: Vec<String> = self.senders.keys().cloned().collect();
        for name in names {
            let circuit = circuits.get(&name).cloned().unwrap_or_default();
            self.claim(&name, &circuit).await?;
        }
        Ok(())
    }

    async fn claim(&mut self, name: &str, circuit: &Circuit) -> Result<()> {
        let Some(sender) = self.senders.get(name).cloned() else { return Ok(()) };
        sender.clean.store(circuit.is_clean(), Ordering::Relaxed);
        if circuit.paused_until > self.outbox.clock.now() {
            return Ok(());
        }
        match circuit.state {
            CircuitState::Closed => self.claim_due(name, &sender).await,
            CircuitState::Careful | CircuitState::Open => self.claim_probe(name, &sender).await,
            CircuitState::Stopped => Ok(()),
        }
    }

    async fn claim_due(&mut self, name: &str, sender: &Sender) -> Result<()> {
        let in_flight = self.flights.values().filter(|(instance, ..)| instance == name).count();
        let mut free = sender.instance.concurrency.saturating_sub(in_flight);
        for limit in &sender.instance.limits {
            // Rows wait in the table, not in memory.
            free = free.min(self.outbox.free_slots(limit, free).await?);
        }
        if free == 0 {
            return Ok(());
        }
        let lease = self.options.lease;
        if !self.flights.values().any(|(_, _, which)| *which == Which::Suspect) {
            let fence = self.owner.next_fence();
            let suspects = self.outbox.claim(Which::Suspect, &fence, name, 1, lease).await?;
            free -= suspects.len();
            self.start(name, sender, suspects, Which::Suspect);
        }
        if free == 0 {
            return Ok(());
        }
        let fence = self.owner.next_fence();
        let rows = self.outbox.claim(Which::Due, &fence, name, free, lease).await?;
        self.start(name, sender, rows, Which::Due);
        Ok(())
    }

    async fn claim_probe(&mut self, name: &str, sender: &Sender) -> Result<()> {
        let (fence, lease) = (self.owner.next_fence(), self.options.lease);
        for limit in &sender.instance.limits {
            if self.outbox.free_slots(limit, 1).await? == 0 {
                return Ok(());
            }
        }
        if !self.outbox.take_probe(name, &fence, lease).await? {
            return Ok(());
        }
        for which in [Which::Due, Which::Held, Which::Suspect] {
            let rows = self.outbox.claim(which, &fence, name, 1, lease).await?;
            if !rows.is_empty() {
                self.start(name, sender, rows, which);
                return Ok(());
            }
        }
        let signal = crate::circuit::Signal::NoResult;
        self.outbox.signal(name, &signal, &fence, &self.options.circuit).await?;
        Ok(())
    }

    fn start(&mut self, name: &str, sender: &Sender, rows: Vec<Claimed>, which: Which) {
        for row in rows {
            let flight = InFlight { row, tracker: SendTracker::new() };
            let mut stop = self.stop.subscribe();
            let stopped = async move {
                // An error means that the worker is gone, which stops the send, too.
                let _ = stop.wait_for(|stop| *stop).await;
            };
            let handle = self.tasks.spawn(sender.clone().send(flight.clone(), stopped));
            self.flights.insert(handle.id(), (name.to_owned(), flight, which));
        }
    }

    async fn ended(&mut self, result: std::result::Result<(Id, Sent), tokio::task::JoinError>) {
        let id = match &result {
            Ok((id, _)) => *id,
            Err(error) => error.id(),
        };
        let Some((name, flight, _)) = self.flights.remove(&id) else { return };
        if result.is_err_and(|error| error.is_panic())
            && let Some(sender) = self.senders.get(&name)
        {
            warn!(flight.row.id, instance = name, "a send panicked");
            sender.panicked(&flight).await;
        }
    }

    async fn shut_down(mut self) {
        info!(in_flight = self.tasks.len(), "the worker stops");
        self.stop.send_replace(true);
        let timeout = self.options.shutdown_timeout;
        let finish = async {
            while let Some(result) = self.tasks.join_next_with_id().await {
                self.ended(result).await;
            }
        };
        if tokio::time::timeout(timeout, finish).await.is_err() {
            warn!("requests are still in flight; their outcome is unknown");
        }
    }
}

/// Resolves on SIGTERM or Ctrl-C.
///
/// If the handler for SIGTERM cannot be installed, Ctrl-C alone resolves it.
pub async fn shutdown_signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
