//! Parses vendors' responses without requiring more than is needed.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Parses an optional member. If it has another shape than expected, it counts as missing. Of a list or a
/// map, the elements that can be parsed stay: one odd row must not hide the others.
///
/// ```
/// use review_http::lenient;
///
/// #[derive(serde::Deserialize)]
/// struct Reviewed {
///     #[serde(default, deserialize_with = "lenient::or_default")]
///     stars: Option<u8>,
///     #[serde(default, deserialize_with = "lenient::number")]
///     rating: Option<f64>,
/// }
///
/// let response: Reviewed = serde_json::from_str(r#"{ "stars": "many", "rating": "4.5" }"#)?;
/// assert_eq!((response.stars, response.rating), (None, Some(4.5)));
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// # Errors
/// Only those of the JSON parser.
pub fn or_default<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let whole = T::deserialize(&value);
    Ok(whole.or_else(|_| T::deserialize(readable::<T>(value))).unwrap_or_default())
}

/// Returns a list or a map without the elements that cannot be parsed, each tried alone.
fn readable<T: DeserializeOwned>(value: Value) -> Value {
    match value {
        Value::Array(rows) => {
            let alone = |row: &Value| T::deserialize(Value::Array(vec![row.clone()])).is_ok();
            Value::Array(rows.into_iter().filter(alone).collect())
        }
        Value::Object(members) => {
            let alone = |(name, value): &(String, Value)| {
                T::deserialize(Value::Object([(name.clone(), value.clone())].into_iter().collect())).is_ok()
            };
            Value::Object(members.into_iter().filter(alone).collect())
        }
        other => other,
    }
}

/// Parses a JSON number, or a text of digits, which one vendor sends. Anything else counts as missing.
///
/// # Errors
/// Only those of the JSON parser.
pub fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    })
}

/// Parses a number of seconds like [`number`]. A negative or absurd one counts as missing.
///
/// # Errors
/// Only those of the JSON parser.
pub fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    Ok(number(deserializer)?.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Parsed {
        #[serde(default, deserialize_with = "seconds")]
        expires_in: Option<Duration>,
        #[serde(default, deserialize_with = "or_default")]
        names: Vec<String>,
        #[serde(default, deserialize_with = "or_default")]
        name: Option<String>,
    }

    fn read(json: &str) -> Option<Parsed> {
        serde_json::from_str(json).ok()
    }

    #[test]
    fn seconds_are_read_from_numbers_and_texts() {
        for (json, seconds) in [
            (r#"{"expires_in":"359999"}"#, Some(359_999)),
            (r#"{"expires_in":3600}"#, Some(3600)),
            (r#"{"expires_in":300.9}"#, Some(300)),
            (r#"{"expires_in":null}"#, None),
            (r#"{"expires_in":-5}"#, None),
            (r#"{"expires_in":"soon"}"#, None),
            (r#"{"expires_in":"inf"}"#, None),
            (r#"{"expires_in":1e300}"#, None),
            (r#"{"expires_in":[]}"#, None),
            ("{}", None),
        ] {
            let found = read(json).and_then(|parsed| parsed.expires_in);
            assert_eq!(found.map(|life| life.as_secs()), seconds, "{json}");
        }
    }

    #[test]
    fn a_member_of_another_shape_is_missing_and_spoils_nothing() {
        for json in [
            r#"{"names":null,"name":7}"#,
            r#"{"names":{"a":1},"name":[]}"#,
            r#"{"names":[1],"name":{}}"#,
            r#"{"names":7}"#,
            "{}",
        ] {
            let parsed = read(json).unwrap();
            assert_eq!((parsed.names.len(), parsed.name), (0, None), "{json}");
        }
        assert_eq!(
            read(r#"{"names":["a",1,"b",{}]}"#).unwrap().names,
            ["a", "b"],
            "one odd row hides no other"
        );
        let map = |json| {
            or_default::<_, std::collections::BTreeMap<String, String>>(
                &mut serde_json::Deserializer::from_str(json),
            )
        };
        assert_eq!(map(r#"{"a":"x","n":5}"#).unwrap().len(), 1);
        assert_eq!(read(r#"{"name":"a","names":["b"]}"#).unwrap().name.as_deref(), Some("a"));
    }
}
