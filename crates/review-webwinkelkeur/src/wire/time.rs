//! Date-times, which have no zone.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeDelta, Utc, Weekday};

/// Parses `YYYY-MM-DD HH:MM:SS`. UNK: the zone. INF: Europe/Amsterdam, where the vendor is; also for TrustProfile. In the
/// hour that occurs twice in autumn, the first one counts.
pub(crate) fn amsterdam(text: &str) -> Option<DateTime<Utc>> {
    let local = NaiveDateTime::parse_from_str(text.trim(), "%Y-%m-%d %H:%M:%S").ok()?;
    let in_summer = local.checked_sub_signed(TimeDelta::hours(2))?.and_utc();
    if is_summer(in_summer) { Some(in_summer) } else { in_summer.checked_add_signed(TimeDelta::hours(1)) }
}

/// In the European Union, summer time lasts from 01:00 UTC on the last Sunday of March until 01:00 UTC on the last Sunday
/// of October.
fn is_summer(at: DateTime<Utc>) -> bool {
    let change = |month| Some(last_sunday(at.year(), month)?.and_hms_opt(1, 0, 0)?.and_utc());
    change(3).zip(change(10)).is_some_and(|(start, end)| (start..end).contains(&at))
}

/// The last Sunday of a month of 31 days.
fn last_sunday(year: i32, month: u32) -> Option<NaiveDate> {
    let last = NaiveDate::from_ymd_opt(year, month, 31)?;
    last.checked_sub_signed(TimeDelta::days(last.weekday().days_since(Weekday::Sun).into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_time_is_that_of_amsterdam() {
        for (local, utc) in [
            ("2024-02-14 19:08:00", Some("2024-02-14T18:08:00Z")),
            ("2024-06-19 14:04:39", Some("2024-06-19T12:04:39Z")),
            ("2024-03-31 01:59:59", Some("2024-03-31T00:59:59Z")),
            ("2024-03-31 03:00:00", Some("2024-03-31T01:00:00Z")),
            ("2024-10-27 01:59:59", Some("2024-10-26T23:59:59Z")),
            ("2024-10-27 02:30:00", Some("2024-10-27T00:30:00Z")),
            ("2024-10-27 03:00:00", Some("2024-10-27T02:00:00Z")),
            ("0000-00-00 00:00:00", None),
            ("2024-06-19", None),
            ("", None),
        ] {
            assert_eq!(amsterdam(local), utc.map(|utc| utc.parse().unwrap()), "{local}");
        }
    }
}
