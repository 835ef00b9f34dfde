//! Reading reviews behind the contract.

use async_trait::async_trait;
use review_core::{
    Error, ErrorKind, PageToken, ProviderInfo, Result, ReviewInviteProvider, ReviewPage, ReviewQuery,
    ReviewReader, ReviewSubject,
};

use crate::client::streams::{LAST_PAGE, beyond_the_last_page};
use crate::client::{ProductReviewQuery, ServiceReviewOrder, ServiceReviewQuery, name};
use crate::map;
use crate::provider::TrustpilotProvider;

/// Pages are numbered from 1, and one past the end is empty. A page that is not full is not taken for the
/// last: no source says that it is.
#[async_trait]
impl ReviewReader for TrustpilotProvider {
    fn account(&self) -> &ProviderInfo {
        self.info()
    }

    async fn read_reviews(&self, query: &ReviewQuery, after: Option<PageToken>) -> Result<ReviewPage> {
        let named = |error: Error| error.with_provider(self.account()).with_operation(name::READ_REVIEWS);
        let page = page_number(after.as_ref()).map_err(named)?;
        let unit = self.business_unit().await.map_err(named)?;
        let (reviews, found) = match query.subject {
            ReviewSubject::Service => {
                let wanted = ServiceReviewQuery {
                    order: Some(ServiceReviewOrder::OldestFirst),
                    reference_id: query.reference.as_ref().map(|reference| reference.as_str().to_owned()),
                    since: query.since,
                    ..ServiceReviewQuery::default()
                }
                .on_page(page);
                let page = self.client().service_reviews(&unit, &wanted).await?;
                (page.reviews.iter().filter_map(map::service_review).collect::<Vec<_>>(), page.reviews.len())
            }
            ReviewSubject::Product => {
                let wanted = ProductReviewQuery::default().on_page(page);
                let page = self.client().product_reviews(&unit, &wanted).await?;
                let reviews = page.product_reviews.iter().filter_map(map::product_review).collect();
                (reviews, page.product_reviews.len())
            }
            _ => {
                return Err(named(Error::new(
                    ErrorKind::Unsupported,
                    "Trustpilot has no reviews of this kind",
                )));
            }
        };
        // Filters that Trustpilot does not have are the reader's own.
        let reviews = reviews.into_iter().filter(|review| query.admits(review)).collect();
        let next = (found > 0).then(|| PageToken::new(page.saturating_add(1).to_string()));
        Ok(ReviewPage::new(reviews, next))
    }
}

fn page_number(after: Option<&PageToken>) -> Result<u32> {
    let Some(token) = after else { return Ok(1) };
    let foreign = |_| Error::new(ErrorKind::InvalidRequest, "this page token was made by another reader");
    match token.as_str().parse().map_err(foreign)? {
        page if page > LAST_PAGE => Err(beyond_the_last_page()),
        page => Ok(page),
    }
}
