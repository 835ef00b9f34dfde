//! Reads reviews.

use std::fmt::Write as _;

use review_core::reviews::{PageToken, Review, ReviewPage, ReviewQuery, ReviewSubject};
use review_core::{Error, ErrorKind, Result};
use review_http::Personal;
use review_http::vendor::{Api, HttpReviewSource};
use sha2::{Digest, Sha256};

use crate::config::Webwinkelkeur;
use crate::lookup::page;
use crate::operations::{LIST_PRODUCT_REVIEWS, LIST_RATINGS};
use crate::wire::review::{ProductReview, ProductReviews, Rating, Ratings};

/// Reads ratings of the shop and reviews of products, in every state of moderation but deleted. A page token is the
/// number of reviews before the page. The list ends with an empty page.
impl HttpReviewSource for Webwinkelkeur {
    async fn read_reviews(
        &self,
        api: &Api<Self>,
        query: &ReviewQuery,
        after: Option<PageToken>,
    ) -> Result<ReviewPage> {
        if query.reference.is_some() {
            return Err(api.unsupported("the vendor's reviews do not contain the order; read all of them"));
        }
        let offset = offset(after.as_ref())?;
        let read = |operation, path| page(self.read(operation, &["1.0", path]), offset);
        let (count, reviews, is_newest_first): (_, Vec<_>, _) = match query.subject {
            ReviewSubject::Service => {
                let Ratings { ratings } = api.send_json(&read(LIST_RATINGS, "ratings.json")).await?;
                (ratings.count, ratings.items.into_iter().filter_map(rating).collect(), true)
            }
            ReviewSubject::Product => {
                let step = read(LIST_PRODUCT_REVIEWS, "product_reviews.json");
                let ProductReviews { product_reviews: found } = api.send_json(&step).await?;
                // UNK: the order of this list.
                (found.count, found.items.into_iter().filter_map(product_review).collect(), false)
            }
            _ => return Err(api.unsupported("reviews are of the service or of products")),
        };
        let oldest = reviews.last().and_then(|review| review.written_at);
        let is_past_since =
            is_newest_first && query.since.zip(oldest).is_some_and(|(since, oldest)| oldest < since);
        let is_last = count == 0 || is_past_since;
        let next = (!is_last).then(|| PageToken::new(offset.saturating_add(count).to_string()));
        let matching = reviews.into_iter().filter(|review| query.matches(review));
        Ok(ReviewPage::new(matching.collect(), next))
    }
}

fn offset(after: Option<&PageToken>) -> Result<usize> {
    let foreign = |_| Error::new(ErrorKind::InvalidRequest, "this page token belongs to another reader");
    after.map_or(Ok(0), |token| token.as_str().parse().map_err(foreign))
}

fn rating(found: Rating) -> Option<Review> {
    let id = rating_id(&found.created.0, found.email.as_ref().map_or("", Personal::as_str));
    let mut review = Review::new(id, ReviewSubject::Service, found.rating?);
    review.text = text(found.comment);
    review.written_at = found.created.time();
    Some(review)
}

/// A rating has no id. A hash of its time and address is the same in every reading, and does not show the address. It is
/// pseudonymous, not anonymous: who knows an address can compute it.
fn rating_id(created: &str, email: &str) -> String {
    let hash = Sha256::digest(format!("{created}\n{}", email.to_lowercase()));
    hash.iter().take(16).fold(String::new(), |mut id, byte| {
        let _ = write!(id, "{byte:02x}");
        id
    })
}

/// INF: `rating` has five stars, as that of the shop.
fn product_review(found: ProductReview) -> Option<Review> {
    let mut review = Review::new(found.id?, ReviewSubject::Product, found.rating?);
    review.text = text(found.review);
    review.sku = found.product_id;
    review.written_at = found.created.time();
    Some(review).filter(|_| !found.deleted)
}

fn text(found: Option<Personal>) -> Option<String> {
    found.map(|text| text.as_str().to_owned()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rating_has_the_same_id_in_every_reading() {
        let id = rating_id("2024-02-14 19:08:00", "jane@example.com");
        assert_eq!(id, rating_id("2024-02-14 19:08:00", "Jane@Example.com"));
        assert_ne!(id, rating_id("2024-02-14 19:08:01", "jane@example.com"));
        assert_ne!(id, rating_id("2024-02-14 19:08:00", "john@example.com"));
        assert!(id.len() == 32 && !id.contains("jane"));
    }

    #[test]
    fn page_token_of_another_reader_is_rejected() {
        assert_eq!(offset(Some(&PageToken::new("200"))).unwrap(), 200);
        assert_eq!(offset(Some(&PageToken::new("cursor"))).unwrap_err().kind(), ErrorKind::InvalidRequest);
    }
}
