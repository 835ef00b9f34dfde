//! The stored form of requests, keys, receipts and error reports.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Arc;
use std::time::Duration;

use review_core::error::ErrorReport;
use review_core::model::{DelayFrom, Field, InviteKey, InviteKind, OrderReference, VendorOptions};
use review_core::provider::{BeforeSend, InviteReceipt, InviteState, ProviderInfo, SendTracker, Warning};
use review_core::{
    Consent, Error, ErrorKind, ErrorScope, FieldError, InviteRequest, Product, RetryAdvice, SendAt, SendState,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// A request as the first release stored it. It never changes: later releases must read it.
const VERSION_1: &str = include_str!("data/request-v1.json");

#[derive(Debug, PartialEq)]
struct AcmeOptions {
    channel: String,
}

impl VendorOptions for AcmeOptions {
    const VENDOR: &'static str = "acme";

    fn to_texts(&self) -> Vec<(&'static str, String)> {
        vec![("channel", self.channel.clone())]
    }

    fn from_texts(text: impl Fn(&str) -> Option<String>) -> Result<Self, FieldError> {
        let channel = text("channel").ok_or_else(|| FieldError::new("channel", "is missing"))?;
        Ok(Self { channel })
    }
}

/// A request in which every field is set.
fn full() -> InviteRequest {
    let granted_at = "2026-02-27T08:30:00Z".parse().unwrap();
    let kettle = Product::builder("K-1", "Kettle")
        .url("https://shop.example/kettle")
        .image_url("https://shop.example/kettle.jpg")
        .gtin("4006381333931")
        .mpn("KT-100")
        .brand("Acme")
        .category("1267");
    InviteRequest::builder("jane@example.com", "1001", Consent::granted_at("checkbox", granted_at))
        .first_name("Jane")
        .last_name("Doe")
        .customer_reference("C-77")
        .phone("+49 30 123456")
        .address("1 High Street, London")
        .locale("en-GB")
        .country("GB")
        .placed_at("2026-02-27T08:30:00Z")
        .paid_at("2026-02-27T08:31:00Z")
        .shipped_at("2026-02-28T10:00:00Z")
        .delivered_at("2026-03-02T15:00:00Z")
        .estimated_delivery("2026-03-03")
        .product(kettle)
        .product(Product::builder("K-2", "Lid").gtin("unknown"))
        .metadata([("channel", "web")])
        .metadata([("items", 2_i64)])
        .metadata([("total", 49.5)])
        .metadata([("gift", true)])
        .shop("uk")
        .kind(InviteKind::ServiceAndProduct)
        .send_at(SendAt::After(Duration::from_secs(86_400), DelayFrom::Delivered))
        .template("spring")
        .tags(["web", "vip"])
        .redirect_url("https://shop.example/thanks")
        .location("london-1")
        .reply_to("reply@example.com")
        .sender_name("Acme Shop")
        .sender_email("shop@example.com")
        .allow_omitting([Field::Tags, Field::Metadata])
        .options(&AcmeOptions { channel: "sms".to_owned() })
        .build()
        .unwrap()
}

fn round_trip<T: Serialize + DeserializeOwned>(value: &T) -> T {
    serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
}

fn version_1() -> Value {
    serde_json::from_str(VERSION_1).unwrap()
}

/// Reads the stored request after a change at a JSON pointer.
fn read_changed(pointer: &str, value: Value) -> Result<InviteRequest, String> {
    let mut stored = version_1();
    *stored.pointer_mut(pointer).unwrap() = value;
    serde_json::from_value(stored).map_err(|error| error.to_string())
}

#[test]
fn stored_request_with_every_field_round_trips() {
    let request = full();
    assert_eq!(request.used_fields(), Field::ALL);
    assert_eq!(request.warnings().len(), 1);
    let read = round_trip(&request);
    assert_eq!(read, request);
    assert_eq!(read.options::<AcmeOptions>(), Ok(Some(AcmeOptions { channel: "sms".to_owned() })));
    let small =
        InviteRequest::builder("jane@example.com", "1", Consent::legal_basis("customer")).build().unwrap();
    assert_eq!(round_trip(&small), small);
}

#[test]
fn stored_request_of_version_1_is_read_and_written_alike() {
    let read: InviteRequest = serde_json::from_str(VERSION_1).unwrap();
    assert_eq!(read, full());
    assert_eq!(serde_json::to_value(&read).unwrap(), version_1());
}

#[test]
fn stored_request_with_fewest_fields_is_read() {
    let stored = json!({
        "version": 1,
        "request": {
            "customer": { "email": "jane@example.com" },
            "order": { "reference": "1" },
            "consent": { "legal_basis": "customer" },
        },
    });
    let read: InviteRequest = serde_json::from_value(stored).unwrap();
    let consent = Consent::legal_basis("customer");
    assert_eq!(read, InviteRequest::builder("jane@example.com", "1", consent).build().unwrap());
}

#[test]
fn stored_request_of_unknown_version_is_rejected() {
    let expected = "the version of a stored request must be 1, got 2; update this library";
    let error = read_changed("/version", json!(2)).unwrap_err();
    assert!(error.starts_with(expected), "{error}");
    // A later version has another shape, and a database may have changed the order of the keys.
    for stored in [r#"{"version":2,"request":{"who":[]}}"#, r#"{"request":{"who":[]},"version":2}"#] {
        let error = serde_json::from_str::<InviteRequest>(stored).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }
}

#[test]
fn stored_request_that_is_invalid_is_rejected() {
    for (pointer, value, field) in [
        ("/request/customer/email", json!("jane"), "customer.email"),
        ("/request/customer/phone", json!("030"), "customer.phone"),
        ("/request/order/reference", json!(" "), "order.reference"),
        ("/request/order/products", json!([]), "order.products"),
        ("/request/order/products/0/url", json!("javascript:alert(1)"), "order.products[0].url"),
        ("/request/order/products/0/image_url", json!("data:,x"), "order.products[0].image_url"),
        ("/request/order/metadata/channel", json!("ask joe@example.com"), "order.metadata"),
        ("/request/order/paid_at", json!("+20000-01-01T00:00:00Z"), "order.paid_at"),
        ("/request/redirect_url", json!("ftp://shop.example/"), "redirect_url"),
        ("/request/consent", json!({ "legal_basis": " " }), "consent"),
    ] {
        let error = read_changed(pointer, value).unwrap_err();
        assert!(error.contains(field), "{field}: {error}");
        assert!(!error.contains("joe") && !error.contains("alert"), "{error}");
    }
}

#[test]
fn stored_request_of_another_shape_is_not_quoted() {
    for (pointer, value) in
        [("/request/customer", json!("jane@example.com")), ("/request/customer/name", json!("Jane Doe"))]
    {
        let error = read_changed(pointer, value).unwrap_err().to_lowercase();
        assert!(error.contains("stored request") && !error.contains("jane"), "{error}");
    }
}

struct Hook;

impl BeforeSend for Hook {}

#[test]
fn stored_request_does_not_contain_hooks() {
    let hooked = full().with_hook(Arc::new(Hook)).with_tracker(SendTracker::new());
    assert!(!hooked.hooks().is_empty());
    let read = round_trip(&hooked);
    assert!(read.hooks().is_empty() && read == hooked);
    assert_eq!(serde_json::to_value(&hooked).unwrap(), version_1());
}

#[test]
fn stored_key_round_trips() {
    let reference = OrderReference::new("1001").unwrap();
    let key = InviteKey::new("uk", reference, InviteKind::AccountDefault);
    assert_eq!(round_trip(&key), key);
    let stored = json!({ "shop": "uk", "reference": "1001", "kind": "account_default" });
    assert_eq!(serde_json::to_value(&key).unwrap(), stored);
}

#[test]
fn stored_receipt_round_trips_in_every_state() {
    let at = "2026-03-01T12:00:00Z".parse().unwrap();
    for state in [
        InviteState::Accepted,
        InviteState::Scheduled(at),
        InviteState::ScheduledOn("2026-03-01".parse().unwrap()),
        InviteState::AlreadyInvited,
        InviteState::Skipped { reason: "invited recently".to_owned(), retry_at: Some(at) },
        InviteState::DryRun,
    ] {
        let small = InviteReceipt::new(ProviderInfo::new("acme", "one").with_shop("uk"), state);
        let full = small.clone().with_vendor_id("v1").with_request_id("r1");
        let full = full.add_warnings([Warning::new("tags", "left out")]);
        assert_eq!((round_trip(&small), round_trip(&full)), (small, full));
    }
}

#[test]
fn stored_error_report_round_trips() {
    let small = Error::new(ErrorKind::Unauthorized, "the API key was rejected");
    let full = Error::new(ErrorKind::RateLimited, "too many requests")
        .with_provider(&ProviderInfo::new("acme", "one"))
        .with_operation("send_invite")
        .with_send_state(SendState::Responded)
        .with_scope(ErrorScope::Account)
        .with_retry_advice(RetryAdvice::After(Duration::from_millis(1500)))
        .with_help("wait")
        .with_http_status(429)
        .with_vendor_code("1015")
        .with_request_id("r1")
        .with_field_errors([FieldError::new("tags[0]", "is wrong")]);
    for error in [&small, &full] {
        let report: ErrorReport = error.report();
        assert_eq!(round_trip(&report), report);
    }
    let stored = json!({
        "kind": "unauthorized",
        "send_state": "responded",
        "scope": "account",
        "retry": "hold",
        "message": "the API key was rejected",
    });
    assert_eq!(serde_json::to_value(small.report()).unwrap(), stored);
    let stored = serde_json::to_value(full.report()).unwrap();
    assert_eq!((&stored["retry"], &stored["retry_after_seconds"]), (&json!("after"), &json!(1.5)));
}

#[test]
fn stable_names_are_those_of_serde() {
    for kind in [
        ErrorKind::InvalidRequest,
        ErrorKind::Unauthorized,
        ErrorKind::Forbidden,
        ErrorKind::RateLimited,
        ErrorKind::OutcomeUnknown,
        ErrorKind::Transient,
        ErrorKind::Unsupported,
        ErrorKind::Blocked,
        ErrorKind::InvalidConfig,
        ErrorKind::Unexpected,
    ] {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
    }
    let at = "2031-02-03T04:05:06Z".parse().unwrap();
    for state in [
        InviteState::Accepted,
        InviteState::Scheduled(at),
        InviteState::ScheduledOn(at.date_naive()),
        InviteState::AlreadyInvited,
        InviteState::Skipped { reason: "invited recently".to_owned(), retry_at: None },
        InviteState::DryRun,
    ] {
        let value = serde_json::to_value(&state).unwrap();
        let name = value.as_str().or_else(|| value.as_object()?.keys().next().map(String::as_str));
        assert_eq!(name, Some(state.name()));
    }
}
