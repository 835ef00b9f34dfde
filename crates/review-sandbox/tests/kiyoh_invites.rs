//! Kiyoh: token, invitations, and the rules of the account.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy.toml allows these in test functions, and these are their helpers"
)]

mod common;

use std::time::Duration;

use common::kiyoh::*;
use common::{JSON, control, send, var, with, without};
use review_sandbox::{EmailKind, Host, InboxState, Sandbox, Vendor};
use serde_json::{Value, json};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn full(sandbox: &Sandbox) -> Value {
    let more = [
        ("/delay", json!(7)),
        ("/first_name", json!("Jane")),
        ("/last_name", json!("Doe")),
        ("/salutation", json!("heer/mevrouw")),
        ("/city", json!("Utrecht")),
        ("/product_code", json!(["K-1", "K-2"])),
        ("/product_invite", json!(false)),
    ];
    more.into_iter().fold(invitation(sandbox, "jane@example.com", "1001"), |body, (pointer, value)| {
        with(&body, pointer, value)
    })
}

async fn sandbox_with_products(codes: &[&str]) -> Sandbox {
    let sandbox = Sandbox::start().await.unwrap();
    for code in codes {
        put_product(&sandbox, &product(&sandbox, code)).await.is(200);
    }
    sandbox
}

#[tokio::test]
async fn invitation_is_accepted_and_counted_as_one_email() {
    let sandbox = sandbox_with_products(&["K-1", "K-2"]).await;
    let before = sandbox.now();
    let response = invite(&sandbox, &full(&sandbox)).await.is(200).json();
    assert_eq!(response, json!({"code": "OK", "message": "Invite scheduled"}));
    let [email] = sandbox.emails_for("1001").try_into().unwrap();
    assert_eq!((email.vendor, email.kind), (Vendor::Kiyoh, EmailKind::ServiceAndProduct));
    assert_eq!((&*email.address, email.name.as_deref()), ("jane@example.com", Some("Jane Doe")));
    assert_eq!((&*email.shop, email.locale.as_deref()), (&*var(&sandbox, "KIYOH_LOCATION_ID"), Some("nl")));
    assert_eq!(
        (email.skus, email.template, email.event),
        (vec!["K-1".to_owned(), "K-2".to_owned()], None, None)
    );
    let due = email.send_at.unwrap();
    assert!(due >= before + 7 * DAY && due <= sandbox.now() + 7 * DAY);
}

#[tokio::test]
async fn kind_follows_from_products_and_product_invite() {
    let sandbox = sandbox_with_products(&["K-1"]).await;
    let kind = async |reference: &str, more: &[(&str, Value)]| {
        let body = invitation(&sandbox, &format!("{reference}@example.com"), reference);
        let body = more.iter().fold(body, |body, (pointer, value)| with(&body, pointer, value.clone()));
        invite(&sandbox, &body).await.is(200);
        sandbox.emails_for(reference)[0].kind
    };
    let codes = || ("/product_code", json!(["K-1"]));
    assert_eq!(kind("1", &[]).await, EmailKind::Service);
    assert_eq!(kind("2", &[("/product_invite", json!(false))]).await, EmailKind::Service);
    assert_eq!(kind("3", &[codes()]).await, EmailKind::ServiceAndProduct);
    assert_eq!(kind("4", &[codes(), ("/product_invite", json!(true))]).await, EmailKind::Product);
}

#[tokio::test]
async fn token_that_is_missing_or_wrong_gets_401() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = var(&sandbox, "KIYOH_API_TOKEN");
    let body = invitation(&sandbox, "jane@example.com", "1001").to_string();
    let bearer = format!("Bearer {token}");
    let wrong: [&[(&str, &str)]; 4] = [
        &[JSON],
        &[JSON, ("X-Publication-Api-Token", "wrong")],
        &[JSON, ("Authorization", &bearer)],
        &[JSON, ("X-Publication-Api-Token", &token), ("X-Publication-Api-Token", &token)],
    ];
    for headers in wrong {
        for line in [
            "POST /v1/invite/external",
            "PUT /v1/location/product/external",
            "PUT /v1/location/product/external/bulk",
            "GET /v1/location/product/external",
            "GET /v1/publication/review/external",
            "GET /v1/publication/review/external/location/statistics",
            "GET /v1/publication/product",
            "GET /v1/publication/product/review/external",
        ] {
            let response = send(&sandbox, Host::Kiyoh, line, headers, &body).await;
            assert_rejection(&response, 401, &[]);
            assert_eq!(response.text("/errorCode"), "UNAUTHORIZED");
        }
    }
    let hash = format!("POST /v1/invite/external?hash={token}");
    assert_rejection(&send(&sandbox, Host::Kiyoh, &hash, &[JSON], &body).await, 401, &[]);
    assert!(sandbox.emails().is_empty());
}

