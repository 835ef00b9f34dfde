//! Times, which Trustpilot writes in several forms.

use chrono::{DateTime, NaiveDateTime, Utc};
use serde::{Deserialize, Deserializer, Serializer};
use serde_json::Value;

/// Parses a time of a response: without a zone (the samples of the documentation), with `Z`, with `Z` and milliseconds,
/// or with an offset. DIS: all sources state that a time without a zone is UTC.
fn parse(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let with_zone = DateTime::parse_from_rfc3339(text).map(|time| time.to_utc());
    let without = || NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").map(|time| time.and_utc());
    with_zone.or_else(|_| without()).ok()
}

/// Parses a time that is not needed: in an unknown form, it counts as missing.
pub(crate) fn lenient<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    Ok(Value::deserialize(deserializer)?.as_str().and_then(parse))
}

/// Writes a time as responses contain it.
pub(crate) fn write<S: Serializer>(time: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => serializer.collect_str(&time.format("%Y-%m-%dT%H:%M:%S%.3fZ")),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_time_is_parsed() {
        let expected = "2013-09-07T13:37:00Z".parse().ok();
        for text in [
            "2013-09-07T13:37:00",
            "2013-09-07T13:37:00Z",
            "2013-09-07T13:37:00.000Z",
            "2013-09-07T15:37:00+02:00",
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
        assert_eq!(parse("09/07/2013 13:37:00"), None);
    }
}
