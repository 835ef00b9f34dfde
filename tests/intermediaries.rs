//! Responses of a page, firewall or CDN in front of a vendor, as they were reported from the field: what every vendor makes
//! of them in the result of a call, behind `Dedup`, and in `check_setup`.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Arc;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, LOCATION, SERVER};
use http::{HeaderMap, HeaderName, Method, Request, StatusCode};
use review_invites::bulk::BulkOptions;
use review_invites::http::{
    BodyStatus, ClientOptions, HttpResponse, RetryPolicy, TransportOptions, default_transport,
};
use review_invites::prelude::*;
use review_invites::provider::SetupStatus;
use review_invites::registry::Registry;
use review_invites::wrappers::{Dedup, MemoryDedupStore};
use review_invites::{ErrorKind, ErrorScope, SendState};
use review_invites_tests::{TestVendor, VENDORS, provider_over, request, settings};
use review_sandbox::Sandbox;
use review_testkit::{FaultRule, FaultTransport, TransportFault};

const PAGE: &[u8] = b"<!doctype html><title>Please wait</title>";
/// The first bytes of a gzip stream.
const GZIP: &[u8] = &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0];
const RAY: &str = "9fa7f32a8b6f65dc-ARN";
static CLOUDFLARE: [(HeaderName, &str); 2] =
    [(SERVER, "cloudflare"), (HeaderName::from_static("cf-ray"), RAY)];

/// A vendor at its sandbox, with something between them that responds to some requests.
struct Shop {
    vendor: &'static TestVendor,
    sandbox: Sandbox,
    between: FaultTransport,
    provider: DynProvider,
}

impl Shop {
    async fn open(vendor: &'static TestVendor) -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        let between = FaultTransport::new(default_transport(TransportOptions::default()).unwrap());
        let options = ClientOptions::from(RetryPolicy::no_retries());
        let provider =
            provider_over(vendor, settings(&sandbox, vendor), options, Some(Arc::new(between.clone())));
        Self { vendor, sandbox, between, provider }
    }

    /// The same provider behind `Dedup`.
    fn dedup(&self) -> Dedup {
        Dedup::new(Arc::clone(&self.provider), MemoryDedupStore::new())
    }

    /// Responds to the requests that meet a condition.
    fn respond(
        &self,
        response: HttpResponse,
        when: impl Fn(&Request<Bytes>) -> bool + Send + Sync + 'static,
    ) {
        self.between.add(FaultRule::new(TransportFault::respond(response)).when(when));
    }

    /// Responds to the calls that send, if their body contains this text.
    fn respond_to_sends(&self, response: HttpResponse, text: &'static str) {
        let sends = self.vendor.sends;
        self.respond(response, move |request| {
            request.uri().path().ends_with(sends) && String::from_utf8_lossy(request.body()).contains(text)
        });
    }

    fn emails(&self, reference: &str) -> usize {
        self.sandbox.emails_for(reference).len()
    }
}