#[tokio::test]
async fn revoked_token_gets_401_until_it_is_valid_again() {
    let sandbox = Sandbox::start().await.unwrap();
    let body = invitation(&sandbox, "jane@example.com", "1001");
    control(&sandbox, "POST /expire-tokens", "{}").await.is(204);
    invite(&sandbox, &body).await.is(200);
    control(&sandbox, "POST /expire-tokens", r#"{"vendor":"kiyoh"}"#).await.is(204);
    invite(&sandbox, &body).await.is(401);
    sandbox.set_kiyoh_token_revoked(false);
    invite(&sandbox, &with(&body, "/invite_email", json!("joe@example.com"))).await.is(200);
    sandbox.expire_tokens(Vendor::Kiyoh);
    invite(&sandbox, &body).await.is(401);
    assert_eq!((sandbox.emails().len(), sandbox.token_requests(Vendor::Kiyoh)), (2, 0));
}

#[tokio::test]
async fn location_that_the_token_does_not_cover_gets_401() {
    let sandbox = Sandbox::start().await.unwrap();
    let body = with(&invitation(&sandbox, "jane@example.com", "1001"), "/location_id", json!("other"));
    assert_rejection(&invite(&sandbox, &body).await, 401, &[]);
    assert!(sandbox.emails().is_empty());
}

#[tokio::test]
async fn media_type_other_than_json_gets_415() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = var(&sandbox, "KIYOH_API_TOKEN");
    let body = invitation(&sandbox, "jane@example.com", "1001").to_string();
    for headers in [
        &[("X-Publication-Api-Token", &*token)][..],
        &[("Content-Type", "text/plain"), ("X-Publication-Api-Token", &token)],
    ] {
        send(&sandbox, Host::Kiyoh, "POST /v1/invite/external", headers, &body)
            .await
            .assert_error(415, "Content-Type");
    }
    assert!(sandbox.emails().is_empty());
}

#[tokio::test]
async fn faulty_fields_are_rejected_by_name() {
    let sandbox = sandbox_with_products(&["K-1", "K-2"]).await;
    let full = full(&sandbox);
    let faulty = [
        (without(&full, "/location_id"), "location_id is missing"),
        (without(&full, "/invite_email"), "invite_email is missing"),
        (without(&full, "/delay"), "delay is missing"),
        (without(&full, "/language"), "language is missing"),
        (with(&full, "/location_id", json!(1018015)), "location_id must be of type string"),
        (
            with(&full, "/invite_email", json!("Jane <jane@example.com>")),
            "invite_email must be an email address",
        ),
        (with(&full, "/delay", json!("7")), "delay must be of type integer"),
        (with(&full, "/delay", json!(1.5)), "delay must be of type integer"),
        (with(&full, "/delay", json!(-1)), "delay must be of type integer"),
        (with(&full, "/delay", json!(u64::MAX)), "delay is out of range"),
        (with(&full, "/language", json!("NL")), "language must be one of the documented values"),
        (with(&full, "/language", json!("nl-NL")), "language must be one of the documented values"),
        (with(&full, "/language", json!("be")), "language must be one of the documented values"),
        (with(&full, "/language", json!("es")), "language must be one of the documented values"),
        (with(&full, "/first_name", json!("")), "first_name must not be empty"),
        (with(&full, "/last_name", json!(null)), "last_name must be of type string"),
        (with(&full, "/ref_code", json!(1001)), "ref_code must be of type string"),
        (with(&full, "/reference_code", json!("1001")), "ref_code and reference_code exclude each other"),
        (with(&full, "/Ref_code", json!("1001")), "Ref_code is not a known field"),
        (with(&full, "/supplier", json!("x")), "supplier is not a known field"),
        (with(&full, "/tenantId", json!(98)), "tenantId is not a known field"),
        (with(&full, "/product_code", json!("K-1")), "product_code must be of type array"),
        (with(&full, "/product_code", json!([])), "product_code must not be empty"),
        (with(&full, "/product_code", json!(["K-1", "K-1"])), "product_code must not repeat a code"),
        (with(&full, "/product_invite", json!("true")), "product_invite must be of type boolean"),
        (
            with(&without(&full, "/product_code"), "/product_invite", json!(true)),
            "product_code is mandatory if product_invite is true",
        ),
    ];
    for (body, message) in faulty {
        let response = invite(&sandbox, &body).await;
        assert_rejection(&response, 400, &[message]);
        assert!(!response.body.contains("jane"), "{response:?}");
    }
    let several = with(&without(&full, "/delay"), "/language", json!("x"));
    let messages = ["delay is missing", "language must be one of the documented values"];
    assert_rejection(&invite(&sandbox, &several).await, 400, &messages);
    assert!(sandbox.emails().is_empty());
    // None of them counts as an invitation of the address.
    invite(&sandbox, &full).await.is(200);
}

