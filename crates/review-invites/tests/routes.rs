//! Routes and the kill switch of a registry.
#![cfg(feature = "toml")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod common;

use std::collections::BTreeMap;

use common::{Acme, builder, keys, message, request};
use review_invites::prelude::*;
use review_invites::{ErrorKind, Registry, SendState};

const KEY: &[(&str, &str)] = &[("KEY", "canary-key")];
const INSTANCES: &str = r#"
    [instances.one]
    vendor = "acme"
    api_key = { env = "KEY" }
    [instances.two]
    vendor = "acme"
    api_key = { env = "KEY" }
"#;

fn registry(first: &str, last: &str) -> Result<Registry> {
    builder(KEY).from_toml(&format!("{first}\n{INSTANCES}\n{last}"))
}

async fn sent_by(registry: &Registry, country: Option<&str>, number: u32) -> String {
    let receipt = registry.provider().send_invite(&request(country, number)).await.unwrap();
    receipt.provider.instance().to_owned()
}

#[tokio::test]
async fn route_gets_matching_requests_and_default_the_rest() {
    let routes = r#"
        [[routes]]
        country = "NL"
        to = "two"
    "#;
    let registry = registry(r#"default = "one""#, routes).unwrap();
    assert_eq!(sent_by(&registry, Some("NL"), 1).await, "two");
    assert_eq!(sent_by(&registry, Some("DE"), 1).await, "one");
    assert_eq!(sent_by(&registry, None, 1).await, "one");
    assert_eq!(registry.instances().collect::<Vec<_>>(), ["one", "two"]);
    assert_eq!(registry.default_instance(), Some("one"));
    let two = registry.get("two").unwrap().send_invite(&request(None, 1)).await.unwrap();
    assert_eq!(two.provider.instance(), "two", "without routes");
    assert!(registry.get("three").is_none() && registry.reader("one").is_none());
}

#[tokio::test]
async fn split_is_stable_and_near_its_weights() {
    let registry = registry("", "[[routes]]\nsplit = { one = 80, two = 20 }").unwrap();
    assert_eq!(registry.default_instance(), None);
    let mut counts = BTreeMap::new();
    for number in 0..500 {
        let taken = sent_by(&registry, None, number).await;
        assert_eq!(sent_by(&registry, Some("NL"), number).await, taken);
        *counts.entry(taken).or_insert(0) += 1;
    }
    assert!((60..=140).contains(&counts["two"]), "{counts:?}");
}

#[test]
fn routes_without_a_target_are_errors() {
    let routes = r#"
        [[routes]]
        split = { one = 0, two = 0 }
        [[routes]]
        locale = "de"
        split = { one = "80", three = 1 }
        [[routes]]
        locale = "not a locale"
        shop = 5
        [[routes]]
        to = "one"
        split = { two = 1 }
    "#;
    let error = registry("", routes).unwrap_err();
    let expected = [
        "routes[0].split",
        "routes[1]",
        "routes[1].split.one",
        "routes[1].split.three",
        "routes[2]",
        "routes[2].shop",
        "routes[3]",
    ];
    assert_eq!(keys(&error), expected, "{error}");
    assert!(message(&error, "routes[1]").contains("never reached"), "{error}");
    let error = registry("", "[[routes]]\nlocale = \"not a locale\"\nto = \"one\"").unwrap_err();
    assert_eq!(keys(&error), ["default", "routes[0].locale"], "{error}");
    let error = registry(r#"default = "tow""#, "").unwrap_err();
    assert_eq!(keys(&error), ["default"]);
    assert!(message(&error, "default").contains("did you mean two?"), "{error}");
}

#[tokio::test]
async fn sending_is_disabled_by_configuration_and_enabled_at_run_time() {
    let registry = registry("sending = false\ndefault = \"one\"", "").unwrap();
    for provider in [registry.provider(), registry.get("two").unwrap()] {
        let error = provider.send_invite(&request(None, 1)).await.unwrap_err();
        assert_eq!((error.kind(), error.send_state()), (ErrorKind::Blocked, SendState::NotSent));
        assert_eq!(error.retry_advice(), RetryAdvice::Hold, "the orders are kept");
        assert!(provider.preview(&request(None, 1)).is_ok());
    }
    registry.kill_switch().enable();
    assert_eq!(sent_by(&registry, None, 1).await, "one");
    assert!(!format!("{registry:?}").contains("canary"), "{registry:?}");
}

#[tokio::test]
async fn instance_created_in_code_is_routed() {
    let acme: DynProvider = std::sync::Arc::new(Acme::new("made"));
    let text = format!("default = \"one\"\n{INSTANCES}\n[[routes]]\ncountry = \"NL\"\nto = \"made\"");
    let registry = builder(KEY).instance(acme.clone()).from_toml(&text).unwrap();
    assert_eq!(sent_by(&registry, Some("NL"), 1).await, "made");
    let error = builder(KEY).instance(acme.clone()).instance(acme).from_toml(&text).unwrap_err();
    assert_eq!(keys(&error), ["instances.made"]);
}
