//! Lenient access to the members of a record, which remembers the path for errors.
//!
//! A lookup fails with [`IneligibleReason::Malformed`] if a member has the wrong JSON type, or appears
//! twice with different values. Optional values are left out with a warning instead.

use std::borrow::Cow;
use std::slice;

use crate::eligible_order::OrderWarning;
use crate::input::lexical::is_index;
use crate::json::{Json, Member};
use crate::reason::IneligibleReason;

/// The most lines, parcels or refunds of an order. A line takes forty times the memory of an empty object, so that the
/// limit of a record alone would not bound the memory well.
const MAX_OBJECTS: usize = 10_000;

/// The path of an object in the document. Few results show it, so that it is put together late.
#[derive(Clone, Debug, Default)]
pub(crate) struct Path<'v> {
    outer: Cow<'v, str>,
    /// The list that contains the object, and the position in it.
    element: Option<(&'static str, usize)>,
}

impl Path<'_> {
    /// Returns the path of a member of the object.
    pub(crate) fn at(&self, dotted: &str) -> String {
        let mut path = self.outer.clone().into_owned();
        let mut push = |part: &str| {
            path.push_str(if path.is_empty() || part.is_empty() { "" } else { "." });
            path.push_str(part);
        };
        if let Some((list, index)) = self.element {
            push(&format!("{list}[{index}]"));
        }
        push(dotted);
        path
    }
}

/// The members of one object, and its path in the document.
#[derive(Clone)]
pub(crate) struct Fields<'v> {
    members: &'v [Member<'v>],
    path: Path<'v>,
}

/// The values of a list, in the forms that it can have.
#[derive(Clone)]
pub(crate) enum Elements<'v> {
    List(slice::Iter<'v, Json<'v>>),
    Members(slice::Iter<'v, Member<'v>>),
    Edges(slice::Iter<'v, Json<'v>>),
}

impl<'v> Iterator for Elements<'v> {
    type Item = &'v Json<'v>;

    fn next(&mut self) -> Option<&'v Json<'v>> {
        match self {
            Self::List(list) => list.next(),
            Self::Members(members) => members.next().map(|member| &member.value),
            Self::Edges(edges) => edges.next().map(|edge| edge.get("node").unwrap_or(edge)),
        }
    }
}

