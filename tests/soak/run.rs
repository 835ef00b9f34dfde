//! One run.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use review_invites::etrusted::{EtrustedConfig, EtrustedProvider};
use review_invites::reexport::futures_util::{StreamExt as _, stream};
use review_invites::transport::{ClientOptions, RetryPolicy, TransportOptions, default_transport};
use review_invites::trustpilot::{TrustpilotConfig, TrustpilotProvider};
use review_invites::*;
use review_sandbox::Sandbox;

use crate::mix::{Fate, fate};
use crate::refusing::Refusing;

/// What came of a run.
pub(crate) struct Found {
    seed: u64,
    invitations: u32,
    accepted: usize,
    /// Told as unknown.
    unknown: usize,
    /// Spoilt after the whole request had been read, by the sandbox's own account.
    expected_unknown: u64,
    /// Told in another way: nothing of the mix leads to that.
    failed: usize,
    /// Told as accepted, and no mail is there.
    lost: usize,
    twice: usize,
    time: Duration,
}

impl Found {
    pub(crate) fn is_good(&self) -> bool {
        self.lost == 0
            && self.twice == 0
            && self.failed == 0
            && self.unknown as u64 == self.expected_unknown
            && self.accepted + self.unknown == self.invitations as usize
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:>4}  {:>11}  {:>8}  {:>7}  {:>8}  {:>6}  {:>4}  {:>5}  {:>7.1}  {:>8}",
            self.seed,
            self.invitations,
            self.accepted,
            self.unknown,
            self.expected_unknown,
            self.failed,
            self.lost,
            self.twice,
            self.time.as_secs_f64(),
            peak_memory().map_or("unknown".to_owned(), |bytes| (bytes / 1024).to_string()),
        )
    }
}

/// The most memory this process has had, sandbox included, in KiB; on Linux.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

pub(crate) async fn run(invitations: u32, seed: u64, at_once: usize) -> Found {
    let sandbox = Sandbox::builder()
        .max_recorded_requests(0)
        .max_recorded_faults(0)
        .start()
        .await
        .expect("a port is free");
    let providers = providers(&sandbox, seed);
    let began = Instant::now();
    let options = BulkOptions::new().at_once(at_once);
    // Two vendors, each with its half: even numbers to the one, odd ones to the other.
    let runs = providers.iter().enumerate().map(|(index, provider)| {
        let numbers = (0..invitations).filter(move |number| *number as usize % 2 == index);
        let requests = stream::iter(numbers.map(move |number| request(seed, number)));
        provider.send_all(requests, options.clone()).collect::<Vec<_>>()
    });
    let items: Vec<BulkItem> = futures_util::future::join_all(runs).await.into_iter().flatten().collect();
    let time = began.elapsed();
    let mails: HashMap<String, usize> =
        sandbox.email_counts().into_iter().map(|((_, reference), count)| (reference, count)).collect();
    let mails_of = |item: &BulkItem| mails.get(item.key.reference.as_str()).copied().unwrap_or(0);
    let is_unknown =
        |item: &BulkItem| item.result.as_ref().is_err_and(|error| error.kind() == ErrorKind::OutcomeUnknown);
    let found = Found {
        seed,
        invitations,
        accepted: items.iter().filter(|item| item.result.is_ok()).count(),
        unknown: items.iter().filter(|item| is_unknown(item)).count(),
        expected_unknown: sandbox.fault_counts().values().map(|count| count.unknown).sum(),
        failed: items.iter().filter(|item| item.result.is_err() && !is_unknown(item)).count(),
        lost: items.iter().filter(|item| item.result.is_ok() && mails_of(item) == 0).count(),
        twice: mails.values().filter(|count| **count > 1).count(),
        time,
    };
    sandbox.stop().await;
    found
}

fn request(seed: u64, number: u32) -> InviteRequest {
    let address = match fate(seed, number) {
        Fate::Faulty(name) => format!("{name}+once@sandbox.test"),
        Fate::Good | Fate::Refused => "jane@example.com".to_owned(),
    };
    let customer = Customer::new(EmailAddress::new(address).expect("an address"))
        .with_name(CustomerName::Full(PersonName::new("Jane Doe").expect("a name")));
    let order = Order::new(OrderReference::new(format!("order-{number}")).expect("a reference"));
    InviteRequest::builder(customer, order, Consent::granted("soak")).build().expect("a request")
}

fn providers(sandbox: &Sandbox, seed: u64) -> [DynProvider; 2] {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let closed = closed.local_addr().expect("it is bound").port();
    // Each fault comes once, so a second attempt succeeds. Connections are not kept: whether the one that a
    // fault has spoilt is used again is a race.
    let options = || {
        ClientOptions::default()
            .with_retry(RetryPolicy::default().with_backoff(Duration::ZERO, Duration::ZERO))
            .with_transport(TransportOptions::default().with_idle_timeout(Duration::ZERO))
            .with_rate_limits(RateLimits::unlimited())
    };
    let transport = || {
        let inner = default_transport(options().transport).expect("the system has certificates");
        Arc::new(Refusing::new(inner, seed, closed))
    };
    let vars = |name: &str| sandbox.env_var(name);
    let trustpilot =
        TrustpilotConfig::from_vars(vars).expect("the sandbox's own settings").with_http(options());
    let etrusted = EtrustedConfig::from_vars(vars).expect("the sandbox's own settings").with_http(options());
    [
        Arc::new(TrustpilotProvider::with_transport(trustpilot, transport())),
        Arc::new(EtrustedProvider::with_transport(etrusted, transport())),
    ]
}
