//! `counts list` prints the names of the cases. `counts CASE ROUNDS [ADDRESS]` runs one of them: under callgrind, with
//! `--toggle-collect=*counted_region*`, only the rounds are counted. See `.ci/counts`.

use std::hint::black_box;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::{StreamExt, stream};
use review_http::ApiRequest;
use review_invites::bulk::BulkOptions;
use review_invites::model::CountryCode;
use review_invites::provider::{
    Capabilities, InviteReceipt, InviteState, Preview, ProviderInfo, ReviewInviteProvider,
    ReviewInviteProviderExt, Warning,
};
use review_invites::wrappers::{
    ConsentGate, Dedup, DryRun, Fallback, KillSwitch, MemoryDedupStore, Route, Router, Switch, WeightedSplit,
};
use review_invites::{DynProvider, InviteKind, InviteRequest, Result};
use review_invites_benches::in_memory::InMemory;
use review_invites_benches::run;
use review_invites_benches::vendor::Vendor;
use tokio::runtime::Runtime;

/// The tasks of the cases over HTTP.
const TASKS: usize = 16;
/// The rounds before the count: connections, tokens, and whatever is computed once.
const WARM_UP: u32 = 50;

const WRAPPERS: [&str; 8] =
    ["none", "kill-switch", "dry-run", "consent-gate", "dedup", "fallback", "router", "split"];
const PURE: [&str; 8] = ["build", "clone", "validate", "map", "serialise", "preview", "send", "rejection"];
const HTTP: [&str; 4] = ["reqwest", "ours", "ours-prebuilt", "ours-send-all"];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["list"] => {
            for vendor in Vendor::ALL {
                PURE.iter().for_each(|case| println!("{case}/{}", vendor.name()));
            }
            WRAPPERS.iter().for_each(|case| println!("wrapper/{case}"));
            println!("dry-run/tp\nbulk/none\nbulk/tp");
            for vendor in [Vendor::Trustpilot, Vendor::Etrusted] {
                HTTP.iter().for_each(|case| println!("http/{case}/{}", vendor.name()));
            }
            println!("http/ours/ki\nhttp/ours/ww");
        }
        [case, rounds, address @ ..] => {
            let rounds = rounds.parse().expect("a number of rounds");
            run_case(case, rounds, address.first().copied().unwrap_or("http://127.0.0.1:1"));
        }
        _ => panic!("usage: counts list | counts CASE ROUNDS [ADDRESS]"),
    }
}

/// What callgrind counts. Not generic, so that its name has one form.
#[inline(never)]
fn counted_region(rounds: u32, work: &mut dyn FnMut(u32)) {
    work(rounds);
}

fn count(rounds: u32, mut work: impl FnMut(u32)) {
    work(WARM_UP);
    counted_region(rounds, &mut work);
}

