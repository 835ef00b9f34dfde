//! The JSON schema of a configuration, made from the settings that vendors list.

use std::collections::BTreeSet;

use review_http::{ConfigKey, Presence};
use serde_json::{Map, Value, json};

use super::RegistryBuilder;

impl RegistryBuilder {
    /// The JSON schema (draft 2020-12) of a configuration of the vendors there are, for editors and checks. A
    /// file that keeps it can still be wrong: the form of a setting is checked by its vendor.
    ///
    /// ```
    /// let schema = review_invites::Registry::builder().schema();
    /// assert!(schema.contains("\"instances\""));
    /// ```
    #[must_use]
    pub fn schema(&self) -> String {
        let vendors: Vec<_> = self.vendors.usable().collect();
        let names: Vec<_> = vendors.iter().map(|(name, _)| *name).collect();
        let mut definitions = Map::new();
        for (name, factory) in &vendors {
            definitions.insert((*name).to_owned(), instance(name, factory.settings()));
        }
        definitions.extend(shared());
        let choice: Vec<_> = names
            .iter()
            .map(|name| {
                json!({
                    "if": { "properties": { "vendor": { "const": name } }, "required": ["vendor"] },
                    "then": { "$ref": format!("#/$defs/{name}") },
                })
            })
            .collect();
        let mut instance = json!({
            "type": "object",
            "properties": { "vendor": { "enum": names } },
            "required": ["vendor"],
        });
        if let (Some(instance), false) = (instance.as_object_mut(), choice.is_empty()) {
            instance.insert("allOf".to_owned(), choice.into());
        }
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "review-invites",
            "type": "object",
            "properties": {
                "default": { "description": "The instance that is used where no route says otherwise.", "type": "string" },
                "sending": { "description": "false: nothing is sent, by any instance.", "type": "boolean", "default": true },
                "instances": {
                    "description": "Accounts at vendors, by labels of your own.",
                    "type": "object",
                    "propertyNames": { "pattern": "^[A-Za-z0-9._-]{1,64}$" },
                    "minProperties": 1,
                    "additionalProperties": instance,
                },
                "routes": { "description": "Which requests go where, tried in this order.", "type": "array", "items": { "$ref": "#/$defs/route" } },
            },
            "required": ["instances"],
            "additionalProperties": false,
            "$defs": definitions,
        });
        format!("{schema:#}\n")
    }
}

/// An instance of a vendor.
fn instance(vendor: &str, settings: &[ConfigKey]) -> Value {
    let key =
        |name: &str| settings.iter().find(|setting| setting.name == name).map(|setting| setting.key(vendor));
    let mut properties = Map::new();
    properties.insert("vendor".to_owned(), json!({ "const": vendor }));
    properties.insert("http".to_owned(), json!({ "$ref": "#/$defs/http" }));
    let mut required = vec!["vendor".to_owned()];
    let mut together = Map::new();
    let mut either = BTreeSet::new();
    for setting in settings {
        let own = setting.key(vendor);
        let form = if setting.secret { "#/$defs/secret" } else { "#/$defs/setting" };
        properties.insert(own.clone(), json!({ "description": setting.description, "$ref": form }));
        if let Some(other) = setting.requires.and_then(key) {
            together.insert(own.clone(), json!([other]));
        }
        match setting.presence {
            Presence::Required => required.push(own),
            Presence::RequiredUnless(other) => {
                either.extend(key(other).map(|other| if own < other { (own, other) } else { (other, own) }));
            }
            _ => {}
        }
    }
    let either: Vec<_> = either
        .into_iter()
        .map(|(one, other)| json!({ "anyOf": [{ "required": [one] }, { "required": [other] }] }))
        .collect();
    let mut schema = json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    });
    if let Some(schema) = schema.as_object_mut() {
        if !together.is_empty() {
            schema.insert("dependentRequired".to_owned(), together.into());
        }
        if !either.is_empty() {
            schema.insert("allOf".to_owned(), either.into());
        }
    }
    schema
}

/// What does not depend on vendors.
fn shared() -> Map<String, Value> {
    let seconds = json!({ "type": "number", "exclusiveMinimum": 0, "maximum": 86400 });
    let seconds_or_none = json!({ "type": "number", "minimum": 0, "maximum": 86400 });
    let count = json!({ "type": "integer", "minimum": 1, "maximum": u32::MAX });
    let number = json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX });
    let text = json!({ "type": "string", "minLength": 1 });
    let secret = json!({
        "type": "object",
        "properties": { "env": text, "file": text },
        "additionalProperties": false,
        "minProperties": 1,
        "maxProperties": 1,
    });
    let limit = json!({
        "type": "object",
        "properties": { "calls": count, "seconds": count },
        "required": ["calls", "seconds"],
        "additionalProperties": false,
    });
    let definitions = json!({
        "secret": secret,
        "setting": { "anyOf": [{ "type": "string" }, { "$ref": "#/$defs/secret" }] },
        "http": {
            "type": "object",
            "properties": {
                "attempts": count,
                "first_wait_seconds": seconds_or_none,
                "longest_wait_seconds": seconds_or_none,
                "attempt_timeout_seconds": seconds,
                "deadline_seconds": seconds,
                "budget": number,
                "connect_timeout_seconds": seconds,
                "idle_timeout_seconds": seconds_or_none,
                "limits": { "anyOf": [{ "const": "none" }, { "type": "array", "items": limit, "minItems": 1 }] },
            },
            "additionalProperties": false,
        },
        "route": {
            "type": "object",
            "properties": {
                "locale": text,
                "country": text,
                "shop": text,
                "to": text,
                "split": { "type": "object", "additionalProperties": number, "minProperties": 1 },
            },
            "oneOf": [{ "required": ["to"] }, { "required": ["split"] }],
            "additionalProperties": false,
        },
    });
    match definitions {
        Value::Object(definitions) => definitions,
        _ => Map::new(),
    }
}
