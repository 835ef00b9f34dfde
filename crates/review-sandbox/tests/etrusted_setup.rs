//! eTrusted: token, channels, event types, invite settings.

mod common;

use std::time::Duration;

use common::*;
use review_sandbox::{Host, Sandbox, Vendor};
use serde_json::{Value, json};

#[tokio::test]
async fn token_response_equals_the_recorded_one() {
    let sandbox = Sandbox::start().await.unwrap();
    let response = etrusted_token(&sandbox, &etrusted_fields(&sandbox)).await.is(200).json();
    assert_eq!((&response["expires_in"], &response["token_type"]), (&json!(3600), &json!("Bearer")));
    assert_eq!(response.as_object().unwrap().len(), 6);
    assert_eq!(sandbox.token_requests(Vendor::Etrusted), 1);
}

#[tokio::test]
async fn invalid_token_forms_are_rejected() {
    let sandbox = Sandbox::start().await.unwrap();
    let right = etrusted_fields(&sandbox);
    for index in 0..right.len() {
        let mut fields = right.clone();
        let (name, _) = fields.remove(index);
        let expected = json!({"error": "invalid_request", "error_description": format!("Missing form parameter: {name}")});
        assert_eq!(etrusted_token(&sandbox, &fields).await.is(400).json(), expected);
    }
    let changed = |name: &str, value: &str| {
        let mut fields = right.clone();
        fields.iter_mut().find(|(known, _)| *known == name).unwrap().1 = value.to_owned();
        fields
    };
    etrusted_token(&sandbox, &changed("audience", "https://api-etrusted.com"))
        .await
        .assert_error(400, "audience");
    etrusted_token(&sandbox, &changed("grant_type", "password"))
        .await
        .assert_error(400, "unsupported_grant_type");
    etrusted_token(&sandbox, &changed("client_secret", "x")).await.assert_error(401, "unauthorized_client");
    etrusted_token(&sandbox, &changed("client_id", "x")).await.is(401);
    let extra = [right.clone(), vec![("scope", "x".to_owned())]].concat();
    etrusted_token(&sandbox, &extra).await.assert_error(400, "`scope`");

    let pairs: Vec<_> = right.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let host = Host::EtrustedLogin;
    let line = "POST /oauth/token";
    send(&sandbox, host, line, &[JSON], form(&pairs)).await.assert_error(400, "Content-Type");
    send(&sandbox, host, line, &[FORM, ("Authorization", "Bearer x")], form(&pairs))
        .await
        .assert_error(400, "Authorization");
    send(&sandbox, host, "POST /oauth/token?a=1", &[FORM], form(&pairs)).await.assert_error(400, "`a`");
    send(&sandbox, Host::EtrustedApi, line, &[FORM], form(&pairs)).await.empty(404);
    let plain = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
    send(&sandbox, host, line, &[FORM], plain).await.is(400);
}

#[tokio::test]
async fn expired_or_missing_token_is_rejected() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = etrusted_token(&sandbox, &etrusted_fields(&sandbox)).await.text("/access_token");
    let bearer = format!("Bearer {token}");
    let lines = [
        "GET /channels",
        "GET /event-types",
        "POST /event-types",
        "GET /event-types/x",
        "PUT /event-types/x",
        "DELETE /event-types/x",
        "GET /invite-settings",
        "GET /invite-settings/x",
        "PATCH /invite-settings/x",
        "PATCH /invite-settings?event-type-id=x",
    ];
    for line in lines {
        send(&sandbox, Host::EtrustedApi, line, &[JSON], "{}").await.empty(401);
        send(&sandbox, Host::EtrustedApi, line, &[JSON, ("token", &token)], "{}").await.empty(401);
        send(&sandbox, Host::EtrustedLogin, line, &[JSON, ("Authorization", &bearer)], "{}").await.empty(404);
    }
    send(&sandbox, Host::EtrustedApi, "GET /channels", &[("Authorization", &bearer)], "").await.is(200);
    sandbox.expire_tokens(Vendor::Etrusted);
    send(&sandbox, Host::EtrustedApi, "GET /channels", &[("Authorization", &bearer)], "").await.empty(401);
}

#[tokio::test]
async fn channels_are_listed() {
    let sandbox = Sandbox::start().await.unwrap();
    let list = etrusted(&sandbox, "GET /channels", "").await.is(200).json();
    assert_eq!(list.as_array().unwrap().len(), 2);
    assert_eq!(list[0]["id"], var(&sandbox, "ETRUSTED_CHANNEL_ID"));
    etrusted(&sandbox, "GET /channels?count=1", "").await.assert_error(400, "`count`");
}

