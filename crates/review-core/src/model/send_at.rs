//! When an invitation is sent.

use std::time::Duration;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::into_field::ParseField;
use super::order::Order;
use crate::error::FieldError;

/// When the invitation is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum SendAt {
    /// The settings of the vendor's account decide.
    #[default]
    AccountDefault,
    /// As soon as possible, whatever the account's settings say.
    Now,
    /// At this time. A time in the past means as soon as possible.
    At(DateTime<Utc>),
    /// This long after a date of the order.
    After(Duration, DelayFrom),
}

/// The date of the order from which a delay counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum DelayFrom {
    /// [`Order::placed_at`].
    Placed,
    /// [`Order::paid_at`].
    Paid,
    /// [`Order::shipped_at`].
    Shipped,
    /// [`Order::delivered_at`].
    Delivered,
    /// [`Order::estimated_delivery`], as noon UTC of that day.
    EstimatedDelivery,
}

impl SendAt {
    /// Returns the time this means for an order. `None`: the account decides.
    ///
    /// # Errors
    /// A [`FieldError`] if the order lacks the date from which the delay counts, or if the result is out
    /// of range (years 1 to 9999).
    pub fn resolve(self, order: &Order, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, FieldError> {
        let (delay, from) = match self {
            Self::AccountDefault => return Ok(None),
            Self::Now => return Ok(Some(now)),
            Self::At(at) => return check_year(at, "send_at").map(Some),
            Self::After(delay, from) => (delay, from),
        };
        let (field, start) = match from {
            DelayFrom::Placed => ("order.placed_at", order.placed_at()),
            DelayFrom::Paid => ("order.paid_at", order.paid_at()),
            DelayFrom::Shipped => ("order.shipped_at", order.shipped_at()),
            DelayFrom::Delivered => ("order.delivered_at", order.delivered_at()),
            DelayFrom::EstimatedDelivery => {
                let noon = |day: NaiveDate| (day.and_time(NaiveTime::MIN) + TimeDelta::hours(12)).and_utc();
                ("order.estimated_delivery", order.estimated_delivery().map(noon))
            }
        };
        let message = "expected a date, because `send_at` counts from it";
        let start = start.ok_or_else(|| FieldError::new(field, message))?;
        let end = TimeDelta::from_std(delay).ok().and_then(|delay| start.checked_add_signed(delay));
        let end = end.ok_or_else(|| FieldError::new("send_at", "delay is out of range"))?;
        check_year(end, "send_at").map(Some)
    }
}

/// Returns the number of whole days from `now` until `at`, rounded **up**: for vendors that schedule by
/// whole days, so that no invitation is sent early. 0 if `at` is not in the future.
///
/// ```
/// use review_core::model::whole_days_until;
///
/// let now = "2026-03-01T12:00:00Z".parse()?;
/// assert_eq!(whole_days_until("2026-03-03T12:00:01Z".parse()?, now), 3);
/// assert_eq!(whole_days_until("2026-02-01T00:00:00Z".parse()?, now), 0);
/// # Ok::<(), chrono::ParseError>(())
/// ```
#[must_use]
pub fn whole_days_until(at: DateTime<Utc>, now: DateTime<Utc>) -> u32 {
    const DAY_IN_MILLISECONDS: i64 = 86_400_000;
    let delay = at.signed_duration_since(now);
    // A part of a millisecond counts, too: it would be early.
    let rest = i64::from(delay > TimeDelta::milliseconds(delay.num_milliseconds()));
    let milliseconds = delay.num_milliseconds().max(0) + rest;
    u32::try_from((milliseconds + DAY_IN_MILLISECONDS - 1) / DAY_IN_MILLISECONDS).unwrap_or(u32::MAX)
}

/// Vendors write years with four digits.
fn check_year(at: DateTime<Utc>, field: &'static str) -> Result<DateTime<Utc>, FieldError> {
    if (1..=9999).contains(&at.year()) { Ok(at) } else { Err(year_error(field)) }
}

fn year_error(field: &'static str) -> FieldError {
    FieldError::new(field, "must be between the years 1 and 9999")
}

impl ParseField for DateTime<Utc> {
    fn parse_field(text: &str) -> Result<Self, FieldError> {
        let at = DateTime::parse_from_rfc3339(text.trim()).map_err(|_| {
            let message = "must be a date and time with an offset, like 2026-03-01T12:00:00Z (RFC 3339)";
            FieldError::new("date", message)
        })?;
        check_year(at.to_utc(), "date")
    }
}

impl ParseField for NaiveDate {
    fn parse_field(text: &str) -> Result<Self, FieldError> {
        let message = "must be a date like 2026-03-01 (ISO 8601)";
        text.trim().parse().map_err(|_| FieldError::new("date", message))
    }
}

/// Checks that a date of an order has a year that vendors can read.
pub(super) fn check_date<T: Datelike>(date: Option<T>) -> Result<Option<T>, FieldError> {
    match date {
        Some(date) if !(1..=9999).contains(&date.year()) => Err(year_error("date")),
        date => Ok(date),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::order::OrderReference;

    fn time(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn delay_counts_from_its_date() {
        let mut order = Order::new(OrderReference::new("1").unwrap());
        order.placed_at = Some(time("2024-01-01T10:00:00Z"));
        order.shipped_at = Some(time("2024-01-02T10:00:00Z"));
        order.estimated_delivery = Some("2024-01-05".parse().unwrap());
        let now = time("2024-02-01T00:00:00Z");
        let day = Duration::from_secs(86_400);
        for (send_at, expected) in [
            (SendAt::AccountDefault, None),
            (SendAt::Now, Some("2024-02-01T00:00:00Z")),
            (SendAt::At(time("2023-01-01T00:00:00Z")), Some("2023-01-01T00:00:00Z")),
            (SendAt::After(day, DelayFrom::Placed), Some("2024-01-02T10:00:00Z")),
            (SendAt::After(day, DelayFrom::Shipped), Some("2024-01-03T10:00:00Z")),
            (SendAt::After(day, DelayFrom::EstimatedDelivery), Some("2024-01-06T12:00:00Z")),
        ] {
            assert_eq!(send_at.resolve(&order, now).unwrap(), expected.map(time), "{send_at:?}");
        }
        for (from, field) in
            [(DelayFrom::Delivered, "order.delivered_at"), (DelayFrom::Paid, "order.paid_at")]
        {
            assert_eq!(SendAt::After(day, from).resolve(&order, now).unwrap_err().field(), field);
        }
        let absurd = SendAt::After(Duration::MAX, DelayFrom::Placed).resolve(&order, now).unwrap_err();
        assert_eq!(absurd.field(), "send_at");
        assert!(SendAt::At(DateTime::<Utc>::MAX_UTC).resolve(&order, now).is_err());
    }

    #[test]
    fn dates_are_of_the_years_1_to_9999() {
        for bad in [
            "0000-12-31T23:59:59Z",
            "+10000-01-01T00:00:00Z",
            "9999-12-31T23:59:59-01:00",
            "-0001-01-01T00:00:00Z",
        ] {
            assert!(DateTime::<Utc>::parse_field(bad).is_err(), "{bad}");
        }
        assert!(DateTime::<Utc>::parse_field("9999-12-31T23:59:59Z").is_ok());
        assert!(check_date(Some(NaiveDate::MAX)).is_err() && check_date(Some(NaiveDate::MIN)).is_err());
    }

    #[test]
    fn whole_days_round_up() {
        let now = time("2026-03-01T12:00:00Z");
        for (at, days) in [
            ("2026-03-01T11:59:59Z", 0),
            ("2026-03-01T12:00:00Z", 0),
            ("2026-03-01T12:00:00.000000001Z", 1),
            ("2026-03-02T12:00:00Z", 1),
            ("2026-03-02T12:00:00.001Z", 2),
        ] {
            assert_eq!(whole_days_until(time(at), now), days, "{at}");
        }
    }
}