impl<'v> Fields<'v> {
    pub(crate) fn new(members: &'v [Member<'v>], path: impl Into<Cow<'v, str>>) -> Self {
        Self { members, path: Path { outer: path.into(), element: None } }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.members.iter().any(|member| member.is(name))
    }

    pub(crate) fn members(&self) -> &'v [Member<'v>] {
        self.members
    }

    /// Returns the value at a dotted path such as `customer.email`. A missing member and `null` are the
    /// same, since shop systems use both.
    pub(crate) fn value(&self, dotted: &str) -> Result<Option<&'v Json<'v>>, IneligibleReason> {
        let mut members = self.members;
        let mut start = 0;
        loop {
            let rest = dotted.get(start..).unwrap_or_default();
            let (name, is_last) = match rest.bytes().position(|byte| byte == b'.') {
                Some(end) => (rest.get(..end).unwrap_or_default(), false),
                None => (rest, true),
            };
            start += name.len() + 1;
            let so_far = || dotted.get(..start - 1).unwrap_or(dotted);
            let mut same = members.iter().filter(|member| member.is(name));
            let value = match same.next() {
                None => return Ok(None),
                Some(first) => &first.value,
            };
            if same.any(|other| differ(&other.value, value)) {
                let problem = "expected one value, found this member twice with different values";
                return Err(self.malformed(so_far(), problem));
            }
            if matches!(value, Json::Null) {
                return Ok(None);
            }
            if is_last {
                return Ok(Some(value));
            }
            members = match value {
                Json::Object(inner) => inner,
                // PHP writes an empty object as [].
                Json::List(list) if list.is_empty() => return Ok(None),
                other => return Err(self.wrong_type(so_far(), other, "an object")),
            };
        }
    }

    /// Returns every value of a member, in any spelling of it. For consents, where the stricter counts.
    pub(crate) fn all_values<'f>(
        &'f self,
        is_name: impl Fn(&str) -> bool + 'f,
    ) -> impl Iterator<Item = &'v Json<'v>> + 'f {
        self.members.iter().filter(move |member| is_name(&member.name)).map(|member| &member.value)
    }

    /// Returns a text without surrounding whitespace; a whole number is one as well. Empty texts and
    /// the text `NULL` of database exports are missing.
    pub(crate) fn text(&self, dotted: &str) -> Result<Option<Cow<'v, str>>, IneligibleReason> {
        match self.value(dotted)? {
            None => Ok(None),
            Some(Json::Text(text)) => Ok(known(text).map(Cow::Borrowed)),
            Some(Json::Unsigned(number)) => Ok(Some(Cow::Owned(number.to_string()))),
            Some(Json::Signed(number)) => Ok(Some(Cow::Owned(number.to_string()))),
            Some(other) => Err(self.wrong_type(dotted, other, "a text")),
        }
    }

    /// Returns the first of several texts.
    pub(crate) fn first_text(&self, places: &[&str]) -> Result<Option<Cow<'v, str>>, IneligibleReason> {
        for place in places {
            if let Some(text) = self.text(place)? {
                return Ok(Some(text));
            }
        }
        Ok(None)
    }

    /// Returns a status word in lower case.
    pub(crate) fn word(&self, dotted: &str) -> Result<Option<Cow<'v, str>>, IneligibleReason> {
        let is_lower = |word: &str| word.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
        let word = self.text(dotted)?;
        Ok(word.map(|word| if is_lower(&word) { word } else { Cow::Owned(word.to_lowercase()) }))
    }

    /// Returns an optional text. A wrong type is left out with a warning.
    pub(crate) fn optional_text(
        &self,
        dotted: &str,
        warnings: &mut Vec<OrderWarning>,
    ) -> Option<Cow<'v, str>> {
        match self.text(dotted) {
            Ok(text) => text,
            Err(reason) => {
                warnings.extend(left_out(reason));
                None
            }
        }
    }

    /// Returns an optional text, and nothing if it has the wrong type. For members that are not part of
    /// the result.
    pub(crate) fn quiet_text(&self, dotted: &str) -> Option<Cow<'v, str>> {
        self.text(dotted).ok().flatten()
    }

    /// Returns a key of the shop. A number with a fraction or an exponent was rounded by a program, and
    /// may be the key of another record.
    pub(crate) fn identifier(&self, dotted: &str) -> Result<Option<Cow<'v, str>>, IneligibleReason> {
        match self.value(dotted)? {
            Some(other @ Json::Float(_)) => Err(self.wrong_type(dotted, other, "a text or a whole number")),
            Some(other @ (Json::Bool(_) | Json::List(_) | Json::Object(_))) => {
                Err(self.wrong_type(dotted, other, "a text or a whole number"))
            }
            _ => self.text(dotted),
        }
    }

    /// Returns a yes or no, in any spelling of [`truth`].
    pub(crate) fn flag(&self, dotted: &str) -> Result<Option<bool>, IneligibleReason> {
        match self.value(dotted)? {
            None => Ok(None),
            Some(Json::Text(text)) if known(text).is_none() => Ok(None),
            Some(value) => match truth(value) {
                Some(flag) => Ok(Some(flag)),
                None => Err(self.wrong_type(dotted, value, "true or false")),
            },
        }
    }

    /// Returns an amount or a quantity, which is a text in some systems and a number in others.
    pub(crate) fn amount(&self, dotted: &str) -> Result<Option<f64>, IneligibleReason> {
        let amount = match self.value(dotted)? {
            Some(Json::Float(number)) => Some(*number),
            Some(Json::Unsigned(number)) => Some(*number as f64),
            _ => self.text(dotted)?.and_then(|text| text.parse().ok()),
        };
        Ok(amount.filter(|amount: &f64| amount.is_finite()))
    }

    /// Returns the values of a list, none if the member is missing. PHP writes a list whose indexes have
    /// a gap as an object, and GraphQL wraps lists in `edges` and `nodes`.
    pub(crate) fn list(&self, dotted: &str) -> Result<Elements<'v>, IneligibleReason> {
        match self.value(dotted)? {
            None => Ok(Elements::List([].iter())),
            Some(Json::List(list)) => Ok(Elements::List(list.iter())),
            Some(object @ Json::Object(members)) => {
                if members.iter().all(|member| is_index(member.name.as_bytes())) {
                    return Ok(Elements::Members(members.iter()));
                }
                match (object.get("nodes"), object.get("edges")) {
                    (Some(Json::List(nodes)), _) => Ok(Elements::List(nodes.iter())),
                    (_, Some(Json::List(edges))) => Ok(Elements::Edges(edges.iter())),
                    _ => Err(self.wrong_type(dotted, object, "a list")),
                }
            }
            Some(Json::Text(text)) if known(text).is_none() => Ok(Elements::List([].iter())),
            Some(other) => Err(self.wrong_type(dotted, other, "a list")),
        }
    }

    /// Returns the objects of a list. Any other element is an error, and so are more than [`MAX_OBJECTS`].
    pub(crate) fn objects(
        &self,
        dotted: &'static str,
    ) -> Result<impl Iterator<Item = Result<Fields<'v>, IneligibleReason>>, IneligibleReason> {
        let outer = match self.path.element {
            None => self.path.outer.clone(),
            Some(_) => self.path.at("").into(),
        };
        let object = move |(index, element): (usize, &'v Json<'v>)| match element {
            _ if index >= MAX_OBJECTS => {
                Err(self.malformed(dotted, format!("expected at most {MAX_OBJECTS} elements, found more")))
            }
            Json::Object(members) => {
                let path = Path { outer: outer.clone(), element: Some((dotted, index)) };
                Ok(Fields { members, path })
            }
            other => Err(self.wrong_type(&format!("{dotted}[{index}]"), other, "an object")),
        };
        Ok(self.list(dotted)?.enumerate().map(object))
    }

    /// Returns the object at a path.
    pub(crate) fn object(&self, dotted: &str) -> Result<Option<Fields<'v>>, IneligibleReason> {
        match self.value(dotted)? {
            None => Ok(None),
            Some(Json::Object(members)) => Ok(Some(Fields::new(members, self.at(dotted)))),
            Some(Json::List(list)) if list.is_empty() => Ok(None),
            Some(other) => Err(self.wrong_type(dotted, other, "an object")),
        }
    }

    /// Returns an error of this member.
    pub(crate) fn malformed(&self, dotted: &str, problem: impl Into<String>) -> IneligibleReason {
        IneligibleReason::Malformed { path: self.at(dotted), problem: problem.into() }
    }

    fn wrong_type(&self, dotted: &str, found: &Json<'_>, expected: &str) -> IneligibleReason {
        self.malformed(dotted, format!("expected {expected}, found {}", found.shape()))
    }

    /// Returns the path of the object in the document.
    pub(crate) fn path(&self) -> &Path<'v> {
        &self.path
    }

    /// Returns the path of a member in the document.
    pub(crate) fn at(&self, dotted: &str) -> String {
        self.path.at(dotted)
    }
}

