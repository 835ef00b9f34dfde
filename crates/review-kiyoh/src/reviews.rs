//! Reads reviews.

use chrono::{DateTime, TimeDelta, Utc};
use review_core::model::OrderReference;
use review_core::reviews::{PageToken, Review, ReviewPage, ReviewQuery, ReviewSubject};
use review_core::{Error, ErrorKind, Result};
use review_http::vendor::{Api, HttpReviewSource};
use serde::{Deserialize, Serialize};

use crate::client::get;
use crate::config::Kiyoh;
use crate::operations::{LIST_CLUSTERS, LIST_PRODUCT_REVIEWS, LIST_SERVICE_REVIEWS};
use crate::wire::review::{Clusters, ProductReview, ProductReviews, ServiceReview, ServiceReviews, text};

/// UNK: the largest number of reviews of a response. The list ends with a page that has no new review, so a smaller limit
/// of the vendor loses none.
const PAGE_SIZE: usize = 100;

/// UNK: whether `dateSince` and `updatedSince` are inclusive. An additional millisecond is harmless, because reviews that
/// were read before are recognised.
const SINCE_MARGIN: TimeDelta = TimeDelta::milliseconds(1);

/// Reads the reviews of the location, the oldest first, or those of its products, group by group.
///
/// UNK: `pageNumber` is in no paper. The pages are made of dates instead: the next one begins where the last one ended.
impl HttpReviewSource for Kiyoh {
    async fn read_reviews(
        &self,
        api: &Api<Self>,
        query: &ReviewQuery,
        after: Option<PageToken>,
    ) -> Result<ReviewPage> {
        if query.reference.is_some() {
            let help = "Kiyoh does not search reviews by order; read them all, or since a date";
            return Err(api.unsupported(help));
        }
        let position = after.map(|token| parse(&token)).transpose()?;
        match query.subject {
            ReviewSubject::Service => service_reviews(self, api, query, position).await,
            ReviewSubject::Product => product_reviews(self, api, query, position).await,
            _ => Err(api.unsupported("reviews are of the service or of products")),
        }
    }
}

/// The position of the next page.
#[derive(Debug, Deserialize, Serialize)]
enum Position {
    /// Reviews since a time, except those with these ids, which were read before.
    Service { since: DateTime<Utc>, read: Vec<String> },
    /// Reviews of these groups of products.
    Product { clusters: Vec<u64> },
}

fn parse(token: &PageToken) -> Result<Position> {
    serde_json::from_str(token.as_str()).map_err(|_| foreign_token())
}

fn foreign_token() -> Error {
    Error::new(ErrorKind::InvalidRequest, "this page token belongs to another reader")
}

fn next(position: &Position) -> Result<Option<PageToken>> {
    let text = serde_json::to_string(position)
        .map_err(|_| Error::new(ErrorKind::Unexpected, "the position of the next page has no JSON form"))?;
    Ok(Some(PageToken::new(text)))
}

