//! Reads reviews.

use chrono::TimeDelta;
use http::Method;
use review_core::Result;
use review_core::model::OrderReference;
use review_core::reviews::{PageToken, Review, ReviewPage, ReviewQuery, ReviewSubject};
use review_http::vendor::{Api, HttpReviewSource, Step};

use crate::config::Etrusted;
use crate::lookup::{PAGE_SIZE, PRODUCT_REVIEW, SERVICE_REVIEW, channel_id};
use crate::operations::LIST_REVIEWS;
use crate::wire::page::Page;
use crate::wire::request::date_time;
use crate::wire::review::EtrustedReview;

/// UNK: whether `submittedAfter` is inclusive. One additional second is harmless, because older reviews are filtered
/// out here.
const SINCE_MARGIN: TimeDelta = TimeDelta::seconds(1);

/// Reads the reviews of the configured channel, in every state of moderation. A statement without stars is not a review.
impl HttpReviewSource for Etrusted {
    async fn read_reviews(
        &self,
        api: &Api<Self>,
        query: &ReviewQuery,
        after: Option<PageToken>,
    ) -> Result<ReviewPage> {
        let review_type = match query.subject {
            ReviewSubject::Service => SERVICE_REVIEW,
            ReviewSubject::Product => PRODUCT_REVIEW,
            _ => return Err(api.unsupported("reviews are of the service or of products")),
        };
        let channel = channel_id(api).await?;
        // A reference that looks like an email address must not be in a URL: all reviews are read instead.
        let reference =
            query.reference.as_ref().map(OrderReference::as_str).filter(|text| !text.contains('@'));
        let since = query.since.and_then(|since| since.checked_sub_signed(SINCE_MARGIN));
        let step = Step::idempotent(LIST_REVIEWS, Method::GET, &self.api_url, &["reviews"])
            .query("channels", channel.as_str())
            .query("type", review_type)
            .optional_query("submittedAfter", since.map(date_time))
            .optional_query("query", reference)
            .query("count", PAGE_SIZE)
            .optional_query("after", after.as_ref().map(PageToken::as_str));
        let page: Page<EtrustedReview> = api.send_json(&step).await?;
        let reviews = page.items.into_iter().filter_map(|found| review(found, query.subject));
        let reviews = reviews.filter(|review| query.matches(review));
        Ok(ReviewPage::new(reviews.collect(), page.after.map(PageToken::new)))
    }
}

fn review(found: EtrustedReview, subject: ReviewSubject) -> Option<Review> {
    let found_subject = match found.review_type.as_deref()? {
        SERVICE_REVIEW => ReviewSubject::Service,
        PRODUCT_REVIEW => ReviewSubject::Product,
        _ => return None,
    };
    let mut review = Review::new(found.id, found_subject, found.rating?);
    review.reference = found.transaction.reference.and_then(|reference| OrderReference::new(reference).ok());
    review.title = found.title.map(|title| title.as_str().to_owned());
    review.text = found.comment.map(|text| text.as_str().to_owned());
    review.sku = found.product.sku;
    review.written_at = found.submitted_at.or(found.created_at);
    Some(review).filter(|review| review.subject == subject)
}
