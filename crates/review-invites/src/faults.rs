//! All that is wrong with a configuration, told at once.

use std::collections::BTreeSet;

use review_core::{Error, FieldError, Result};
use serde_json::Value;

/// Faults as they are found, one for each key: what follows from a fault is not told of it again.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    /// In the order in which they were found.
    found: Vec<FieldError>,
    keys: BTreeSet<String>,
}

impl Faults {
    pub(crate) fn add(&mut self, key: impl Into<String>, problem: impl Into<String>) {
        self.note(FieldError::new(key, problem));
    }

    pub(crate) fn note(&mut self, fault: FieldError) {
        if self.keys.insert(fault.field().to_owned()) {
            self.found.push(fault);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.keys.contains(key)
    }

    /// Whether this key or one below it is wrong.
    pub(crate) fn within(&self, path: &str) -> bool {
        let mut same_beginning = self.keys.range(path.to_owned()..).map_while(|key| key.strip_prefix(path));
        same_beginning.any(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    }

    /// The value of a check, or nothing after noting its fault under this key.
    pub(crate) fn keep<T>(&mut self, key: &str, checked: Result<T, FieldError>) -> Option<T> {
        checked.map_err(|fault| self.note(fault.at(key))).ok()
    }

    pub(crate) fn append(&mut self, other: Self) {
        for fault in other.found {
            self.note(fault);
        }
    }

    /// What came of it, or every fault.
    pub(crate) fn finish<T>(self, value: Option<T>) -> Result<T> {
        match value {
            Some(value) if self.found.is_empty() => Ok(value),
            _ => Err(Error::config(self.found)),
        }
    }
}

/// A key below another.
pub(crate) fn below(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// What was found, by its shape.
pub(crate) fn shape(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(number) if number.is_f64() => "a number with a fraction",
        Value::Number(_) => "a number",
        Value::String(text) if text.trim().is_empty() => "an empty text",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a table",
    }
}

/// `; did you mean …?`, where one of the known names is close to what was found.
pub(crate) fn did_you_mean<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    closest(found, known).map_or_else(String::new, |name| format!("; did you mean {name}?"))
}

/// The known name of which this may be a slip: one letter wrong, and one more for every five.
pub(crate) fn closest<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let found = found.to_lowercase();
    let slips = |name: &str| strsim::osa_distance(&found, &name.to_lowercase());
    known
        .into_iter()
        .map(|name| (slips(name), name))
        .filter(|(slips, name)| *slips <= 1 + name.len() / 5)
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, name)| name)
}

/// `one of a, b`, or `a` where there is nothing else.
pub(crate) fn one_of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    match names.into_iter().collect::<Vec<_>>().as_slice() {
        [only] => (*only).to_owned(),
        names => format!("one of {}", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_told_from_another_word() {
        let known = ["api_key", "api_secret", "domain"];
        assert_eq!(did_you_mean("api_kye", known), "; did you mean api_key?");
        assert_eq!(did_you_mean("API_SECRETS", known), "; did you mean api_secret?");
        assert_eq!(did_you_mean("colour", known), "");
    }

    #[test]
    fn a_key_is_told_once() {
        let mut faults = Faults::default();
        faults.add("a", "first");
        faults.add("a", "second");
        faults.add("b", "third");
        let error = faults.finish(Some(())).unwrap_err();
        let told: Vec<_> = error.fields().iter().map(ToString::to_string).collect();
        assert_eq!(told, ["a: first", "b: third"]);
    }
}
