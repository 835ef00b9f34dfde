//! The schema that is checked in is the one that is generated, and it agrees with the registry.
#![cfg(all(feature = "etrusted", feature = "kiyoh", feature = "trustpilot", feature = "webwinkelkeur"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod common;

use review_invites::Registry;
use serde_json::{Value, json};

#[test]
fn checked_in_schema_is_up_to_date() {
    assert!(
        Registry::builder().schema() == include_str!("../config.schema.json").replace("\r\n", "\n"),
        "generate it: cargo run -p review-invites --example config_schema --features all-vendors > \
         crates/review-invites/config.schema.json"
    );
}

#[test]
fn every_setting_is_in_the_schema() {
    let schema: Value = serde_json::from_str(&common::builder(&[]).schema()).unwrap();
    for (vendor, keys) in [
        ("etrusted", review_invites::etrusted::CONFIG_KEYS),
        ("kiyoh", review_invites::kiyoh::CONFIG_KEYS),
        ("trustpilot", review_invites::trustpilot::CONFIG_KEYS),
        ("webwinkelkeur", review_invites::webwinkelkeur::CONFIG_KEYS),
        ("acme", common::ACME_KEYS),
    ] {
        let instance = &schema["$defs"][vendor];
        for key in keys {
            let property = &instance["properties"][key.name];
            assert_eq!(property["description"], key.description, "{vendor}.{}", key.name);
            assert_eq!(property["$ref"] == json!("#/$defs/reference"), key.secret, "{vendor}.{}", key.name);
        }
        assert_eq!(
            instance["properties"].as_object().unwrap().len(),
            keys.len() + 3,
            "vendor, shop and http"
        );
    }
    assert_eq!(schema["$defs"]["acme"]["required"], json!(["vendor", "api_key"]));
}
