//! WebwinkelKeur: credentials, invitations, their list, and the web shop.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy.toml allows these in test functions, and these are their helpers"
)]

mod common;

use std::time::Duration;

use common::webwinkelkeur::*;
use common::{control, form, send, var, with, without};
use review_sandbox::{EmailKind, Host, InboxState, Sandbox, Vendor};
use serde_json::{Value, json};

const QUEUED: &str = "Invitation successfully added to queue!";
const ALREADY_SENT: &str = "Invitation already sent for this order.";
const MISSING: &str = "Not all obligated variables are set.";
const CREDENTIALS: &str = "Incorrect authentication credentials.";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn full() -> Value {
    json!({
        "email": "jane@example.com",
        "order": "1001",
        "language": "en",
        "delay": 3,
        "customer_name": "Jane Doe",
        "phone_numbers": ["+31201234567"],
        "order_total": "49.00",
        "order_data": order_data(&["K-1"]),
        "client": "tests",
        "platform_version": "1",
        "plugin_version": "1",
        "noremail": 0,
        "max_invitations_per_email": 1,
    })
}

/// The invitations of a page.
async fn listed(sandbox: &Sandbox, parameters: &[(&str, &str)]) -> Vec<Value> {
    let body = get(sandbox, INVITATIONS, parameters).await.is(200).json();
    body["invitations"].as_array().unwrap_or_else(|| panic!("{body}")).clone()
}

#[tokio::test]
async fn invitation_is_queued_and_counted_as_one_email() {
    let sandbox = Sandbox::start().await.unwrap();
    let before = sandbox.now();
    assert_result(&invite(&sandbox, &full()).await, 200, "success", QUEUED);
    let [email] = sandbox.emails_for("1001").try_into().unwrap();
    assert_eq!((email.vendor, email.kind), (Vendor::Webwinkelkeur, EmailKind::ServiceAndProduct));
    assert_eq!((&*email.address, email.name.as_deref()), ("jane@example.com", Some("Jane Doe")));
    assert_eq!((&*email.shop, email.locale.as_deref()), (&*var(&sandbox, "WEBWINKELKEUR_ID"), Some("en")));
    assert_eq!((email.skus, email.template), (vec!["K-1".to_owned()], None));
    assert!(email.send_at.unwrap() >= before + 3 * DAY);
    assert_result(
        &invite(&sandbox, &json!({"email": "joe@example.com", "order": "1002"})).await,
        200,
        "success",
        QUEUED,
    );
    assert_eq!(sandbox.emails_for("1002")[0].kind, EmailKind::Service);
}

#[tokio::test]
async fn credentials_are_checked_in_the_query() {
    let sandbox = Sandbox::start().await.unwrap();
    let (id, code) = (var(&sandbox, "WEBWINKELKEUR_ID"), var(&sandbox, "WEBWINKELKEUR_CODE"));
    let (id, code) = (("id", &*id), ("code", &*code));
    for line in [
        "POST /1.0/invitations.json",
        "GET /1.0/invitations.json",
        "GET /1.0/ratings.json",
        "GET /1.0/webshop.json",
        "GET /1.0/product_reviews.json",
        "GET /1.0/ratings_summary.json",
    ] {
        let response =
            async |parameters: &[(&str, &str)]| call(&sandbox, line, parameters, &full().to_string()).await;
        for missing in [&[][..], &[id], &[code], &[("id", ""), code], &[id, ("code", "")]] {
            assert_result(&response(missing).await, 200, "error", MISSING);
        }
        for wrong in [[id, ("code", "wrong")], [("id", "1"), code], [("id", "x"), code]] {
            assert_result(&response(&wrong).await, 200, "error", CREDENTIALS);
        }
        response(&[id, code, ("hash", "x")]).await.assert_error(200, "`hash`");
        response(&[id, code, code]).await.assert_error(200, "more than once");
    }
    let encoded = var(&sandbox, "WEBWINKELKEUR_CODE");
    let raw = format!("POST {INVITATIONS}?id={}&code={encoded}", id.1);
    assert_eq!(send(&sandbox, Host::Webwinkelkeur, &raw, &[], "").await.json()["status"], "error");
    assert!(sandbox.emails().is_empty());
}

