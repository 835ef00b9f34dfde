//! Times, which Trustpilot writes in several forms.

use chrono::{DateTime, NaiveDateTime, Utc};
use serde::{Deserialize, Deserializer, Serializer};
use serde_json::Value;

/// The form of `preferredSendTime`. Sources disagree (this one; `MM/dd/yyyy HH:mm:ss` in the docs of
/// 2021 to 2025; milliseconds and `Z` in those of 2026). This form, UTC without a zone, is that of the
/// official support samples and of most clients.
pub(crate) const SEND_TIME_FORM: &str = "%Y-%m-%dT%H:%M:%S";

/// The form of `deleteOlderThan`, over which sources disagree in the same way. Here the zone is sent, as
/// in the docs of 2026: read in another zone, it would delete what was to be kept.
pub(crate) const DELETE_TIME_FORM: &str = "%Y-%m-%dT%H:%M:%S%.3fZ";

/// The form of `startDateTime` and `endDateTime`: of the two that were seen, the one that cannot be read
/// day first.
pub(crate) const FILTER_TIME_FORM: &str = SEND_TIME_FORM;

/// Reads a time of an answer: without a zone (the docs' samples), with `Z`, with `Z` and milliseconds.
/// All are UTC. An offset is understood too.
pub(crate) fn parse(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let with_zone = DateTime::parse_from_rfc3339(text).map(|time| time.to_utc());
    let without = || NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").map(|time| time.and_utc());
    with_zone.or_else(|_| without()).ok()
}

/// A time nobody depends on: in a form that is not known, it is as good as missing.
pub(crate) fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    Ok(Value::deserialize(deserializer)?.as_str().and_then(parse))
}

/// Writes a time as live answers have it.
pub(crate) fn write<S: Serializer>(time: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
    in_form(time, "%Y-%m-%dT%H:%M:%S%.3fZ", serializer)
}

pub(super) fn in_send_form<S: Serializer>(
    time: &Option<DateTime<Utc>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    in_form(time, SEND_TIME_FORM, serializer)
}

fn in_form<S: Serializer>(
    time: &Option<DateTime<Utc>>,
    form: &str,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => serializer.collect_str(&time.format(form)),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_the_same_instant() {
        let expected = parse("2013-09-07T13:37:00Z").unwrap();
        for text in [
            "2013-09-07T13:37:00",
            "2013-09-07T13:37:00.000Z",
            "2013-09-07T15:37:00+02:00",
            " 2013-09-07T13:37:00.0 ",
        ] {
            assert_eq!(parse(text), Some(expected), "{text}");
        }
        for text in ["", "09/07/2013 13:37:00", "2013-09-07", "soon"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_forms_that_are_sent() {
        let time = parse("2013-09-07T13:37:00.987Z").unwrap();
        assert_eq!(time.format(SEND_TIME_FORM).to_string(), "2013-09-07T13:37:00");
        assert_eq!(time.format(FILTER_TIME_FORM).to_string(), "2013-09-07T13:37:00");
        assert_eq!(time.format(DELETE_TIME_FORM).to_string(), "2013-09-07T13:37:00.987Z");
    }
}
