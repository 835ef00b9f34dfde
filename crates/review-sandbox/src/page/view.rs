//! The forms in which the pages show values.

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock;
use crate::host::Vendor;
use crate::inbox::entry::InboxEntry;

/// A time, for people and for machines.
pub(super) struct When {
    pub(super) iso: String,
    pub(super) shown: String,
    /// "in 7 days", "2 h ago".
    pub(super) distance: String,
}

impl When {
    pub(super) fn new(at: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        Self { iso: clock::print(at), shown: minute(at), distance: distance(at.signed_duration_since(now)) }
    }
}

/// Without seconds, so that a page that shows the present changes once in a minute.
pub(super) fn minute(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M").to_string()
}

fn distance(from_now: TimeDelta) -> String {
    match from_now.num_minutes() {
        0 => "now".to_owned(),
        1.. => format!("in {}", length(from_now)),
        _ => format!("{} ago", length(from_now)),
    }
}

/// A time span in one unit, rounded down.
pub(super) fn length(span: TimeDelta) -> String {
    match span.num_minutes().unsigned_abs() {
        minutes @ 0..60 => format!("{minutes} min"),
        minutes @ 60..2_880 => format!("{} h", minutes / 60),
        minutes => format!("{} days", minutes / 1_440),
    }
}

/// The name of a vendor, as it writes it.
pub(super) fn title(vendor: Vendor) -> &'static str {
    match vendor {
        Vendor::Trustpilot => "Trustpilot",
        Vendor::Etrusted => "eTrusted",
        Vendor::Kiyoh => "Kiyoh",
        Vendor::Webwinkelkeur => "WebwinkelKeur",
    }
}

pub(super) fn vendor(entry: &InboxEntry) -> &'static str {
    title(entry.vendor)
}

/// The name of the shop, or its id.
pub(super) fn shop(entry: &InboxEntry) -> &str {
    entry.shop_name.as_deref().unwrap_or(&entry.shop)
}

/// What is in place of an image until a person loads it: the first letter of the product.
pub(super) fn initial(name: &str, sku: &str) -> String {
    let letter = name.chars().chain(sku.chars()).find(|c| c.is_alphanumeric());
    letter.map(|letter| letter.to_uppercase().to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_has_one_unit() {
        let shown = |minutes| distance(TimeDelta::minutes(minutes));
        assert_eq!([shown(0), shown(5), shown(-119)], ["now", "in 5 min", "1 h ago"]);
        assert_eq!([shown(2_879), shown(2_880), shown(-14_400)], ["in 47 h", "in 2 days", "10 days ago"]);
    }

    #[test]
    fn initial_is_the_first_letter_or_digit() {
        assert_eq!([initial("\u{202e}(tea)", ""), initial("", "7-CUP"), initial("", "")], ["T", "7", ""]);
    }
}
