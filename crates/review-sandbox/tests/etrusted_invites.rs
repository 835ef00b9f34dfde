//! eTrusted: invites, templates, questionnaire links.

mod common;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::*;
use review_sandbox::{EmailKind, Host, Sandbox, USER_DEFINED_CHANNEL};
use serde_json::{Value, json};

const STANDARD_QUESTIONNAIRE: &str = "tpl-qst-aabd1dee-2676-4303-995a-1e6762a78b44";
const PRODUCT_QUESTIONNAIRE: &str = "tpl-qst-a62a58a3-2dbe-4cc0-8be7-d57d1b1a075a";
const INVITE_TEMPLATE: &str = "tpl-inv-12261ad3-d36b-4a3a-a4ab-850920d7b11f";

const DAY: Duration = Duration::from_secs(24 * 3600);

fn product() -> Value {
    json!({"name": "T-Shirt", "sku": "TS-M", "url": "https://shop.example.com/ts"})
}

fn invite(reference: &str) -> Value {
    json!({
        "questionnaireTemplate": {"id": STANDARD_QUESTIONNAIRE},
        "template": {"id": INVITE_TEMPLATE},
        "customer": {"email": "jane.doe@example.com"},
        "transaction": {"reference": reference},
    })
}

fn invites(sandbox: &Sandbox, invites: &[Value]) -> Value {
    json!({
        "channel": {"id": var(sandbox, "ETRUSTED_CHANNEL_ID"), "type": "etrusted"},
        "system": "tests",
        "systemVersion": "1.0",
        "invites": invites,
    })
}

fn link(sandbox: &Sandbox) -> Value {
    json!({
        "questionnaireTemplate": {"id": STANDARD_QUESTIONNAIRE},
        "customer": {"email": "jane.doe@example.com"},
        "channel": {"id": var(sandbox, "ETRUSTED_CHANNEL_ID")},
        "transaction": {"reference": "order-1"},
        "system": "tests",
        "systemVersion": "1.0",
    })
}

async fn schedule(sandbox: &Sandbox, body: &Value) -> Response {
    etrusted(sandbox, "POST /invites", body.to_string()).await
}

async fn post_event(sandbox: &Sandbox, reference: &str) -> String {
    let event = with(&event(sandbox), "/transaction/reference", json!(reference));
    etrusted(sandbox, "POST /events", event.to_string()).await.is(202).text("/EventRef")
}

async fn list(sandbox: &Sandbox, parameters: &str) -> Response {
    let channel = var(sandbox, "ETRUSTED_CHANNEL_ID");
    etrusted(sandbox, &format!("GET /channels/{channel}/invites{parameters}"), "").await
}

fn references(page: &Value) -> Vec<&str> {
    items(page, "/transaction/reference")
}

#[tokio::test]
async fn event_invite_is_scheduled_then_sent() {
    let sandbox = Sandbox::builder().invite_delay(Duration::from_secs(60)).start().await.unwrap();
    let mut full = event(&sandbox);
    for (pointer, value) in [
        ("/defaultLocale", json!("en_GB")),
        ("/customer/firstName", json!("Jane")),
        ("/customer/lastName", json!("Doe")),
        ("/customer/mobile", json!("+442071838750")),
        ("/transaction/date", json!("2018-01-04T12:09:50.722Z")),
        ("/estimatedDeliveryDate", json!("2017-01-07")),
    ] {
        full = with(&full, pointer, value);
    }
    let reference = etrusted(&sandbox, "POST /events", full.to_string()).await.is(202).text("/EventRef");
    let expected =
        json!({"totalElements": 0, "paging": {"count": 10, "cursor": {}, "links": {}}, "items": []});
    assert_eq!(list(&sandbox, "").await.is(200).json(), expected);

    sandbox.advance(Duration::from_secs(60));
    let page = list(&sandbox, "").await.is(200).json();
    let item = &page["items"][0];
    assert_eq!(page["totalElements"], 1);
    for (pointer, value) in [
        ("/_object", json!("Invite")),
        ("/mode", json!("AUTOMATIC")),
        ("/reviewType", json!("SERVICE_REVIEW")),
        ("/channelRef", json!(var(&sandbox, "ETRUSTED_CHANNEL_ID"))),
        ("/locale", json!("en_GB")),
        ("/event", json!(reference)),
        ("/customer/firstName", json!("Jane")),
        ("/customer/email", json!("jane.doe@example.com")),
        ("/customer/phoneNumber", json!(442_071_838_750_u64)),
        ("/customer/consents", json!([{"purpose": "DATA_FORWARDING", "given": false}])),
        ("/transaction/reference", json!("order-1")),
        ("/transaction/date", json!("2018-01-04T12:09:50.722Z")),
        ("/estimatedDeliveryDate", json!("2017-01-07")),
        ("/template", json!({"id": INVITE_TEMPLATE, "name": "After Sales Standard"})),
        ("/status", json!({"state": "SCHEDULED"})),
    ] {
        assert_eq!(item.pointer(pointer), Some(&value), "{pointer}");
    }
    assert!(item.get("sentAt").is_none());
    let due = sandbox.emails()[0].send_at.unwrap();
    assert_eq!(item["scheduledAt"], due.to_rfc3339_opts(chrono::SecondsFormat::Millis, true));

    sandbox.advance(7 * DAY);
    assert!(sandbox.now() >= due);
    let page = list(&sandbox, "").await.is(200).json();
    assert_eq!(page["items"][0]["status"], json!({"state": "SENT"}));
    assert_eq!(page["items"][0]["sentAt"], item["scheduledAt"]);
}

