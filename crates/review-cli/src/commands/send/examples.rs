//! The example orders of `send --sandbox`, with dates relative to the present.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

const FILES: [(&str, &str); 2] = [
    ("shopify.json", include_str!("../../../orders/shopify.json")),
    ("woocommerce.json", include_str!("../../../orders/woocommerce.json")),
];

/// Returns the names and contents of the example files.
pub(super) fn files() -> [(Arc<str>, Arc<[u8]>); 2] {
    let now = Utc::now();
    FILES.map(|(name, text)| (name.into(), Arc::from(dated(text, now).into_bytes())))
}

/// Replaces `{{days ago}}` by a time so many days before `now`.
fn dated(text: &str, now: DateTime<Utc>) -> String {
    let mut parts = text.split("{{");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (days, rest) = part.split_once("}}").unwrap_or((part, ""));
        let at = now - TimeDelta::days(days.trim().parse().unwrap_or(0));
        filled.push_str(&at.format("%Y-%m-%dT%H:%M:%S").to_string());
        filled.push_str(rest);
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn example_dates_are_relative_to_now() {
        let now =
            DateTime::parse_from_rfc3339("2026-03-10T12:00:00Z").map(|at| at.to_utc()).unwrap_or_default();
        assert_eq!(dated(r#"{"at": "{{3}}", "b": 1}"#, now), r#"{"at": "2026-03-07T12:00:00", "b": 1}"#);
        for (_, text) in FILES {
            let filled = dated(text, now);
            assert!(filled.contains("2026-0") && !filled.contains("{{"), "{filled}");
            assert!(serde_json::from_str::<serde_json::Value>(&filled).is_ok());
        }
    }
}
