//! The parts of a request that all Kiyoh calls read in the same way.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde_json::Value;

use super::{account, errors};
use crate::form_fields::FormFields;
use crate::json;
use crate::json_schema::{self, Member, Violation};
use crate::request::ApiRequest;
use crate::response::ApiResponse;
use crate::state::App;

/// The header with the static token.
const TOKEN_HEADER: &str = "x-publication-api-token";

/// Checks the token, then the query.
pub(super) fn open(app: &App, request: &ApiRequest, known: &[&str]) -> Result<FormFields, ApiResponse> {
    if app.state().kiyoh.token_revoked || request.header(TOKEN_HEADER) != Some(account::TOKEN) {
        return Err(errors::unauthorized());
    }
    request.query(known).map_err(|error| errors::invalid(&error.to_string()))
}

/// Whether the token covers this location. UNK: whether one token can serve several; here it serves one.
///
/// DIS: one of the vendor's plugins expects statistics without a name for a wrong location. The questionnaire API has 401
/// for "user/location not valid", which all calls have here.
pub(super) fn location(id: Option<&str>) -> Result<(), ApiResponse> {
    match id {
        Some(account::LOCATION_ID) => Ok(()),
        Some(_) => Err(errors::unauthorized()),
        None => Err(errors::invalid("parameter `locationId` is missing")),
    }
}

/// The tenant of a call that may name it. DIS: one paper requires it, another one and the vendor's plugins leave it out.
/// So it may be left out, but must be the account's own.
pub(super) fn tenant(query: &FormFields) -> Result<(), ApiResponse> {
    match query.get("tenantId") {
        None | Some(account::TENANT_ID) => Ok(()),
        Some(_) => Err(errors::invalid("parameter `tenantId` must be 98, the tenant of Kiyoh")),
    }
}

/// The JSON body, with all findings of the schema check.
pub(super) fn body(request: &ApiRequest, members: &[Member]) -> Result<(Value, Vec<String>), ApiResponse> {
    checked_body(request, |body| json_schema::object(members, body))
}

/// The JSON body, with all findings of a check.
pub(super) fn checked_body(
    request: &ApiRequest,
    check: impl FnOnce(&Value) -> Vec<Violation>,
) -> Result<(Value, Vec<String>), ApiResponse> {
    if !request.is_of_type("application/json") {
        return Err(errors::unsupported_media_type());
    }
    let body = json::parse(&request.body)
        .map_err(|error| errors::invalid(&format!("the body is not valid JSON: {error}")))?;
    let findings = check(&body).iter().map(errors::describe).collect();
    Ok((body, findings))
}

/// Rejects the request if there are findings.
pub(super) fn no_findings(findings: &[String]) -> Result<(), ApiResponse> {
    if findings.is_empty() { Ok(()) } else { Err(errors::invalid_fields(findings)) }
}

/// A moment, as `yyyy-MM-dd'T'HH:mm:ss.SSSZ` or `yyyy-MM-dd`. INF: a date alone is midnight in UTC. An empty value counts
/// as absent, as in the links that the vendor prints.
pub(super) fn moment(query: &FormFields, name: &str) -> Result<Option<DateTime<Utc>>, ApiResponse> {
    let Some(text) = query.get(name).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    parse_moment(text).map(Some).ok_or_else(|| {
        errors::invalid(&format!("parameter `{name}` must be yyyy-MM-dd'T'HH:mm:ss.SSSZ or yyyy-MM-dd"))
    })
}

fn parse_moment(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        // The parser accepts dates without leading zeros as well.
        return (text.len() == 10).then(|| date.and_time(NaiveTime::MIN).and_utc());
    }
    // Three digits of a fraction, then `Z`, `+0100` or `+01:00`.
    let (clock, zone) = text.split_at_checked(23)?;
    let zone = if zone == "Z" { "+0000" } else { zone };
    let read = DateTime::parse_from_str(&format!("{clock}{zone}"), "%Y-%m-%dT%H:%M:%S%.3f%z").ok()?;
    Some(read.with_timezone(&Utc))
}

/// A whole number from `least` on.
pub(super) fn number(query: &FormFields, name: &str, least: usize) -> Result<Option<usize>, ApiResponse> {
    let Some(text) = query.get(name) else { return Ok(None) };
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|number| digits && *number >= least);
    let wrong = || errors::invalid(&format!("parameter `{name}` must be a whole number, at least {least}"));
    number.map(Some).ok_or_else(wrong)
}

/// One of the documented values, or the first of them.
pub(super) fn choice<'a>(
    query: &'a FormFields,
    name: &str,
    known: &[&'a str],
) -> Result<&'a str, ApiResponse> {
    let value = query.get(name).or(known.first().copied()).unwrap_or_default();
    if known.contains(&value) {
        Ok(value)
    } else {
        Err(errors::invalid(&format!("parameter `{name}` must be one of {}", known.join(", "))))
    }
}

#[cfg(test)]
mod tests {
    use super::parse_moment;

    #[test]
    fn moments_in_both_documented_forms_are_read() {
        let read = |text| parse_moment(text).map(|at| at.to_rfc3339());
        for text in
            ["2020-01-15T01:00:00.000Z", "2020-01-15T02:00:00.000+0100", "2020-01-15T02:00:00.000+01:00"]
        {
            assert_eq!(read(text).as_deref(), Some("2020-01-15T01:00:00+00:00"), "{text}");
        }
        assert_eq!(read("2020-01-15").as_deref(), Some("2020-01-15T00:00:00+00:00"));
    }

    #[test]
    fn moments_in_other_forms_are_rejected() {
        for text in [
            "2020-1-15",
            "2020-01-15T01:00:00Z",
            "2020-01-15T01:00:00.000",
            "2020-01-15T01:00:00.000 0100",
            "2020-01-15 01:00:00.000Z",
            "2020-13-15",
            "now",
        ] {
            assert!(parse_moment(text).is_none(), "{text}");
        }
    }
}
