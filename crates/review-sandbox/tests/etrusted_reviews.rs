//! eTrusted: reviews and the aggregate rating.

mod common;

use std::time::Duration;

use common::*;
use review_sandbox::{Host, Sandbox};
use serde_json::{Value, json};

async fn get(sandbox: &Sandbox, path: &str) -> Response {
    etrusted(sandbox, &format!("GET {path}"), "").await
}

fn ids(page: &Value) -> Vec<&str> {
    items(page, "/id")
}

#[tokio::test]
async fn review_names_its_event_and_invite() {
    let sandbox = prompt().await;
    let mut full = event(&sandbox);
    for (pointer, value) in [
        ("/customer/firstName", json!("Jane")),
        ("/customer/lastName", json!("Doe")),
        ("/transaction/date", json!("2022-12-20T12:00:00.000Z")),
        ("/metadata", json!({"key": "value"})),
    ] {
        full = with(&full, pointer, value);
    }
    let reference = etrusted(&sandbox, "POST /events", full.to_string()).await.is(202).text("/EventRef");
    let channel = var(&sandbox, "ETRUSTED_CHANNEL_ID");
    let invites = get(&sandbox, &format!("/channels/{channel}/invites")).await.json();
    let id = sandbox.submit_etrusted_review("order-1", 4, "Fast delivery.").unwrap();

    let review = get(&sandbox, &format!("/reviews/{id}")).await.is(200).json();
    for (pointer, value) in [
        ("/id", json!(id)),
        ("/channelRef", json!(channel)),
        ("/inviteRef", invites["items"][0]["id"].clone()),
        ("/rating", json!(4)),
        ("/comment", json!("Fast delivery.")),
        ("/feedbackType", json!("REVIEW")),
        ("/state", json!("APPROVED")),
        ("/type", json!("SERVICE_REVIEW")),
        ("/verificationType", json!("VERIFIED")),
        ("/customer/fullName", json!("Jane Doe")),
        ("/customer/email", json!("jane.doe@example.com")),
        ("/transaction", full["transaction"].clone()),
        ("/event", json!({"id": reference, "type": "shipped"})),
        ("/metadata/key", json!("value")),
        ("/questionnaire/locale", json!("de_DE")),
        ("/questionnaire/templateRef", json!("tpl-qst-aabd1dee-2676-4303-995a-1e6762a78b44")),
        ("/hasAttachments", json!(false)),
    ] {
        assert_eq!(review.pointer(pointer), Some(&value), "{pointer}");
    }
    assert_eq!(get(&sandbox, "/reviews").await.is(200).json()["items"], json!([review]));
    let minimal = get(&sandbox, "/reviews-minimal").await.is(200);
    assert_eq!(minimal.json()["items"][0]["rating"], 4);
    assert!(!minimal.body.contains("jane") && !minimal.body.contains("order-1"), "{minimal:?}");
    get(&sandbox, "/reviews/rev-x").await.empty(404);
}

#[tokio::test]
async fn review_without_invitation_is_not_submitted() {
    let sandbox = Sandbox::start().await.unwrap();
    assert_eq!(sandbox.submit_etrusted_review("order-1", 5, "x"), None);
    reviewed(&sandbox, "order-1", 5).await;
    assert_eq!(sandbox.submit_etrusted_review("order-1", 0, "x"), None);
    assert_eq!(sandbox.submit_etrusted_review("order-1", 6, "x"), None);

    let link = json!({"questionnaireTemplate": {"id": "tpl-qst-a62a58a3-2dbe-4cc0-8be7-d57d1b1a075a"},
        "customer": {"email": "jane.doe@example.com"}, "channel": {"id": var(&sandbox, "ETRUSTED_CHANNEL_ID")},
        "transaction": {"reference": "order-2"}, "system": "tests", "systemVersion": "1",
        "products": [{"name": "T-Shirt", "sku": "TS-M", "url": "https://shop.example.com/ts"}]});
    let response = etrusted(&sandbox, "POST /questionnaire-links", link.to_string()).await.is(200);
    let id = sandbox.submit_etrusted_review("order-2", 5, "x").unwrap();
    let review = get(&sandbox, &format!("/reviews/{id}")).await.json();
    assert_eq!(review["questionnaire"]["id"], response.text("/id"));
    assert_eq!((&review["type"], &review["product"]["sku"]), (&json!("PRODUCT_REVIEW"), &json!("TS-M")));
    assert_eq!(review["event"]["type"], "link_generation");
    assert!(review.get("inviteRef").is_none());
}

