//! Reads reviews.

use http::Method;
use review_core::model::OrderReference;
use review_core::reviews::{PageToken, Review, ReviewPage, ReviewQuery, ReviewSubject};
use review_core::{Error, ErrorKind, Result};
use review_http::Personal;
use review_http::vendor::{Api, HttpReviewSource, Step};

use crate::config::Trustpilot;
use crate::operations::{LIST_PRODUCT_REVIEWS, LIST_SERVICE_REVIEWS, unit_path};
use crate::wire::request::send_time;
use crate::wire::review::{ProductReview, ProductReviews, ServiceReview, ServiceReviews};

const PAGE_SIZE: u32 = 100;
/// Trustpilot lists at most 100,000 reviews page by page.
const LAST_PAGE: u32 = 100_000 / PAGE_SIZE;

/// Pages are numbered from 1, and the list ends with an empty one. INF: documented for product reviews, used for service
/// reviews as well; that a page which is not full is the last one is documented nowhere.
impl HttpReviewSource for Trustpilot {
    async fn read_reviews(
        &self,
        api: &Api<Self>,
        query: &ReviewQuery,
        after: Option<PageToken>,
    ) -> Result<ReviewPage> {
        let page = page_number(after.as_ref())?;
        let (number, size) = (page.to_string(), PAGE_SIZE.to_string());
        let unit = api.account().await?;
        let (reviews, count): (Vec<_>, _) = match query.subject {
            ReviewSubject::Service => {
                // A reference that looks like an email address must not be in a URL: all reviews are read instead.
                let reference = query.reference.as_ref().map(OrderReference::as_str);
                let path = unit_path(&unit, &["reviews"]);
                let step = Step::idempotent(LIST_SERVICE_REVIEWS, Method::GET, &self.api_url, &path)
                    .query("page", number)
                    .query("perPage", size)
                    .query("orderBy", "createdat.asc")
                    .optional_query("referenceId", reference.filter(|reference| !reference.contains('@')))
                    // DIS: of the two forms that were seen, this one cannot be read day first.
                    .optional_query("startDateTime", query.since.map(send_time));
                let page: ServiceReviews = api.send_json(&step).await?;
                (page.reviews.iter().filter_map(service_review).collect(), page.reviews.len())
            }
            ReviewSubject::Product => {
                let path = ["v1", "private", "product-reviews", "business-units", unit.as_str(), "reviews"];
                let step = Step::idempotent(LIST_PRODUCT_REVIEWS, Method::GET, &self.api_url, &path)
                    .query("page", number)
                    .query("perPage", size);
                let page: ProductReviews = api.send_json(&step).await?;
                let reviews = page.product_reviews;
                (reviews.iter().filter_map(product_review).collect(), reviews.len())
            }
            _ => return Err(api.unsupported("reviews are of the service or of products")),
        };
        let reviews = reviews.into_iter().filter(|review| query.matches(review)).collect();
        let next = (count > 0).then(|| PageToken::new(page.saturating_add(1).to_string()));
        Ok(ReviewPage::new(reviews, next))
    }
}

fn page_number(after: Option<&PageToken>) -> Result<u32> {
    let Some(token) = after else { return Ok(1) };
    let foreign = |_| Error::new(ErrorKind::InvalidRequest, "this page token belongs to another reader");
    match token.as_str().parse().map_err(foreign)? {
        page if page > LAST_PAGE => {
            let message = "Trustpilot lists at most 100,000 reviews page by page; narrow the query";
            Err(Error::new(ErrorKind::Unsupported, message))
        }
        page => Ok(page),
    }
}

/// Anything but 1 to 5 stars is not a review.
fn review(id: &str, subject: ReviewSubject, stars: Option<u8>) -> Option<Review> {
    let stars = stars.filter(|stars| (1..=5).contains(stars))?;
    Some(Review::new(id, subject, stars))
}

fn service_review(found: &ServiceReview) -> Option<Review> {
    let mut review = review(&found.id, ReviewSubject::Service, found.stars)?;
    review.reference = reference(found.reference_id.as_deref());
    review.title = text(found.title.as_ref());
    review.text = text(found.text.as_ref());
    review.written_at = found.created_at;
    Some(review)
}

fn product_review(found: &ProductReview) -> Option<Review> {
    let mut review = review(&found.id, ReviewSubject::Product, found.stars)?;
    review.reference = reference(found.reference_id.as_deref());
    review.text = text(found.content.as_ref());
    review.sku = found.product.as_ref().and_then(|product| product.sku.clone());
    review.written_at = found.created_at;
    Some(review)
}

fn reference(found: Option<&str>) -> Option<OrderReference> {
    OrderReference::new(found?).ok()
}

fn text(found: Option<&Personal>) -> Option<String> {
    found.map(|text| text.as_str().to_owned()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_beyond_the_documented_limit_is_unsupported() {
        let page = |token: &str| page_number(Some(&PageToken::new(token)));
        assert_eq!((page("7").unwrap(), page("1000").unwrap()), (7, 1000));
        assert_eq!(page("1001").unwrap_err().kind(), ErrorKind::Unsupported);
        assert_eq!(page("cursor").unwrap_err().kind(), ErrorKind::InvalidRequest);
    }
}
