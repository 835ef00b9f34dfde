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

/// The documented periods, in days.
const SPANS: [(&str, Option<i64>); 5] = [
    ("7days", Some(7)),
    ("30days", Some(30)),
    ("90days", Some(90)),
    ("365days", Some(365)),
    ("overall", None),
];

/// UNK: how it is calculated. The sample has one for the two longer periods, if they contain a review.
const TREND: &str = "NEUTRAL";

/// `GET /channels/{id}/service-reviews/aggregate-rating`
///
/// INF: it counts reviews immediately; the recorded response was calculated once a day.
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
    // The overall period begins with the first review; UNK: without one, today.
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

/// At most two decimals. An integer is printed as one, and 0 means that there is no review, as in the recorded
/// response.
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
    fn rating_is_rounded_to_two_decimals() {
        for (ratings, expected) in
            [(&[][..], "0"), (&[4, 4], "4"), (&[2, 5], "3.5"), (&[1, 1, 3], "1.67"), (&[5, 5, 4], "4.67")]
        {
            assert_eq!(mean(ratings).to_string(), expected);
        }
    }
}
