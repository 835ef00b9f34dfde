//! Reads reviews back.

use async_trait::async_trait;
use chrono::TimeDelta;
use review_core::{
    Error, OrderReference, PageToken, ProviderInfo, Result, Review, ReviewPage, ReviewQuery, ReviewReader,
    ReviewSubject,
};

use crate::client::ReviewFilter;
use crate::provider::{EtrustedProvider, PRODUCT_REVIEW, SERVICE_REVIEW};
use crate::wire::EtrustedReview;

const READ_REVIEWS: &str = "read_reviews";

/// Whether `submittedAfter` counts its own moment in is not documented; a second more does no harm, as
/// what is too old is left out here.
const MARGIN: TimeDelta = TimeDelta::seconds(1);

/// Reads the reviews of the configured channel, in every state of moderation. A statement without stars
/// is no review.
#[async_trait]
impl ReviewReader for EtrustedProvider {
    fn account(&self) -> &ProviderInfo {
        self.client().info()
    }

    async fn read_reviews(&self, query: &ReviewQuery, after: Option<PageToken>) -> Result<ReviewPage> {
        let named = |error: Error| error.with_provider(self.account()).with_operation(READ_REVIEWS);
        let mut filter = filter(query).ok_or_else(|| {
            Error::unsupported(self.account(), READ_REVIEWS, "reviews are of the service or of products")
        })?;
        filter.channels = vec![self.channel_id().await.map_err(named)?.to_string()];
        let page = self.client().reviews(&filter, after.as_ref().map(PageToken::as_str)).await?;
        let reviews = page.items.into_iter().filter_map(review).filter(|review| query.admits(review));
        Ok(ReviewPage::new(reviews.collect(), page.after.map(PageToken::new)))
    }
}

fn filter(query: &ReviewQuery) -> Option<ReviewFilter> {
    let mut filter = ReviewFilter::new();
    filter.review_type = match query.subject {
        ReviewSubject::Service => Some(SERVICE_REVIEW.to_owned()),
        ReviewSubject::Product => Some(PRODUCT_REVIEW.to_owned()),
        _ => return None,
    };
    // A reference that looks like an e-mail address is not put into a URL: all reviews are read instead.
    let reference = query.reference.as_ref().filter(|reference| !reference.as_str().contains('@'));
    filter.query = reference.map(ToString::to_string);
    filter.submitted_after = query.since.and_then(|since| since.checked_sub_signed(MARGIN));
    Some(filter)
}

fn review(found: EtrustedReview) -> Option<Review> {
    let subject = match found.review_type.as_deref()? {
        SERVICE_REVIEW => ReviewSubject::Service,
        PRODUCT_REVIEW => ReviewSubject::Product,
        _ => return None,
    };
    let mut review = Review::new(found.id, subject, found.rating?);
    review.reference = found
        .transaction
        .and_then(|order| order.reference)
        .and_then(|reference| OrderReference::new(reference).ok());
    review.title = found.title.map(|title| title.as_str().to_owned());
    review.text = found.comment.map(|text| text.as_str().to_owned());
    review.sku = found.product.and_then(|product| product.sku);
    review.written_at = found.submitted_at.or(found.created_at);
    Some(review)
}
