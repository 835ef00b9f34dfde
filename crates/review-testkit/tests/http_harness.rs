//! The suite over HTTP, with a vendor that has everything the harness injects faults into: a token in the body, a lookup
//! of the account, an upload of products and rejections with a 2xx status.
#![cfg(feature = "transport")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use review_core::config::{ConfigErrors, ConfigKey, ConfigReader, FromConfig, KeyInfo, Secret};
use review_core::model::{CustomerName, Field};
use review_core::provider::{Capabilities, Requirement, Scheduling};
use review_core::{ErrorScope, InviteKind, InviteRequest, Result, config_keys};
use review_http::vendor::{Account, HttpVendor, Plan, Step};
use review_http::{ApiResponse, BaseUrl, Classification, TokenPlace, Verdict};
use review_testkit::conformance::{CASES, CaseResult, Harness, VendorFault, WireField, run_all};
use review_testkit::{FakeRouter, HttpFake, HttpHarness};
use serde_json::{Value, json};

config_keys! {
    KEYS {
        SECRET: Secret = ConfigKey::required("secret", "the secret of the account").secret();
        DOMAIN: String = ConfigKey::required("domain", "the domain of the shop");
        API_URL: BaseUrl = ConfigKey::with_default("api_url", "the URL of the API", "https://api.acme.example/v1");
    }
}

#[derive(Debug)]
struct Acme {
    secret: Secret,
    domain: String,
    url: BaseUrl,
}

impl FromConfig for Acme {
    const KEYS: &'static [KeyInfo] = KEYS;

    fn from_config(config: &ConfigReader<'_>) -> Result<Self, ConfigErrors> {
        Ok(Self { secret: config.get(&SECRET)?, domain: config.get(&DOMAIN)?, url: config.get(&API_URL)? })
    }
}

impl HttpVendor for Acme {
    type Account = String;
    const NAME: &'static str = "acme";
    const TOKEN_PLACE: TokenPlace = TokenPlace::BodyMember("token");

    fn capabilities(&self) -> Capabilities {
        Capabilities::new()
            .add_kind(InviteKind::Service)
            .add_kind(InviteKind::ServiceAndProduct)
            .add_field(Field::Tags)
            .with_scheduling(Scheduling::Instant)
            .add_requirement(Requirement::ProductUrl)
            .add_requirement(Requirement::PlacedAt)
    }

    fn secrets(&self) -> Vec<&Secret> {
        vec![&self.secret]
    }

    fn account(&self) -> Account<String> {
        let step = Step::idempotent("find_shop", Method::GET, &self.url, &["shops"]);
        let step = step.query("domain", self.domain.clone()).without_token().made_of_settings();
        Account::Lookup { step, placeholder: "{shop}".to_owned() }
    }

    fn read_account(&self, response: &ApiResponse) -> Result<String> {
        Ok(response.text_at(&["/id"]).unwrap_or_default())
    }

    fn plan(&self, request: &InviteRequest, shop: &String, now: DateTime<Utc>) -> Result<Plan> {
        let (customer, order) = (request.customer(), request.order());
        let send_at = request.send_at().resolve(order, now)?.map(|at| at.max(now));
        let products: Vec<_> =
            order.products().iter().filter(|_| request.kind().includes_products()).collect();
        let path = ["shops", shop.as_str(), "orders"];
        let invitation = Step::at_most_once("create_order", Method::POST, &self.url, &path).json(
            json!({ "order": {
                "id": order.reference().as_str(),
                "date": order.placed_at().map(|at| at.to_rfc3339()),
                "email": customer.email().as_str(),
                "first_name": customer.name().and_then(CustomerName::first),
                "last_name": customer.name().and_then(CustomerName::last),
                "name": customer.name().map(CustomerName::full),
                "skus": products.iter().map(|product| product.sku().as_str()).collect::<Vec<_>>(),
                "tags": request.tags().iter().map(ToString::to_string).collect::<Vec<_>>(),
                "send_at": send_at.map(|at| at.to_rfc3339()),
            }}),
            &["order.id"],
        );
        let upload = |product: &&review_core::Product| {
            let body = json!({
                "sku": product.sku().as_str(),
                "name": product.name().as_str(),
                "url": product.url().map(ToString::to_string),
            });
            Step::idempotent("create_product", Method::POST, &self.url, &["products"]).json(body, &["sku"])
        };
        let plan = products.iter().map(upload).fold(Plan::new(invitation), Plan::add_before);
        Ok(plan.scheduled(send_at, now))
    }

    fn classify(response: &ApiResponse) -> Classification {
        let found = Classification::by_status(response).with_message(response.text_at(&["/message"]));
        match (response.operation, response.status) {
            ("create_product", StatusCode::CONFLICT) => found.with_verdict(Verdict::AlreadyInvited),
            _ if response.text_at(&["/status"]).as_deref() == Some("error") => {
                found.with_verdict(Verdict::Rejected)
            }
            _ => found,
        }
    }

    fn token_step(&self, _: Option<&Secret>) -> Option<Step> {
        let body = json!({ "secret": self.secret.expose() });
        Some(Step::idempotent("fetch_token", Method::POST, &self.url, &["tokens"]).json(body, &[]))
    }
}

struct AcmeFake;