#[tokio::test]
async fn body_that_is_not_json_is_rejected() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = var(&sandbox, "KIYOH_API_TOKEN");
    let headers = [JSON, ("X-Publication-Api-Token", &*token)];
    for (body, text) in [
        ("", "not valid JSON"),
        ("{", "not valid JSON"),
        ("[]", "the body must be of type object"),
        (r#"{"delay":1,"delay":1}"#, "`delay`"),
    ] {
        send(&sandbox, Host::Kiyoh, "POST /v1/invite/external", &headers, body).await.assert_error(400, text);
    }
    let body = invitation(&sandbox, "jane@example.com", "1001").to_string();
    send(&sandbox, Host::Kiyoh, "POST /v1/invite/external?tenantId=98", &headers, body)
        .await
        .assert_error(400, "`tenantId`");
}

#[tokio::test]
async fn old_name_of_the_reference_is_accepted() {
    let sandbox = Sandbox::start().await.unwrap();
    let body = without(&invitation(&sandbox, "jane@example.com", ""), "/ref_code");
    invite(&sandbox, &with(&body, "/reference_code", json!("1001"))).await.is(200);
    assert_eq!(sandbox.emails_for("1001").len(), 1);
}

#[tokio::test]
async fn reference_may_be_left_out() {
    let sandbox = Sandbox::start().await.unwrap();
    invite(&sandbox, &without(&invitation(&sandbox, "jane@example.com", ""), "/ref_code")).await.is(200);
    assert_eq!(sandbox.emails()[0].reference, "");
}

#[tokio::test]
async fn address_is_invited_once_within_thirty_days() {
    let sandbox = Sandbox::start().await.unwrap();
    let send =
        async |reference: &str| invite(&sandbox, &invitation(&sandbox, "jane@example.com", reference)).await;
    send("1001").await.is(200);
    for reference in ["1001", "1002"] {
        let response = send(reference).await.is(400).json();
        assert_eq!((&response["httpCode"], &response["errorCode"]), (&json!("400"), &json!("BAD_REQUEST")));
        assert_eq!(response["detailedError"][0]["errorCode"], "INVITATION_ALREADY_PLACED");
        assert!(!response["id"].as_str().unwrap().is_empty());
    }
    invite(&sandbox, &invitation(&sandbox, "joe@example.com", "1003")).await.is(200);
    sandbox.advance(29 * DAY);
    send("1004").await.is(400);
    sandbox.advance(DAY);
    send("1005").await.is(200);
    assert_eq!(
        sandbox.emails().iter().map(|email| &*email.reference).collect::<Vec<_>>(),
        ["1001", "1003", "1005"]
    );
}

#[tokio::test]
async fn product_must_be_in_the_catalogue_and_active() {
    let sandbox = Sandbox::start().await.unwrap();
    let body =
        with(&invitation(&sandbox, "jane@example.com", "1001"), "/product_code", json!(["K-1", "K-2"]));
    put_product(&sandbox, &product(&sandbox, "K-1")).await.is(200);
    let response = invite(&sandbox, &body).await;
    assert_rejection(&response, 400, &["Product K-2 is not known"]);
    assert_eq!(response.text("/detailedError/0/errorCode"), "INVALID_PRODUCT_ID");
    put_product(&sandbox, &with(&product(&sandbox, "K-2"), "/active", json!(false))).await.is(200);
    assert_rejection(&invite(&sandbox, &body).await, 400, &["Product K-2 is not known"]);
    put_product(&sandbox, &product(&sandbox, "K-2")).await.is(200);
    invite(&sandbox, &body).await.is(200);
    assert_eq!(sandbox.emails().len(), 1);
}

