//! Trustpilot's token endpoint.

mod common;

use common::*;
use review_sandbox::{Host, Sandbox, Vendor};
use serde_json::{Value, json};

#[tokio::test]
async fn password_grant_returns_numbers_as_strings() {
    let sandbox = Sandbox::start().await.unwrap();
    let response = login(&sandbox).await.is(200).json();
    let members: Vec<_> = response.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        members,
        [
            "access_token",
            "app_enduser",
            "client_id",
            "expires_in",
            "issued_at",
            "refresh_token",
            "refresh_token_expires_in",
            "refresh_token_issued_at",
            "refresh_token_status",
            "token_type"
        ]
    );
    assert!(response.as_object().unwrap().values().all(Value::is_string));
    assert_eq!(response["expires_in"], "360000");
    assert_eq!(response["token_type"], "BearerToken");
}

#[tokio::test]
async fn client_credentials_grant_returns_two_members() {
    let sandbox = Sandbox::start().await.unwrap();
    let response =
        trustpilot_token(&sandbox, "accesstoken", &[("grant_type", "client_credentials")]).await.is(200);
    assert_eq!(response.json().as_object().unwrap().len(), 2);
    assert_eq!(response.text("/expires_in"), "360000");
}

#[tokio::test]
async fn authorization_code_works_once_for_its_redirect_uri() {
    let sandbox = Sandbox::start().await.unwrap();
    let exchange = async |code: &str, redirect_uri: &str| {
        let fields = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirect_uri)];
        trustpilot_token(&sandbox, "accesstoken", &fields).await
    };
    let home = "https://shop.example.com/callback?a=1&b=2";
    let code = sandbox.issue_authorization_code(home);
    let session = exchange(&code, home).await.is(200);
    assert_eq!(session.text("/token_type"), "BearerToken");
    let fields = [("grant_type", "refresh_token"), ("refresh_token", &session.text("/refresh_token"))];
    trustpilot_token(&sandbox, "refresh", &fields).await.is(200);
    exchange(&code, home).await.assert_error(400, "invalid_grant");

    let code = sandbox.issue_authorization_code(home);
    exchange(&code, "https://shop.example.com/").await.assert_error(400, "invalid_grant");
    exchange(&code, home).await.assert_error(400, "invalid_grant");
    let plain = "http://shop.example.com/";
    exchange(&sandbox.issue_authorization_code(plain), plain).await.assert_error(400, "https URL");
    exchange("unknown", home).await.is(400);
    let fields = [("grant_type", "authorization_code"), ("code", "x"), ("redirect_uri", home)];
    trustpilot_token(&sandbox, "refresh", &fields).await.assert_error(400, "unsupported_grant_type");
}

