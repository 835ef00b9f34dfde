//! Points in time. One whose zone nobody knows is no point in time.

use chrono::{DateTime, NaiveDateTime, Utc};

/// A time with its zone: RFC 3339 with any offset.
pub(crate) fn zoned(text: &str) -> Option<DateTime<Utc>> {
    let moment = DateTime::parse_from_rfc3339(text.trim()).ok()?;
    Some(moment.to_utc())
}

/// A time that is in UTC by its member's definition and may leave the zone out.
pub(crate) fn utc(text: &str) -> Option<DateTime<Utc>> {
    zoned(text).or_else(|| Some(wall_clock(text)?.and_utc()))
}

/// Whether this is a time at all. PHP's zero date, 0000-00-00, is not.
pub(crate) fn is_one(text: &str) -> bool {
    utc(text).is_some()
}

fn wall_clock(text: &str) -> Option<NaiveDateTime> {
    let read = |form| NaiveDateTime::parse_from_str(text.trim(), form).ok();
    read("%Y-%m-%dT%H:%M:%S%.f").or_else(|| read("%Y-%m-%d %H:%M:%S%.f"))
}
