//! A third-party vendor is configured like the built-in ones.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod common;

use common::{AcmeFactory, builder, keys, message, request};
use review_invites::config::{InstanceConfig, RegistryConfig, Secret, SettingValue};
use review_invites::prelude::*;
use review_invites::provider::ProviderInfo;

fn acme(key: impl Into<SettingValue>) -> InstanceConfig {
    InstanceConfig::new("acme").with_setting("api_key", key)
}

#[tokio::test]
async fn third_party_vendor_is_built_from_a_configuration() {
    let config = RegistryConfig::new()
        .with_instance("shop-1", acme(SettingValue::env("KEY")))
        .with_instance("shop-2", acme(Secret::new("canary-longer")))
        .with_default("shop-2");
    assert!(!format!("{config:?}").contains("canary"), "{config:?}");
    let registry = builder(&[("KEY", "canary")]).from_config(config).unwrap();
    for (name, length) in [("shop-1", 6), ("shop-2", 13)] {
        let receipt = registry.get(name).unwrap().send_invite(&request(None, 1)).await.unwrap();
        assert_eq!(receipt.provider, ProviderInfo::new("acme", name));
        assert_eq!(receipt.vendor_id.unwrap(), format!("key of {length} characters"));
    }
    assert_eq!(registry.provider().info().instance(), "shop-2");
}

#[tokio::test]
async fn third_party_vendor_is_built_from_the_environment() {
    let variables = [("REVIEW_PROVIDER", "acme"), ("ACME_API_KEY", "canary"), ("ACME_STORES", "5")];
    let registry = builder(&[]).from_iter(variables).unwrap();
    assert!(registry.provider().send_invite(&request(None, 1)).await.is_ok());
    let warnings: Vec<_> = registry.warnings().iter().map(ToString::to_string).collect();
    assert_eq!(warnings, ["ACME_STORES: is not a setting; did you mean ACME_STORE?"]);
}

#[test]
fn errors_of_a_third_party_vendor_name_keys() {
    let config = RegistryConfig::new().with_instance(
        "shop",
        acme("canary-literal").with_setting("store", "canary").with_setting("stoer", "1"),
    );
    let error = builder(&[]).from_config(config).unwrap_err();
    assert_eq!(keys(&error), ["instances.shop.api_key", "instances.shop.stoer", "instances.shop.store"]);
    assert!(message(&error, "instances.shop.store").starts_with("must be a whole number"), "{error}");
    assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
}

#[test]
fn vendor_name_is_used_once() {
    for name in ["trustpilot", "etrusted", "kiyoh", "acme", "Acme", ""] {
        let config = RegistryConfig::new().with_instance("shop", acme(Secret::new("x")));
        let error = builder(&[]).vendor(name, AcmeFactory).from_config(config).unwrap_err();
        assert_eq!(keys(&error), [format!("vendor {name}")]);
    }
}

#[test]
fn instance_name_is_used_once() {
    let config = RegistryConfig::new()
        .with_instance("shop", acme(Secret::new("x")))
        .with_instance("shop", acme(Secret::new("x")));
    assert_eq!(keys(&builder(&[]).from_config(config).unwrap_err()), ["instances.shop"]);
}

#[test]
fn configuration_is_read_from_any_format() {
    let text = serde_json::json!({
        "shop": "shop.example",
        "default": "a",
        "instances": {
            "a": { "vendor": "acme", "api_key": { "env": "KEY" }, "store": 5, "http": { "max_attempts": 5 } },
            "b": { "vendor": "acme", "shop": "outlet", "api_key": { "env": "KEY" }, "http": { "rate_limits": ["none"] } },
        },
        "routes": [{ "country": "AT", "to": "b" }],
    });
    let config: RegistryConfig = serde_json::from_value(text).unwrap();
    let registry = builder(&[("KEY", "x")]).from_config(config).unwrap();
    let shop = |name: &str| registry.get(name).unwrap().info().shop().to_owned();
    assert_eq!((shop("a"), shop("b")), ("shop.example".to_owned(), "outlet".to_owned()));
    let error =
        serde_json::from_str::<RegistryConfig>(r#"{"instances": {"a": 5}, "sendig": true}"#).unwrap_err();
    assert!(error.to_string().contains("instances.a: ") && error.to_string().contains("sendig: "), "{error}");
}

#[tokio::test]
async fn third_party_instance_has_no_limits_and_no_setup() {
    let config = RegistryConfig::new().with_instance("shop", acme(Secret::new("canary")));
    let registry = builder(&[]).from_config(config).unwrap();
    assert!(registry.rate_limits("shop").unwrap().is_unlimited());
    assert!(registry.rate_limits("other").is_none());
    let error = registry.ensure_setup("shop", None).await.unwrap_err();
    assert_eq!(error.kind(), review_invites::ErrorKind::Unsupported);
    let error = registry.ensure_setup("other", None).await.unwrap_err();
    assert!(error.to_string().contains("must be shop"), "{error}");
}

#[cfg(feature = "trustpilot")]
#[test]
fn limits_are_the_vendors_unless_they_are_configured() {
    let account = [("api_key", "k"), ("api_secret", "s"), ("business_user_id", "507f191e810c19729de860eb")];
    let instance = || {
        account.into_iter().fold(InstanceConfig::new("trustpilot"), |instance, (key, value)| {
            instance.with_setting(key, Secret::new(value))
        })
    };
    let instance = || instance().with_setting("domain", "shop.example");
    let limited = instance().with_http("rate_limits", "5/60");
    let config = RegistryConfig::new().with_default("a").with_instance("a", instance());
    let registry = builder(&[]).from_config(config.with_instance("b", limited));
    let registry = registry.unwrap();
    let limits = |name| registry.rate_limits(name).unwrap().iter().collect::<Vec<_>>();
    assert_eq!(limits("b"), [(5, std::time::Duration::from_secs(60))]);
    assert!(limits("a").len() > 1, "those that Trustpilot publishes");
}

#[cfg(feature = "trustpilot")]
#[tokio::test]
async fn wrapped_transport_sees_the_requests_of_an_instance() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    let wrapped = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&wrapped);
    let builder = builder(&[]).wrap_transport(move |inner| {
        count.fetch_add(1, Ordering::Relaxed);
        inner
    });
    let variables = [
        ("REVIEW_PROVIDER", "trustpilot"),
        ("TRUSTPILOT_API_KEY", "k"),
        ("TRUSTPILOT_API_SECRET", "s"),
        ("TRUSTPILOT_BUSINESS_USER_ID", "507f191e810c19729de860eb"),
        ("TRUSTPILOT_DOMAIN", "shop.example"),
    ];
    builder.from_iter(variables).unwrap();
    assert_eq!(wrapped.load(Ordering::Relaxed), 1);
}
