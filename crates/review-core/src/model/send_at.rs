//! When an invitation should go out.

use std::time::Duration;

use chrono::{DateTime, Datelike, NaiveTime, Utc};

use super::Order;
use crate::FieldError;

/// When an invitation should go out.
///
/// ```
/// use std::time::Duration;
///
/// use chrono::{TimeZone, Utc};
/// use review_core::{Anchor, Order, OrderReference, SendAt};
///
/// let delivered = Utc.with_ymd_and_hms(2026, 3, 1, 9, 0, 0).unwrap();
/// let order = Order::new(OrderReference::new("1001")?).with_delivered_at(delivered);
/// let a_week_later = SendAt::After(Duration::from_secs(7 * 86_400), Anchor::Delivered);
/// assert_eq!(a_week_later.moment(&order, Utc::now())?, Some(delivered + chrono::TimeDelta::days(7)));
/// # Ok::<(), review_core::FieldError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SendAt {
    /// The settings of the vendor's account decide. Every vendor can do this.
    #[default]
    VendorDefault,
    /// As soon as possible, whatever the account's settings say.
    Now,
    /// At this moment. One in the past means as soon as possible.
    At(DateTime<Utc>),
    /// This long after something that happened to the order.
    After(Duration, Anchor),
}

/// What a delay counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Anchor {
    /// [`Order::placed_at`].
    Placed,
    /// [`Order::estimated_delivery`], taken as noon UTC of that day.
    EstimatedDelivery,
    /// [`Order::delivered_at`].
    Delivered,
}

impl SendAt {
    /// The moment this means for an order, or `None` where the vendor decides.
    ///
    /// # Errors
    /// A [`FieldError`] where the order lacks the date the delay counts from.
    pub fn moment(self, order: &Order, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, FieldError> {
        let (delay, anchor) = match self {
            Self::VendorDefault => return Ok(None),
            Self::Now => return Ok(Some(now)),
            Self::At(moment) => return within_four_digits(moment).map(Some),
            Self::After(delay, anchor) => (delay, anchor),
        };
        let (field, start) = match anchor {
            Anchor::Placed => ("order.placed_at", order.placed_at()),
            Anchor::Delivered => ("order.delivered_at", order.delivered_at()),
            Anchor::EstimatedDelivery => {
                let noon = NaiveTime::MIN + chrono::TimeDelta::hours(12);
                (
                    "order.estimated_delivery",
                    order.estimated_delivery().map(|day| day.and_time(noon).and_utc()),
                )
            }
        };
        let start = start.ok_or_else(|| {
            FieldError::new(
                field,
                "expected a date, since the invitation is to go out a time after it; found none",
            )
        })?;
        let delay = chrono::TimeDelta::from_std(delay).ok();
        match delay.and_then(|delay| start.checked_add_signed(delay)) {
            Some(moment) => within_four_digits(moment).map(Some),
            None => Err(FieldError::new("send_at", "the delay leads beyond any calendar; make it shorter")),
        }
    }
}

/// Every vendor writes years with four digits.
fn within_four_digits(moment: DateTime<Utc>) -> Result<DateTime<Utc>, FieldError> {
    if (0..=9999).contains(&moment.year()) {
        return Ok(moment);
    }
    Err(FieldError::new("send_at", "expected a year of four digits"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OrderReference;

    fn time(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_delay_counts_from_its_anchor() {
        let order = Order::new(OrderReference::new("1").unwrap())
            .with_placed_at(time("2024-01-01T10:00:00Z"))
            .with_estimated_delivery("2024-01-05".parse().unwrap());
        let now = time("2024-02-01T00:00:00Z");
        let day = Duration::from_secs(86_400);
        for (send_at, expected) in [
            (SendAt::VendorDefault, None),
            (SendAt::Now, Some("2024-02-01T00:00:00Z")),
            (SendAt::At(time("2023-01-01T00:00:00Z")), Some("2023-01-01T00:00:00Z")),
            (SendAt::After(day, Anchor::Placed), Some("2024-01-02T10:00:00Z")),
            (SendAt::After(day, Anchor::EstimatedDelivery), Some("2024-01-06T12:00:00Z")),
        ] {
            assert_eq!(send_at.moment(&order, now).unwrap(), expected.map(time), "{send_at:?}");
        }
        let missing = SendAt::After(day, Anchor::Delivered).moment(&order, now).unwrap_err();
        assert_eq!(missing.field(), "order.delivered_at");
        let absurd = SendAt::After(Duration::MAX, Anchor::Placed).moment(&order, now).unwrap_err();
        assert_eq!(absurd.field(), "send_at");
        assert!(SendAt::At(DateTime::<Utc>::MAX_UTC).moment(&order, now).is_err());
    }
}