fn page(status: u16, headers: &[(HeaderName, &'static str)]) -> HttpResponse {
    let headers = headers.iter().cloned().chain([(CONTENT_TYPE, "text/html")]);
    response(status, headers, PAGE)
}

fn response(
    status: u16,
    headers: impl IntoIterator<Item = (HeaderName, &'static str)>,
    body: &'static [u8],
) -> HttpResponse {
    let headers = headers.into_iter().map(|(name, value)| (name, value.parse().unwrap()));
    HttpResponse {
        status: StatusCode::from_u16(status).unwrap(),
        headers: HeaderMap::from_iter(headers),
        body: Bytes::from_static(body),
        body_status: BodyStatus::Complete,
    }
}

fn gzip() -> HttpResponse {
    response(200, [(CONTENT_ENCODING, "gzip"), (CONTENT_TYPE, "application/json")], GZIP)
}

fn text(error: &Error) -> String {
    format!("{error}; {}", error.help().unwrap_or_default())
}

/// Case 01: a maintenance page with status 200.
#[tokio::test]
async fn page_with_200_is_unknown_and_never_sent_again() {
    for vendor in VENDORS {
        let shop = Shop::open(vendor).await;
        shop.respond_to_sends(page(200, &[]), "");
        let error = shop.provider.send_invite(&request("1001")).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.send_state(), error.retry_advice()),
            (ErrorKind::OutcomeUnknown, SendState::Unknown, RetryAdvice::Reconcile),
            "{vendor}: {error}"
        );
        let dedup = shop.dedup();
        dedup.send_invite(&request("1002")).await.unwrap_err();
        let requests = shop.between.counts().requests;
        shop.between.clear();
        let again = dedup.send_invite(&request("1002")).await.unwrap_err();
        assert_eq!(again.kind(), ErrorKind::OutcomeUnknown, "{vendor}: {again}");
        assert_eq!((shop.between.counts().requests, shop.emails("1002")), (requests, 0), "{vendor}");
    }
}

/// A rejection that a network cuts off is no acceptance.
#[tokio::test]
async fn rejection_that_is_cut_off_is_unknown() {
    for vendor in VENDORS {
        let shop = Shop::open(vendor).await;
        let body: &[u8] = match vendor.name {
            "etrusted" => br#"{"Error":"Bad Request","ErrorDescr"#,
            "kiyoh" => br#"{"errorCode":"INVALID_LOCATION","detailedEr"#,
            "trustpilot" => br#"{"errorCode":1000,"message":"Inva"#,
            _ => br#"{"status":"error","message":"Inval"#,
        };
        let status = if vendor.name == "etrusted" { 202 } else { 200 };
        let rejection = HttpResponse {
            body_status: BodyStatus::Truncated,
            ..response(status, [(CONTENT_TYPE, "application/json")], body)
        };
        shop.respond_to_sends(rejection, "");
        let error = shop.provider.send_invite(&request("1001")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{vendor}: {error}");
    }
}

/// Case 02: an outage. The brake of the bulk keeps it from making every order unknown.
#[tokio::test]
async fn outage_leaves_three_of_forty_orders_unknown() {
    for vendor in VENDORS {
        let shop = Shop::open(vendor).await;
        shop.respond_to_sends(page(502, &[]), "");
        let orders = stream::iter((0..40).map(|number| request(&number.to_string())));
        let mut bulk = shop.provider.send_all(orders, BulkOptions::new().concurrency(1));
        while let Some(item) = bulk.next().await {
            let error = item.result.unwrap_err();
            assert_eq!(error.send_state(), SendState::Unknown, "{vendor}: {error}");
        }
        let summary = bulk.summary();
        assert_eq!((summary.received, summary.unknown), (3, 3), "{vendor}: {summary}");
    }
}

/// Case 03: a firewall that rejects single requests for words in their body.
#[tokio::test]
async fn firewall_blocks_one_order_and_no_other() {
    for vendor in VENDORS {
        let shop = Shop::open(vendor).await;
        shop.respond_to_sends(page(403, &CLOUDFLARE), "1002");
        shop.provider.send_invite(&request("1001")).await.unwrap();
        let blocked = shop.provider.send_invite(&request("1002")).await.unwrap_err();
        assert_eq!(
            (blocked.scope(), blocked.send_state()),
            (ErrorScope::Request, SendState::Responded),
            "{vendor}: {blocked}"
        );
        assert!(matches!(blocked.retry_advice(), RetryAdvice::After(_)), "{vendor}: {blocked}");
        let text = text(&blocked);
        assert!(text.contains(RAY) && text.contains("the content of this request"), "{vendor}: {text}");
        shop.provider.send_invite(&request("1003")).await.unwrap();
        assert_eq!(["1001", "1002", "1003"].map(|order| shop.emails(order)), [1, 0, 1], "{vendor}");

        // Nothing was accepted, so the order can be sent again.
        let dedup = shop.dedup();
        dedup.send_invite(&request("1002")).await.unwrap_err();
        shop.between.clear();
        dedup.send_invite(&request("1002")).await.unwrap();
        assert_eq!(shop.emails("1002"), 1, "{vendor}");
    }
}

#[tokio::test]
async fn firewall_that_blocks_three_orders_concerns_all() {
    for vendor in VENDORS {
        let shop = Shop::open(vendor).await;
        shop.respond_to_sends(page(403, &CLOUDFLARE), "");
        let mut scopes = Vec::new();
        for order in ["1001", "1002", "1003"] {
            scopes.push(shop.provider.send_invite(&request(order)).await.unwrap_err().scope());
        }
        assert_eq!(scopes, [ErrorScope::Request, ErrorScope::Request, ErrorScope::Account], "{vendor}");
    }
}

/// Case 14: a CDN that could not reach the vendor.
#[tokio::test]
async fn origin_that_was_not_reached_is_not_sent() {
    let not_sent = (ErrorKind::Transient, SendState::NotSent);
    let unknown = (ErrorKind::OutcomeUnknown, SendState::Unknown);
    for vendor in VENDORS {
        let shop = Shop::open(vendor).await;
        let mut order = 0;
        for (status, by_cloudflare, expected) in [
            (521, true, not_sent),
            (523, true, not_sent),
            (525, true, not_sent),
            (526, true, not_sent),
            (520, true, unknown),
            (522, true, unknown),
            (524, true, unknown),
            (521, false, unknown),
            (523, false, unknown),
            (525, false, unknown),
            (526, false, unknown),
        ] {
            order += 1;
            let request = request(&order.to_string());
            let headers = if by_cloudflare { CLOUDFLARE.as_slice() } else { &[] };
            shop.respond_to_sends(page(status, headers), "");
            let error = shop.provider.send_invite(&request).await.unwrap_err();
            assert_eq!((error.kind(), error.send_state()), expected, "{vendor}, {status}: {error}");
            let is_safe = matches!(error.retry_advice(), RetryAdvice::After(_));
            assert_eq!(is_safe, expected == not_sent, "{vendor}, {status}: {error}");

            let dedup = shop.dedup();
            dedup.send_invite(&request).await.unwrap_err();
            shop.between.clear();
            let again = dedup.send_invite(&request).await;
            assert_eq!(again.is_ok(), expected == not_sent, "{vendor}, {status}: {again:?}");
            let emails = shop.emails(&order.to_string());
            assert_eq!(emails, usize::from(expected == not_sent), "{vendor}, {status}");
        }
    }
}

/// Case 22: responses that are compressed, although no compression was requested.
#[tokio::test]
async fn compressed_response_is_unknown_and_named() {
    for vendor in VENDORS {
        let shop = Shop::open(vendor).await;
        shop.respond_to_sends(gzip(), "");
        let error = shop.provider.send_invite(&request("1001")).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.send_state()),
            (ErrorKind::OutcomeUnknown, SendState::Unknown),
            "{vendor}: {error}"
        );
        assert!(error.to_string().contains("compressed"), "{vendor}: {error}");
        let dedup = shop.dedup();
        dedup.send_invite(&request("1002")).await.unwrap_err();
        shop.between.clear();
        let again = dedup.send_invite(&request("1002")).await.unwrap_err();
        assert_eq!((again.kind(), shop.emails("1002")), (ErrorKind::OutcomeUnknown, 0), "{vendor}: {again}");
    }
}

