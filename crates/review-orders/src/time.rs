//! Points in time. A time without a known zone is not a point in time.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};

use crate::fields::trimmed;

/// Parses a time with its zone: RFC 3339, `2025-05-11 09:55:16 -0400`, or RFC 2822.
pub(crate) fn zoned(text: &str) -> Option<DateTime<Utc>> {
    let text = trimmed(text);
    let time = DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S %z"))
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z"))
        .or_else(|_| DateTime::parse_from_rfc2822(text));
    time.ok().map(|time| time.to_utc())
}

/// Parses a time that is in UTC by the definition of its member, and may leave out the zone. A date
/// is its first moment.
pub(crate) fn utc(text: &str) -> Option<DateTime<Utc>> {
    if let Some(time) = zoned(text) {
        return Some(time);
    }
    let text = trimmed(text);
    let time = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
        .or_else(|| Some(NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_time(NaiveTime::MIN)))?;
    Some(time.and_utc())
}

/// Returns whether a text is a date. The zero date of PHP, 0000-00-00, is not.
pub(crate) fn is_date(text: &str) -> bool {
    utc(text).is_some()
}
