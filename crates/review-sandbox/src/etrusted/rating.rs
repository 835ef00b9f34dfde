//! The aggregate rating of a channel.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use super::open;
use super::review::Review;
use crate::clock;
use crate::email::EmailKind;
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ApiResult};
use crate::state::App;

/// The documented spans, days.
const SPANS: [(&str, Option<i64>); 5] = [
    ("7days", Some(7)),
    ("30days", Some(30)),
    ("90days", Some(90)),
    ("365days", Some(365)),
    ("overall", None),
];

/// UNK: how it is found. The sample has one for the two longer spans, when they count a review at all.
const TREND: &str = "NEUTRAL";

/// `GET /channels/{id}/service-reviews/aggregate-rating`
///
/// INF: it counts at once; the recorded answer was calculated once a day.
pub(super) async fn read(State(app): State<App>, Path(id): Path<String>, request: ApiRequest) -> ApiResult {
    open(&app, &request, &[])?;
    let now = app.clock().now();
    let state = app.state();
    if state.etrusted.channels.iter().all(|channel| channel.id != id) {
        return Err(ApiResponse::empty(StatusCode::NOT_FOUND));
    }
    let reviews: Vec<_> = state
        .etrusted
        .reviews
        .iter()
        .filter(|review| review.kind == EmailKind::Service && review.channel == id)
        .collect();
    let spans = SPANS.into_iter().map(|(name, days)| (name.to_owned(), span(&reviews, days, now)));
    Ok(ApiResponse::json(StatusCode::OK, Value::Object(spans.collect())))
}

fn span(reviews: &[&Review], days: Option<i64>, now: DateTime<Utc>) -> Value {
    let midnight = |at: DateTime<Utc>| at.date_naive().and_time(NaiveTime::MIN).and_utc();
    let begin =
        days.and_then(TimeDelta::try_days).and_then(|days| now.checked_sub_signed(days)).map(midnight);
    let counted = reviews.iter().filter(|review| begin.is_none_or(|begin| review.submitted >= begin));
    let (first, last) = (counted.clone().next(), counted.clone().next_back());
    // All time begins with the first review; without one, UNK, today.
    let start = begin.unwrap_or_else(|| first.map_or_else(|| midnight(now), |first| first.submitted));
    let mut period = Map::new();
    period.insert("start".to_owned(), clock::print(start).into());
    period.insert("end".to_owned(), format!("{}T23:59:59.999Z", now.format("%Y-%m-%d")).into());
    period.insert("calculatedAt".to_owned(), clock::print(now).into());
    if let (Some(first), Some(last)) = (first, last) {
        period.insert("firstConsideredReviewSubmission".to_owned(), clock::print(first.submitted).into());
        period.insert("lastConsideredReviewSubmission".to_owned(), clock::print(last.submitted).into());
        if matches!(days, Some(90 | 365)) {
            period.insert("ratingTrend".to_owned(), TREND.into());
        }
    }
    let stars = |rating: u8| counted.clone().filter(|review| review.rating == rating).count();
    let ratings: Vec<_> = counted.clone().map(|review| u64::from(review.rating)).collect();
    json!({
        "count": ratings.len(),
        "rating": mean(&ratings),
        "period": period,
        "distribution": {
            "oneStar": stars(1),
            "twoStars": stars(2),
            "threeStars": stars(3),
            "fourStars": stars(4),
            "fiveStars": stars(5),
        },
    })
}

/// Two decimals at most; a whole number is printed as one, and 0 stands for no review: as in the recorded answer.
fn mean(ratings: &[u64]) -> Value {
    let count = ratings.len() as u64;
    let sum: u64 = ratings.iter().sum();
    let Some(hundredths) = (sum * 100 + count / 2).checked_div(count) else {
        return 0.into();
    };
    if hundredths % 100 == 0 { (hundredths / 100).into() } else { (hundredths as f64 / 100.0).into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means() {
        for (ratings, expected) in
            [(&[][..], "0"), (&[4, 4], "4"), (&[2, 5], "3.5"), (&[1, 1, 3], "1.67"), (&[5, 5, 4], "4.67")]
        {
            assert_eq!(mean(ratings).to_string(), expected);
        }
    }
}