#[tokio::test]
async fn revoked_code_is_incorrect_until_it_is_valid_again() {
    let sandbox = Sandbox::start().await.unwrap();
    control(&sandbox, "POST /expire-tokens", "{}").await.is(204);
    assert_result(&invite(&sandbox, &full()).await, 200, "success", QUEUED);
    control(&sandbox, "POST /expire-tokens", r#"{"vendor":"webwinkelkeur"}"#).await.is(204);
    assert_result(&invite(&sandbox, &full()).await, 200, "error", CREDENTIALS);
    sandbox.set_webwinkelkeur_code_revoked(false);
    assert_result(&invite(&sandbox, &full()).await, 200, "success", ALREADY_SENT);
    sandbox.expire_tokens(Vendor::Webwinkelkeur);
    assert_result(&invite(&sandbox, &full()).await, 200, "error", CREDENTIALS);
    assert_eq!(sandbox.token_requests(Vendor::Webwinkelkeur), 0);
}

#[tokio::test]
async fn rejections_have_an_http_error_if_set() {
    let sandbox = Sandbox::start().await.unwrap();
    let (wrong, faulty) = ([("id", "1"), ("code", "x")], with(&full(), "/delay", json!("3")));
    sandbox.set_webwinkelkeur_http_errors(true);
    assert_result(&call(&sandbox, "GET /1.0/webshop.json", &wrong, "").await, 401, "error", CREDENTIALS);
    assert_result(&call(&sandbox, "GET /1.0/webshop.json", &[], "").await, 400, "error", MISSING);
    assert_result(&invite(&sandbox, &faulty).await, 400, "error", "delay must be of type integer");
    assert_result(&invite(&sandbox, &full()).await, 200, "success", QUEUED);
    sandbox.set_webwinkelkeur_http_errors(false);
    assert_result(&invite(&sandbox, &faulty).await, 200, "error", "delay must be of type integer");
}

#[tokio::test]
async fn faulty_fields_are_rejected_by_name() {
    let sandbox = Sandbox::start().await.unwrap();
    assert_result(&invite(&sandbox, &without(&full(), "/email")).await, 200, "error", MISSING);
    let data = |pointer: &str, value: Value| {
        let data: Value = serde_json::from_str(&order_data(&["K-1"])).unwrap();
        with(&full(), "/order_data", json!(with(&data, pointer, value).to_string()))
    };
    let faulty = [
        (with(&full(), "/email", json!("jane")), "email must be an email address"),
        (with(&full(), "/email", json!("")), "email must not be empty"),
        (with(&full(), "/order", json!(1001)), "order must be of type string"),
        (with(&full(), "/order", json!("")), "order must not be empty"),
        (with(&full(), "/orderNumber", json!("1")), "orderNumber is not a known field"),
        (with(&full(), "/language", json!("nld")), "language must be a language of ISO 639-1, in lower case"),
        (
            with(&full(), "/language", json!("en-GB")),
            "language must be a language of ISO 639-1, in lower case",
        ),
        (with(&full(), "/delay", json!("3")), "delay must be of type integer"),
        (with(&full(), "/delay", json!(-1)), "delay must be of type integer"),
        (with(&full(), "/delay", json!(u64::MAX)), "delay is out of range"),
        (with(&full(), "/customer_name", json!(null)), "customer_name must be of type string"),
        (with(&full(), "/phone_numbers", json!("+31")), "phone_numbers must be of type array"),
        (with(&full(), "/order_total", json!("49,00")), "order_total must be a decimal number with a dot"),
        (with(&full(), "/noremail", json!(2)), "noremail must be from 0 to 1"),
        (with(&full(), "/noremail", json!(true)), "noremail must be of type integer"),
        (with(&full(), "/order_data", json!({"products": []})), "order_data must be of type string"),
        (with(&full(), "/order_data", json!("K-1")), "order_data must be JSON in a string"),
        (data("/products", json!([])), "order_data: products must not be empty"),
        (data("/customer", json!({})), "order_data: customer is not a known field"),
        (
            data("/products/0/url", json!("/kettle")),
            "order_data: products[0].url must be an absolute http or https URL",
        ),
        (data("/products/0/id", json!(1)), "order_data: products[0].id must be of type string"),
        (data("/products/0/price", json!(1)), "order_data: products[0].price is not a known field"),
        (
            data("/products/0", json!({"id": "K-1", "name": "Kettle"})),
            "order_data: products[0].url is missing",
        ),
        (
            data("/products/0/reviews_allowed", json!(1)),
            "order_data: products[0].reviews_allowed must be of type boolean",
        ),
        (
            with(&with(&full(), "/delay", json!("3")), "/x", json!(1)),
            "delay must be of type integer; x is not a known field",
        ),
    ];
    for (body, message) in faulty {
        assert_result(&invite(&sandbox, &body).await, 200, "error", message);
    }
    let most = with(&full(), "/max_invitations_per_email", json!(0));
    invite(&sandbox, &most).await.assert_error(200, "max_invitations_per_email must be from 1");
    assert!(sandbox.emails().is_empty());
    // None of them counts as an invitation for the order.
    assert_result(&invite(&sandbox, &full()).await, 200, "success", QUEUED);
}

#[tokio::test]
async fn body_that_is_not_json_is_rejected() {
    let sandbox = Sandbox::start().await.unwrap();
    let (id, code) = (var(&sandbox, "WEBWINKELKEUR_ID"), var(&sandbox, "WEBWINKELKEUR_CODE"));
    let query = form(&[("id", &*id), ("code", &*code)]);
    let line = format!("POST {INVITATIONS}?{query}");
    let post = async |headers: &[(&str, &str)], body: &str| {
        send(&sandbox, Host::Webwinkelkeur, &line, headers, body).await
    };
    post(&[common::JSON], "{").await.assert_error(200, "not valid JSON");
    post(&[common::JSON], "[]").await.assert_error(200, "the body must be of type object");
    post(&[common::FORM], "email=jane%40example.com").await.assert_error(200, "not simulated");
    assert!(sandbox.emails().is_empty());
}

#[tokio::test]
async fn order_is_invited_once_per_address() {
    let sandbox = Sandbox::start().await.unwrap();
    let queue =
        async |email: &str, order: &str| invite(&sandbox, &invitation(email, order)).await.text("/message");
    assert_eq!(queue("jane@example.com", "1001").await, QUEUED);
    assert_eq!(queue("jane@example.com", "1001").await, ALREADY_SENT);
    assert_eq!(queue("joe@example.com", "1001").await, QUEUED);
    assert_eq!(queue("jane@example.com", "1002").await, QUEUED);
    sandbox.advance(400 * DAY);
    assert_eq!(queue("jane@example.com", "1001").await, ALREADY_SENT);
    assert_eq!((sandbox.emails().len(), listed(&sandbox, &[]).await.len()), (3, 3));
}

#[tokio::test]
async fn invitation_without_order_is_sent_each_time() {
    let sandbox = Sandbox::start().await.unwrap();
    for _ in 0..2 {
        assert_result(&invite(&sandbox, &json!({"email": "jane@example.com"})).await, 200, "success", QUEUED);
    }
    assert_eq!(sandbox.emails_for("").len(), 2);
    assert_eq!(listed(&sandbox, &[]).await[0]["order"], "");
}

#[tokio::test]
async fn invitations_per_address_can_be_limited() {
    let sandbox = Sandbox::start().await.unwrap();
    let queue = async |order: &str, name: &str, value: u64| {
        let body = with(&invitation("jane@example.com", order), name, json!(value));
        assert_result(&invite(&sandbox, &body).await, 200, "success", QUEUED);
        sandbox.emails_for(order).len()
    };
    assert_eq!(queue("1", "/noremail", 1).await, 1);
    assert_eq!(queue("2", "/noremail", 1).await, 0);
    assert_eq!(queue("3", "/max_invitations_per_email", 1).await, 0);
    assert_eq!(queue("4", "/max_invitations_per_email", 2).await, 1);
    assert_eq!(queue("5", "/max_invitations_per_email", 2).await, 0);
    assert_eq!(queue("6", "/noremail", 0).await, 1);
    assert_eq!(listed(&sandbox, &[]).await.len(), 3);
}

#[tokio::test]
async fn product_without_reviews_is_left_out() {
    let sandbox = Sandbox::start().await.unwrap();
    let data: Value = serde_json::from_str(&order_data(&["K-1", "K-2"])).unwrap();
    let data = with(&data, "/products/0/reviews_allowed", json!(false));
    invite(&sandbox, &with(&full(), "/order_data", json!(data.to_string()))).await.is(200);
    assert_eq!(sandbox.emails()[0].skus, ["K-2"]);
}

#[tokio::test]
async fn list_shows_when_an_invitation_is_sent() {
    let sandbox = Sandbox::start().await.unwrap();
    assert_result(&invite(&sandbox, &full()).await, 200, "success", QUEUED);
    let [queued] = listed(&sandbox, &[]).await.try_into().unwrap();
    assert_eq!(
        (&queued["email"], &queued["order"], &queued["delay"]),
        (&json!("jane@example.com"), &json!("1001"), &json!(3))
    );
    let times = &queued["datetimes"];
    assert_eq!(times["sent"], false);
    let read = |name: &str| {
        chrono::NaiveDateTime::parse_from_str(times[name].as_str().unwrap(), "%Y-%m-%d %H:%M:%S").unwrap()
    };
    // The zone's offset may change in between.
    let days = read("scheduled") - read("created");
    assert!((days - chrono::TimeDelta::days(3)).abs() <= chrono::TimeDelta::hours(1), "{queued}");
    let ahead = read("created") - sandbox.now().naive_utc();
    assert!((45..=120).contains(&ahead.num_minutes()), "local time: {queued}");
    sandbox.advance(3 * DAY);
    assert_eq!(listed(&sandbox, &[]).await[0]["datetimes"]["sent"], false, "due, but still in the queue");
    sandbox.advance(Duration::from_secs(90 * 60));
    assert!(listed(&sandbox, &[]).await[0]["datetimes"]["sent"].is_string());
}

#[tokio::test]
async fn invitation_without_delay_has_the_delay_of_the_account() {
    let sandbox = Sandbox::start().await.unwrap();
    invite(&sandbox, &without(&full(), "/delay")).await.is(200);
    assert_eq!(listed(&sandbox, &[]).await[0]["delay"], 5);
    assert!(sandbox.emails()[0].send_at.unwrap() > sandbox.now() + 4 * DAY);
}

#[tokio::test]
async fn list_is_paged_with_the_newest_first() {
    let sandbox = Sandbox::start().await.unwrap();
    for number in 0..101 {
        invite(&sandbox, &invitation("jane@example.com", &number.to_string())).await.is(200);
    }
    let body = get(&sandbox, INVITATIONS, &[]).await.json();
    assert_eq!(
        (&body["status"], &body["message"]),
        (&json!("success"), &json!("Invitations successfully retrieved!"))
    );
    assert_eq!(body["total"], 101);
    for (parameters, newest, count) in [
        (&[][..], 100, 20),
        (&[("limit", "100")], 100, 100),
        (&[("order", "100")], 100, 100),
        (&[("order", "1"), ("offset", "1")], 99, 1),
        (&[("limit", "100"), ("offset", "100")], 0, 1),
    ] {
        let found = listed(&sandbox, parameters).await;
        assert_eq!((found.len(), &found[0]["order"]), (count, &json!(newest.to_string())), "{parameters:?}");
    }
    assert!(listed(&sandbox, &[("offset", "101")]).await.is_empty());
    for (name, value) in
        [("limit", "0"), ("limit", "101"), ("order", "1001"), ("offset", "-1"), ("email", "x")]
    {
        get(&sandbox, INVITATIONS, &[(name, value)]).await.assert_error(200, &format!("`{name}`"));
    }
    get(&sandbox, INVITATIONS, &[("limit", "1"), ("order", "1")]).await.assert_error(200, "second page size");
}

#[tokio::test]
async fn consent_of_an_order_can_be_read() {
    let sandbox = Sandbox::start().await.unwrap();
    const PATH: &str = "/2.0/order_permissions.json";
    let read = async || get(&sandbox, PATH, &[("orderNumber", "1001")]).await.is(200).json();
    assert_eq!(read().await, json!({"has_consent": false}));
    sandbox.set_webwinkelkeur_consent("1001", true);
    assert_eq!(read().await, json!({"has_consent": true}));
    sandbox.set_webwinkelkeur_consent("1001", false);
    assert_eq!(read().await, json!({"has_consent": false}));
    get(&sandbox, PATH, &[]).await.assert_error(400, MISSING);
    get(&sandbox, PATH, &[("order", "1001")]).await.assert_error(400, "`order`");
    call(&sandbox, &format!("GET {PATH}"), &[("id", "1"), ("code", "x")], "")
        .await
        .assert_error(401, CREDENTIALS);
}

#[tokio::test]
async fn webshop_has_name_and_languages() {
    let sandbox = Sandbox::start().await.unwrap();
    let response = get(&sandbox, "/1.0/webshop.json", &[]).await;
    assert_result(&response, 200, "success", "Webshop details successfully retrieved!");
    let data = &response.json()["data"];
    assert!(!data["name"].as_str().unwrap().is_empty() && data["address"]["city"].is_string());
    assert_eq!((&data["languages"][0]["iso"], &data["languages"][0]["main"]), (&json!("nl"), &json!(true)));
}

#[tokio::test]
async fn unknown_paths_and_methods_get_404() {
    let sandbox = Sandbox::start().await.unwrap();
    for path in ["/1.0/webshops.json", "/2.0/invitations.json", "/1.0/invitations", "/1.0"] {
        assert_eq!(get(&sandbox, path, &[]).await.is(404).json()["status"], "error");
    }
    call(&sandbox, "DELETE /1.0/invitations.json", &[], "").await.is(404);
}

#[tokio::test]
async fn inbox_shows_each_invitation_without_the_code() {
    let sandbox = Sandbox::start().await.unwrap();
    let last = || sandbox.inbox().pop().unwrap();
    invite(&sandbox, &full()).await.is(200);
    let entry = last();
    assert_eq!((entry.vendor, entry.kind), (Vendor::Webwinkelkeur, Some(EmailKind::ServiceAndProduct)));
    assert_eq!(
        (&*entry.recipient, &*entry.reference, &entry.state),
        ("jane@example.com", "1001", &InboxState::Scheduled)
    );
    assert_eq!((&*entry.products[0].sku, &*entry.products[0].url), ("K-1", "https://shop.example.com/K-1"));
    assert!(entry.review_link.is_some() && entry.shop == var(&sandbox, "WEBWINKELKEUR_ID"));
    let id = var(&sandbox, "WEBWINKELKEUR_ID");
    assert_eq!(entry.exchange.target, format!("/webwinkelkeur/api{INVITATIONS}?id={id}&code=[hidden]"));

    invite(&sandbox, &full()).await.is(200);
    let before = "the address was invited for this order before";
    assert_eq!(last().state, InboxState::NoEmail(before.to_owned()));
    invite(&sandbox, &with(&full(), "/order", json!("1002"))).await.is(200);
    let often = "the address has been invited as often as the request allows";
    assert_eq!(last().state, InboxState::NoEmail(often.to_owned()));
    invite(&sandbox, &with(&full(), "/delay", json!("3"))).await.is(200);
    assert_eq!(last().state, InboxState::NotAccepted("200, delay must be of type integer".to_owned()));
    assert_eq!((last().review_link, sandbox.inbox().len()), (None, 4));
}
