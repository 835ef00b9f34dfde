//! Queries and JSON bodies, compared with the documentation.

use std::ops::RangeInclusive;

use serde_json::Value;

use super::errors;
use super::findings::Finding;
use crate::form_fields::FormFields;
use crate::json;
use crate::json_schema::{self, Format, Member};
use crate::request::ApiRequest;
use crate::response::ApiResponse;

/// Returns the query, with no parameters but these.
pub(super) fn query(request: &ApiRequest, known: &[&str]) -> Result<FormFields, ApiResponse> {
    request.query(known).map_err(|error| errors::bad_request(&error.to_string()))
}

/// Returns the body of a JSON call without a query. `rules` finds what concerns more than one member.
pub(super) fn read(
    request: &ApiRequest,
    members: &[Member],
    rules: impl FnOnce(&Value) -> Vec<Finding>,
) -> Result<Value, ApiResponse> {
    query(request, &[])?;
    read_body(request, members, rules)
}

/// Returns the body of a JSON call, whatever its query.
pub(super) fn read_body(
    request: &ApiRequest,
    members: &[Member],
    rules: impl FnOnce(&Value) -> Vec<Finding>,
) -> Result<Value, ApiResponse> {
    if !request.is_of_type("application/json") {
        return Err(errors::unsupported_media_type("application/json"));
    }
    let body = json::parse(&request.body).map_err(|error| errors::bad_request(&format!("body: {error}")))?;
    let mut findings: Vec<_> = json_schema::object(members, &body).iter().map(Finding::violation).collect();
    findings.extend(rules(&body));
    if findings.is_empty() { Ok(body) } else { Err(errors::malformed(&findings)) }
}

/// Returns a finding if not exactly one of two members is present.
pub(super) fn one_of_two(body: &Value, owner: &str, names: [&str; 2]) -> Option<Finding> {
    let [one, other] = names;
    (body.is_object() && body.get(one).is_some() == body.get(other).is_some())
        .then(|| Finding::rule(one, format!("{owner} must have exactly one of {one} and {other}")))
}

/// Returns the strings of a list that has passed the checks.
pub(super) fn strings<'a>(body: &'a Value, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
    list(body, name).filter_map(Value::as_str)
}

pub(super) fn list<'a>(body: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    body.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn invalid_parameter(name: &str, wanted: &str) -> ApiResponse {
    errors::bad_request(&format!("parameter `{name}` must be {wanted}"))
}

/// Returns an optional parameter of a certain format. Empty is rejected, as in a body.
pub(super) fn formed<'a>(
    fields: &'a FormFields,
    name: &str,
    form: Format,
) -> Result<Option<&'a str>, ApiResponse> {
    match fields.get(name) {
        None => Ok(None),
        Some("") => Err(invalid_parameter(name, "left out rather than empty")),
        Some(value) => form(value).map(|()| Some(value)).map_err(|wanted| invalid_parameter(name, wanted)),
    }
}

/// Returns a required parameter.
pub(super) fn required<'a>(fields: &'a FormFields, name: &str, form: Format) -> Result<&'a str, ApiResponse> {
    formed(fields, name, form)?.ok_or_else(|| errors::bad_request(&format!("parameter `{name}` is missing")))
}

/// Parses an integer in decimal digits, without a sign.
pub(super) fn number(
    fields: &FormFields,
    name: &str,
    range: RangeInclusive<usize>,
) -> Result<Option<usize>, ApiResponse> {
    let Some(text) = fields.get(name) else {
        return Ok(None);
    };
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse().ok().filter(|number| digits && range.contains(number)) {
        Some(number) => Ok(Some(number)),
        None => Err(invalid_parameter(name, &format!("a number from {} to {}", range.start(), range.end()))),
    }
}

pub(super) fn flag(fields: &FormFields, name: &str) -> Result<Option<bool>, ApiResponse> {
    match fields.get(name) {
        None => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(_) => Err(invalid_parameter(name, "true or false")),
    }
}

/// Returns one of the documented values, or the default.
pub(super) fn choice<'a>(
    fields: &'a FormFields,
    name: &str,
    known: &[&str],
    default: &'a str,
) -> Result<&'a str, ApiResponse> {
    match fields.get(name) {
        None => Ok(default),
        Some(value) if known.contains(&value) => Ok(value),
        Some(_) => Err(invalid_parameter(name, "one of the documented values")),
    }
}

/// Parses several values in one parameter, comma-separated, as in the older text of the documentation and as clients
/// send it. DIS: a newer text shows a JSON list, which is rejected. Without the parameter there are none.
pub(super) fn several<'a>(fields: &'a FormFields, name: &str) -> Result<Vec<&'a str>, ApiResponse> {
    let Some(text) = fields.get(name) else {
        return Ok(Vec::new());
    };
    let values: Vec<_> = text.split(',').collect();
    if text.starts_with('[') || values.iter().any(|value| value.is_empty()) {
        return Err(invalid_parameter(name, "values with commas between"));
    }
    Ok(values)
}

/// The requested part of a list.
pub(super) struct Page {
    skip: usize,
    take: usize,
}

/// At most 100,000 records can be reached by paging, as documented for service reviews. UNK: the response beyond; 400
/// here, so that it is not mistaken for the end.
const REACHABLE: usize = 100_000;

impl Page {
    /// Reads `page`, which counts from 1, and the parameter with the length of a page.
    pub(super) fn read(
        fields: &FormFields,
        length: &str,
        default: usize,
        range: RangeInclusive<usize>,
    ) -> Result<Self, ApiResponse> {
        let page = number(fields, "page", 1..=REACHABLE)?.unwrap_or(1);
        let take = number(fields, length, range)?.unwrap_or(default);
        let skip = (page - 1) * take;
        if skip >= REACHABLE {
            return Err(invalid_parameter("page", "within the first 100000 records"));
        }
        Ok(Self { skip, take })
    }

    /// A page past the end is empty.
    pub(super) fn of<T>(&self, items: impl IntoIterator<Item = T>) -> Vec<T> {
        items.into_iter().skip(self.skip).take(self.take).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_start_at_one_and_end_empty() {
        let page = |raw: &str| {
            let fields = FormFields::parse(raw.as_bytes(), &["page", "perPage"]).unwrap();
            Page::read(&fields, "perPage", 2, 1..=3).map(|page| page.of(1..=5))
        };
        assert_eq!(page("").unwrap(), [1, 2]);
        assert_eq!(page("page=3").unwrap(), [5]);
        assert!(page("page=4").unwrap().is_empty());
        assert_eq!(page("page=2&perPage=3").unwrap(), [4, 5]);
        for raw in ["page=0", "page=-1", "page=+1", "page=", "page=x", "perPage=0", "perPage=4", "page=60000"]
        {
            assert!(page(raw).is_err(), "{raw}");
        }
    }

    #[test]
    fn comma_separated_values_are_split() {
        let values = |raw: &str| {
            let fields = FormFields::parse(raw.as_bytes(), &["sku"]).unwrap();
            several(&fields, "sku").map(|values| values.join("|"))
        };
        assert_eq!(values("").unwrap(), "");
        assert_eq!(values("sku=a,b").unwrap(), "a|b");
        assert!(values("sku=").is_err() && values("sku=a,").is_err() && values("sku=[\"a\"]").is_err());
    }
}
