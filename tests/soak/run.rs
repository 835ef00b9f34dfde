//! One run of the soak test.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use review_invites::ErrorKind;
use review_invites::bulk::{BulkItem, BulkOptions};
use review_invites::http::{
    ClientOptions, DynTransport, RateLimits, RetryPolicy, TransportOptions, default_transport,
};
use review_invites::prelude::*;
use review_invites::re_exports::futures_util::{StreamExt as _, stream};
use review_invites_tests::{TestVendor, address, provider_over};
use review_sandbox::Sandbox;

use crate::mix::{Fate, fate};
use crate::refusing::Refusing;

/// The result of a run.
pub(crate) struct Found {
    vendor: &'static str,
    seed: u64,
    invitations: u32,
    accepted: usize,
    /// Reported as unknown.
    unknown: usize,
    /// Faults after the whole request had been read, as the sandbox counts them.
    expected_unknown: u64,
    /// Other errors: no fault of the mix leads to one.
    failed: usize,
    /// Reported as accepted without an email.
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
            "{:<13}  {:>4}  {:>11}  {:>8}  {:>7}  {:>8}  {:>6}  {:>4}  {:>5}  {:>7.1}  {:>8}",
            self.vendor,
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

/// Returns the peak memory of this process, including the sandbox, in KiB. Linux only.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

pub(crate) async fn run(vendor: &TestVendor, invitations: u32, seed: u64, concurrency: usize) -> Found {
    let sandbox = Sandbox::builder()
        .max_recorded_requests(0)
        .max_recorded_faults(0)
        .start()
        .await
        .expect("a port is free");
    let provider = provider(vendor, &sandbox, seed);
    let began = Instant::now();
    let options = BulkOptions::new().concurrency(concurrency).continue_on_error();
    let requests = stream::iter((0..invitations).map(move |number| request(seed, number)));
    let items: Vec<BulkItem> = provider.send_all(requests, options).collect().await;
    let time = began.elapsed();
    let emails: HashMap<String, usize> =
        sandbox.email_counts().into_iter().map(|((_, reference), count)| (reference, count)).collect();
    let emails_of = |item: &BulkItem| emails.get(item.key.reference.as_str()).copied().unwrap_or(0);
    let is_unknown =
        |item: &BulkItem| item.result.as_ref().is_err_and(|error| error.kind() == ErrorKind::OutcomeUnknown);
    let found = Found {
        vendor: vendor.name,
        seed,
        invitations,
        accepted: items.iter().filter(|item| item.result.is_ok()).count(),
        unknown: items.iter().filter(|item| is_unknown(item)).count(),
        expected_unknown: sandbox.fault_counts().values().map(|count| count.unknown).sum(),
        failed: items.iter().filter(|item| item.result.is_err() && !is_unknown(item)).count(),
        lost: items.iter().filter(|item| item.result.is_ok() && emails_of(item) == 0).count(),
        twice: emails.values().filter(|count| **count > 1).count(),
        time,
    };
    sandbox.stop().await;
    found
}

fn request(seed: u64, number: u32) -> InviteRequest {
    let address = match fate(seed, number) {
        // Each order has its own customer, because a vendor may reject a second invitation to one address.
        Fate::Faulty(name) => format!("{name}+once+{number}@sandbox.test"),
        Fate::Good | Fate::Refused => address(&number.to_string()),
    };
    let request = InviteRequest::builder(address, format!("order-{number}"), Consent::granted("soak"));
    request.name("Jane Doe").build().expect("the request is valid")
}

fn provider(vendor: &TestVendor, sandbox: &Sandbox, seed: u64) -> DynProvider {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let closed = closed.local_addr().expect("it is bound").port();
    // Each fault is injected once, so a second attempt succeeds. Connections are not kept, because the reuse of a broken
    // connection would be a race.
    let options = ClientOptions::default()
        .with_retry(RetryPolicy::default().with_backoff(Duration::ZERO, Duration::ZERO))
        .with_transport(TransportOptions::default().with_idle_timeout(Duration::ZERO))
        .with_rate_limits(RateLimits::unlimited());
    let inner = default_transport(options.transport.clone()).expect("the system has certificates");
    let transport = Arc::new(Refusing::new(inner, seed, closed)) as DynTransport;
    provider_over(vendor, |name| sandbox.env_var(name), options, Some(transport))
}