#[tokio::test]
async fn event_without_email_creates_no_invite() {
    let sandbox = prompt().await;
    let unknown = with(&event(&sandbox), "/type", json!("unknown"));
    etrusted(&sandbox, "POST /events", unknown.to_string()).await.is(202);
    assert_eq!(list(&sandbox, "").await.json()["totalElements"], 0);
    assert_eq!(sandbox.emails(), []);
}

#[tokio::test]
async fn invite_list_is_paged_newest_first() {
    let sandbox = prompt().await;
    for number in 1..=5 {
        post_event(&sandbox, &format!("order-{number}")).await;
    }
    let first = list(&sandbox, "?count=2").await.is(200).json();
    assert_eq!((references(&first), &first["totalElements"]), (vec!["order-5", "order-4"], &json!(5)));
    let after = first["paging"]["cursor"]["after"].as_str().unwrap();
    assert_eq!(after, first["items"][1]["id"]);
    // The host as the test's client names it.
    let own =
        format!("http://localhost/etrusted/api/channels/{}/invites", var(&sandbox, "ETRUSTED_CHANNEL_ID"));
    assert_eq!(first["paging"]["links"]["next"], format!("{own}?count=2&after={after}"));

    let second = list(&sandbox, &format!("?count=2&after={after}")).await.json();
    assert_eq!(references(&second), ["order-3", "order-2"]);
    let (before, after) = (&second["paging"]["cursor"]["before"], &second["paging"]["cursor"]["after"]);
    let last = list(&sandbox, &format!("?count=2&after={}", after.as_str().unwrap())).await.json();
    assert_eq!(references(&last), ["order-1"]);
    assert!(last["paging"]["cursor"].get("after").is_none() && last["paging"]["links"].get("next").is_none());
    let back = list(&sandbox, &format!("?count=2&before={}", before.as_str().unwrap())).await.json();
    assert_eq!(references(&back), ["order-5", "order-4"]);
}

#[tokio::test]
async fn invite_list_query_matches_reference_and_address() {
    let sandbox = prompt().await;
    for number in [1, 2, 12] {
        post_event(&sandbox, &format!("order-{number}")).await;
    }
    let found = list(&sandbox, "?query=order-1").await.json();
    assert_eq!(references(&found), ["order-12", "order-1"]);
    assert_eq!(list(&sandbox, "?query=jane.doe%40example.com").await.json()["totalElements"], 3);
    assert_eq!(list(&sandbox, "?query=other").await.json()["totalElements"], 0);
}

#[tokio::test]
async fn invalid_invite_list_requests_are_rejected() {
    let sandbox = prompt().await;
    for (parameters, text) in [
        ("?count=0", "`count`"),
        ("?count=1001", "`count`"),
        ("?count=%2B5", "`count`"),
        ("?after=inv-x", "`after`"),
        ("?before=inv-x", "`before`"),
        ("?query=", "`query`"),
        ("?reference=order-1", "`reference`"),
    ] {
        list(&sandbox, parameters).await.assert_error(400, text);
    }
    etrusted(&sandbox, "GET /channels/chl-x/invites", "").await.empty(404);
    send(&sandbox, Host::EtrustedApi, "GET /channels/chl-x/invites", &[], "").await.empty(401);
}

