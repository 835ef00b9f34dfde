//! From Trustpilot's reviews to those of the contract.

use review_core::{OrderReference, Review, ReviewSubject};
use review_http::Personal;

use crate::wire::{ProductReview, ServiceReview};

/// A review without usable stars is passed over: no source shows one, the contract has no word for it, and
/// an error would bar the way to all reviews behind it.
fn review(id: &str, subject: ReviewSubject, stars: Option<u8>) -> Option<Review> {
    let stars = stars.filter(|stars| (1..=5).contains(stars))?;
    Some(Review::new(id, subject, stars))
}

pub(crate) fn service_review(found: &ServiceReview) -> Option<Review> {
    let mut review = review(&found.id, ReviewSubject::Service, found.stars)?;
    review.reference = reference(found.reference_id.as_deref());
    review.title = text(found.title.as_ref());
    review.text = text(found.text.as_ref());
    review.written_at = found.created_at;
    Some(review)
}

pub(crate) fn product_review(found: &ProductReview) -> Option<Review> {
    let mut review = review(&found.id, ReviewSubject::Product, found.stars)?;
    review.reference = reference(found.reference_id.as_deref());
    review.text = text(found.content.as_ref());
    review.sku = found.product.as_ref().and_then(|product| product.sku.clone());
    review.written_at = found.created_at;
    Some(review)
}

/// A reference the contract would not have sent belongs to no order it knows.
fn reference(found: Option<&str>) -> Option<OrderReference> {
    OrderReference::new(found?).ok()
}

fn text(found: Option<&Personal>) -> Option<String> {
    found.map(|text| text.as_str().to_owned()).filter(|text| !text.is_empty())
}
