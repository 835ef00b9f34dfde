//! Date-times as WebwinkelKeur prints them.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc, Weekday};

/// Prints `YYYY-MM-DD HH:MM:SS` without a zone.
///
/// UNK: the zone. INF: Europe/Amsterdam, where the vendor is.
pub(super) fn print(at: DateTime<Utc>) -> String {
    let local = at.checked_add_signed(offset(at)).unwrap_or(at);
    local.format("%Y-%m-%d %H:%M:%S").to_string()
}

/// The offset of Europe/Amsterdam. Summer time lasts from 01:00 UTC on the last Sunday of March to 01:00 UTC on the last
/// Sunday of October, as a directive of the EU has it since 1996.
fn offset(at: DateTime<Utc>) -> TimeDelta {
    let change = |month| last_sunday(at.year(), month)?.and_hms_opt(1, 0, 0).map(|time| time.and_utc());
    let summer = change(3).zip(change(10)).is_some_and(|(start, end)| start <= at && at < end);
    TimeDelta::hours(if summer { 2 } else { 1 })
}

/// For a month of 31 days, as both are.
fn last_sunday(year: i32, month: u32) -> Option<NaiveDate> {
    let last = NaiveDate::from_ymd_opt(year, month, 31)?;
    let days = last.weekday().days_since(Weekday::Sun);
    last.checked_sub_signed(TimeDelta::days(days.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_time_follows_summer_time() {
        for (utc, local) in [
            ("2024-01-01T12:00:00Z", "2024-01-01 13:00:00"),
            ("2024-03-31T00:59:59Z", "2024-03-31 01:59:59"),
            ("2024-03-31T01:00:00Z", "2024-03-31 03:00:00"),
            ("2024-10-27T00:59:59Z", "2024-10-27 02:59:59"),
            ("2024-10-27T01:00:00Z", "2024-10-27 02:00:00"),
        ] {
            assert_eq!(print(utc.parse().unwrap()), local, "{utc}");
        }
        assert!(print(DateTime::<Utc>::MAX_UTC).ends_with(":59"));
    }
}
