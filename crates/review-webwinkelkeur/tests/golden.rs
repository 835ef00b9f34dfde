//! The documented samples: what is sent equals them, and responses are parsed from them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod common;

use chrono::{Days, TimeDelta, Utc};
use common::{CODE, ID, Played, account, golden, invite_ref, minimal, played};
use review_core::model::{OrderReference, SendAt};
use review_core::provider::{InviteLookup, InviteState, ReviewInviteProvider, SetupStatus};
use review_core::reviews::{ReviewQuery, ReviewReader};
use review_core::{Consent, ErrorKind, ErrorScope, InviteKind, InviteRequest, Product, RetryAdvice};
use review_http::BaseUrl;
use review_webwinkelkeur::{TRUSTPROFILE_API_URL, WebwinkelkeurClient};
use serde_json::{Value, json};

const INVITATIONS: &str = "/api/1.0/invitations.json?id=7654321&code=c0de%26%3D%2B+%252B";

/// The same with the text of `order_data` as the JSON in it, whose members have no order.
fn unpacked(mut body: Value) -> Value {
    body["order_data"] = serde_json::from_str(body["order_data"].as_str().unwrap()).unwrap();
    body
}

#[tokio::test]
async fn invitation_equals_the_sample() {
    let kettle = Product::builder("K-1", "Kettle")
        .url("https://shop.example.com/kettle")
        .image_url("https://shop.example.com/img/k-1.jpg")
        .gtin("4006381333931");
    let now = Utc::now();
    let request = InviteRequest::builder("jane@example.com", "1001", Consent::granted("checkbox"))
        .name("Jane Doe")
        .phone("+31201234567")
        .locale("en-GB")
        .products([kettle])
        .kind(InviteKind::ServiceAndProduct)
        // Two and a half days round up to three.
        .send_at(SendAt::At(now + TimeDelta::hours(60)))
        .build()
        .unwrap();
    let transport = Played::new(200, &golden("success_response"));
    let receipt = played(account().with_phone_numbers(), &transport).send_invite(&request).await.unwrap();
    let mut expected = golden("invitation_full_request");
    // The model has no total, and the sender's name and versions are not needed.
    for member in ["order_total", "client", "platform_version", "plugin_version"] {
        expected.as_object_mut().unwrap().remove(member).unwrap();
    }
    let (target, body) = transport.last();
    assert_eq!((target, unpacked(body)), (format!("POST {INVITATIONS}"), unpacked(expected)));
    let InviteState::ScheduledOn(day) = receipt.state else { unreachable!("{:?}", receipt.state) };
    let expected = |at: chrono::DateTime<Utc>| (at + Days::new(3)).date_naive();
    assert!(day == expected(now) || day == expected(Utc::now()), "{day}");
    assert_eq!((receipt.vendor_id, receipt.warnings), (None, vec![]));
}

#[tokio::test]
async fn minimal_invitation_equals_the_sample() {
    let transport = Played::new(200, &golden("success_old_text_response"));
    let receipt = played(account(), &transport).send_invite(&minimal("1001")).await.unwrap();
    let expected = (format!("POST {INVITATIONS}"), golden("invitation_minimal_request"));
    assert_eq!((transport.last(), receipt.state), (expected, InviteState::Accepted));
}

#[tokio::test]
async fn trustprofile_is_the_same_api_at_another_host() {
    let transport = Played::new(200, &golden("success_response"));
    let account = account().with_url(BaseUrl::new(TRUSTPROFILE_API_URL).unwrap());
    played(account, &transport).send_invite(&minimal("1001")).await.unwrap();
    assert_eq!(transport.last().0, format!("POST {INVITATIONS}"));
    let requests = transport.requests.lock().unwrap();
    assert_eq!(requests[0].uri().host(), Some("dashboard.trustprofile.com"));
}

#[tokio::test]
async fn time_of_sending_is_a_whole_number_of_days() {
    let now = Utc::now();
    for (send_at, delay, is_scheduled) in [
        (SendAt::AccountDefault, None, false),
        (SendAt::Now, Some(0), false),
        (SendAt::At(now - TimeDelta::days(3)), Some(0), false),
        (SendAt::At(now + TimeDelta::hours(1)), Some(1), true),
        (SendAt::At(now + TimeDelta::hours(25)), Some(2), true),
    ] {
        let request = InviteRequest::builder("jane@example.com", "1001", Consent::granted("checkbox"));
        let request = request.send_at(send_at).build().unwrap();
        let transport = Played::new(200, &golden("success_response"));
        let receipt = played(account(), &transport).send_invite(&request).await.unwrap();
        assert_eq!(transport.last().1.get("delay").and_then(Value::as_u64), delay, "{send_at:?}");
        assert_eq!(matches!(receipt.state, InviteState::ScheduledOn(_)), is_scheduled, "{send_at:?}");
    }
}

