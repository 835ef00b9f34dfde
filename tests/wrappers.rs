//! What wraps a provider, or chooses among several, is a provider itself: the suite runs over each composite
//! with a fake inside.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use review_invites::*;
use review_testkit::conformance::{Harness, VendorFault};
use review_testkit::{FakeHarness, FakeProvider};

/// A composite over two fakes of equal capabilities; the second is there for those that choose.
struct Over<C> {
    fakes: [FakeHarness; 2],
    provider: DynProvider,
    composite: std::marker::PhantomData<C>,
}

/// How a composite is put together.
trait Composite: Send + Sync + 'static {
    const SENDS_NOTHING: bool = false;

    fn make(first: DynProvider, second: DynProvider) -> DynProvider;
}

#[async_trait]
impl<C: Composite> Harness for Over<C> {
    async fn start() -> Self {
        let fakes = ["first", "second"].map(|instance| FakeHarness::new(FakeProvider::new("fake", instance)));
        let provider = C::make(fakes[0].provider(), fakes[1].provider());
        Self { fakes, provider, composite: std::marker::PhantomData }
    }

    fn provider(&self) -> DynProvider {
        Arc::clone(&self.provider)
    }

    async fn accepted(&self, reference: &str) -> usize {
        self.fakes[0].accepted(reference).await + self.fakes[1].accepted(reference).await
    }

    async fn requests(&self) -> usize {
        self.fakes[0].requests().await + self.fakes[1].requests().await
    }

    async fn wire(&self, reference: &str) -> Option<String> {
        Some(self.fakes[0].wire(reference).await? + &self.fakes[1].wire(reference).await?)
    }

    async fn fault(&self, fault: VendorFault) -> bool {
        self.fakes[0].fault(fault).await && self.fakes[1].fault(fault).await
    }

    fn names(&self) -> Vec<ProviderInfo> {
        let fakes = self.fakes.iter().map(|fake| fake.provider().info().clone());
        fakes.chain([self.provider.info().clone()]).collect()
    }

    fn sends_nothing(&self) -> bool {
        C::SENDS_NOTHING
    }
}

/// One suite for each composite.
macro_rules! suites {
    ($($name:ident, $composite:ident: |$first:ident, $second:ident| $make:expr;)*) => {$(
        struct $composite;

        impl Composite for $composite {
            fn make($first: DynProvider, $second: DynProvider) -> DynProvider {
                Arc::new($make)
            }
        }

        review_testkit::conformance_suite! { name: $name, harness: Over<$composite> }
    )*};
}

suites! {
    router_otherwise, Otherwise: |first, second| {
        let route = Route::when("never", |_| false);
        Router::builder("shops").route(route, first).otherwise(second).build().unwrap()
    };
    router_split, Splitting: |first, second| {
        Router::builder("shops").otherwise(Split::new().to(80, first).to(20, second)).build().unwrap()
    };
    fallback, FallingBack: |first, second| Fallback::new("either", first).then(second);
    dedup, Deduplicated: |first, _second| Dedup::new(first, MemoryDedupStore::new());
    consent_gate, Gated: |first, _second| ConsentGate::new(first).only_granted();
    rate_limited, Limited: |first, _second| {
        RateLimited::new(first, RateLimits::unlimited().with_limit(10_000, Duration::from_secs(1)))
    };
    switch, Switched: |first, _second| SendingSwitch::new(first, Switch::new(true));
    all_together, Everything: |first, second| {
        let limited = RateLimited::new(first, RateLimits::unlimited().with_limit(10_000, Duration::from_secs(1)));
        let either = Fallback::new("either", limited).then(second);
        let once = Dedup::new(ConsentGate::new(either).only_granted(), MemoryDedupStore::new());
        SendingSwitch::new(once, Switch::new(true))
    };
}

struct Dry;

impl Composite for Dry {
    const SENDS_NOTHING: bool = true;

    fn make(first: DynProvider, _second: DynProvider) -> DynProvider {
        Arc::new(DryRun::new(first))
    }
}

review_testkit::conformance_suite! { name: dry_run, harness: Over<Dry> }
