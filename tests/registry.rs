//! Registries at the sandbox: from an empty process to an invitation, with files, routes and the kill switch.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use review_invites::prelude::*;
use review_invites::provider::ProviderInfo;
use review_invites::registry::{CONFIG_ENV, SENDING_ENV};
use review_invites::reviews::ReviewQuery;
use review_invites::{ErrorKind, Registry, SendState};
use review_invites_tests::{VENDORS, settings};
use review_sandbox::Sandbox;
use review_testkit::Canary;

/// Both vendors, with secrets by reference, one of them in a file.
fn configuration(sandbox: &Sandbox, secret_file: &str) -> String {
    let value = |name: &str| sandbox.env_var(name).unwrap();
    format!(
        r#"
        default = "shop-de"

        [instances.shop-de]
        vendor = "trustpilot"
        api_key = {{ env = "TRUSTPILOT_API_KEY" }}
        api_secret = {{ file = "{secret_file}" }}
        username = {{ env = "TRUSTPILOT_USERNAME" }}
        password = {{ env = "TRUSTPILOT_PASSWORD" }}
        business_unit_id = "{}"
        api_url = "{}"
        invitations_url = "{}"
        [instances.shop-de.http]
        total_timeout_seconds = 20
        rate_limits = ["none"]

        [instances.shop-se]
        vendor = "etrusted"
        client_id = {{ env = "ETRUSTED_CLIENT_ID" }}
        client_secret = {{ env = "ETRUSTED_CLIENT_SECRET" }}
        channel_id = "{}"
        event_type = "{}"
        api_url = "{}"
        login_url = "{}"

        [[routes]]
        locale = "sv"
        to = "shop-se"
        "#,
        value("TRUSTPILOT_BUSINESS_UNIT_ID"),
        value("TRUSTPILOT_API_URL"),
        value("TRUSTPILOT_INVITATIONS_URL"),
        value("ETRUSTED_CHANNEL_ID"),
        value("ETRUSTED_EVENT_TYPE"),
        value("ETRUSTED_API_URL"),
        value("ETRUSTED_LOGIN_URL"),
    )
}

fn request(locale: &str, number: &str) -> InviteRequest {
    let builder = InviteRequest::builder("jane@example.com", number, Consent::granted("test"));
    builder.name("Jane Doe").locale(locale).build().unwrap()
}

#[tokio::test]
async fn file_configures_both_vendors_and_a_route() {
    let sandbox = Sandbox::start().await.unwrap();
    let secret = |name: &str| sandbox.env_var(name).unwrap();
    let canary = Canary::new(
        ["TRUSTPILOT_API_SECRET", "TRUSTPILOT_PASSWORD", "ETRUSTED_CLIENT_SECRET"].map(secret).into_iter(),
    );
    let log = canary.capture_tracing();
    let folder = std::env::temp_dir();
    let secret_file = folder.join(format!("review-invites-secret-{}", std::process::id()));
    let file = folder.join(format!("review-invites-registry-{}.toml", std::process::id()));
    std::fs::write(&secret_file, secret("TRUSTPILOT_API_SECRET") + "\n").unwrap();
    std::fs::write(&file, configuration(&sandbox, secret_file.to_str().unwrap())).unwrap();
    let mut variables = sandbox.env_vars();
    variables.push((CONFIG_ENV, file.to_str().unwrap().to_owned()));
    variables.push(("REVIEW_SENDIGN", secret("TRUSTPILOT_API_SECRET")));
    let registry = Registry::builder().from_iter(variables.clone());
    variables.push((SENDING_ENV, "off".to_owned()));
    let off = Registry::builder().from_iter(variables);
    std::fs::remove_file(&secret_file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let (registry, off) = (registry.unwrap(), off.unwrap());

    for (locale, number, vendor, instance) in
        [("de-DE", "1", "trustpilot", "shop-de"), ("sv-SE", "2", "etrusted", "shop-se")]
    {
        let blocked = off.provider().send_invite(&request(locale, number)).await.unwrap_err();
        assert_eq!((blocked.kind(), blocked.send_state()), (ErrorKind::Blocked, SendState::NotSent));
        assert_eq!(sandbox.emails_for(number).len(), 0);
        let receipt = registry.provider().send_invite(&request(locale, number)).await.unwrap();
        assert_eq!(receipt.provider, ProviderInfo::new(vendor, instance));
        assert_eq!(sandbox.emails_for(number).len(), 1);
        let reader = registry.reader(instance).unwrap();
        reader.read_reviews(&ReviewQuery::service(), None).await.unwrap();
        canary.check_debug(&receipt);
    }
    canary.check_debug(&registry);
    drop(log);
    assert_eq!(canary.leaks(), Vec::<String>::new());
    let seen = canary.captured();
    assert!(seen.contains("REVIEW_SENDIGN") && seen.contains("did you mean REVIEW_SENDING?"), "a warning");
}

#[tokio::test]
async fn environment_configures_an_instance_of_each_vendor() {
    for vendor in VENDORS {
        let sandbox = Sandbox::start().await.unwrap();
        let registry = Registry::from_lookup(settings(&sandbox, vendor)).unwrap();
        assert_eq!(registry.instances().collect::<Vec<_>>(), [vendor.name]);
        registry.provider().send_invite(&request("de-DE", "1")).await.unwrap();
        assert_eq!(sandbox.emails_for("1").len(), 1, "{vendor}");
    }
}
