//! A vendor of a third party is configured like those of this project.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod common;

use common::{AcmeFactory, builder, keys, problem, request};
use review_invites::*;

fn acme(key: impl Into<SettingValue>) -> InstanceConfig {
    InstanceConfig::new("acme").with_setting("api_key", key)
}

#[tokio::test]
async fn it_is_made_from_a_configuration_and_sends() {
    let config = RegistryConfig::new()
        .with_instance("shop-1", acme(SettingValue::env("KEY")))
        .with_instance("shop-2", acme(Secret::new("canary-longer")))
        .with_default("shop-2");
    assert!(!format!("{config:?}").contains("canary"), "{config:?}");
    let registry = builder(&[("KEY", "canary")]).from_config(config).unwrap();
    for (label, length) in [("shop-1", 6), ("shop-2", 13)] {
        let receipt = registry.get(label).unwrap().send_invite(&request(None, 1)).await.unwrap();
        assert_eq!(receipt.provider, ProviderInfo::new("acme", label));
        assert_eq!(receipt.vendor_id.unwrap(), format!("key of {length} characters"));
    }
    assert_eq!(registry.provider().info().instance(), "shop-2");
}

#[tokio::test]
async fn it_is_made_from_the_environment() {
    let variables = [("REVIEW_PROVIDER", "acme"), ("ACME_API_KEY", "canary"), ("ACME_SHOPS", "5")];
    let registry = builder(&[]).from_pairs(variables).unwrap();
    assert!(registry.provider().send_invite(&request(None, 1)).await.is_ok());
    let warnings: Vec<_> = registry.warnings().iter().map(ToString::to_string).collect();
    assert_eq!(warnings, ["ACME_SHOPS: no setting has this name; did you mean ACME_SHOP?"]);
}

#[test]
fn its_faults_are_told_by_keys() {
    let config = RegistryConfig::new().with_instance(
        "shop",
        acme("canary-literal").with_setting("shop", "canary").with_setting("shap", "1"),
    );
    let error = builder(&[]).from_config(config).unwrap_err();
    assert_eq!(keys(&error), ["instances.shop.api_key", "instances.shop.shap", "instances.shop.shop"]);
    assert_eq!(problem(&error, "instances.shop.shop"), "expected a number in shop, found another text");
    assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
}

#[test]
fn a_name_is_not_taken_twice() {
    for name in ["trustpilot", "etrusted", "acme", "Acme", ""] {
        let config = RegistryConfig::new().with_instance("shop", acme(Secret::new("x")));
        let error = builder(&[]).vendor(name, AcmeFactory).from_config(config).unwrap_err();
        assert_eq!(keys(&error), [format!("vendor {name}")]);
    }
}

#[test]
fn an_instance_is_named_once() {
    let config = RegistryConfig::new()
        .with_instance("shop", acme(Secret::new("x")))
        .with_instance("shop", acme(Secret::new("x")));
    assert_eq!(keys(&builder(&[]).from_config(config).unwrap_err()), ["instances.shop"]);
}

#[test]
fn a_configuration_is_written_and_read_back() {
    let http = serde_json::json!({
        "attempts": 5, "deadline_seconds": 2.5, "limits": [{ "calls": 8, "seconds": 9 }],
    });
    let text = serde_json::json!({
        "default": "a",
        "sending": false,
        "instances": {
            "a": { "vendor": "acme", "api_key": { "env": "KEY" }, "shop": "5", "http": http },
            "b": { "vendor": "acme", "api_key": { "file": "/x" }, "http": { "limits": "none" } },
        },
        "routes": [{ "country": "AT", "to": "b" }, { "locale": "de", "shop": "x", "split": { "a": 1, "b": 2 } }],
    });
    let config: RegistryConfig = serde_json::from_value(text.clone()).unwrap();
    assert_eq!(serde_json::to_value(&config).unwrap(), text);
    let secret = RegistryConfig::new().with_instance("a", acme(Secret::new("canary")));
    assert!(!serde_json::to_string(&secret).unwrap_err().to_string().contains("canary"));
    let error =
        serde_json::from_str::<RegistryConfig>(r#"{"instances": {"a": 5}, "sendig": true}"#).unwrap_err();
    assert!(error.to_string().contains("instances.a: ") && error.to_string().contains("sendig: "), "{error}");
}