#[tokio::test]
async fn reviews_are_filtered_counted_and_paged() {
    let sandbox = Sandbox::start().await.unwrap();
    let one = reviewed(&sandbox, "order-1", 1).await;
    sandbox.advance(Duration::from_secs(3600));
    let between = sandbox.now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    sandbox.advance(Duration::from_secs(3600));
    let two = reviewed(&sandbox, "order-2", 5).await;
    let all = [two.as_str(), one.as_str()];
    etrusted(&sandbox, &format!("POST /reviews/{one}/reply"), r#"{"comment":"Sorry."}"#).await.is(200);

    let channel = var(&sandbox, "ETRUSTED_CHANNEL_ID");
    for (parameters, expected) in [
        (String::new(), &all[..]),
        (format!("?channels={channel},chl-x"), &all[..]),
        ("?channels=chl-x".to_owned(), &[]),
        ("?rating=1,2".to_owned(), &all[1..]),
        ("?status=APPROVED,MODERATION".to_owned(), &all[..]),
        ("?status=REJECTED".to_owned(), &[]),
        ("?type=SERVICE_REVIEW".to_owned(), &all[..]),
        ("?type=PRODUCT_REVIEW".to_owned(), &[]),
        ("?hasReply=true".to_owned(), &all[1..]),
        ("?hasReply=false".to_owned(), &all[..1]),
        (format!("?submittedAfter={between}"), &all[..1]),
        (format!("?submittedBefore={between}"), &all[1..]),
        ("?query=order-1".to_owned(), &all[1..]),
        ("?query=jane.doe%40example.com".to_owned(), &all[..]),
        ("?sku=TS-M".to_owned(), &[]),
        ("?orderBy=submittedAt&ignoreStatements=true&additionalInformation=x".to_owned(), &all[..]),
        ("?orderBy=updatedAt".to_owned(), &[one.as_str(), two.as_str()]),
        ("?count=1".to_owned(), &all[..1]),
        (format!("?after={two}"), &all[1..]),
        (format!("?before={one}"), &all[..1]),
    ] {
        let page = get(&sandbox, &format!("/reviews{parameters}")).await.is(200).json();
        assert_eq!(ids(&page), expected, "{parameters}");
        let minimal = get(&sandbox, &format!("/reviews-minimal{parameters}")).await.is(200).json();
        assert_eq!(ids(&minimal), expected, "{parameters}");
        let count = get(&sandbox, &format!("/reviews/count{parameters}")).await.is(200).json();
        assert_eq!(count["totalElements"], page["totalElements"], "{parameters}");
    }
    let count = get(&sandbox, &format!("/reviews/count?channels={channel}")).await.json();
    assert_eq!((&count["channelList"], count.get("accountId").is_some()), (&json!([channel]), true));
    assert!(get(&sandbox, "/reviews/count").await.json().get("channelList").is_none());
}

#[tokio::test]
async fn invalid_parameters_are_named() {
    let sandbox = Sandbox::start().await.unwrap();
    for (parameter, name) in [
        ("count=1001", "`count`"),
        ("after=rev-x", "`after`"),
        ("channels=X123", "`channels`"),
        ("rating=6", "`rating`"),
        ("rating=1,", "`rating`"),
        ("status=SUBMITTED", "`status`"),
        ("type=service", "`type`"),
        ("hasReply=yes", "`hasReply`"),
        ("ignoreStatements=1", "`ignoreStatements`"),
        ("submittedAfter=2030-01-01", "`submittedAfter`"),
        ("submittedBefore=x", "`submittedBefore`"),
        ("orderBy=rating", "`orderBy`"),
        ("query=", "`query`"),
        ("channel=x", "`channel`"),
    ] {
        for path in ["/reviews", "/reviews-minimal"] {
            get(&sandbox, &format!("{path}?{parameter}")).await.assert_error(400, name);
        }
        if !parameter.starts_with("after") {
            get(&sandbox, &format!("/reviews/count?{parameter}")).await.assert_error(400, name);
        }
    }
    for line in [
        "GET /reviews",
        "GET /reviews-minimal",
        "GET /reviews/count",
        "GET /reviews/x",
        "POST /reviews/x/reply",
        "DELETE /reviews/x/reply",
        "GET /reviews/x/vetos",
        "POST /reviews/x/vetos",
        "GET /channels/x/service-reviews/aggregate-rating",
    ] {
        send(&sandbox, Host::EtrustedApi, line, &[JSON], "{}").await.empty(401);
    }
}

#[tokio::test]
async fn reply_can_be_created_replaced_and_deleted() {
    let sandbox = Sandbox::start().await.unwrap();
    let id = reviewed(&sandbox, "order-1", 2).await;
    let line = |method: &str| format!("{method} /reviews/{id}/reply");
    let first = etrusted(&sandbox, &line("POST"), r#"{"comment":"Sorry.","sendNotification":true}"#).await;
    assert_eq!(first.is(200).json()["comment"], "Sorry.");
    let second = etrusted(&sandbox, &line("POST"), r#"{"comment":"Thanks."}"#).await.is(200).json();
    assert_eq!(get(&sandbox, &format!("/reviews/{id}")).await.json()["reply"], second);
    assert_eq!(sandbox.emails().len(), 1);
    etrusted(&sandbox, &line("DELETE"), "").await.empty(204);
    assert!(get(&sandbox, &format!("/reviews/{id}")).await.json().get("reply").is_none());
    etrusted(&sandbox, &line("DELETE"), "").await.empty(404);

    for (body, text) in [
        ("{}", "requires property \\\"comment\\\""),
        (r#"{"comment":""}"#, "instance.comment"),
        (r#"{"comment":"a","sendNotification":"true"}"#, "instance.sendNotification"),
        (r#"{"comment":"a","text":"b"}"#, "text"),
    ] {
        etrusted(&sandbox, &line("POST"), body).await.assert_error(400, text);
    }
    etrusted(&sandbox, "POST /reviews/rev-x/reply", r#"{"comment":"a"}"#).await.empty(404);
    etrusted(&sandbox, &line("GET"), "").await.empty(404);
}

#[tokio::test]
async fn vetoes_are_created_and_listed() {
    let sandbox = Sandbox::start().await.unwrap();
    let id = reviewed(&sandbox, "order-1", 1).await;
    let path = format!("/reviews/{id}/vetos");
    assert_eq!(get(&sandbox, &path).await.is(200).json(), json!([]));
    let full = json!({"comment": "Wrong shop.", "reason": "UNTRUTHFUL", "vetoReporterEmail": "shop@example.com",
        "channelName": "shop"});
    let made = etrusted(&sandbox, &format!("POST {path}"), full.to_string()).await.is(201).json();
    assert_eq!(made["reason"], "UNTRUTHFUL");
    assert_eq!(get(&sandbox, &path).await.json(), json!([made]));
    for (body, text) in [
        (without(&full, "/comment"), "comment"),
        (without(&full, "/reason"), "reason"),
        (with(&full, "/reason", json!("SPAM")), "instance.reason"),
        (with(&full, "/vetoReporterEmail", json!("x")), "instance.vetoReporterEmail"),
        (with(&full, "/channel", json!("x")), "channel"),
    ] {
        etrusted(&sandbox, &format!("POST {path}"), body.to_string()).await.assert_error(400, text);
    }
    get(&sandbox, "/reviews/rev-x/vetos").await.empty(404);
    etrusted(&sandbox, "POST /reviews/rev-x/vetos", full.to_string()).await.empty(404);
}

#[tokio::test]
async fn aggregate_rating_follows_the_reviews() {
    let sandbox = Sandbox::start().await.unwrap();
    let path = format!("/channels/{}/service-reviews/aggregate-rating", var(&sandbox, "ETRUSTED_CHANNEL_ID"));
    let none = get(&sandbox, &path).await.is(200).json();
    let spans: Vec<_> = none.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(spans, ["30days", "365days", "7days", "90days", "overall"]);
    assert_eq!((&none["overall"]["count"], &none["overall"]["rating"]), (&json!(0), &json!(0)));
    assert!(none["365days"]["period"].get("ratingTrend").is_none());

    reviewed(&sandbox, "order-1", 2).await;
    sandbox.advance(Duration::from_secs(100 * 24 * 3600));
    reviewed(&sandbox, "order-2", 5).await;
    let some = get(&sandbox, &path).await.is(200).json();
    assert_eq!((&some["90days"]["count"], &some["90days"]["rating"]), (&json!(1), &json!(5)));
    assert_eq!((&some["365days"]["count"], &some["365days"]["rating"]), (&json!(2), &json!(3.5)));
    let stars = json!({"oneStar": 0, "twoStars": 1, "threeStars": 0, "fourStars": 0, "fiveStars": 1});
    assert_eq!(some["overall"]["distribution"], stars);
    assert_eq!(some["365days"]["period"]["ratingTrend"], "NEUTRAL");
    assert!(some["7days"]["period"]["lastConsideredReviewSubmission"].is_string());

    etrusted(&sandbox, "GET /channels/chl-x/service-reviews/aggregate-rating", "").await.empty(404);
    get(&sandbox, &format!("{path}?a=1")).await.assert_error(400, "`a`");
}
