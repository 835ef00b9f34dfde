//! Lenient look-ups in JSON that remember where they looked.
//!
//! Every look-up comes in one flavour: it fails with [`Reason::Malformed`] where a member has the
//! wrong JSON type. Where a member is a mere decoration, the caller drops that failure.

use serde_json::{Map, Value};

use crate::Reason;

/// The members of one JSON object, and its path in the document.
#[derive(Clone)]
pub(crate) struct Fields<'a> {
    members: &'a Map<String, Value>,
    path: String,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(members: &'a Map<String, Value>, path: impl Into<String>) -> Self {
        Self { members, path: path.into() }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// The value at a dotted path of our own, such as `customer.email`. A missing member and `null`
    /// are the same: shop systems use both for "nothing".
    pub(crate) fn value(&self, dotted: &str) -> Result<Option<&'a Value>, Reason> {
        let mut members = self.members;
        let mut walked = 0;
        let mut names = dotted.split('.').peekable();
        while let Some(name) = names.next() {
            walked += name.len() + 1;
            let value = match members.get(name) {
                None | Some(Value::Null) => return Ok(None),
                Some(value) => value,
            };
            if names.peek().is_none() {
                return Ok(Some(value));
            }
            members = match value {
                Value::Object(inner) => inner,
                // PHP writes an empty object as [].
                Value::Array(list) if list.is_empty() => return Ok(None),
                other => {
                    let so_far = dotted.get(..walked - 1).unwrap_or(dotted);
                    return Err(self.wrong_type(so_far, other, "an object"));
                }
            };
        }
        Ok(None)
    }

    /// A text without surrounding white space. Empty texts and the text `NULL`, which exports
    /// write for nothing, are nothing.
    pub(crate) fn text(&self, dotted: &str) -> Result<Option<&'a str>, Reason> {
        match self.value(dotted)? {
            None => Ok(None),
            Some(Value::String(text)) => Ok(known(text)),
            Some(other) => Err(self.wrong_type(dotted, other, "a text")),
        }
    }

    /// A text that is only a decoration: of the wrong type, it is left out.
    pub(crate) fn optional_text(&self, dotted: &str) -> Option<&'a str> {
        self.text(dotted).ok().flatten()
    }

    /// A number or key of the shop, which may come as a text or as a whole number. A number with a
    /// fraction or an exponent has been rounded by some program on the way: it may be another's key.
    pub(crate) fn identifier(&self, dotted: &str) -> Result<Option<String>, Reason> {
        match self.value(dotted)? {
            None => Ok(None),
            Some(Value::String(text)) => Ok(known(text).map(str::to_owned)),
            Some(Value::Number(number)) if number.is_u64() || number.is_i64() => Ok(Some(number.to_string())),
            Some(other) => Err(self.wrong_type(dotted, other, "a text or a whole number")),
        }
    }

    /// A yes or no, in any of the ways of [`truth`].
    pub(crate) fn flag(&self, dotted: &str) -> Result<Option<bool>, Reason> {
        match self.value(dotted)? {
            None => Ok(None),
            Some(Value::String(text)) if known(text).is_none() => Ok(None),
            Some(value) => match truth(value) {
                Some(answer) => Ok(Some(answer)),
                None => Err(self.wrong_type(dotted, value, "true or false")),
            },
        }
    }

    /// The values of a list, empty where the member is missing.
    pub(crate) fn list(&self, dotted: &str) -> Result<&'a [Value], Reason> {
        match self.value(dotted)? {
            None => Ok(&[]),
            Some(Value::Array(list)) => Ok(list),
            Some(other) => Err(self.wrong_type(dotted, other, "a list")),
        }
    }

    /// The objects of a list; any other element is a fault.
    pub(crate) fn objects(&self, dotted: &str) -> Result<Vec<Fields<'a>>, Reason> {
        let elements = self.list(dotted)?.iter().enumerate();
        elements
            .map(|(index, element)| {
                let name = format!("{dotted}[{index}]");
                match element {
                    Value::Object(members) => Ok(Fields::new(members, self.at(&name))),
                    other => Err(self.wrong_type(&name, other, "an object")),
                }
            })
            .collect()
    }

    /// The values an `{"…": name, "value": …}` list holds under a name. Elements of another shape
    /// cannot carry a marker and are passed over.
    pub(crate) fn named_values(
        &self,
        list: &str,
        name_member: &str,
        name: &str,
    ) -> Result<Vec<&'a Value>, Reason> {
        let named = |element: &&Value| {
            let found = element.get(name_member).and_then(Value::as_str);
            found.is_some_and(|found| !name.is_empty() && found.trim() == name)
        };
        let elements = self.list(list)?.iter().filter(named);
        Ok(elements.map(|element| element.get("value").unwrap_or(&Value::Null)).collect())
    }

    /// A fault of this member.
    pub(crate) fn malformed(&self, dotted: &str, problem: impl Into<String>) -> Reason {
        Reason::Malformed { at: self.at(dotted), problem: problem.into() }
    }

    fn wrong_type(&self, dotted: &str, found: &Value, expected: &str) -> Reason {
        self.malformed(dotted, type_problem(found, expected))
    }

    fn at(&self, dotted: &str) -> String {
        if self.path.is_empty() { dotted.to_owned() } else { format!("{}.{dotted}", self.path) }
    }
}

/// `None` for the texts that mean nothing. `Null` is a family name, `NULL` is a database's.
fn known(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !matches!(*text, "" | "NULL"))
}

/// What a value says to a yes-or-no question. Exports write `"TRUE"`, plugins `"yes"` and `"1"`, and
/// a ticked HTML checkbox without a value of its own sends `on`.
pub(crate) fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(answer) => Some(*answer),
        Value::Number(number) => match number.as_u64() {
            Some(1) => Some(true),
            Some(0) => Some(false),
            _ => None,
        },
        Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "yes" | "y" | "on" | "1" => Some(true),
            "false" | "no" | "n" | "off" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// Says what was found and what was expected, without repeating any of the value.
pub(crate) fn type_problem(found: &Value, expected: &str) -> String {
    let found = match found {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "true or false".to_owned(),
        Value::Number(number) if number.is_f64() => "a number with a fraction or an exponent".to_owned(),
        Value::Number(_) => "a number".to_owned(),
        Value::String(text) => format!("a text of {} characters", text.chars().count()),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    };
    format!("expected {expected}, found {found}")
}

/// A status word as a message may show it. Anything that is not plainly a word may be somebody's
/// data in the wrong member, and is described instead.
pub(crate) fn shown(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if word.len() <= 32 && word.chars().all(plain) && word.chars().any(|c| c.is_ascii_alphabetic()) {
        format!("`{word}`")
    } else {
        format!("a text of {} characters", word.chars().count())
    }
}
