//! The chart of what goes out when.

use chrono::{DateTime, TimeDelta, Utc};

use super::view::{length, minute};

/// How many bars the chart has, at most.
const MAX_BARS: i64 = 48;

/// The height of the lowest bar, so that one email among thousands is seen.
const LEAST_HEIGHT: usize = 3;

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// The widths of a bar, in seconds. Longer ones are multiples of the last.
const STEPS: [i64; 8] = [60, 600, HOUR, 6 * HOUR, DAY, 7 * DAY, 28 * DAY, 364 * DAY];

/// The number of emails in each of several periods of equal length.
pub(super) struct Timeline {
    pub(super) total: usize,
    /// In the highest bar.
    pub(super) most: usize,
    /// The length of a period.
    pub(super) step: String,
    pub(super) first: String,
    pub(super) last: String,
    pub(super) bars: Vec<Bar>,
    /// Where the present is, in thousandths of the width.
    pub(super) now: Option<i64>,
}

/// A period with emails. Positions are in thousandths of the width and hundredths of the height.
pub(super) struct Bar {
    pub(super) from: String,
    pub(super) count: usize,
    pub(super) is_sent: bool,
    pub(super) x: i64,
    pub(super) width: i64,
    pub(super) height: usize,
}

impl Timeline {
    /// Returns `None` without emails.
    pub(super) fn new(times: &[DateTime<Utc>], now: DateTime<Utc>) -> Option<Self> {
        let (first, last) = (times.iter().min()?, times.iter().max()?);
        let range = last.timestamp() - first.timestamp();
        let fits = |step: &i64| range / step < MAX_BARS - 1;
        let longest = 364 * DAY * (range / (364 * DAY * (MAX_BARS - 1)) + 1);
        let step = STEPS.into_iter().find(fits).unwrap_or(longest);
        let start = first.timestamp().div_euclid(step);
        let periods = last.timestamp().div_euclid(step) - start + 1;
        let mut counts = vec![0; usize::try_from(periods).unwrap_or_default()];
        for at in times {
            let place = usize::try_from(at.timestamp().div_euclid(step) - start).unwrap_or_default();
            if let Some(count) = counts.get_mut(place) {
                *count += 1;
            }
        }
        let most = counts.iter().copied().max().unwrap_or_default();
        let left = |period: i64| period * 1_000 / periods;
        let bar = |(period, count): (i64, usize)| {
            let from = DateTime::from_timestamp((start + period) * step, 0).unwrap_or_default();
            Bar {
                from: minute(from),
                count,
                is_sent: (start + period + 1) * step <= now.timestamp() + 1,
                x: left(period),
                width: (left(period + 1) - left(period)).max(1),
                height: (count * 100).div_ceil(most.max(1)).max(LEAST_HEIGHT),
            }
        };
        let passed = now.timestamp() - start * step;
        let present = passed * 1_000 / (periods * step);
        Some(Self {
            total: times.len(),
            most,
            step: length(TimeDelta::seconds(step)),
            first: minute(*first),
            last: minute(*last),
            bars: (0..).zip(counts).filter(|(_, count)| *count > 0).map(bar).collect(),
            now: (0..=1_000).contains(&present).then_some(present),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn timeline_counts_each_email_in_one_bar() {
        let times = ["2026-01-01T10:00:00Z", "2026-01-03T09:00:00Z", "2026-01-03T09:59:59Z"].map(at);
        let timeline = Timeline::new(&times, at("2026-01-02T12:00:00Z")).unwrap();
        let bars: Vec<_> =
            timeline.bars.iter().map(|bar| (bar.from.as_str(), bar.count, bar.is_sent)).collect();
        assert_eq!(bars, [("2026-01-01 06:00", 1, true), ("2026-01-03 06:00", 2, false)]);
        assert_eq!((timeline.total, timeline.most, timeline.step.as_str()), (3, 2, "6 h"));
        assert_eq!(timeline.bars.iter().map(|bar| bar.height).collect::<Vec<_>>(), [50, 100]);
        assert_eq!(timeline.now, Some(555), "30 of 54 hours");
    }

    #[test]
    fn timeline_has_few_bars_for_any_range() {
        assert!(Timeline::new(&[], Utc::now()).is_none());
        for last in
            ["2026-01-01T10:00:00Z", "2026-01-01T23:00:00Z", "2027-03-01T00:00:00Z", "9999-12-31T00:00:00Z"]
        {
            let times =
                [at("2026-01-01T10:00:00Z"), at(last), DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC];
            for times in [&times[..2], &times] {
                let timeline = Timeline::new(times, at("2026-01-01T10:00:00Z")).unwrap();
                assert_eq!(timeline.bars.iter().map(|bar| bar.count).sum::<usize>(), times.len());
                let inside =
                    |bar: &Bar| (0..=1_000 - bar.width).contains(&bar.x) && bar.width >= 1_000 / MAX_BARS;
                assert!(timeline.bars.iter().all(inside), "{last}");
            }
        }
    }
}