#[tokio::test]
async fn invitation_has_at_most_ten_products() {
    let codes: Vec<_> = (0..11).map(|number| format!("K-{number}")).collect();
    let sandbox = sandbox_with_products(&codes.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let body = |count: usize| {
        with(&invitation(&sandbox, "jane@example.com", "1001"), "/product_code", json!(codes[..count]))
    };
    assert_rejection(&invite(&sandbox, &body(11)).await, 400, &["product_code must hold at most 10 codes"]);
    invite(&sandbox, &body(10)).await.is(200);
    assert_eq!(sandbox.emails()[0].skus.len(), 10);
}

#[tokio::test]
async fn inactive_location_accepts_and_sends_nothing() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.set_kiyoh_location_active(false);
    let statistics =
        async || get_of_location(&sandbox, "/v1/publication/review/external/location/statistics", "").await;
    assert_eq!(statistics().await.text("/locationActive"), "false");
    invite(&sandbox, &invitation(&sandbox, "jane@example.com", "1001")).await.is(200);
    assert!(sandbox.emails().is_empty() && sandbox.submit_kiyoh_review("1001", 9, "Good.").is_none());
    sandbox.set_kiyoh_location_active(true);
    assert_eq!(statistics().await.text("/locationActive"), "true");
    invite(&sandbox, &invitation(&sandbox, "joe@example.com", "1002")).await.is(200);
    assert_eq!(sandbox.emails().len(), 1);
}

#[tokio::test]
async fn old_form_and_unknown_paths_send_nothing() {
    let sandbox = Sandbox::start().await.unwrap();
    let old = "/v1/invite/external?hash=x&location_id=1&invite_email=jane@example.com&delay=0&language=nl";
    get(&sandbox, old).await.assert_error(400, "not simulated");
    for line in ["POST /v1/invite/external.xml", "DELETE /v1/invite/external", "POST /v1/invite", "GET /v1"] {
        kiyoh(&sandbox, line, &json!({})).await.assert_error(404, "NOT_FOUND");
    }
    assert!(sandbox.emails().is_empty());
}

#[tokio::test]
async fn emails_are_listed_by_the_control_call() {
    let sandbox = sandbox_with_products(&["K-1", "K-2"]).await;
    invite(&sandbox, &full(&sandbox)).await.is(200);
    let listed = async || control(&sandbox, "GET /emails?reference=1001", "").await.is(200).json()[0].clone();
    let email = listed().await;
    assert_eq!(
        (&email["vendor"], &email["kind"], &email["due"]),
        (&json!("kiyoh"), &json!("serviceAndProduct"), &json!(false))
    );
    sandbox.advance(7 * DAY);
    assert_eq!(listed().await["due"], true);
}

#[tokio::test]
async fn inbox_shows_each_invitation_without_the_token() {
    let sandbox = sandbox_with_products(&["K-1", "K-2"]).await;
    let last = || sandbox.inbox().pop().unwrap();
    invite(&sandbox, &full(&sandbox)).await.is(200);
    let entry = last();
    assert_eq!((entry.vendor, entry.kind), (Vendor::Kiyoh, Some(EmailKind::ServiceAndProduct)));
    assert_eq!(
        (&*entry.recipient, &*entry.reference, &entry.state),
        ("jane@example.com", "1001", &InboxState::Scheduled)
    );
    assert_eq!((&*entry.shop, entry.shop_name.is_some()), (&*var(&sandbox, "KIYOH_LOCATION_ID"), true));
    assert_eq!((entry.products.len(), &*entry.products[1].name), (2, "Product K-2"));
    assert!(entry.products[0].image_url.is_some() && entry.review_link.is_some());
    let token = var(&sandbox, "KIYOH_API_TOKEN");
    assert!(entry.exchange.request_headers.iter().all(|(_, value)| !value.contains(&token)));

    invite(&sandbox, &full(&sandbox)).await.is(400);
    let InboxState::NotAccepted(reason) = last().state else { panic!("{:?}", last()) };
    assert!(reason.contains("in the last 30 days"), "{reason}");
    assert_eq!((&*last().recipient, &*last().reference), ("jane@example.com", "1001"));
    sandbox.set_kiyoh_location_active(false);
    invite(&sandbox, &invitation(&sandbox, "joe@example.com", "1002")).await.is(200);
    assert_eq!(last().state, InboxState::NoEmail("the location is not active".to_owned()));
    assert_eq!((last().review_link, sandbox.inbox().len()), (None, 3));
    let listed = control(&sandbox, "GET /inbox?vendor=kiyoh&state=scheduled", "").await.is(200).json();
    assert_eq!(listed["entries"][0]["kind"], "serviceAndProduct");
}
