//! The JSON schema of a configuration, from the tables of settings.

use std::collections::BTreeSet;

use review_core::config::{KeyInfo, Presence, ValueType};
use serde_json::{Map, Value, json};

use super::builder::RegistryBuilder;
use crate::http_settings::HTTP_KEYS;

impl RegistryBuilder {
    /// Returns the JSON schema (draft 2020-12) of a configuration with the available vendors, for editors
    /// and checks. A file that matches it can still be invalid: the vendor checks the form of each value.
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
            let common = [
                ("vendor", json!({ "const": name })),
                (
                    "shop",
                    json!({ "description": "The shop, if it is not that of the file.", "type": "string" }),
                ),
                ("http", json!({ "$ref": "#/$defs/http" })),
            ];
            definitions.insert((*name).to_owned(), table(factory.keys(), common, vec!["vendor".to_owned()]));
        }
        definitions.insert("http".to_owned(), table(HTTP_KEYS, [], Vec::new()));
        definitions.insert("reference".to_owned(), reference());
        definitions.insert("route".to_owned(), route());
        let choice = names.iter().map(|name| {
            json!({
                "if": { "properties": { "vendor": { "const": name } }, "required": ["vendor"] },
                "then": { "$ref": format!("#/$defs/{name}") },
            })
        });
        let choice: Vec<_> = choice.collect();
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
                "shop": { "description": "The shop: part of the identity of every invitation.", "type": "string", "default": "default" },
                "default": { "description": "The instance that is used if no route matches.", "type": "string" },
                "sending": { "description": "false: no instance sends anything.", "type": "boolean", "default": true },
                "instances": {
                    "description": "Vendor accounts by name.",
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

/// A table with these keys, and with others that are not from a table of settings.
fn table<const N: usize>(keys: &[KeyInfo], common: [(&str, Value); N], mut required: Vec<String>) -> Value {
    let mut properties: Map<String, Value> =
        common.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect();
    let mut together = Map::new();
    let mut rules = BTreeSet::new();
    for key in keys {
        properties.insert(key.name.to_owned(), property(key));
        if let Some(other) = key.requires {
            together.insert(key.name.to_owned(), json!([other]));
        }
        if let Some(other) = key.conflicts_with {
            rules.insert(json!({ "not": { "required": [key.name, other] } }).to_string());
        }
        match key.presence {
            Presence::Required => required.push(key.name.to_owned()),
            Presence::RequiredUnless(other) => {
                let (one, two) = if key.name < other { (key.name, other) } else { (other, key.name) };
                let rule = json!({ "anyOf": [{ "required": [one] }, { "required": [two] }] });
                rules.insert(rule.to_string());
            }
            Presence::RequiredUnlessAny(others) => {
                let one_of = [key.name].into_iter().chain(others.iter().copied());
                let rule: Vec<_> = one_of.map(|name| json!({ "required": [name] })).collect();
                rules.insert(json!({ "anyOf": rule }).to_string());
            }
            _ => {}
        }
    }
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if let Some(schema) = schema.as_object_mut() {
        if !required.is_empty() {
            schema.insert("required".to_owned(), json!(required));
        }
        if !together.is_empty() {
            schema.insert("dependentRequired".to_owned(), together.into());
        }
        let rules: Vec<Value> = rules.iter().filter_map(|rule| serde_json::from_str(rule).ok()).collect();
        if !rules.is_empty() {
            schema.insert("allOf".to_owned(), rules.into());
        }
    }
    schema
}

fn property(key: &KeyInfo) -> Value {
    let text = json!({ "type": "string", "minLength": 1 });
    let inline = match key.value_type {
        ValueType::Choice(words) => json!({ "enum": words }),
        ValueType::Url => json!({ "type": "string", "format": "uri" }),
        ValueType::Integer => json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }),
        ValueType::Boolean => json!({ "type": "boolean" }),
        ValueType::Seconds => json!({ "type": "number", "minimum": 0, "maximum": 86400 }),
        ValueType::List => json!({ "type": "array", "items": text }),
        _ => text,
    };
    let reference = json!({ "$ref": "#/$defs/reference" });
    let form = if key.secret { reference } else { json!({ "anyOf": [inline, reference] }) };
    let mut property = json!({ "description": key.description });
    if let (Some(property), Value::Object(form)) = (property.as_object_mut(), form) {
        property.extend(form);
        if let Presence::Default(value) = key.presence {
            property
                .insert("default".to_owned(), serde_json::from_str(value).unwrap_or_else(|_| value.into()));
        }
    }
    property
}

fn reference() -> Value {
    let text = json!({ "type": "string", "minLength": 1 });
    json!({
        "description": "A value that is not in the file.",
        "type": "object",
        "properties": { "env": text, "file": text },
        "additionalProperties": false,
        "minProperties": 1,
        "maxProperties": 1,
    })
}

fn route() -> Value {
    let text = json!({ "type": "string", "minLength": 1 });
    let weight = json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX });
    json!({
        "type": "object",
        "properties": {
            "locale": text,
            "country": text,
            "shop": text,
            "to": text,
            "split": { "type": "object", "additionalProperties": weight, "minProperties": 1 },
        },
        "oneOf": [{ "required": ["to"] }, { "required": ["split"] }],
        "additionalProperties": false,
    })
}