fn each(rounds: u32, mut work: impl FnMut()) {
    count(rounds, |rounds| (0..rounds).for_each(|_| work()));
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

fn run_case(case: &str, rounds: u32, address: &str) {
    let vendor = |name: &str| Vendor::named(name).expect("a vendor's short name");
    match case.split('/').collect::<Vec<_>>().as_slice() {
        ["http", client, name] => http(client, vendor(name), rounds, address),
        ["wrapper", name] => wrapper(name, rounds),
        ["dry-run", name] => {
            let provider = DryRun::new(in_memory(vendor(name), false));
            sends(rounds, &provider, &vendor(name).request("1001"));
        }
        ["bulk", "none"] => {
            bulk(rounds, &(Arc::new(Accepting::new("none")) as DynProvider), Vendor::Trustpilot)
        }
        ["bulk", name] => bulk(rounds, &in_memory(vendor(name), false), vendor(name)),
        [case, name] => pure(case, vendor(name), rounds, address),
        _ => panic!("unknown case: {case}"),
    }
}

fn in_memory(vendor: Vendor, rejects: bool) -> DynProvider {
    let transport = InMemory { rejects, ..InMemory::default() };
    vendor.provider("http://127.0.0.1:1", Some(Arc::new(transport)))
}

fn http(client: &str, vendor: Vendor, rounds: u32, address: &str) {
    let runtime = runtime();
    let client = runtime.block_on(run::client(client, vendor, address, TASKS));
    count(rounds, |rounds| runtime.block_on(run::send(&client, vendor, rounds)));
}

fn pure(case: &str, vendor: Vendor, rounds: u32, address: &str) {
    let request = vendor.request("1001");
    let provider = in_memory(vendor, false);
    match case {
        "build" => each(rounds, || drop(black_box(vendor.request(black_box("1001"))))),
        "clone" => each(rounds, || drop(black_box(request.clone()))),
        "validate" => each(rounds, || drop(black_box(provider.validate(&request).expect("it is valid")))),
        "map" => {
            let map = vendor.instance(address, Some(Arc::new(InMemory::default()))).map;
            each(rounds, || drop(black_box(map(&request))));
        }
        "serialise" => {
            let transport = Arc::new(InMemory::default());
            let provider = vendor.provider(address, Some(transport.clone()));
            runtime().block_on(provider.send_invite(&request)).expect("an acceptance");
            let body = transport.last_body.lock().expect("no thread panicked").clone();
            let body: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
            let url: review_invites::re_exports::url::Url = address.parse().expect("a URL");
            let new = || ApiRequest::at_most_once("serialise", http::Method::POST, url.clone());
            each(rounds, || drop(black_box(new().json(&body).expect("it has a JSON form"))));
        }
        "preview" => each(rounds, || drop(black_box(provider.preview(&request).expect("it is valid")))),
        "send" => sends(rounds, &*provider, &request),
        "rejection" => {
            let (provider, runtime) = (in_memory(vendor, true), runtime());
            let reject =
                || runtime.block_on(async { provider.send_invite(&request).await.expect_err("a rejection") });
            each(rounds, || drop(black_box(reject())));
        }
        case => panic!("unknown case: {case}"),
    }
}

fn sends<P: ReviewInviteProvider + ?Sized>(rounds: u32, provider: &P, request: &InviteRequest) {
    let runtime = runtime();
    count(rounds, |rounds| {
        runtime.block_on(async {
            for _ in 0..rounds {
                black_box(provider.send_invite(request).await.expect("an acceptance"));
            }
        });
    });
}

/// Includes building the request, as a caller of `send_all` does.
fn bulk(rounds: u32, provider: &DynProvider, vendor: Vendor) {
    let runtime = runtime();
    count(rounds, |rounds| {
        let requests = stream::iter((0..rounds).map(|number| vendor.request(&format!("order-{number}"))));
        runtime.block_on(async {
            let mut bulk = provider.send_all(requests, BulkOptions::new().concurrency(TASKS));
            while let Some(item) = bulk.next().await {
                black_box(item.result.expect("an acceptance"));
            }
        });
    });
}

/// Over a provider that does nothing. Each round sends another order, for the sake of `dedup`.
fn wrapper(name: &str, rounds: u32) {
    let inner = || Accepting::new("inner");
    let provider: DynProvider = match name {
        "none" => Arc::new(inner()),
        "kill-switch" => Arc::new(KillSwitch::new(inner(), Switch::new(true))),
        "dry-run" => Arc::new(DryRun::new(inner())),
        "consent-gate" => Arc::new(ConsentGate::new(inner())),
        "dedup" => Arc::new(Dedup::new(inner(), MemoryDedupStore::new())),
        "fallback" => {
            Arc::new(Fallback::new("both", inner()).then(Accepting::new("second")).expect("two identities"))
        }
        "router" => {
            let route = Route::country(CountryCode::new("CH").expect("a country"));
            let router =
                Router::builder("router").route(route, inner()).default_target(Accepting::new("second"));
            Arc::new(router.build().expect("two identities"))
        }
        "split" => {
            let split = WeightedSplit::new().add(1, inner()).add(1, Accepting::new("second"));
            Arc::new(Router::builder("split").default_target(split).build().expect("two identities"))
        }
        name => panic!("unknown wrapper: {name}"),
    };
    let requests: Vec<_> =
        (0..rounds + WARM_UP).map(|number| Vendor::Trustpilot.request(&format!("order-{number}"))).collect();
    let (runtime, mut requests) = (runtime(), requests.iter());
    count(rounds, |rounds| {
        runtime.block_on(async {
            for request in requests.by_ref().take(rounds as usize) {
                black_box(provider.send_invite(request).await.expect("an acceptance"));
            }
        });
    });
}

/// Accepts everything.
#[derive(Debug)]
struct Accepting(ProviderInfo, Capabilities);

impl Accepting {
    fn new(instance: &str) -> Self {
        let capabilities = Capabilities::new().add_kind(InviteKind::Service).with_send_hooks();
        Self(ProviderInfo::new("accepting", instance), capabilities)
    }
}

#[async_trait]
impl ReviewInviteProvider for Accepting {
    fn info(&self) -> &ProviderInfo {
        &self.0
    }

    fn capabilities(&self) -> &Capabilities {
        &self.1
    }

    fn validate(&self, _: &InviteRequest) -> Result<Vec<Warning>> {
        Ok(Vec::new())
    }

    fn preview(&self, _: &InviteRequest) -> Result<Preview> {
        Ok(Preview::default())
    }

    async fn send_invite(&self, request: &InviteRequest) -> Result<InviteReceipt> {
        request.hooks().before_send().await?;
        request.hooks().check()?;
        request.hooks().mark_sent();
        Ok(InviteReceipt::new(self.0.clone(), InviteState::Accepted))
    }
}
