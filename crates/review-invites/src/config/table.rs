//! Reads a table of a file key by key, and reports the keys that were not read.

use review_core::FieldError;
use review_core::config::{ConfigErrors, RawValue, one_of, shown_key, suggestion};
use serde_json::{Map, Value};

pub(super) struct Table<'a> {
    path: String,
    rest: Map<String, Value>,
    known: Vec<&'static str>,
    pub(super) errors: &'a mut ConfigErrors,
}

impl<'a> Table<'a> {
    /// Returns the table at this path, or adds an error.
    pub(super) fn new(path: impl Into<String>, value: Value, errors: &'a mut ConfigErrors) -> Option<Self> {
        let path = path.into();
        match value {
            Value::Object(rest) => Some(Self { path, rest, known: Vec::new(), errors }),
            other => {
                let name = if path.is_empty() { "configuration" } else { &path };
                errors.push(error(name, format!("must be a table, got {}", raw(other).shape())));
                None
            }
        }
    }

    pub(super) fn at(&self, key: &str) -> String {
        join_key(&self.path, key)
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.rest.contains_key(key)
    }

    pub(super) fn take(&mut self, key: &'static str) -> Option<Value> {
        self.known.push(key);
        self.rest.remove(key)
    }

    pub(super) fn text(&mut self, key: &'static str, expected: &str) -> Option<String> {
        let value = self.take(key)?;
        let text = value.as_str().map(str::trim).filter(|text| !text.is_empty());
        if text.is_none() {
            let found = raw(value.clone()).shape();
            self.errors.push(error(self.at(key), format!("must be {expected}, got {found}")));
        }
        text.map(str::to_owned)
    }

    pub(super) fn flag(&mut self, key: &'static str) -> Option<bool> {
        let value = self.take(key)?;
        if !value.is_boolean() {
            let found = raw(value.clone()).shape();
            self.errors
                .push(error(self.at(key), format!("must be true or false, without quotes, got {found}")));
        }
        value.as_bool()
    }

    /// Returns the keys that were not read.
    pub(super) fn rest(self) -> Map<String, Value> {
        self.rest
    }

    /// Adds an error for every key that was not read.
    pub(super) fn finish(self) {
        for key in self.rest.keys() {
            let known = self.known.iter().map(|known| (*known, join_key(&self.path, known)));
            let hint = suggestion(key, known);
            let message = format!("is not a key; must be {}{hint}", one_of(self.known.iter().copied()));
            self.errors.push(error(join_key(&self.path, key), message));
        }
    }
}

pub(super) fn error(key: impl Into<String>, message: impl Into<String>) -> FieldError {
    FieldError::new(key.into(), message.into())
}

/// The path of a key in a table, as an error can show it.
pub(crate) fn join_key(path: &str, key: &str) -> String {
    let key = &*shown_key(key);
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// A value of a file as the value of a setting.
pub(super) fn raw(value: Value) -> RawValue {
    match value {
        Value::String(text) => RawValue::Text(text),
        Value::Bool(flag) => RawValue::Boolean(flag),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => RawValue::Integer(whole),
            (None, Some(decimal)) => RawValue::Decimal(decimal),
            (None, None) => RawValue::Other("a number"),
        },
        Value::Array(items) => {
            let text = |item: &Value| item.as_str().map(str::to_owned);
            match items.iter().map(text).collect::<Option<Vec<_>>>() {
                Some(items) => RawValue::List(items),
                None => RawValue::Other("a list of other values than texts"),
            }
        }
        Value::Object(_) => RawValue::Other("a table"),
        Value::Null => RawValue::Other("nothing"),
    }
}
