//! The date forms that Trustpilot accepts.

use chrono::{DateTime, NaiveDateTime, Utc};

/// Parses a time. All forms mean UTC unless they have an offset.
///
/// DIS: the sources show five forms, and the vendor evidently parses several. Accepted: ISO 8601 without a zone
/// (support articles), with `Z` and an optional fraction (documentation of 2026), with an offset (clients of 2025/26),
/// and month first, with 24 hours (documentation of 2021 to 2025) or with am and pm (clients). A day-first date that
/// is also a valid month-first date cannot be recognised.
pub(super) fn parse(text: &str) -> Option<DateTime<Utc>> {
    if text.contains('/') { month_first(text) } else { iso(text) }
}

/// Checks the form of a time, for body tables and parameters.
pub(super) fn format(text: &str) -> Result<(), &'static str> {
    match parse(text) {
        Some(_) => Ok(()),
        None => Err("a UTC time such as 2030-01-31T13:37:00 or 2030-01-31T13:37:00.000Z"),
    }
}

fn iso(text: &str) -> Option<DateTime<Utc>> {
    // chrono accepts fewer digits than the form has.
    let (date, zone) = text.split_at_checked("2030-01-31T13:37:00".len())?;
    let is_separator = |index| matches!(index, 4 | 7 | 10 | 13 | 16);
    if !date.bytes().enumerate().all(|(index, byte)| is_separator(index) || byte.is_ascii_digit()) {
        return None;
    }
    if zone.is_empty() {
        return NaiveDateTime::parse_from_str(date, "%Y-%m-%dT%H:%M:%S").ok().map(|time| time.and_utc());
    }
    // It allows other separators too.
    let is_iso = date.as_bytes().get(10) == Some(&b'T') && !zone.contains('z');
    let time = DateTime::parse_from_rfc3339(text).ok().filter(|_| is_iso)?;
    Some(time.with_timezone(&Utc))
}

fn month_first(text: &str) -> Option<DateTime<Utc>> {
    let (date, _) = text.split_once(' ')?;
    let year = date.rsplit('/').next()?;
    if year.len() != 4 || !year.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let parsed = ["%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p"]
        .into_iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())?;
    Some(parsed.and_utc())
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn documented_time_forms_mean_the_same_instant() {
        let expected = parse("2030-09-07T13:37:00").unwrap();
        for right in [
            "2030-09-07T13:37:00Z",
            "2030-09-07T13:37:00.000Z",
            "2030-09-07T13:37:00+00:00",
            "2030-09-07T15:37:00+02:00",
            "09/07/2030 13:37:00",
            "9/7/2030 13:37:00",
            "09/07/2030 01:37:00 pm",
            "9/7/2030 1:37:00 PM",
        ] {
            assert_eq!(parse(right), Some(expected), "{right}");
        }
    }

    #[test]
    fn other_time_forms_are_rejected() {
        for wrong in [
            "31/01/2030 13:37:00",
            "01/31/30 13:37:00",
            "01/31/2030",
            "2030-01-31",
            "2030-01-31T13:37",
            "2030-1-31T13:37:00",
            "2030-01-31 13:37:00",
            "2030-01-31 13:37:00Z",
            "2030-01-31T13:37:00z",
            "2030-02-31T13:37:00",
            "2030-01-31T13:37:00.000",
            "",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
