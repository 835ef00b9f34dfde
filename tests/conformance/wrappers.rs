//! A wrapper is a provider, so the conformance suite runs with each wrapper, with fakes inside.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Arc;

use async_trait::async_trait;
use review_invites::DynProvider;
use review_invites::provider::ProviderInfo;
use review_invites::wrappers::{
    ConsentGate, Dedup, DryRun, Fallback, KillSwitch, MemoryDedupStore, Route, Router, Switch, WeightedSplit,
};
use review_testkit::conformance::{Harness, VendorFault};
use review_testkit::{FakeHarness, FakeProvider};

/// A wrapper around two fakes with the same capabilities. Only some wrappers use the second.
struct Over<C> {
    fakes: [FakeHarness; 2],
    provider: DynProvider,
    wrapper: std::marker::PhantomData<C>,
}

/// How a wrapper is created.
trait Wrapper: Send + Sync + 'static {
    const IS_DRY_RUN: bool = false;

    fn make(first: DynProvider, second: DynProvider) -> DynProvider;
}

#[async_trait]
impl<C: Wrapper> Harness for Over<C> {
    async fn start() -> Self {
        let fakes = ["first", "second"].map(|instance| FakeHarness::new(FakeProvider::new("fake", instance)));
        let provider = C::make(fakes[0].provider(), fakes[1].provider());
        Self { fakes, provider, wrapper: std::marker::PhantomData }
    }

    fn provider(&self) -> DynProvider {
        Arc::clone(&self.provider)
    }

    async fn accepted_count(&self, reference: &str) -> usize {
        self.fakes[0].accepted_count(reference).await + self.fakes[1].accepted_count(reference).await
    }

    async fn request_count(&self) -> usize {
        self.fakes[0].request_count().await + self.fakes[1].request_count().await
    }

    async fn received_payload(&self, reference: &str) -> Option<String> {
        Some(
            self.fakes[0].received_payload(reference).await?
                + &self.fakes[1].received_payload(reference).await?,
        )
    }

    async fn fault(&self, fault: VendorFault) -> bool {
        self.fakes[0].fault(fault.clone()).await && self.fakes[1].fault(fault).await
    }

    fn provider_infos(&self) -> Vec<ProviderInfo> {
        let fakes = self.fakes.iter().map(|fake| fake.provider().info().clone());
        fakes.chain([self.provider.info().clone()]).collect()
    }

    fn is_dry_run(&self) -> bool {
        C::IS_DRY_RUN
    }
}

/// One suite for each wrapper.
macro_rules! suites {
    ($($name:ident, $wrapper:ident: |$first:ident, $second:ident| $make:expr;)*) => {$(
        struct $wrapper;

        impl Wrapper for $wrapper {
            fn make($first: DynProvider, $second: DynProvider) -> DynProvider {
                Arc::new($make)
            }
        }

        review_testkit::conformance_suite! { name: $name, harness: Over<$wrapper> }
    )*};
}

suites! {
    router_default_target, DefaultTarget: |first, second| {
        let route = Route::when("never", |_| false);
        Router::builder("shops").route(route, first).default_target(second).build().unwrap()
    };
    router_split, Splitting: |first, second| {
        Router::builder("shops").default_target(WeightedSplit::new().add(80, first).add(20, second)).build().unwrap()
    };
    fallback, FallingBack: |first, second| Fallback::new("either", first).then(second).unwrap();
    dedup, Deduplicated: |first, _second| Dedup::new(first, MemoryDedupStore::new());
    consent_gate, Gated: |first, _second| ConsentGate::new(first).require_explicit_consent();
    kill_switch, Switched: |first, _second| KillSwitch::new(first, Switch::new(true));
    all_together, Everything: |first, second| {
        let either = Fallback::new("either", first).then(second).unwrap();
        let once = Dedup::new(ConsentGate::new(either).require_explicit_consent(), MemoryDedupStore::new());
        KillSwitch::new(once, Switch::new(true))
    };
}

struct Dry;

impl Wrapper for Dry {
    const IS_DRY_RUN: bool = true;

    fn make(first: DynProvider, _second: DynProvider) -> DynProvider {
        Arc::new(DryRun::new(first))
    }
}

review_testkit::conformance_suite! { name: dry_run, harness: Over<Dry> }
