//! The vendor kit: preparing steps, hooks and verdicts, with a vendor of one endpoint.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Method, StatusCode};
use review_core::config::Secret;
use review_core::provider::{
    BeforeSend, Capabilities, InviteState, Operation, ProviderInfo, ReviewInviteProvider, ReviewLink,
};
use review_core::wrappers::{KillSwitch, Switch};
use review_core::{
    Consent, Error, ErrorKind, ErrorScope, InviteKind, InviteRequest, Result, RetryAdvice, SendState,
};
use review_http::vendor::{Account, Api, HttpProvider, HttpVendor, Plan, Step};
use review_http::{
    ApiResponse, BaseUrl, BodyStatus, Classification, ClientOptions, HttpResponse, HttpTransport, RateLimits,
    ResourceId, RetryPolicy, TransportError, Verdict,
};
use serde_json::json;

#[derive(Debug)]
struct Acme {
    url: BaseUrl,
    catalogue_is_account: bool,
}

impl HttpVendor for Acme {
    type Account = ResourceId;
    const NAME: &'static str = "acme";

    fn capabilities(&self) -> Capabilities {
        Capabilities::new().add_kind(InviteKind::Service).add_operation(Operation::CreateLink)
    }

    fn secrets(&self) -> Vec<&Secret> {
        Vec::new()
    }

    fn account(&self) -> Account<ResourceId> {
        let step = Step::idempotent("find_shop", Method::GET, &self.url, &["shop"]).made_of_settings();
        Account::Lookup { step, placeholder: ResourceId::placeholder("id of the shop") }
    }

    fn read_account(&self, response: &ApiResponse) -> Result<ResourceId> {
        Ok(ResourceId::new(&response.text_at(&["/id"]).unwrap_or_default())?)
    }

    fn plan(&self, request: &InviteRequest, shop: &ResourceId, _: DateTime<Utc>) -> Result<Plan> {
        let path = ["shops", shop.as_str(), "invitations"];
        let body = json!({ "email": request.customer().email().as_str(), "note": null });
        let catalogue = Step::idempotent("upload", Method::PUT, &self.url, &["products"]);
        let catalogue = if self.catalogue_is_account { catalogue.made_of_settings() } else { catalogue };
        let invitation = Step::at_most_once("invite", Method::POST, &self.url, &path).json(body, &[]);
        Ok(Plan::new(invitation).add_before(catalogue))
    }

    async fn create_link(&self, api: &Api<Self>, _: &InviteRequest) -> Result<ReviewLink> {
        api.send(&Step::idempotent("create_link", Method::POST, &self.url, &["links"])).await?;
        Ok(ReviewLink::new(api.info().clone(), "https://acme.example/l/1".parse().unwrap()))
    }

    fn classify(response: &ApiResponse) -> Classification {
        let found = Classification::by_status(response).with_request_id(response.text_at(&["/request"]));
        match response.text_at(&["/state"]).as_deref() {
            Some("known") => found.with_verdict(Verdict::AlreadyInvited),
            // A vendor that forgets to look at the status.
            Some("ok") => found.with_verdict(Verdict::Accepted { vendor_id: Some("1".to_owned()) }),
            _ => found,
        }
    }
}

/// Responds by the last segment of the path, and records the paths.
#[derive(Debug)]
struct Played(Vec<(&'static str, u16, &'static str)>, Mutex<Vec<String>>);

#[async_trait]
impl HttpTransport for Played {
    async fn send(&self, request: http::Request<Bytes>, _: Duration) -> Result<HttpResponse, TransportError> {
        let path = request.uri().path().to_owned();
        let (_, status, body) = self.0.iter().find(|(end, ..)| path.ends_with(end)).unwrap();
        self.1.lock().unwrap().push(path);
        Ok(HttpResponse {
            status: StatusCode::from_u16(*status).unwrap(),
            headers: http::HeaderMap::new(),
            body: Bytes::from_static(body.as_bytes()),
            body_status: BodyStatus::Complete,
        })
    }
}