impl HttpFake for AcmeFake {
    type Vendor = Acme;
    const SETTINGS: &'static [(&'static str, &'static str)] =
        &[("secret", "not-a-real-secret"), ("domain", "shop.example")];
    const INVITATION: &'static str = "/orders";
    const REFERENCE: &'static str = "/order/id";
    const TOKEN: Option<&'static str> = Some("/tokens");
    const PREPARATION: &'static [(ErrorScope, &'static str)] =
        &[(ErrorScope::Request, "/products"), (ErrorScope::Account, "/shops")];
    const UNMAPPED_FIELDS: &'static [WireField] = {
        use WireField::*;
        &[
            Locale,
            Phone,
            Address,
            CustomerReference,
            PaidAt,
            ShippedAt,
            DeliveredAt,
            EstimatedDelivery,
            ImageUrl,
            Gtin,
            Mpn,
            Brand,
            Category,
        ]
    };

    fn router() -> impl FakeRouter {
        static TOKENS: AtomicUsize = AtomicUsize::new(0);
        let token = async || {
            let number = TOKENS.fetch_add(1, Ordering::SeqCst);
            Json(json!({ "access_token": format!("token-{number}-abcdef"), "expires_in": 3600 }))
        };
        let order = async |Json(body): Json<Value>| {
            assert!(body["token"].as_str().unwrap().starts_with("token-"), "the token is in the body");
            Json(json!({ "status": "success" }))
        };
        let known = Arc::<Mutex<HashSet<String>>>::default();
        let product = async move |Json(body): Json<Value>| {
            let is_new = known.lock().unwrap().insert(body["sku"].to_string());
            (if is_new { StatusCode::CREATED } else { StatusCode::CONFLICT }, Json(json!({})))
        };
        Router::new()
            .route("/v1/tokens", post(token))
            .route("/v1/shops", get(async |_: Request| Json(json!({ "id": "shop-1" }))))
            .route("/v1/products", post(product))
            .route("/v1/shops/shop-1/orders", post(order))
    }

    fn rejection_in_success(message: &str) -> Option<Value> {
        Some(json!({ "status": "error", "message": message }))
    }
}

review_testkit::conformance_suite! { harness: HttpHarness<AcmeFake> }

/// Otherwise the suite would prove less than it seems to.
#[tokio::test(start_paused = true)]
async fn only_whole_days_are_skipped() {
    let results = run_all::<HttpHarness<AcmeFake>>().await;
    let skipped: Vec<_> = results
        .iter()
        .filter(|(_, result)| matches!(result, CaseResult::Skipped(_)))
        .map(|(name, _)| *name)
        .collect();
    assert_eq!(skipped, ["part_of_a_day_counts_as_a_day"]);
    assert_eq!(results.len(), CASES.len());
}

#[tokio::test(start_paused = true)]
async fn counts_secrets_and_faults_are_those_of_the_order() {
    let harness = HttpHarness::<AcmeFake>::start().await;
    let consent = review_core::Consent::granted("test");
    let request =
        InviteRequest::builder("jane@example.com", "1", consent).name("Jane Doe").placed_at(Utc::now());
    let request = request.build().unwrap();
    assert!(harness.fault(VendorFault::Reject).await);
    harness.provider().send_invite(&request).await.unwrap_err();
    assert_eq!(
        (harness.accepted_count("1").await, harness.request_count().await),
        (0, 2),
        "token and lookup"
    );
    harness.provider().send_invite(&request).await.unwrap();
    assert_eq!((harness.accepted_count("1").await, harness.accepted_count("2").await), (1, 0));
    assert!(harness.received_payload("1").await.unwrap().contains("jane@example.com"));
    let secrets = harness.secrets();
    assert!(
        secrets.len() == 2 && secrets.contains(&"not-a-real-secret".to_owned()),
        "the setting and a token"
    );
}

/// The same fake with another path of the token, or another member of the reference.
struct Changed<const HAS_TOKEN: bool>;

impl<const HAS_TOKEN: bool> HttpFake for Changed<HAS_TOKEN> {
    type Vendor = Acme;
    const SETTINGS: &'static [(&'static str, &'static str)] = AcmeFake::SETTINGS;
    const INVITATION: &'static str = AcmeFake::INVITATION;
    const REFERENCE: &'static str = "/order/number";
    const TOKEN: Option<&'static str> = if HAS_TOKEN { AcmeFake::TOKEN } else { None };
    const PREPARATION: &'static [(ErrorScope, &'static str)] = AcmeFake::PREPARATION;
    const UNMAPPED_FIELDS: &'static [WireField] = AcmeFake::UNMAPPED_FIELDS;

    fn router() -> impl FakeRouter {
        AcmeFake::router()
    }
}

/// Without a count, the case of dropped calls would wait for ever.
#[tokio::test(start_paused = true)]
async fn wrong_member_of_the_reference_fails_and_ends() {
    let results = run_all::<HttpHarness<Changed<true>>>().await;
    let failed: Vec<_> =
        results.iter().filter(|(_, result)| result.is_failure()).map(|(name, _)| *name).collect();
    assert!(failed.contains(&"dropped_call_is_never_sent_twice"), "{failed:?}");
}

#[tokio::test]
#[should_panic(expected = "set HttpFake::TOKEN")]
async fn token_step_without_its_path_is_an_error() {
    let _ = HttpHarness::<Changed<false>>::start().await;
}