/// With every response compressed, a vendor with tokens gets none.
#[tokio::test]
async fn compressed_token_is_not_sent_and_named() {
    for vendor in VENDORS.into_iter().filter(|vendor| vendor.has_tokens) {
        let shop = Shop::open(vendor).await;
        shop.respond(gzip(), |_| true);
        let dedup = shop.dedup();
        for provider in [&shop.provider as &dyn ReviewInviteProvider, &dedup] {
            let error = provider.send_invite(&request("1001")).await.unwrap_err();
            assert_eq!(error.send_state(), SendState::NotSent, "{vendor}: {error}");
            assert!(error.to_string().contains("compressed"), "{vendor}: {error}");
        }
        shop.between.clear();
        dedup.send_invite(&request("1001")).await.unwrap();
        assert_eq!(shop.emails("1001"), 1, "{vendor}");
    }
}

#[tokio::test]
async fn no_compression_is_requested() {
    for vendor in VENDORS {
        let shop = Shop::open(vendor).await;
        shop.respond(page(503, &[]), |request| {
            request.headers().get(ACCEPT_ENCODING).is_none_or(|value| value != "identity")
        });
        shop.provider.send_invite(&request("1001")).await.unwrap();
        shop.provider.check_setup().await.unwrap();
        assert_eq!(shop.between.counts().responded, 0, "{vendor}");
    }
}

/// Makes the account ready, so that only what is in between prevents sending.
async fn ready(vendor: &'static TestVendor) -> Shop {
    let shop = Shop::open(vendor).await;
    shop.sandbox.reveal_invite_settings();
    let registry = Registry::builder().from_lookup(settings(&shop.sandbox, vendor)).unwrap();
    if let Err(error) = registry.ensure_setup(vendor.name, None).await {
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{vendor}: {error}");
    }
    let report = shop.provider.check_setup().await.unwrap();
    assert_eq!(report.status(), SetupStatus::Ready, "{vendor}: {report:?}");
    shop
}

/// Case 30, and the check during the other cases: nothing that was read can be ready.
#[tokio::test]
async fn setup_check_that_read_nothing_is_not_ready() {
    for vendor in VENDORS {
        let shop = ready(vendor).await;
        for (what, response) in [
            ("a page with 200", page(200, &[])),
            ("a redirect", page(302, &[(LOCATION, "https://login.example.com/")])),
            ("a firewall", page(403, &CLOUDFLARE)),
            ("a page with 404", page(404, &[])),
            ("an origin that was not reached", page(523, &CLOUDFLARE)),
            ("a compressed response", gzip()),
        ] {
            shop.respond(response, |request| request.method() == Method::GET);
            match shop.provider.check_setup().await {
                Ok(report) => {
                    assert_ne!(report.status(), SetupStatus::Ready, "{vendor}, {what}: {report:?}");
                    let shown = report.findings.iter().map(ToString::to_string).collect::<String>();
                    let names = what != "a compressed response" || shown.contains("compressed");
                    assert!(names, "{vendor}: {shown}");
                }
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::Transient, "{vendor}, {what}: {error}");
                }
            }
            shop.between.clear();
        }
        shop.between.add(FaultRule::new(TransportFault::RefuseConnection));
        let refused = shop.provider.check_setup().await;
        assert!(refused.is_err() || refused.is_ok_and(|report| !report.is_ready()), "{vendor}");
    }
}