#[tokio::test]
async fn invite_list_accepts_own_channel_id() {
    let sandbox = prompt().await;
    post_event(&sandbox, "order-1").await;
    let token = etrusted_token(&sandbox, &etrusted_fields(&sandbox)).await.text("/access_token");
    let bearer = format!("Bearer {token}");
    let get = async |headers: &[(&str, &str)]| {
        let headers = [headers, &[("Authorization", &bearer)]].concat();
        send(&sandbox, Host::EtrustedApi, "GET /channels/user-defined/invites", &headers, "").await
    };
    let page = get(&[("Channel-Id", USER_DEFINED_CHANNEL)]).await.is(200).json();
    assert_eq!(references(&page), ["order-1"]);
    get(&[("Channel-Id", "other")]).await.empty(404);
    get(&[]).await.assert_error(400, "Channel-Id");
}

#[tokio::test]
async fn direct_invites_are_scheduled() {
    let sandbox = prompt().await;
    let mut one = invite("order-1");
    for (pointer, value) in [
        ("/customer/firstName", json!("Jane")),
        ("/customer/lastName", json!("Doe")),
        ("/transaction/date", json!("2017-11-01T13:30:15Z")),
        ("/locale", json!("fr_FR")),
        ("/preferredSendTime", json!("2100-02-01T17:09:41.79Z")),
        ("/metadata", json!({"key": "value", "number": 1})),
    ] {
        one = with(&one, pointer, value);
    }
    let two = with(&invite("order-2"), "/products", json!([product()]));
    let two = with(&two, "/questionnaireTemplate/id", json!(PRODUCT_QUESTIONNAIRE));
    let three = with(&invite("order-3"), "/preferredSendTime", json!("2018-02-01T17:09:41.790Z"));
    schedule(&sandbox, &invites(&sandbox, &[one, two, three])).await.empty(202);

    let emails = sandbox.emails();
    assert_eq!(emails.len(), 3);
    assert_eq!((emails[0].name.as_deref(), emails[0].locale.as_deref()), (Some("Jane Doe"), Some("fr_FR")));
    assert_eq!(emails[0].send_at.unwrap().to_rfc3339(), "2100-02-01T17:09:41.790+00:00");
    assert_eq!((emails[1].kind, &emails[1].skus[..]), (EmailKind::Product, &["TS-M".to_owned()][..]));
    assert_eq!((emails[1].locale.as_deref(), emails[1].event.as_deref()), (Some("de_DE"), None));
    assert!(emails[2].send_at.unwrap() <= sandbox.now());

    let page = list(&sandbox, "").await.json();
    assert_eq!(references(&page), ["order-3", "order-2", "order-1"]);
    let items = &page["items"];
    assert_eq!(items[0]["status"]["state"], "SENT");
    assert_eq!((&items[1]["reviewType"], &items[1]["mode"]), (&json!("PRODUCT_REVIEW"), &json!("MANUAL")));
    assert_eq!(items[2]["status"]["state"], "SCHEDULED");
    assert!(items[2].get("event").is_none());
}

#[tokio::test]
async fn direct_invites_accept_own_channel_id() {
    let sandbox = prompt().await;
    let body = invites(&sandbox, &[invite("order-1")]);
    let channel = |id: &str| with(&body, "/channel", json!({"id": id, "type": "user_defined"}));
    schedule(&sandbox, &channel(USER_DEFINED_CHANNEL)).await.empty(202);
    assert_eq!(sandbox.emails()[0].shop, var(&sandbox, "ETRUSTED_CHANNEL_ID"));
    schedule(&sandbox, &channel("other")).await.assert_error(400, "instance.channel.id");
}

