//! A small declarative checker for JSON bodies: the members that an object can and must have, and their formats.
//!
//! Each endpoint describes its body as a table; members that are not in the table are rejected by name. A lenient
//! server would silently ignore a misspelled member.

use serde_json::{Map, Value};

/// Checks a text; the error describes what the text should be ("is not ...").
pub(crate) type Format = fn(&str) -> Result<(), &'static str>;

/// What a value has to be.
pub(crate) enum Schema {
    /// A non-empty string of a certain format.
    Text(Format),
    /// One of these strings.
    OneOf(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
    /// An integer from 0.
    Whole,
    /// Any number.
    Number,
    /// An object with these members.
    Object(&'static [Member]),
    /// A list of such values.
    List(&'static Self),
    /// A non-empty list of such values.
    Some(&'static Self),
    /// An object of any members, whose values are strings, numbers or booleans.
    ScalarMap,
}

/// A member of an object.
pub(crate) struct Member {
    name: &'static str,
    required: bool,
    schema: Schema,
}

/// A required member.
pub(crate) const fn must(name: &'static str, schema: Schema) -> Member {
    Member { name, required: true, schema }
}

/// An optional member. `null` does not count as absent.
pub(crate) const fn may(name: &'static str, schema: Schema) -> Member {
    Member { name, required: false, schema }
}

/// What is wrong with a member.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    Missing,
    Unknown,
    /// The JSON type that was expected.
    Type(&'static str),
    Empty,
    /// What the value should be.
    Format(&'static str),
}

/// A violation: where, and what. Never contains a value of the body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    /// The object with the member: empty for the body itself, otherwise for example `products[0]`.
    pub(crate) parent: String,
    /// The member; empty for the body itself.
    pub(crate) name: String,
    pub(crate) problem: Problem,
}

impl Violation {
    /// Returns the member's full path, for example `products[0].sku`.
    pub(crate) fn path(&self) -> String {
        join(&self.parent, &self.name)
    }
}

/// Compares a body with its table. The violations are in the table's order, unknown members last.
pub(crate) fn object(members: &[Member], body: &Value) -> Vec<Violation> {
    let mut violations = Vec::new();
    match body {
        Value::Object(map) => walk(members, map, "", &mut violations),
        _ => violations.push(violation("", "", Problem::Type("object"))),
    }
    violations
}

fn walk(members: &[Member], map: &Map<String, Value>, parent: &str, violations: &mut Vec<Violation>) {
    for member in members {
        match map.get(member.name) {
            Some(found) => value(&member.schema, found, parent, member.name, violations),
            None if member.required => violations.push(violation(parent, member.name, Problem::Missing)),
            None => {}
        }
    }
    for name in map.keys().filter(|name| members.iter().all(|member| member.name != name.as_str())) {
        violations.push(violation(parent, name, Problem::Unknown));
    }
}

fn value(schema: &Schema, found: &Value, parent: &str, name: &str, violations: &mut Vec<Violation>) {
    let mut add = |problem| violations.push(violation(parent, name, problem));
    match (schema, found) {
        (Schema::Text(_) | Schema::OneOf(_), Value::String(text)) if text.is_empty() => add(Problem::Empty),
        (Schema::Text(form), Value::String(text)) => {
            if let Err(wanted) = form(text) {
                add(Problem::Format(wanted));
            }
        }
        (Schema::OneOf(known), Value::String(text)) => {
            if !known.contains(&text.as_str()) {
                add(Problem::Format("one of the documented values"));
            }
        }
        (Schema::Flag, Value::Bool(_)) => {}
        (Schema::Whole, Value::Number(number)) if number.is_u64() => {}
        (Schema::Number, Value::Number(_)) => {}
        (Schema::Object(members), Value::Object(map)) => walk(members, map, &join(parent, name), violations),
        (Schema::Some(_), Value::Array(items)) if items.is_empty() => add(Problem::Empty),
        (Schema::List(inner) | Schema::Some(inner), Value::Array(items)) => {
            for (index, item) in items.iter().enumerate() {
                value(inner, item, parent, &format!("{name}[{index}]"), violations);
            }
        }
        (Schema::ScalarMap, Value::Object(map)) => {
            let parent = join(parent, name);
            let wrong =
                map.iter().filter(|(_, value)| value.is_null() || value.is_array() || value.is_object());
            violations.extend(wrong.map(|(name, _)| violation(&parent, name, Problem::Type("string"))));
        }
        (schema, _) => add(Problem::Type(schema.json_type())),
    }
}

impl Schema {
    fn json_type(&self) -> &'static str {
        match self {
            Self::Text(_) | Self::OneOf(_) => "string",
            Self::Flag => "boolean",
            Self::Whole => "integer",
            Self::Number => "number",
            Self::Object(_) | Self::ScalarMap => "object",
            Self::List(_) | Self::Some(_) => "array",
        }
    }
}

fn violation(parent: &str, name: &str, problem: Problem) -> Violation {
    Violation { parent: parent.to_owned(), name: name.to_owned(), problem }
}

fn join(parent: &str, name: &str) -> String {
    if parent.is_empty() { name.to_owned() } else { format!("{parent}.{name}") }
}

/// Returns the text at a JSON pointer, for bodies that have passed the checks.
pub(crate) fn text<'a>(body: &'a Value, pointer: &str) -> Option<&'a str> {
    body.pointer(pointer).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    static INNER: [Member; 1] = [must("sku", Schema::Text(|_| Ok(())))];
    static ITEM: Schema = Schema::Object(&INNER);
    static TABLE: [Member; 7] = [
        must("name", Schema::Text(|text| if text == "x" { Ok(()) } else { Err("x") })),
        may("kind", Schema::OneOf(&["a"])),
        may("on", Schema::Flag),
        may("days", Schema::Whole),
        may("items", Schema::List(&ITEM)),
        may("some", Schema::Some(&ITEM)),
        may("notes", Schema::ScalarMap),
    ];

    fn found(body: &Value) -> Vec<(String, Problem)> {
        object(&TABLE, body).into_iter().map(|violation| (violation.path(), violation.problem)).collect()
    }

    #[test]
    fn valid_body_has_no_violations() {
        let body = json!({"name": "x", "kind": "a", "on": false, "days": 0, "items": [], "some": [{"sku": "1"}],
            "notes": {"k": ""}});
        assert_eq!(found(&body), []);
    }

    #[test]
    fn violations_are_found_with_their_path() {
        let one = |body: Value, path: &str, problem: Problem| {
            assert_eq!(found(&body), [(path.to_owned(), problem)]);
        };
        one(json!([]), "", Problem::Type("object"));
        one(json!({}), "name", Problem::Missing);
        one(json!({"name": ""}), "name", Problem::Empty);
        one(json!({"name": null}), "name", Problem::Type("string"));
        one(json!({"name": "y"}), "name", Problem::Format("x"));
        one(json!({"name": "x", "extra": 1}), "extra", Problem::Unknown);
        one(json!({"name": "x", "kind": "b"}), "kind", Problem::Format("one of the documented values"));
        one(json!({"name": "x", "on": "true"}), "on", Problem::Type("boolean"));
        one(json!({"name": "x", "days": 1.5}), "days", Problem::Type("integer"));
        one(json!({"name": "x", "days": -1}), "days", Problem::Type("integer"));
        one(json!({"name": "x", "items": {}}), "items", Problem::Type("array"));
        one(json!({"name": "x", "items": [{"sku": "1"}, {}]}), "items[1].sku", Problem::Missing);
        one(json!({"name": "x", "items": ["a"]}), "items[0]", Problem::Type("object"));
        one(json!({"name": "x", "some": []}), "some", Problem::Empty);
        one(
            json!({"name": "x", "notes": {"n": 1, "b": true, "k": null}}),
            "notes.k",
            Problem::Type("string"),
        );
    }
}