#[tokio::test]
async fn language_has_two_letters_or_is_left_out() {
    for (locale, language) in [
        ("nl", Some("nl")),
        ("de-AT", Some("de")),
        ("fil-PH", None),
        ("nds", None),
        ("zh-Hant-TW", Some("zh")),
    ] {
        let request = InviteRequest::builder("jane@example.com", "1001", Consent::granted("checkbox"));
        let request = request.locale(locale).build().unwrap();
        let transport = Played::new(200, &golden("success_response"));
        let receipt = played(account(), &transport).send_invite(&request).await.unwrap();
        assert_eq!(transport.last().1.get("language").and_then(Value::as_str), language, "{locale}");
        let is_warned = receipt.warnings.iter().any(|warning| warning.field() == "customer.locale");
        assert_eq!(is_warned, matches!(locale, "fil-PH" | "nds" | "zh-Hant-TW"), "{locale}");
    }
}

#[tokio::test]
async fn phone_number_and_products_need_to_be_wanted() {
    let request = common::request("1001").build().unwrap();
    let transport = Played::new(200, &golden("success_response"));
    played(account(), &transport).send_invite(&request).await.unwrap();
    let members = ["customer_name", "email", "language", "order"];
    assert_eq!(transport.last().1.as_object().unwrap().keys().collect::<Vec<_>>(), members);
}

#[tokio::test]
async fn duplicate_is_already_invited() {
    for (status, name) in [(200, "duplicate_response"), (409, "duplicate_response")] {
        let transport = Played::new(status, &golden(name));
        let receipt = played(account(), &transport).send_invite(&minimal("1001")).await.unwrap();
        assert_eq!(receipt.state, InviteState::AlreadyInvited, "{status}");
        assert!(receipt.state.is_done());
    }
}

#[tokio::test]
async fn documented_errors_are_classified() {
    const ACCOUNT: ErrorScope = ErrorScope::Account;
    const REQUEST: ErrorScope = ErrorScope::Request;
    for (status, name, kind, advice, scope) in [
        (200, "error_credentials_response", ErrorKind::Unauthorized, RetryAdvice::Hold, ACCOUNT),
        (401, "error_credentials_response", ErrorKind::Unauthorized, RetryAdvice::Hold, ACCOUNT),
        (403, "error_credentials_response", ErrorKind::Forbidden, RetryAdvice::Hold, ACCOUNT),
        (404, "error_missing_response", ErrorKind::InvalidConfig, RetryAdvice::Hold, ACCOUNT),
        (200, "error_missing_response", ErrorKind::InvalidRequest, RetryAdvice::Never, REQUEST),
        (400, "error_missing_response", ErrorKind::InvalidRequest, RetryAdvice::Never, REQUEST),
        (200, "error_unexpected_response", ErrorKind::OutcomeUnknown, RetryAdvice::Reconcile, REQUEST),
        (400, "error_unexpected_response", ErrorKind::OutcomeUnknown, RetryAdvice::Reconcile, REQUEST),
        (500, "error_unexpected_response", ErrorKind::OutcomeUnknown, RetryAdvice::Reconcile, REQUEST),
        (500, "error_credentials_response", ErrorKind::OutcomeUnknown, RetryAdvice::Reconcile, REQUEST),
        (400, "success_response", ErrorKind::OutcomeUnknown, RetryAdvice::Reconcile, REQUEST),
    ] {
        let transport = Played::new(status, &golden(name));
        let error = played(account(), &transport).send_invite(&minimal("1001")).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.retry_advice(), error.scope()),
            (kind, advice, scope),
            "{status} {name}"
        );
        assert!(error.to_string().starts_with("webwinkelkeur/shop-nl: send_invite: "), "{error}");
        if name == "error_unexpected_response" {
            assert!(error.to_string().contains("Unexpected error while processing"), "{error}");
        }
    }
}