#[tokio::test]
async fn invalid_direct_invite_rejects_the_request() {
    let sandbox = prompt().await;
    let base = invites(&sandbox, &[invite("order-1"), invite("order-2")]);
    for (body, text) in [
        (without(&base, "/channel"), "requires property \\\"channel\\\""),
        (without(&base, "/channel/type"), "instance.channel requires property \\\"type\\\""),
        (without(&base, "/system"), "system"),
        (without(&base, "/systemVersion"), "systemVersion"),
        (without(&base, "/invites"), "invites"),
        (with(&base, "/invites", json!([])), "instance.invites"),
        (with(&base, "/channel/id", json!("chl-x")), "instance.channel.id"),
        (with(&base, "/locale", json!("de_DE")), "additional property \\\"locale\\\""),
        (without(&base, "/invites/1/template"), "instance.invites[1] requires property \\\"template\\\""),
        (without(&base, "/invites/1/questionnaireTemplate"), "questionnaireTemplate"),
        (without(&base, "/invites/1/customer/email"), "instance.invites[1].customer requires"),
        (without(&base, "/invites/1/transaction/reference"), "instance.invites[1].transaction requires"),
        (with(&base, "/invites/1/template/id", json!("tpl-inv-x")), "instance.invites[1].template.id"),
        (with(&base, "/invites/1/template/id", json!(STANDARD_QUESTIONNAIRE)), "invites[1].template.id"),
        (with(&base, "/invites/1/questionnaireTemplate/id", json!("tpl-qst-x")), "questionnaireTemplate.id"),
        (
            with(&base, "/invites/1/questionnaireTemplate/id", json!(PRODUCT_QUESTIONNAIRE)),
            "instance.invites[1].products",
        ),
        (with(&base, "/invites/1/customer/mobile", json!("+49123456789")), "mobile"),
        (with(&base, "/invites/1/customer/firstName", json!("")), "minimum length"),
        (with(&base, "/invites/1/locale", json!("en_EN")), "instance.invites[1].locale"),
        (with(&base, "/invites/1/preferredSendTime", json!("2030-01-01")), "preferredSendTime"),
        (with(&base, "/invites/1/metadata", json!({"a": {}})), "metadata"),
        (with(&base, "/invites/1/sendAt", json!("x")), "sendAt"),
    ] {
        schedule(&sandbox, &body).await.assert_error(400, text);
    }
    etrusted(&sandbox, "POST /invites?a=1", base.to_string()).await.assert_error(400, "`a`");
    send(&sandbox, Host::EtrustedApi, "POST /invites", &[JSON], base.to_string()).await.empty(401);
    assert_eq!(sandbox.emails(), []);
    assert_eq!(list(&sandbox, "").await.json()["totalElements"], 0);
}

#[tokio::test]
async fn more_than_ten_thousand_invites_are_rejected() {
    let sandbox = prompt().await;
    let mut many: Vec<_> = (0..10_001).map(|number| invite(&format!("order-{number}"))).collect();
    schedule(&sandbox, &invites(&sandbox, &many)).await.assert_error(400, "maximum length of 10000");
    many.pop();
    schedule(&sandbox, &invites(&sandbox, &many)).await.empty(202);
    assert_eq!(sandbox.emails().len(), 10_000);
    assert_eq!(list(&sandbox, "?count=1000").await.json()["totalElements"], 10_000);
}

#[tokio::test]
async fn templates_can_be_filtered_and_read() {
    let sandbox = prompt().await;
    let ids = async |parameters: &str| -> Vec<String> {
        let list = etrusted(&sandbox, &format!("GET /templates{parameters}"), "").await.is(200).json();
        list.as_array().unwrap().iter().map(|known| known["id"].as_str().unwrap().to_owned()).collect()
    };
    let all = ids("").await;
    assert!(all.contains(&INVITE_TEMPLATE.to_owned()) && all.contains(&PRODUCT_QUESTIONNAIRE.to_owned()));
    assert_eq!(ids("?type=INVITE&isDefault=true").await, [INVITE_TEMPLATE]);
    assert_eq!(ids("?type=QUESTIONNAIRE&isDefault=true").await, [STANDARD_QUESTIONNAIRE]);
    assert_eq!(ids("?isGlobal=false").await.len(), 1);
    assert_eq!(ids("?hasTranslations=false").await.len(), 3);
    assert_eq!(ids("?version=2.1&transport=EMAIL").await, all);
    assert!(ids("?version=1.0").await.is_empty() && ids("?type=other").await.is_empty());
    for (parameters, text) in
        [("?isGlobal=1", "`isGlobal`"), ("?version=2", "`version`"), ("?type=", "`type`"), ("?id=x", "`id`")]
    {
        etrusted(&sandbox, &format!("GET /templates{parameters}"), "").await.assert_error(400, text);
    }

    let one = etrusted(&sandbox, &format!("GET /templates/{INVITE_TEMPLATE}"), "").await.is(200).json();
    assert_eq!((&one["id"], &one["isDefault"]), (&json!(INVITE_TEMPLATE), &json!(true)));
    etrusted(&sandbox, "GET /templates/tpl-inv-x", "").await.empty(404);
    let locale = async |locale: &str| {
        etrusted(&sandbox, &format!("GET /templates/{INVITE_TEMPLATE}/locales/{locale}"), "").await
    };
    assert_eq!(locale("fr_FR").await.is(200).json()["locale"], "fr_FR");
    locale("nl_NL").await.empty(404);
    locale("fr-FR").await.assert_error(400, "locale");
    etrusted(&sandbox, "GET /templates/x/locales/de_DE", "").await.empty(404);
    for line in ["GET /templates", "GET /templates/x", "GET /templates/x/locales/de_DE"] {
        send(&sandbox, Host::EtrustedApi, line, &[], "").await.empty(401);
    }
}

