//! Registries at the sandbox: from an empty process to an invitation, with files, routes and the switch.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use review_invites::*;
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
        deadline_seconds = 20
        limits = "none"

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
    let customer = Customer::new(EmailAddress::new("jane@example.com").unwrap())
        .with_name(CustomerName::Full(PersonName::new("Jane Doe").unwrap()))
        .with_locale(Locale::new(locale).unwrap());
    let order = Order::new(OrderReference::new(number).unwrap());
    InviteRequest::builder(customer, order, Consent::granted("test")).build().unwrap()
}

#[tokio::test]
async fn a_file_names_both_vendors_and_the_route_between_them() {
    let sandbox = Sandbox::start().await.unwrap();
    let secret = |name: &str| sandbox.env_var(name).unwrap();
    let canary = Canary::new(
        ["TRUSTPILOT_API_SECRET", "TRUSTPILOT_PASSWORD", "ETRUSTED_CLIENT_SECRET"].map(secret).into_iter(),
    );
    let log = canary.listen();
    let folder = std::env::temp_dir();
    let secret_file = folder.join(format!("review-invites-secret-{}", std::process::id()));
    let file = folder.join(format!("review-invites-registry-{}.toml", std::process::id()));
    std::fs::write(&secret_file, secret("TRUSTPILOT_API_SECRET") + "\n").unwrap();
    std::fs::write(&file, configuration(&sandbox, secret_file.to_str().unwrap())).unwrap();
    let mut variables = sandbox.env_vars();
    variables.push((CONFIG_VARIABLE, file.to_str().unwrap().to_owned()));
    variables.push(("REVIEW_SENDIGN", secret("TRUSTPILOT_API_SECRET")));
    let registry = Registry::builder().from_pairs(variables.clone());
    variables.push((SENDING_VARIABLE, "off".to_owned()));
    let off = Registry::builder().from_pairs(variables);
    std::fs::remove_file(&secret_file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let (registry, off) = (registry.unwrap(), off.unwrap());

    for (locale, number, vendor, instance) in
        [("de-DE", "1", "trustpilot", "shop-de"), ("sv-SE", "2", "etrusted", "shop-se")]
    {
        let blocked = off.provider().send_invite(&request(locale, number)).await.unwrap_err();
        assert_eq!((blocked.kind(), blocked.sent()), (ErrorKind::Blocked, Sent::No));
        assert_eq!(sandbox.emails_for(number).len(), 0);
        let receipt = registry.provider().send_or_known(&request(locale, number)).await.unwrap();
        assert_eq!(receipt.provider, ProviderInfo::new(vendor, instance));
        assert_eq!(sandbox.emails_for(number).len(), 1);
        let reader = registry.reader(instance).unwrap();
        reader.read_reviews(&ReviewQuery::service(), None).await.unwrap();
        canary.show(&receipt);
    }
    canary.show(&registry);
    drop(log);
    assert_eq!(canary.leaks(), Vec::<String>::new());
    let seen = canary.seen();
    assert!(seen.contains("REVIEW_SENDIGN") && seen.contains("did you mean REVIEW_SENDING?"), "a warning");
}

#[tokio::test]
async fn the_environment_alone_makes_an_instance_of_each_vendor() {
    for vendor in VENDORS {
        let sandbox = Sandbox::start().await.unwrap();
        let registry = Registry::from_vars(settings(&sandbox, vendor)).unwrap();
        assert_eq!(registry.instances().collect::<Vec<_>>(), [vendor]);
        registry.provider().send_invite(&request("sv-SE", "1")).await.unwrap();
        assert_eq!(sandbox.emails_for("1").len(), 1, "{vendor}");
    }
}
