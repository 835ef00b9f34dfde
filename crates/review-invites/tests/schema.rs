//! The schema that is checked in is the one that is made, and it says what the registry says.
#![cfg(all(feature = "etrusted", feature = "trustpilot"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod common;

use review_invites::Registry;
use serde_json::Value;

#[test]
fn the_schema_that_is_checked_in_is_up_to_date() {
    assert!(
        Registry::builder().schema() == include_str!("../config.schema.json").replace("\r\n", "\n"),
        "make it anew: cargo run -p review-invites --example config_schema --features full > \
         crates/review-invites/config.schema.json"
    );
}

#[test]
fn every_setting_has_its_place() {
    let schema: Value = serde_json::from_str(&common::builder(&[]).schema()).unwrap();
    for (vendor, settings) in [
        ("etrusted", review_invites::etrusted::SETTINGS),
        ("trustpilot", review_invites::trustpilot::SETTINGS),
    ] {
        let instance = &schema["$defs"][vendor];
        for setting in settings {
            let property = &instance["properties"][setting.key(vendor)];
            let form = if setting.secret { "#/$defs/secret" } else { "#/$defs/setting" };
            assert_eq!((&property["$ref"], &property["description"]), (&form.into(), &setting.description.into()));
        }
        assert_eq!(instance["properties"].as_object().unwrap().len(), settings.len() + 2, "vendor and http");
    }
    let required = |vendor: &str| schema["$defs"][vendor]["required"].as_array().unwrap().len();
    assert_eq!((required("acme"), required("etrusted"), required("trustpilot")), (2, 5, 3));
    assert_eq!(
        schema["$defs"]["trustpilot"]["dependentRequired"],
        serde_json::json!({ "username": ["password"], "password": ["username"] })
    );
    let either = schema["$defs"]["trustpilot"]["allOf"].as_array().unwrap();
    assert_eq!(either.len(), 2, "log-in or user id, unit id or domain: {either:?}");
}