#[tokio::test]
async fn refresh_tokens_work_once_on_both_paths() {
    let sandbox = Sandbox::start().await.unwrap();
    let first = login(&sandbox).await.text("/refresh_token");
    let refresh = async |end: &str, token: &str| {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
        trustpilot_token(&sandbox, end, &fields).await
    };
    let second = refresh("refresh", &first).await.is(200);
    assert!(second.json().get("client_id").is_none() && second.json().get("app_enduser").is_none());
    let third = refresh("accesstoken", &second.text("/refresh_token")).await.is(200);
    assert_ne!(third.text("/refresh_token"), first);
    refresh("refresh", &first).await.assert_error(400, r#""ErrorCode":"invalid_grant""#);
    sandbox.expire_refresh_tokens();
    refresh("refresh", &third.text("/refresh_token")).await.is(400);
    assert_eq!(sandbox.token_requests(Vendor::Trustpilot), 5);
    assert_eq!(sandbox.token_requests(Vendor::Etrusted), 0);
}

#[tokio::test]
async fn refresh_tokens_expire() {
    let lifetime = std::time::Duration::ZERO;
    let sandbox = Sandbox::builder().refresh_token_lifetime(lifetime).start().await.unwrap();
    let token = login(&sandbox).await.text("/refresh_token");
    let fields = [("grant_type", "refresh_token"), ("refresh_token", &token)];
    trustpilot_token(&sandbox, "refresh", &fields).await.is(400);
}

#[tokio::test]
async fn tokens_have_the_documented_lifetimes() {
    let sandbox = Sandbox::start().await.unwrap();
    let hours = |hours: u64| std::time::Duration::from_secs(hours * 3600);
    let refresh = async |token: &str| {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
        trustpilot_token(&sandbox, "refresh", &fields).await
    };
    let session = login(&sandbox).await;
    sandbox.advance(hours(99));
    invite(&sandbox, &session.text("/access_token"), &json!({})).await.is(400);
    sandbox.advance(hours(1));
    invite(&sandbox, &session.text("/access_token"), &json!({})).await.is(401);
    let session = refresh(&session.text("/refresh_token")).await.is(200);
    let issued_at: i64 = session.text("/issued_at").parse().unwrap();
    assert!((sandbox.now().timestamp() - issued_at).abs() < 60);
    sandbox.advance(hours(30 * 24));
    refresh(&session.text("/refresh_token")).await.assert_error(400, "invalid_grant");
}

#[tokio::test]
async fn invalid_grant_forms_are_rejected() {
    let sandbox = Sandbox::start().await.unwrap();
    let refused = [
        (vec![], "grant_type is missing"),
        (vec![("grant_type", "implicit")], "unsupported_grant_type"),
        (vec![("grant_type", "password"), ("username", "a")], "password is missing"),
        (vec![("grant_type", "password"), ("username", "a"), ("password", "b")], "invalid_grant"),
        (vec![("grant_type", "client_credentials"), ("scope", "x")], "parameter `scope`"),
        (vec![("grant_type", "authorization_code"), ("code", "x")], "redirect_uri is missing"),
        (vec![("grant_type", "password"), ("code", "x")], "code does not belong"),
        (vec![("grant_type", "client_credentials"), ("client_id", "x")], "in the header and in the form"),
        (vec![("grant_type", "client_credentials"), ("username", "x")], "username does not belong"),
        (vec![("grant_type", "client_credentials"), ("grant_type", "client_credentials")], "more than once"),
    ];
    for (fields, text) in refused {
        let response = trustpilot_token(&sandbox, "accesstoken", &fields).await;
        response.assert_error(400, text);
        assert!(response.json()["ErrorCode"].is_string() && response.json()["Error"].is_string());
    }
    trustpilot_token(&sandbox, "refresh", &[("grant_type", "client_credentials")]).await.is(400);
}

#[tokio::test]
async fn unencoded_password_is_rejected() {
    let sandbox = Sandbox::start().await.unwrap();
    let (user, password) = (var(&sandbox, "TRUSTPILOT_USERNAME"), var(&sandbox, "TRUSTPILOT_PASSWORD"));
    let headers = [FORM, ("Authorization", &basic(&sandbox))];
    let line = format!("{OAUTH}/accesstoken");
    for body in [
        format!("grant_type=password&username={user}&{}", form(&[("password", &password)])),
        format!("grant_type=password&{}&password={password}", form(&[("username", &user)])),
    ] {
        send(&sandbox, Host::TrustpilotApi, &line, &headers, body).await.is(400);
    }
}

#[tokio::test]
async fn token_request_needs_credentials_and_form_type() {
    let sandbox = Sandbox::start().await.unwrap();
    let line = format!("{OAUTH}/accesstoken");
    let body = "grant_type=client_credentials";
    let bare = basic(&sandbox).replace("Basic ", "");
    for headers in
        [vec![FORM], vec![FORM, ("Authorization", &bare)], vec![FORM, ("Authorization", "Basic QTpC")]]
    {
        let response = send(&sandbox, Host::TrustpilotApi, &line, &headers, body).await.is(401);
        assert!(response.json().pointer("/fault/detail/errorcode").is_some());
    }
    let headers = [JSON, ("Authorization", &basic(&sandbox))];
    send(
        &sandbox,
        Host::TrustpilotApi,
        &line,
        &headers,
        json!({"grant_type": "client_credentials"}).to_string(),
    )
    .await
    .is(415);
    let headers = [FORM, ("Authorization", &basic(&sandbox))];
    send(&sandbox, Host::TrustpilotApi, &format!("{line}?a=1"), &headers, body)
        .await
        .assert_error(400, "`a`");
}

#[tokio::test]
async fn client_credentials_in_the_form_are_accepted() {
    let sandbox = Sandbox::start().await.unwrap();
    let (key, secret) = (var(&sandbox, "TRUSTPILOT_API_KEY"), var(&sandbox, "TRUSTPILOT_API_SECRET"));
    let call = async |end: &str, fields: &[(&str, &str)]| {
        send(&sandbox, Host::TrustpilotApi, &format!("{OAUTH}/{end}"), &[FORM], form(fields)).await
    };
    let client = [("client_id", &*key), ("client_secret", &*secret)];
    let granted = [("grant_type", "client_credentials"), client[0], client[1]];
    call("accesstoken", &granted).await.is(200);
    let refresh = login(&sandbox).await.text("/refresh_token");
    let refreshed = [("grant_type", "refresh_token"), ("refresh_token", &refresh), client[0], client[1]];
    let refresh = call("refresh", &refreshed).await.is(200).text("/refresh_token");
    call("revoke", &[("token", &refresh), client[0], client[1]]).await.is(200);
    for wrong in [vec![client[0]], vec![client[1]], vec![client[0], ("client_secret", "wrong")]] {
        let fields = [vec![("grant_type", "client_credentials")], wrong].concat();
        call("accesstoken", &fields).await.assert_error(401, "InvalidClientIdentifier");
    }
}

#[tokio::test]
async fn revocation_works_once_with_or_without_basic() {
    let sandbox = Sandbox::start().await.unwrap();
    let line = format!("{OAUTH}/revoke");
    let revoke = async |token: &str| {
        send(&sandbox, Host::TrustpilotApi, &line, &[FORM], form(&[("token", token)])).await
    };
    let session = login(&sandbox).await;
    revoke(&session.text("/refresh_token")).await.empty(200);
    revoke(&session.text("/refresh_token")).await.is(404);
    let body = json!({"consumerEmail": "a@example.com"});
    invite(&sandbox, &session.text("/access_token"), &body).await.is(401);

    let token = login(&sandbox).await.text("/refresh_token");
    trustpilot_token(&sandbox, "revoke", &[("token", &token)]).await.empty(200);
    let wrong = [FORM, ("Authorization", "Basic QTpC")];
    send(&sandbox, Host::TrustpilotApi, &line, &wrong, form(&[("token", "x")])).await.is(401);
    trustpilot_token(&sandbox, "revoke", &[("token", "x"), ("client_id", "x")]).await.is(400);
    let wrong = form(&[("token", "x"), ("client_id", "x"), ("client_secret", "y")]);
    send(&sandbox, Host::TrustpilotApi, &line, &[FORM], wrong).await.is(401);
    trustpilot_token(&sandbox, "revoke", &[]).await.is(400);
}

#[tokio::test]
async fn token_endpoint_is_on_the_api_host_only() {
    let sandbox = Sandbox::start().await.unwrap();
    let headers = [FORM, ("Authorization", &basic(&sandbox))];
    let line = format!("{OAUTH}/accesstoken");
    send(&sandbox, Host::TrustpilotInvitations, &line, &headers, "grant_type=client_credentials")
        .await
        .is(404);
    send(&sandbox, Host::TrustpilotApi, &line.replace("POST", "GET"), &headers, "").await.is(404);
}