#[tokio::test]
async fn neither_credentials_nor_customer_are_shown() {
    let quoted = format!("{ID} {CODE} c0de%26%3D%2B+%252B jane@example.com invalid email");
    let transport = Played::new(200, &json!({ "status": "error", "message": quoted }));
    let provider = played(account(), &transport);
    let request = minimal("1001");
    let error = provider.send_invite(&request).await.unwrap_err();
    let read = provider.check_setup().await.unwrap();
    let preview = provider.preview(&request).unwrap();
    let url = &preview.requests[0].url;
    assert_eq!(
        url,
        "https://dashboard.webwinkelkeur.nl/api/1.0/invitations.json?id=[redacted]&code=[redacted]"
    );
    let shown =
        format!("{error} {error:?} {error:#?} {read:?} {provider:?} {preview:?} {}", preview.requests[0]);
    for secret in [ID, CODE, "c0de", "jane"] {
        assert!(!shown.contains(secret), "{secret} is in {shown}");
    }
    assert!(error.to_string().contains("invalid"), "{error}");
}

#[tokio::test]
async fn listed_invitations_are_found_without_other_customers() {
    let transport = Played::new(200, &golden("invitations_response"));
    let provider = played(account(), &transport);
    let found = provider.find_invite(&invite_ref(&provider, "1001")).await.unwrap();
    let InviteLookup::Found(status) = &found else { unreachable!("{found:?}") };
    assert_eq!(status.scheduled_at, Some("2024-06-21T12:04:39Z".parse().unwrap()));
    assert_eq!((status.sent_at, &status.vendor_id), (None, &None));
    assert!(!format!("{found:?}").contains("example.com"));
    assert_eq!(transport.last().0, format!("GET {INVITATIONS}&offset=0&limit=100"));
    // The same page again and again: the walk is bounded, and does not claim that there is none.
    let before = transport.count();
    let other = provider.find_invite(&invite_ref(&provider, "1002")).await.unwrap();
    let InviteLookup::Inconclusive { reason, retry_after: None } = other else { unreachable!("{other:?}") };
    assert!(reason.contains("100 newest"), "{reason}");
    assert_eq!(transport.count() - before, 50);
    assert!(transport.last().0.ends_with("&offset=98&limit=100"), "by what came back, not by what was asked");
}

#[tokio::test]
async fn list_that_cannot_be_read_is_never_not_found() {
    for body in [
        r#"{"status":"success"}"#,
        r#"{"status":"success","invitations":[{"order":"1"},"odd"]}"#,
        r#"{"status":"error","message":"no"}"#,
        r#"{"invitations":[]}"#,
        "<html></html>",
    ] {
        let provider = played(account(), &Played::new(200, &body));
        let result = provider.find_invite(&invite_ref(&provider, "1001")).await;
        assert!(result.is_err(), "{body}: {result:?}");
    }
}

#[tokio::test]
async fn listed_order_is_compared_as_a_reference() {
    for (order, is_found) in [
        (json!("1001"), true),
        (json!(1001), true),
        (json!(" 1001 "), true),
        (json!("1001-B"), false),
        (json!(""), false),
        (json!(null), false),
        (json!([]), false),
    ] {
        let row = json!({ "order": order, "datetimes": { "scheduled": 7, "sent": "2024-01-02 10:00:00" } });
        let page = json!({ "status": "success", "invitations": [row] }).to_string();
        let empty = json!({ "status": "success", "invitations": [] }).to_string();
        let transport = Played::with(move |request| {
            let is_first = request.uri().query().unwrap().contains("offset=0");
            (200, if is_first { page.clone() } else { empty.clone() })
        });
        let provider = played(account(), &transport);
        let found = provider.find_invite(&invite_ref(&provider, "1001")).await.unwrap();
        let sent = "2024-01-02T09:00:00Z".parse().unwrap();
        match found {
            InviteLookup::Found(status) => {
                assert_eq!((is_found, status.scheduled_at, status.sent_at), (true, None, Some(sent)));
            }
            other => assert_eq!((is_found, other), (false, InviteLookup::NotFound)),
        }
    }
}

#[tokio::test]
async fn ratings_are_parsed_and_filtered_by_time() {
    let transport = Played::new(200, &golden("ratings_response"));
    let provider = played(account(), &transport);
    let page = provider.read_reviews(&ReviewQuery::service(), None).await.unwrap();
    let stars: Vec<_> = page.items.iter().map(|review| (review.stars, review.text.as_deref())).collect();
    assert_eq!(stars, [(4, Some("Quick delivery.")), (1, None)]);
    assert_eq!(page.items[0].written_at, Some("2024-02-14T18:08:00Z".parse().unwrap()));
    assert_ne!(page.items[0].id, page.items[1].id);
    assert!(!format!("{page:?}").contains("example.com"), "{page:?}");
    let target = transport.last().0;
    assert!(target.starts_with("GET /api/1.0/ratings.json?"), "{target}");
    let next = page.next.unwrap();
    assert_eq!(next.as_str(), "2");
    provider.read_reviews(&ReviewQuery::service(), Some(next)).await.unwrap();
    assert!(transport.last().0.ends_with("&offset=2&limit=100"), "{}", transport.last().0);
    // The list begins with the newest: a page that ends before the time is the last one.
    let since = ReviewQuery::service().since("2024-02-13T00:00:00Z".parse().unwrap());
    let page = provider.read_reviews(&since, None).await.unwrap();
    assert_eq!((page.items.len(), page.next), (1, None));
}

