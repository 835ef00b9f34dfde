//! Shop reviews, and the figures of the location.

use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::account::{self, KIYOH_LOCATION_NAME, LOCATION_ID, LOCATION_NAME};
use super::request::{choice, location, moment, number, open, tenant};
use super::review::Review;
use super::store::Kiyoh;
use crate::clock;
use crate::form_fields::FormFields;
use crate::request::ApiRequest;
use crate::response::{ApiResponse, ApiResult};
use crate::state::App;

/// UNK: how many reviews a response has without `limit`.
const DEFAULT_LIMIT: usize = 10;

/// UNK: the largest `limit`. A public client observed that no response has more, whatever was asked.
const MAX_LIMIT: usize = 250;

/// DIS: the papers do not have `pageNumber`, public clients send it. It counts from 0.
const PARAMETERS: [&str; 10] = [
    "locationId",
    "tenantId",
    "dateSince",
    "updatedSince",
    "orderBy",
    "sortOrder",
    "limit",
    "pageNumber",
    "reviewId",
    "locale",
];

/// `GET /v1/publication/review/external`
pub(super) async fn list(State(app): State<App>, request: ApiRequest) -> ApiResult {
    let query = open(&app, &request, &PARAMETERS)?;
    location(query.get("locationId"))?;
    tenant(&query)?;
    let wanted = Wanted::read(&query)?;
    let state = app.state();
    let kiyoh = &state.kiyoh;
    let mut body = print_location(kiyoh, app.clock().now());
    let reviews: Vec<_> = wanted.select(kiyoh.shop_reviews()).map(Review::print).collect();
    if let Some(members) = body.as_object_mut() {
        members.insert("reviews".to_owned(), reviews.into());
    }
    Ok(ApiResponse::json(StatusCode::OK, body))
}

/// `GET /v1/publication/review/external/location/statistics`
pub(super) async fn statistics(State(app): State<App>, request: ApiRequest) -> ApiResult {
    let query = open(&app, &request, &["locationId", "tenantId"])?;
    location(query.get("locationId"))?;
    tenant(&query)?;
    let state = app.state();
    let reviews: Vec<_> = state.kiyoh.shop_reviews().collect();
    let body = json!({
        "locationId": LOCATION_ID,
        "locationName": LOCATION_NAME,
        "averageRating": average(reviews.iter().map(|review| review.rating)),
        "recommendation": recommendation(&reviews),
        "numberReviews": reviews.len(),
        // A string in the sample.
        "locationActive": state.kiyoh.location_active.to_string(),
        "locationQuestionAverage": [],
    });
    Ok(ApiResponse::json(StatusCode::OK, body))
}

/// Which reviews are wanted, and in which order.
struct Wanted<'a> {
    created_after: Option<DateTime<Utc>>,
    updated_after: Option<DateTime<Utc>>,
    id: Option<&'a str>,
    by_rating: bool,
    ascending: bool,
    limit: usize,
    page: usize,
}

impl<'a> Wanted<'a> {
    /// UNK: the order without parameters. INF: by date of creation, the newest first.
    fn read(query: &'a FormFields) -> Result<Self, ApiResponse> {
        Ok(Self {
            created_after: moment(query, "dateSince")?,
            updated_after: moment(query, "updatedSince")?,
            id: query.get("reviewId"),
            by_rating: choice(query, "orderBy", &["CREATE_DATE", "UPDATE_DATE", "RATING"])? == "RATING",
            ascending: choice(query, "sortOrder", &["DESC", "ASC"])? == "ASC",
            limit: number(query, "limit", 1)?.unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT),
            page: number(query, "pageNumber", 0)?.unwrap_or_default(),
        })
    }

    /// `reviews` are in order of submission. No review changes later, so both dates are the same.
    fn select<'r>(&self, reviews: impl Iterator<Item = &'r Review>) -> impl Iterator<Item = &'r Review> {
        let after = |limit: Option<DateTime<Utc>>, at| limit.is_none_or(|limit| at > limit);
        let mut found: Vec<_> = reviews
            .filter(|review| self.id.is_none_or(|id| id == review.id))
            .filter(|review| after(self.created_after, review.at) && after(self.updated_after, review.at))
            .collect();
        if self.by_rating {
            found.sort_by_key(|review| review.rating);
        }
        if !self.ascending {
            found.reverse();
        }
        found.into_iter().skip(self.page.saturating_mul(self.limit)).take(self.limit)
    }
}

fn print_location(kiyoh: &Kiyoh, now: DateTime<Utc>) -> Value {
    let reviews: Vec<_> = kiyoh.shop_reviews().collect();
    let year_ago = now.checked_sub_signed(TimeDelta::days(365));
    let recent = reviews.iter().filter(|review| year_ago.is_none_or(|start| review.at >= start));
    // INF: ratings of ten count as stars by halves, rounded up.
    let stars = |stars: u8| reviews.iter().filter(|review| review.rating.div_ceil(2) == stars).count();
    let page = |kind: &str| format!("{}/{kind}/{LOCATION_ID}/{KIYOH_LOCATION_NAME}", account::WEB);
    let last = reviews.last().map_or(now, |review| review.at);
    json!({
        "locationId": LOCATION_ID,
        "uniqueId": LOCATION_ID,
        "locationName": LOCATION_NAME,
        "canonicalName": KIYOH_LOCATION_NAME,
        "categoryName": "Shops",
        "street": "Stationsweg",
        "houseNumber": "1",
        "houseNumberExtension": "A",
        "postcode": "1234 AB",
        "city": "Utrecht",
        "country": "NL",
        "website": account::WEBSITE,
        "averageRating": average(reviews.iter().map(|review| review.rating)),
        "numberReviews": reviews.len(),
        "last12MonthAverageRating": average(recent.clone().map(|review| review.rating)),
        "last12MonthNumberReviews": recent.count(),
        "percentageRecommendation": recommendation(&reviews),
        "fiveStars": stars(5),
        "fourStars": stars(4),
        "threeStars": stars(3),
        "twoStars": stars(2),
        "oneStars": stars(1),
        "viewReviewUrl": page("reviews"),
        "createReviewUrl": page("add-review"),
        "dateSince": "2018-03-07T12:14:05.096+01:00",
        "updatedSince": clock::print(last),
    })
}

/// The average with one decimal. UNK: what the vendor prints without any review; 0 here.
pub(super) fn average(ratings: impl Iterator<Item = u8>) -> f64 {
    let (count, sum) =
        ratings.fold((0_u32, 0_u32), |(count, sum), rating| (count + 1, sum + u32::from(rating)));
    if count == 0 { 0.0 } else { (f64::from(sum) * 10.0 / f64::from(count)).round() / 10.0 }
}

/// Whole percent, rounded down.
fn recommendation(reviews: &[&Review]) -> usize {
    let recommended = reviews.iter().filter(|review| review.recommends()).count();
    (recommended * 100).checked_div(reviews.len()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::average;

    #[test]
    fn average_has_one_decimal() {
        assert!((average([10, 9, 9].into_iter()) - 9.3).abs() < 1e-9);
        assert!(average([].into_iter()).abs() < 1e-9);
    }
}
