//! `check_setup` against the sandbox.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod common;

use common::*;
use review_core::*;
use review_etrusted::*;
use review_sandbox::Sandbox;

/// The findings as text, the worst first.
async fn findings(provider: &EtrustedProvider) -> Vec<String> {
    let report = provider.check_setup().await.unwrap();
    report.findings.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn what_is_wrong_is_found_until_nothing_is() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox, "delivered");
    let found = findings(&provider).await;
    assert!(found[0].contains("Error: there is no event type delivered"), "{found:?}");

    let client = provider.client();
    let name = EventTypeName::new("delivered").unwrap();
    let made = client.create_event_type(&name).await.unwrap().unwrap();
    sandbox.reveal_invite_settings();
    let found = findings(&provider).await;
    assert!(found[0].contains("Error: service invitations are switched off"), "{found:?}");

    client.set_event_type_active(&made.id, false).await.unwrap();
    let found = findings(&provider).await;
    assert!(found.iter().any(|finding| finding.contains("not active")), "{found:?}");

    provider.ensure_setup(Setup::new().with_delay_in_days(3)).await.unwrap();
    let report = provider.check_setup().await.unwrap();
    assert!(report.is_ready(), "{report:?}");
    let found = findings(&provider).await;
    assert!(found[0].starts_with("Warning") && found[0].contains("shipped"), "two mails: {found:?}");
    assert!(found.iter().any(|finding| finding.contains("3 days after the event")), "{found:?}");
    assert!(found.iter().any(|finding| finding.contains("Apply trigger date")), "{found:?}");
    let changing = sandbox.requests().into_iter().filter(|request| request.path == "/events").count();
    assert_eq!((changing, sandbox.emails().len()), (0, 0), "the doctor sends nothing");
}

#[tokio::test]
async fn the_doctor_only_reads() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox, "shipped");
    provider.check_setup().await.unwrap();
    let methods: Vec<_> = sandbox
        .requests()
        .iter()
        .filter(|request| request.path != "/oauth/token")
        .map(|request| request.method.to_string())
        .collect();
    assert!(!methods.is_empty() && methods.iter().all(|method| method == "GET"), "{methods:?}");
}

#[tokio::test]
async fn credentials_and_channels_are_looked_at_first() {
    let sandbox = Sandbox::start().await.unwrap();
    for (name, value, seen) in [
        ("ETRUSTED_CLIENT_SECRET", "canary", "no access"),
        ("ETRUSTED_CHANNEL_ID", "chl-0", "no channel chl-0"),
    ] {
        let vars = |key: &str| if key == name { Some(value.to_owned()) } else { sandbox.env_var(key) };
        let provider = EtrustedProvider::new(EtrustedConfig::from_vars(vars).unwrap()).unwrap();
        let found = findings(&provider).await;
        assert!(found[0].starts_with("Error") && found[0].contains(seen), "{found:?}");
        assert!(!found.concat().contains("canary"), "{found:?}");
    }
}

#[tokio::test]
async fn nothing_to_look_at_is_an_error() {
    let nobody = "http://127.0.0.1:1";
    let vars = |key: &str| match key {
        "ETRUSTED_API_URL" | "ETRUSTED_LOGIN_URL" => Some(nobody.to_owned()),
        "ETRUSTED_CHANNEL_ID" => Some("chl-1".to_owned()),
        "ETRUSTED_EVENT_TYPE" => Some("shipped".to_owned()),
        "ETRUSTED_CLIENT_ID" | "ETRUSTED_CLIENT_SECRET" => Some("x".to_owned()),
        _ => None,
    };
    let config = EtrustedConfig::from_vars(vars).unwrap().with_http(review_http::RetryPolicy::no_retries());
    let error = EtrustedProvider::new(config).unwrap().check_setup().await.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Transient, Some("check_setup")));
}

#[tokio::test]
async fn the_templates_of_the_direct_route_are_looked_at() {
    let sandbox = Sandbox::start().await.unwrap();
    let mail = "tpl-inv-12261ad3-d36b-4a3a-a4ab-850920d7b11f";
    for (mail, ready) in [(mail, true), ("tpl-inv-0", false)] {
        let vars = |key: &str| match key {
            "ETRUSTED_INVITE_TEMPLATE" => Some(mail.to_owned()),
            "ETRUSTED_QUESTIONNAIRE_TEMPLATE" => Some(STANDARD.to_owned()),
            key => sandbox.env_var(key),
        };
        let provider = EtrustedProvider::new(EtrustedConfig::from_vars(vars).unwrap()).unwrap();
        let report = provider.check_setup().await.unwrap();
        assert_eq!(report.is_ready(), ready, "{report:?}");
    }
    let vars = |key: &str| match key {
        "ETRUSTED_INVITE_TEMPLATE" => Some(mail.to_owned()),
        key => sandbox.env_var(key),
    };
    let error = EtrustedConfig::from_vars(vars).unwrap_err();
    assert_eq!(error.fields()[0].field(), "ETRUSTED_QUESTIONNAIRE_TEMPLATE");
}
