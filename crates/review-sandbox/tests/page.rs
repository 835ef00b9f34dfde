//! The page that shows the inbox.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy.toml allows these in test functions, and these are their helpers"
)]

mod common;

use std::time::Duration;

use common::*;
use review_sandbox::{InboxState, Sandbox};
use serde_json::{Value, json};

async fn get(sandbox: &Sandbox, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = format!("GET {path} HTTP/1.1\r\nConnection: close\r\n");
    for (name, value) in [("Host", "localhost")].iter().filter(|_| headers.is_empty()).chain(headers) {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    raw(sandbox.port(), format!("{request}\r\n").as_bytes()).await
}

async fn page(sandbox: &Sandbox, path: &str) -> String {
    get(sandbox, path, &[]).await.is(200).body
}

/// Posts an event of this order, changed by a pointer and a value.
async fn invite_customer(sandbox: &Sandbox, reference: &str, pointer: &str, value: Value) -> Response {
    let event = with(&event(sandbox), "/transaction/reference", json!(reference));
    etrusted(sandbox, "POST /events", with(&event, pointer, value).to_string()).await
}

/// The ids of the rows, in order.
fn rows(page: &str) -> Vec<&str> {
    page.split("<li id=\"entry-").skip(1).filter_map(|row| row.split('"').next()).collect()
}

#[tokio::test]
async fn page_lists_entries_newest_first_and_filters_them() {
    let sandbox = Sandbox::start().await.unwrap();
    assert!(page(&sandbox, "/").await.contains("Nothing yet"));
    invite_customer(&sandbox, "order-1", "/customer/firstName", json!("Zo\u{eb}")).await.is(202);
    invite_customer(&sandbox, "order-2", "/type", json!("unknown")).await.is(202);
    kiyoh::invite(&sandbox, &kiyoh::invitation(&sandbox, "piet@example.com", "order-3")).await.is(200);
    let all = page(&sandbox, "/").await;
    assert_eq!(rows(&all), ["3", "2", "1"]);
    for part in ["3 invitations", "https://etru.st/", "the account has no event type of this name", "<rect "]
    {
        assert!(all.contains(part), "{part} in {all}");
    }
    let account = var(&sandbox, "ETRUSTED_CHANNEL_ID");
    for (query, expected) in [
        ("vendor=kiyoh", vec!["3"]),
        ("vendor=&account=&state=&q=", vec!["3", "2", "1"]),
        (&format!("account={account}"), vec!["2", "1"]),
        ("state=no-email", vec!["2"]),
        ("q=ZO%C3%8B+order-1", vec!["1"]),
        ("q=order-1+piet", vec![]),
        ("q=piet&vendor=etrusted", vec![]),
        ("offset=2", vec!["1"]),
    ] {
        assert_eq!(rows(&page(&sandbox, &format!("/?{query}")).await), expected, "{query}");
    }
    assert!(page(&sandbox, "/?state=no-email").await.contains("1 of 3 invitations"));
    get(&sandbox, "/?offset=x", &[]).await.assert_error(400, "`offset`");
    get(&sandbox, "/?page=1", &[]).await.assert_error(400, "`page`");
}

#[tokio::test]
async fn page_has_a_window_of_many_rows() {
    let sandbox = Sandbox::start().await.unwrap();
    let invite = |number: u32| {
        json!({
            "questionnaireTemplate": {"id": "tpl-qst-aabd1dee-2676-4303-995a-1e6762a78b44"},
            "template": {"id": "tpl-inv-12261ad3-d36b-4a3a-a4ab-850920d7b11f"},
            "customer": {"email": format!("c{number}@example.com")},
            "transaction": {"reference": number.to_string()},
        })
    };
    let invites: Vec<_> = (1..=300).map(invite).collect();
    let channel = event(&sandbox)["channel"].clone();
    let body = json!({"channel": channel, "system": "tests", "systemVersion": "1", "invites": invites});
    etrusted(&sandbox, "POST /invites", body.to_string()).await.is(202);
    let first = page(&sandbox, "/").await;
    assert_eq!((rows(&first).len(), rows(&first)[0]), (120, "300"));
    assert!(first.contains("data-total=\"300\"") && first.contains(">Older<") && !first.contains(">Newer<"));
    let last = page(&sandbox, "/?offset=200").await;
    assert_eq!((rows(&last).len(), *rows(&last).last().unwrap()), (100, "1"));
    assert!(last.contains("aria-posinset=\"300\"") && last.contains(">Newer<") && !last.contains(">Older<"));
}

#[tokio::test]
async fn unchanged_page_is_not_sent_again() {
    let sandbox = Sandbox::start().await.unwrap();
    let tag = |response: &Response| {
        let line = response.head.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap();
        line.to_owned()
    };
    invite_customer(&sandbox, "order-1", "/system", json!("tests")).await.is(202);
    // It changes with the minute as well.
    let mut again = get(&sandbox, "/inbox/1", &[]).await;
    for _ in 0..3 {
        again = get(&sandbox, "/inbox/1", &[("Host", "localhost"), ("If-None-Match", &tag(&again))]).await;
        if again.status == 304 {
            break;
        }
    }
    again.empty(304);
    sandbox.advance(Duration::from_secs(7 * 24 * 3600));
    let changed = get(&sandbox, "/inbox/1", &[("Host", "localhost"), ("If-None-Match", &tag(&again))]).await;
    assert!(changed.is(200).body.contains("went out"));
}

#[tokio::test]
async fn hostile_values_are_escaped() {
    let sandbox = Sandbox::start().await.unwrap();
    let harm = "<script>alert('1')</script>\"><img src=x onerror=alert(1)>";
    let product = json!({"sku": harm, "name": harm, "url": "https://shop.example.com/", "imageUrl": "https://shop.example.com/a\"onload=\"b.jpg"});
    invite_customer(&sandbox, harm, "/products", json!([product])).await.is(202);
    invite_customer(&sandbox, "order-2", "/customer/lastName", json!(harm)).await.is(202);
    let rule = json!({"fault": "status-503", "pathPrefix": harm}).to_string();
    control(&sandbox, "POST /faults", &rule).await.is(201);
    for path in
        ["/", "/inbox/1", "/inbox/2", "/inbox/1?images=load", "/?q=%22%3E%3Cimg+src%3Dx&vendor=%22%3E%3Cimg"]
    {
        let page = page(&sandbox, path).await;
        assert!(
            !page.contains("<script>") && !page.contains("<img src=x") && !page.contains("\"onload"),
            "{page}"
        );
        assert!(page.contains("&#60;") || page.contains("&lt;"), "{page}");
    }
}

#[tokio::test]
async fn pages_allow_nothing_from_elsewhere() {
    let sandbox = Sandbox::start().await.unwrap();
    let product = json!({"sku": "TEA", "name": "Tea", "url": "https://shop.example.com/tea", "imageUrl": "https://shop.example.com/tea.jpg"});
    invite_customer(&sandbox, "order-1", "/products", json!([product])).await.is(202);
    for path in ["/", "/inbox/1", "/inbox/9", "/inbox.css", "/inbox.js", "/inbox.svg"] {
        let response = get(&sandbox, path, &[]).await;
        let policy =
            response.head.lines().find(|line| line.starts_with("content-security-policy: ")).unwrap();
        assert!(
            policy.contains("default-src 'none'") && policy.contains("img-src 'self';"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert!(response.head.contains("x-content-type-options: nosniff"), "{path}");
        assert!(!response.body.contains("<img") && !response.body.contains(" style="), "{path}");
    }
    let loaded = get(&sandbox, "/inbox/1?images=load", &[]).await.is(200);
    assert!(loaded.head.contains("img-src http: https:; connect-src 'self'"), "{}", loaded.head);
    assert!(loaded.body.contains("<img class=\"picture\" src=\"https://shop.example.com/tea.jpg\""));

    for path in ["/", "/inbox/1", "/inbox.js"] {
        get(&sandbox, path, &[("Host", "evil.example")]).await.assert_error(403, "Host must be");
        get(&sandbox, path, &[("Host", "localhost"), ("Origin", "https://evil.example")])
            .await
            .assert_error(403, "Origin must be");
        get(&sandbox, path, &[("Host", "localhost"), ("Sec-Fetch-Site", "cross-site")])
            .await
            .assert_error(403, "Sec-Fetch-Site");
    }
}

#[tokio::test]
async fn detail_shows_the_setup_and_no_secret() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.add_event_type("delivery");
    invite_customer(&sandbox, "order-1", "/type", json!("delivery")).await.is(202);
    webwinkelkeur::invite(&sandbox, &webwinkelkeur::invitation("kees@example.com", "order-2")).await.is(200);
    kiyoh::invite(&sandbox, &kiyoh::invitation(&sandbox, "piet@example.com", "order-3")).await.is(200);
    let token = login(&sandbox).await.text("/access_token");
    let body = json!({
        "consumerName": "Jane Doe", "consumerEmail": "jane@example.com", "referenceNumber": "order-4",
        "locale": "en-US", "serviceReviewInvitation": {"templateId": "00000000000000000000abcd"},
    });
    invite(&sandbox, &token, &body).await.empty(202);
    for (entry, parts) in [
        (1, ["delivery: active", "service reviews", "accepted, but no email: service and product reviews"]),
        (2, ["address invited for this order before", "noremail", "code=[hidden]"]),
        (3, ["none within 30 days", "location", "0 days"]),
        (4, ["unknown to the account", "the account&#39;s default", "POST /trustpilot/invitations/v1"]),
    ] {
        let page = page(&sandbox, &format!("/inbox/{entry}")).await;
        for part in parts {
            assert!(page.contains(part), "{entry}: {part} in {page}");
        }
        for secret in ["WEBWINKELKEUR_CODE", "KIYOH_API_TOKEN"].map(|name| var(&sandbox, name)) {
            assert!(!page.contains(&secret), "{entry}");
        }
        assert!(!page.contains(&token), "{entry}");
    }
    let setup = control(&sandbox, "GET /inbox/1", "").await.json()["setup"].clone();
    assert_eq!(setup[1], json!(["event type", "delivery: active"]));
    get(&sandbox, "/inbox/9", &[]).await.assert_error(404, "no longer keeps it");
}

async fn write_review(sandbox: &Sandbox, entry: u64, rating: u8) -> Response {
    let body = json!({"rating": rating, "comment": "Fine."}).to_string();
    control(sandbox, &format!("POST /inbox/{entry}/review"), &body).await
}

#[tokio::test]
async fn review_of_an_entry_is_of_its_customer_and_kind() {
    let sandbox = Sandbox::start().await.unwrap();
    for address in ["jane@example.com", "max@example.com"] {
        invite_customer(&sandbox, "order-1", "/customer/email", json!(address)).await.is(202);
    }
    assert_eq!(write_review(&sandbox, 1, 4).await.is(201).text("/readWith"), "GET /etrusted/api/reviews");
    let reviews = etrusted(&sandbox, "GET /reviews", "").await.is(200).json();
    assert_eq!(items(&reviews, "/customer/email"), ["jane@example.com"]);

    let token = login(&sandbox).await.text("/access_token");
    let product = json!({"sku": "CAR", "name": "Car", "productUrl": "https://shop.example.com/car"});
    let body = json!({
        "consumerName": "Jane Doe", "consumerEmail": "jane@example.com", "referenceNumber": "order-2",
        "locale": "en-US", "serviceReviewInvitation": {"preferredSendTime": "2090-01-31T13:37:00"},
        "productReviewInvitation": {"preferredSendTime": "2090-02-07T13:37:00", "products": [product]},
    });
    invite(&sandbox, &token, &body).await.empty(202);
    let call = write_review(&sandbox, 4, 5).await.is(201).text("/readWith");
    let call = call.strip_prefix("GET /trustpilot/api").unwrap();
    let headers = [JSON, ("Authorization", &*format!("Bearer {token}"))];
    let read = async |call: &str| {
        send(&sandbox, review_sandbox::Host::TrustpilotApi, &format!("GET {call}"), &headers, "")
            .await
            .is(200)
    };
    assert!(read(call).await.body.contains("Fine."));
    let call = format!("{}/reviews", unit(&sandbox));
    assert!(!read(&call).await.body.contains("Fine."), "the customer has not reviewed the shop yet");
    write_review(&sandbox, 4, 5).await.assert_error(400, "no open invitation");
    write_review(&sandbox, 3, 5).await.is(201);
    assert!(read(&call).await.body.contains("Fine."));
}

#[tokio::test]
async fn reviews_of_entries_are_checked() {
    let sandbox = Sandbox::start().await.unwrap();
    kiyoh::invite(&sandbox, &kiyoh::invitation(&sandbox, "piet@example.com", "order-1")).await.is(200);
    webwinkelkeur::invite(&sandbox, &webwinkelkeur::invitation("kees@example.com", "order-2")).await.is(200);
    invite_customer(&sandbox, "order-3", "/customer/email", json!("bad")).await.is(400);
    write_review(&sandbox, 1, 10).await.is(201);
    write_review(&sandbox, 2, 10).await.assert_error(400, "from 1 to 5");
    write_review(&sandbox, 2, 5).await.is(201);
    for path in ["/v1/publication/review/external", "/1.0/ratings.json"] {
        let read = match path.starts_with("/v1") {
            true => kiyoh::get_of_location(&sandbox, path, "").await,
            false => webwinkelkeur::get(&sandbox, path, &[]).await,
        };
        assert!(read.is(200).body.contains("Fine."), "{path}");
    }
    assert!(matches!(sandbox.inbox()[2].state, InboxState::NotAccepted(_)));
    write_review(&sandbox, 3, 5).await.assert_error(400, "no open invitation");
    assert!(!page(&sandbox, "/inbox/3").await.contains("Write a review"));
    control(&sandbox, "POST /inbox/1/review", "{}").await.assert_error(400, "`rating` is missing");
    write_review(&sandbox, 9, 5).await.assert_error(404, "no entry");
}