/// Compares the values of doubled members, which are rare: a function of its own keeps lookups small.
#[inline(never)]
fn differ(one: &Json<'_>, other: &Json<'_>) -> bool {
    one != other
}

/// Turns an error of an optional value into a warning.
pub(crate) fn left_out(reason: IneligibleReason) -> Option<OrderWarning> {
    match reason {
        IneligibleReason::Malformed { path, problem } => {
            Some(OrderWarning { path, problem: format!("{problem}; left out") })
        }
        _ => None,
    }
}

/// Returns `None` for texts that mean nothing. `Null` is a family name, `NULL` is a database's.
#[inline]
pub(crate) fn known(text: &str) -> Option<&str> {
    Some(trimmed(text)).filter(|text| !matches!(*text, "" | "NULL"))
}

/// Removes surrounding whitespace, which most texts do not have.
#[inline]
pub(crate) fn trimmed(text: &str) -> &str {
    let is_graphic = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    let bytes = text.as_bytes();
    if is_graphic(bytes.first()) && is_graphic(bytes.last()) { text } else { text.trim() }
}

/// Reads a yes or no. Exports write `"TRUE"`, plugins `"yes"` and `"1"`, and a ticked HTML checkbox
/// without a value sends `on`.
pub(crate) fn truth(value: &Json<'_>) -> Option<bool> {
    match value {
        Json::Bool(flag) => Some(*flag),
        Json::Unsigned(1) => Some(true),
        Json::Unsigned(0) => Some(false),
        Json::Text(text) => {
            let is_one_of =
                |words: [&str; 5]| words.iter().any(|word| text.trim().eq_ignore_ascii_case(word));
            match is_one_of(["true", "yes", "y", "on", "1"]) {
                true => Some(true),
                false => is_one_of(["false", "no", "n", "off", "0"]).then_some(false),
            }
        }
        _ => None,
    }
}

/// Formats a status word for a message. Other texts may be personal data in the wrong member.
pub(crate) fn shown(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if word.len() <= 32 && word.chars().all(plain) && word.chars().any(|c| c.is_ascii_alphabetic()) {
        format!("`{word}`")
    } else {
        format!("a text of {} characters", word.chars().count())
    }
}