#[tokio::test]
async fn questionnaire_link_sends_no_email() {
    let sandbox = prompt().await;
    let mut full = link(&sandbox);
    for (pointer, value) in [
        ("/type", json!("sales")),
        ("/customer/id", json!("cst-1")),
        ("/customer/mobile", json!("+49123456789")),
        ("/channel/type", json!("etrusted")),
        ("/transaction/date", json!("2017-01-01T13:30:15Z")),
        ("/products", json!([product()])),
        ("/metadata", json!({"key": "value", "number": 1})),
    ] {
        full = with(&full, pointer, value);
    }
    let response = etrusted(&sandbox, "POST /questionnaire-links", full.to_string()).await.is(200);
    assert!(response.text("/id").starts_with("qre-"));
    assert!(response.text("/link").starts_with("https://etru.st/"));
    let token = response.text("/token");
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!(claims["questionnaireRef"], response.text("/id"));
    let line = format!("GET /events/{}", claims["eventRef"].as_str().unwrap());
    assert_eq!(etrusted(&sandbox, &line, "").await.is(200).json()["type"], "sales");
    assert_eq!(sandbox.emails(), []);
    assert_eq!(list(&sandbox, "").await.json()["totalElements"], 0);

    etrusted(&sandbox, "POST /questionnaire-links", link(&sandbox).to_string()).await.is(200);
}

#[tokio::test]
async fn invalid_questionnaire_link_has_reason_header() {
    let sandbox = prompt().await;
    let base = link(&sandbox);
    for (status, body, text) in [
        (400, without(&base, "/questionnaireTemplate"), "questionnaireTemplate"),
        (400, with(&base, "/questionnaireTemplate/id", json!("tpl-qst-x")), "questionnaireTemplate.id"),
        (400, without(&base, "/customer/email"), "email"),
        (400, with(&base, "/customer/firstName", json!("")), "instance.customer.firstName"),
        (400, with(&base, "/customer/mobile", json!(49_123_456_789_u64)), "instance.customer.mobile"),
        (400, with(&base, "/locale", json!("de_DE")), "locale"),
        (400, without(&base, "/system"), "system"),
        (403, with(&base, "/channel/id", json!("chl-x")), "instance.channel.id"),
    ] {
        let response = etrusted(&sandbox, "POST /questionnaire-links", body.to_string()).await;
        response.empty(status);
        let reason = response.head.lines().find_map(|line| line.strip_prefix("x-sandbox-reason: ")).unwrap();
        assert!(reason.contains(text), "{text}: {reason}");
    }
    etrusted(&sandbox, "POST /questionnaire-links?a=1", base.to_string()).await.empty(400);
    send(&sandbox, Host::EtrustedApi, "POST /questionnaire-links", &[JSON], base.to_string())
        .await
        .empty(401);
}

#[tokio::test]
async fn channel_update_changes_given_members() {
    let sandbox = prompt().await;
    let channel = var(&sandbox, "ETRUSTED_CHANNEL_ID");
    let line = format!("PUT /channels/{channel}");
    let body = json!({"name": "renamed", "address": "Otherstr. 1", "url": "https://www.shop.example.com",
        "logoUrl": "https://www.shop.example.com/l.png", "locale": "en_US"});
    assert_eq!(etrusted(&sandbox, &line, body.to_string()).await.is(200).json(), json!({"id": channel}));
    let read = etrusted(&sandbox, "GET /channels", "").await.json();
    for (name, value) in body.as_object().unwrap() {
        assert_eq!(&read[0][name], value);
    }
    assert_ne!(read[0]["updatedAt"], read[0]["createdAt"]);
    post_event(&sandbox, "order-1").await;
    assert_eq!(sandbox.emails()[0].locale.as_deref(), Some("en_US"));
    etrusted(&sandbox, &line, r#"{"name":"again"}"#).await.is(200);
    assert_eq!(etrusted(&sandbox, "GET /channels", "").await.json()[0]["locale"], "en_US");

    for (body, text) in [
        ("{}", "requires property \\\"name\\\""),
        (r#"{"name":""}"#, "instance.name"),
        (r#"{"name":"a","locale":"en"}"#, "instance.locale"),
        (r#"{"name":"a","url":"x"}"#, "instance.url"),
        (r#"{"name":"a","id":"chl-x"}"#, "id"),
    ] {
        etrusted(&sandbox, &line, body).await.assert_error(400, text);
    }
    etrusted(&sandbox, "PUT /channels/chl-x", r#"{"name":"a"}"#).await.empty(404);
    send(&sandbox, Host::EtrustedApi, &line, &[JSON], r#"{"name":"a"}"#).await.empty(401);
}