async fn service_reviews(
    kiyoh: &Kiyoh,
    api: &Api<Kiyoh>,
    query: &ReviewQuery,
    position: Option<Position>,
) -> Result<ReviewPage> {
    let (since, read) = match position {
        None => (query.since, Vec::new()),
        Some(Position::Service { since, read }) => (Some(since), read),
        Some(Position::Product { .. }) => return Err(foreign_token()),
    };
    // DIS: whether `tenantId` is required.
    let step = get(kiyoh, LIST_SERVICE_REVIEWS, &["v1", "publication", "review", "external"])
        .query("tenantId", kiyoh.brand.tenant_id())
        .optional_query("dateSince", since.map(date_time))
        .query("orderBy", "CREATE_DATE")
        .query("sortOrder", "ASC")
        .query("limit", PAGE_SIZE.to_string());
    let mut page: Vec<ServiceReview> = api.send_json::<ServiceReviews>(&step).await?.reviews;
    let count = page.len();
    let is_old = |at: &DateTime<Utc>| since.is_some_and(|since| *at < earlier(earlier(since)));
    page.retain(|review| !read.contains(&review.id) && !review.created_at.as_ref().is_some_and(is_old));
    if page.is_empty() && count >= PAGE_SIZE {
        let message = "Kiyoh returned a full page without a new review, so the next page is unknown";
        return Err(Error::new(ErrorKind::Unexpected, message));
    }
    let last = page.iter().filter_map(|review| review.created_at).max();
    let next = match last {
        Some(last) => {
            // The next request begins a millisecond earlier, rounded down to a millisecond.
            let again = |at: &DateTime<Utc>| *at >= earlier(earlier(last));
            let known = page.iter().filter(|review| review.created_at.as_ref().is_none_or(again));
            let known = known.map(|review| review.id.clone());
            // Several pages can end at one time.
            let before = read.into_iter().filter(|_| since.as_ref().is_some_and(again));
            let read = before.chain(known).collect();
            next(&Position::Service { since: last, read })?
        }
        None => None,
    };
    let reviews = page.iter().filter_map(service_review).filter(|review| query.matches(review));
    Ok(ReviewPage::new(reviews.collect(), next))
}

/// UNK: a product review has no reference of an order.
async fn product_reviews(
    kiyoh: &Kiyoh,
    api: &Api<Kiyoh>,
    query: &ReviewQuery,
    position: Option<Position>,
) -> Result<ReviewPage> {
    let mut clusters = match position {
        Some(Position::Product { clusters }) => clusters,
        Some(Position::Service { .. }) => return Err(foreign_token()),
        None => {
            let step = get(kiyoh, LIST_CLUSTERS, &["v1", "publication", "product"])
                .query("updatedSince", date_time(query.since.unwrap_or(DateTime::UNIX_EPOCH)));
            let Clusters { clusters } = api.send_json(&step).await?;
            clusters.into_iter().map(|cluster| cluster.id).collect()
        }
    };
    let Some(cluster) = clusters.pop() else { return Ok(ReviewPage::new(Vec::new(), None)) };
    let step = get(kiyoh, LIST_PRODUCT_REVIEWS, &["v1", "publication", "product", "review", "external"])
        .query("clusterId", cluster.to_string())
        .optional_query("updatedSince", query.since.map(date_time));
    let page: ProductReviews = api.send_json(&step).await?;
    // A group of variants does not show which of them a review is about.
    let sku = match page.products.as_slice() {
        [only] => Some(only.code.clone()),
        _ => None,
    };
    let reviews = page.reviews.iter().filter_map(|found| product_review(found, sku.as_ref()));
    let reviews = reviews.filter(|review| query.matches(review)).collect();
    let next = if clusters.is_empty() { None } else { next(&Position::Product { clusters })? };
    Ok(ReviewPage::new(reviews, next))
}

fn earlier(at: DateTime<Utc>) -> DateTime<Utc> {
    at.checked_sub_signed(SINCE_MARGIN).unwrap_or(at)
}

fn date_time(at: DateTime<Utc>) -> String {
    earlier(at).format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// A rating that is not from 1 to 10 is not a review.
fn service_review(found: &ServiceReview) -> Option<Review> {
    let mut review = Review::new(found.id.as_str(), ReviewSubject::Service, found.stars?);
    review.reference = found.reference_code.as_deref().and_then(|code| OrderReference::new(code).ok());
    review.title = found.title();
    review.text = found.text();
    review.written_at = found.created_at;
    Some(review)
}

fn product_review(found: &ProductReview, sku: Option<&String>) -> Option<Review> {
    let stars = found.stars.filter(|_| !found.not_applicable)?;
    let mut review = Review::new(found.id.as_str(), ReviewSubject::Product, stars);
    review.title = text(found.oneliner.as_ref());
    review.text = text(found.description.as_ref());
    review.sku = sku.cloned();
    review.written_at = found.created_at;
    Some(review)
}