#[tokio::test]
async fn event_types_can_be_created_listed_changed_and_deleted() {
    let sandbox = Sandbox::builder().settings_delay(Duration::ZERO).start().await.unwrap();
    let settings =
        async || etrusted(&sandbox, "GET /invite-settings", "").await.json().as_array().unwrap().len();
    let names = async || -> Vec<String> {
        let list = etrusted(&sandbox, "GET /event-types", "").await.is(200).json();
        list.as_array().unwrap().iter().map(|known| known["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names().await, ["checkout", "shipped"]);
    let made = etrusted(&sandbox, "POST /event-types", r#"{"name":"after_sales"}"#).await.is(201);
    assert_eq!(made.json()["active"], true);
    let id = made.text("/id");
    assert!(id.starts_with("ety-"));
    let conflict = etrusted(&sandbox, "POST /event-types", r#"{"name":"after_sales"}"#).await;
    conflict.assert_error(409, r#""Error":"#);

    let one = etrusted(&sandbox, "GET /event-types?name=after_sales", "").await.is(200).json();
    assert_eq!(one, json!([made.json()]));
    assert_eq!(etrusted(&sandbox, "GET /event-types?name=other", "").await.is(200).json(), json!([]));
    etrusted(&sandbox, "GET /event-types?name=", "").await.is(400);
    etrusted(&sandbox, "GET /event-types?active=true", "").await.assert_error(400, "`active`");

    let line = |method: &str| format!("{method} /event-types/{id}");
    let off = etrusted(&sandbox, &line("PUT"), r#"{"active":false}"#).await.is(200);
    assert_eq!(off.json()["active"], false);
    assert_eq!(etrusted(&sandbox, &line("GET"), "").await.is(200).json(), off.json());
    assert_eq!(settings().await, 6);
    etrusted(&sandbox, &line("DELETE"), "").await.empty(204);
    assert_eq!(settings().await, 4);
    etrusted(&sandbox, &line("DELETE"), "").await.assert_error(404, "ErrorDescription");
    etrusted(&sandbox, &line("GET"), "").await.is(404);
    etrusted(&sandbox, &line("PUT"), r#"{"active":true}"#).await.is(404);
    etrusted(&sandbox, &line("PATCH"), r#"{"active":true}"#).await.empty(404);
    assert_eq!(names().await, ["checkout", "shipped"]);
}

#[tokio::test]
async fn invalid_event_types_are_rejected() {
    let sandbox = Sandbox::start().await.unwrap();
    let missing = etrusted(&sandbox, "POST /event-types", "{}").await.is(400).json();
    let expected = "Invalid event: instance requires property \"name\"";
    assert_eq!(missing, json!({"Error": "Invalid request", "ErrorDescription": expected}));
    for (body, text) in [
        (r#"{"name":"After Sales"}"#, "instance.name is not the name"),
        (r#"{"name":""}"#, "instance.name does not meet minimum length"),
        (r#"{"name":1}"#, "instance.name is not of a type(s) string"),
        (r#"{"name":"a","isDefault":true}"#, "isDefault"),
        (r#"{"name":"a","active":"true"}"#, "instance.active is not of a type(s) boolean"),
        ("{", "must be JSON"),
    ] {
        etrusted(&sandbox, "POST /event-types", body).await.assert_error(400, text);
    }
    etrusted(&sandbox, "PUT /event-types/x", r#"{"active":true,"name":"b"}"#).await.assert_error(400, "name");
    let token = etrusted_token(&sandbox, &etrusted_fields(&sandbox)).await.text("/access_token");
    let headers = [("Authorization", &*format!("Bearer {token}"))];
    let response = send(&sandbox, Host::EtrustedApi, "POST /event-types", &headers, r#"{"name":"a"}"#).await;
    response.assert_error(400, "Content-Type");
}

#[tokio::test]
async fn settings_appear_after_the_delay_for_every_channel() {
    let sandbox = Sandbox::builder().settings_delay(Duration::from_secs(3600)).start().await.unwrap();
    let id = etrusted(&sandbox, "POST /event-types", r#"{"name":"after_sales"}"#).await.text("/id");
    let patch = format!("PATCH /invite-settings?event-type-id={id}");
    let enable = r#"{"serviceInviteConfiguration":{"enabled":true}}"#;
    assert_eq!(etrusted(&sandbox, &patch, enable).await.is(200).json(), json!([]));
    assert_eq!(etrusted(&sandbox, "GET /invite-settings", "").await.json().as_array().unwrap().len(), 4);

    sandbox.reveal_invite_settings();
    let list = etrusted(&sandbox, "GET /invite-settings", "").await.json();
    assert_eq!(list.as_array().unwrap().len(), 6);
    let fresh = list.as_array().unwrap().iter().find(|setting| setting["eventTypeId"] == *id).unwrap();
    assert_eq!(fresh["serviceInviteConfiguration"]["enabled"], false);
    assert_eq!(fresh["productInviteConfiguration"]["sendingDelayInDays"], 7);
    assert!(fresh.get("enabled").is_none());
    let changed = etrusted(&sandbox, &patch, enable).await.is(200).json();
    assert_eq!(changed.as_array().unwrap().len(), 2);
    assert!(
        changed
            .as_array()
            .unwrap()
            .iter()
            .all(|setting| setting["serviceInviteConfiguration"]["enabled"] == true)
    );
}

#[tokio::test]
async fn settings_can_be_filtered_read_and_patched() {
    let sandbox = Sandbox::start().await.unwrap();
    let channel = var(&sandbox, "ETRUSTED_CHANNEL_ID");
    let list = etrusted(&sandbox, &format!("GET /invite-settings?channel-id={channel}"), "").await.json();
    assert_eq!(list.as_array().unwrap().len(), 2);
    let before = list[1].clone();
    let id = before["id"].as_str().unwrap();
    assert_eq!(
        etrusted(&sandbox, &format!("GET /invite-settings?id={id}"), "").await.json(),
        json!([before])
    );
    assert_eq!(etrusted(&sandbox, &format!("GET /invite-settings/{id}"), "").await.json(), before);

    let body = json!({"enabled": true, "productInviteConfiguration": {"enabled": true, "sendingDelayInDays": 5,
        "sendingTimeOfDay": "09:30:00Z", "inviteTemplateId": "tpl-inv-1", "questionnaireTemplateId": "tpl-qst-1"}});
    let after =
        etrusted(&sandbox, &format!("PATCH /invite-settings/{id}"), body.to_string()).await.is(200).json();
    let expected = with(
        &with(&before, "/enabled", json!(true)),
        "/productInviteConfiguration",
        body["productInviteConfiguration"].clone(),
    );
    assert_eq!(after, expected);
    etrusted(&sandbox, "GET /invite-settings/x", "").await.empty(404);
    etrusted(&sandbox, "PATCH /invite-settings/x", "{}").await.empty(404);
    etrusted(&sandbox, "PATCH /invite-settings", "{}").await.assert_error(400, "event-type-id");
    etrusted(&sandbox, "POST /invite-settings", "{}").await.empty(404);
    etrusted(&sandbox, "GET /invite-settings?event-type-id=x", "").await.assert_error(400, "`event-type-id`");
}

#[tokio::test]
async fn invalid_patches_are_rejected() {
    let sandbox = Sandbox::start().await.unwrap();
    let list = etrusted(&sandbox, "GET /invite-settings", "").await.json();
    let line = format!("PATCH /invite-settings/{}", list[0]["id"].as_str().unwrap());
    let plan = |name: &str, value: Value| json!({"serviceInviteConfiguration": {name: value}}).to_string();
    for (body, text) in [
        (
            plan("enabled", json!(1)),
            "instance.serviceInviteConfiguration.enabled is not of a type(s) boolean",
        ),
        (plan("sendingDelayInDays", json!("7")), "sendingDelayInDays is not of a type(s) integer"),
        (plan("sendingTimeOfDay", json!("10:00")), "sendingTimeOfDay"),
        (plan("inviteTemplateId", json!("tpl-qst-1")), "inviteTemplateId"),
        (plan("questionnaireTemplateId", json!("")), "minimum length"),
        (plan("delay", json!(1)), "additional property \\\"delay\\\""),
        (json!({"id": "x"}).to_string(), "additional property"),
    ] {
        let response = etrusted(&sandbox, &line, body).await;
        response.assert_error(400, text);
        assert_eq!(response.text("/Error"), "Invalid request");
    }
    assert_eq!(etrusted(&sandbox, "GET /invite-settings", "").await.json(), list);
}
