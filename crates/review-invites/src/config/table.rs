//! Reads a table key by key, and knows at the end which keys nobody asked for.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::faults::{Faults, below, did_you_mean, one_of, shape};

/// The longest time a configuration may name: what is more is a slip.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

pub(super) struct Table<'a> {
    path: String,
    rest: Map<String, Value>,
    known: Vec<&'static str>,
    pub(super) faults: &'a mut Faults,
}

impl<'a> Table<'a> {
    /// The table at this path, or nothing after a fault.
    pub(super) fn new(path: impl Into<String>, value: Value, faults: &'a mut Faults) -> Option<Self> {
        let path = path.into();
        match value {
            Value::Object(rest) => Some(Self { path, rest, known: Vec::new(), faults }),
            other => {
                let problem = format!("expected a table, found {}", shape(&other));
                faults.add(if path.is_empty() { "configuration" } else { &path }, problem);
                None
            }
        }
    }

    pub(super) fn at(&self, key: &str) -> String {
        below(&self.path, key)
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.rest.contains_key(key)
    }

    pub(super) fn take(&mut self, key: &'static str) -> Option<Value> {
        self.known.push(key);
        self.rest.remove(key)
    }

    /// What a key holds, read by `read`; a fault where that finds nothing.
    fn read<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Option<T> {
        let value = self.take(key)?;
        let found = read(&value);
        if found.is_none() {
            let problem = match shape(&value) {
                "a number" | "a number with a fraction" if expected.contains("number") => {
                    format!("expected {expected}, found a number that does not fit")
                }
                shape => format!("expected {expected}, found {shape}"),
            };
            self.faults.add(self.at(key), problem);
        }
        found
    }

    pub(super) fn text(&mut self, key: &'static str, expected: &str) -> Option<String> {
        self.read(key, expected, |value| {
            value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
        })
    }

    pub(super) fn flag(&mut self, key: &'static str) -> Option<bool> {
        self.read(key, "true or false, without quotes", Value::as_bool)
    }

    pub(super) fn whole(&mut self, key: &'static str, least: u32) -> Option<u32> {
        let whole = |value: &Value| u32::try_from(value.as_u64()?).ok().filter(|number| *number >= least);
        self.read(key, &format!("a whole number, {least} or more"), whole)
    }

    /// A number of 1 or more that must be there.
    pub(super) fn required_whole(&mut self, key: &'static str) -> Option<u32> {
        if !self.has(key) {
            self.faults.add(self.at(key), "expected a whole number, 1 or more, found nothing; set it");
        }
        self.whole(key, 1)
    }

    pub(super) fn seconds(&mut self, key: &'static str, zero: bool) -> Option<Duration> {
        let least = if zero { "0 or more" } else { "more than 0" };
        self.read(key, &format!("a number of seconds, {least}, up to a day"), |value| {
            let time = Duration::try_from_secs_f64(value.as_f64()?).ok()?;
            (time <= LONGEST && (zero || !time.is_zero())).then_some(time)
        })
    }

    /// What nobody asked for.
    pub(super) fn rest(self) -> Map<String, Value> {
        self.rest
    }

    /// Every key that nobody asked for is a fault.
    pub(super) fn finish(self) {
        for key in self.rest.keys() {
            let known = self.known.iter().copied();
            let problem =
                format!("expected {}, found another key{}", one_of(known.clone()), did_you_mean(key, known));
            self.faults.add(below(&self.path, key), problem);
        }
    }
}