#[tokio::test]
async fn product_reviews_are_parsed_unless_deleted() {
    let transport = Played::new(200, &golden("product_reviews_response"));
    let page = played(account(), &transport).read_reviews(&ReviewQuery::products(), None).await.unwrap();
    let [review] = page.items.as_slice() else { unreachable!("{page:?}") };
    assert_eq!((review.id.as_str(), review.stars, review.text.as_deref()), ("1", 5, Some("Boils.")));
    assert_eq!((review.sku.as_deref(), page.next.unwrap().as_str()), (Some("K-1"), "1"));
    let mut body = golden("product_reviews_response");
    body["product_reviews"][0]["deleted"] = true.into();
    let page = played(account(), &Played::new(200, &body)).read_reviews(&ReviewQuery::products(), None).await;
    assert_eq!(page.unwrap().items, []);
}

#[tokio::test]
async fn odd_rows_hide_no_review_and_count_for_the_next_page() {
    let good = golden("ratings_response")["ratings"][0].clone();
    let rows = json!([7, { "rating": "six" }, good, { "rating": 0 }, { "rating": "3", "created": false }]);
    let transport = Played::new(200, &json!({ "status": "success", "ratings": rows }));
    let page = played(account(), &transport).read_reviews(&ReviewQuery::service(), None).await.unwrap();
    let stars: Vec<_> = page.items.iter().map(|review| review.stars).collect();
    assert_eq!((stars, page.next.unwrap().as_str()), (vec![4, 3], "5"));
}

#[tokio::test]
async fn reviews_of_one_order_are_unsupported() {
    let transport = Played::new(200, &golden("ratings_response"));
    let reference = OrderReference::new("1001").unwrap();
    let query = ReviewQuery::service().for_order(reference);
    let error = played(account(), &transport).read_reviews(&query, None).await.unwrap_err();
    assert_eq!((error.kind(), transport.count()), (ErrorKind::Unsupported, 0));
}

#[tokio::test]
async fn setup_shows_the_web_shop() {
    let transport = Played::new(200, &golden("webshop_response"));
    let provider = played(account(), &transport);
    let report = provider.check_setup().await.unwrap();
    assert_eq!(report.status(), SetupStatus::Ready);
    let shown = report.findings.iter().map(ToString::to_string).collect::<String>();
    assert!(shown.contains("Example Shop") && shown.contains("nl (main)"), "{shown}");
    let shop = WebwinkelkeurClient::new(&provider).web_shop().await.unwrap();
    assert_eq!((shop.name.as_deref(), shop.languages.len()), (Some("Example Shop"), 1));
}

#[tokio::test]
async fn setup_check_that_read_nothing_is_not_ready() {
    for (status, body) in [(200, ""), (200, r#"{"status":"success"}"#), (302, ""), (500, "<html></html>")] {
        let report = played(account(), &Played::new(status, &body)).check_setup().await.unwrap();
        assert_eq!(report.status(), SetupStatus::Unknown, "{status} {body}: {report:?}");
    }
    for (status, name) in [(200, "error_credentials_response"), (404, "error_missing_response")] {
        let report = played(account(), &Played::new(status, &golden(name))).check_setup().await.unwrap();
        assert_eq!(report.status(), SetupStatus::NotReady, "{name}: {report:?}");
    }
}

#[tokio::test]
async fn consent_of_the_pop_up_is_read() {
    let transport = Played::new(200, &golden("order_permissions_response"));
    let client = WebwinkelkeurClient::new(&played(account(), &transport));
    assert!(client.has_consent(&OrderReference::new("1001").unwrap()).await.unwrap());
    assert!(transport.last().0.starts_with("GET /api/2.0/order_permissions.json?"));
    assert!(transport.last().0.ends_with("&orderNumber=1001"));
    let email = OrderReference::new("jane@example.com").unwrap();
    assert!(client.has_consent(&email).await.is_err());
    assert_eq!(transport.count(), 1);
}