fn provider(
    catalogue_is_account: bool,
    catalogue: (u16, &'static str),
    invitation: (u16, &'static str),
) -> (HttpProvider<Acme>, Arc<Played>) {
    let responses = vec![
        ("/shop", 200, r#"{"id":"s1"}"#),
        ("/links", 200, "{}"),
        ("/products", catalogue.0, catalogue.1),
        ("/shops/s1/invitations", invitation.0, invitation.1),
    ];
    let played = Arc::new(Played(responses, Mutex::default()));
    let acme = Acme { url: BaseUrl::new("https://api.acme.example").unwrap(), catalogue_is_account };
    let info = ProviderInfo::new("acme", "shop-de");
    (HttpProvider::with_transport(acme, info, RetryPolicy::no_retries(), played.clone()), played)
}

fn request() -> InviteRequest {
    InviteRequest::builder("jane@example.com", "1001", Consent::granted("checkbox")).build().unwrap()
}

const FINE: (u16, &str) = (200, "{}");

/// An allocation of this size is a cheap one, and 256 invitations in flight take a megabyte.
#[tokio::test]
async fn future_of_a_send_is_at_most_4_kib() {
    let (provider, _) = provider(false, FINE, FINE);
    let request = request();
    let size = size_of_val(&*provider.send_invite(&request));
    assert!(size <= 4096, "{size} bytes");
}

#[tokio::test]
async fn steps_are_sent_in_order_and_the_lookup_once() {
    let (provider, played) = provider(false, FINE, (201, r#"{"state":"ok"}"#));
    for _ in 0..2 {
        let receipt = provider.send_invite(&request()).await.unwrap();
        assert_eq!((receipt.state, receipt.vendor_id.as_deref()), (InviteState::Accepted, Some("1")));
    }
    let paths = played.1.lock().unwrap().join(" ");
    assert_eq!(paths, "/shop /products /shops/s1/invitations /products /shops/s1/invitations");
}

#[tokio::test]
async fn failed_preparation_was_not_sent_and_has_its_scope() {
    for (is_account, scope, advice) in
        [(false, ErrorScope::Request, RetryAdvice::Never), (true, ErrorScope::Account, RetryAdvice::Hold)]
    {
        let (provider, played) = provider(is_account, (400, r#"{"message":"bad"}"#), FINE);
        let error = provider.send_invite(&request()).await.unwrap_err();
        let facts = (error.send_state(), error.scope(), error.retry_advice());
        assert_eq!(facts, (SendState::NotSent, scope, advice), "{error}");
        assert!(error.to_string().starts_with("acme/shop-de: send_invite: "), "{error}");
        assert_eq!(played.1.lock().unwrap().last().unwrap(), "/products");
    }
}

#[tokio::test]
async fn acceptance_without_a_2xx_is_refused() {
    let (provider, _) = provider(false, FINE, (500, r#"{"state":"ok"}"#));
    let error = provider.send_invite(&request()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
}

#[tokio::test]
async fn already_invited_is_a_receipt() {
    let (provider, _) = provider(false, FINE, (409, r#"{"state":"known"}"#));
    let receipt = provider.send_invite(&request()).await.unwrap();
    assert_eq!(receipt.state, InviteState::AlreadyInvited);
}

#[tokio::test]
async fn request_id_is_in_receipts_and_in_errors() {
    for (status, body) in
        [(201, r#"{"state":"ok","request":"r-7"}"#), (409, r#"{"state":"known","request":"r-7"}"#)]
    {
        let (provider, _) = provider(false, FINE, (status, body));
        assert_eq!(provider.send_invite(&request()).await.unwrap().request_id.as_deref(), Some("r-7"));
    }
    let (provider, _) = provider(false, FINE, (400, r#"{"request":"r-7"}"#));
    assert_eq!(provider.send_invite(&request()).await.unwrap_err().request_id(), Some("r-7"));
}

struct Closed;

impl BeforeSend for Closed {
    fn check(&self) -> Result<()> {
        Err(Error::new(ErrorKind::Blocked, "sending is switched off"))
    }
}

#[tokio::test]
async fn hook_that_refuses_stops_every_request() {
    let (provider, played) = provider(false, FINE, FINE);
    let error = provider.send_invite(&request().with_hook(Arc::new(Closed))).await.unwrap_err();
    assert_eq!((error.kind(), error.send_state()), (ErrorKind::Blocked, SendState::NotSent));
    assert!(played.1.lock().unwrap().is_empty());
    assert!(provider.capabilities().runs_send_hooks());
}

#[tokio::test(start_paused = true)]
async fn switch_that_goes_off_during_a_wait_stops_every_request() {
    type Call = fn(Arc<dyn ReviewInviteProvider>) -> tokio::task::JoinHandle<Result<()>>;
    let calls: [(Call, usize); 2] = [
        (|provider| tokio::spawn(async move { provider.create_link(&request()).await.map(drop) }), 0),
        // The lookup of the account is shared: it belongs to no invitation.
        (|provider| tokio::spawn(async move { provider.send_invite(&request()).await.map(drop) }), 1),
    ];
    for (call, lookups) in calls {
        let responses =
            vec![("/links", 200, "{}"), ("/shop", 200, r#"{"id":"s1"}"#), ("/products", 200, "{}")];
        let played = Arc::new(Played(responses, Mutex::default()));
        let acme =
            Acme { url: BaseUrl::new("https://api.acme.example").unwrap(), catalogue_is_account: false };
        let retry = RetryPolicy::default().with_total_timeout(Duration::from_secs(1000));
        let limits = RateLimits::unlimited().with_limit(1, Duration::from_secs(100));
        let options = ClientOptions::from(retry).with_rate_limits(limits);
        let info = ProviderInfo::new("acme", "shop-de");
        let switch = Switch::new(true);
        let provider = HttpProvider::with_transport(acme, info, options, played.clone());
        let provider = Arc::new(KillSwitch::new(provider, switch.clone()));
        provider.create_link(&request()).await.unwrap();
        let waiting = call(provider.clone());
        tokio::time::sleep(Duration::from_secs(1)).await;
        switch.disable();
        let error = waiting.await.unwrap().unwrap_err();
        assert_eq!((error.kind(), error.retry_advice()), (ErrorKind::Blocked, RetryAdvice::Hold), "{error}");
        assert_eq!(played.1.lock().unwrap().len(), 1 + lookups);
    }
}
