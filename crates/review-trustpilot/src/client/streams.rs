//! Reviews one by one, however many pages they come on.

use std::future::Future;

use futures_util::{Stream, StreamExt, stream};
use review_core::{Error, ErrorKind};
use review_http::ResourceId;

use super::TrustpilotClient;
use super::reviews::{ProductReviewQuery, ServiceReviewQuery};
use crate::wire::{ProductReview, ServiceReview};

/// The most Trustpilot gives on a page.
pub(crate) const PER_PAGE: u32 = 100;

/// "At most 100 000 records by paging", says the documentation of service reviews; product reviews are
/// held to the same. It also ends the walk through a list that ignores the number of the page.
pub(crate) const LAST_PAGE: u32 = 100_000 / PER_PAGE;

/// What is told where a list goes on beyond [`LAST_PAGE`].
pub(crate) fn beyond_the_last_page() -> Error {
    Error::new(
        ErrorKind::Unsupported,
        "Trustpilot lists at most 100,000 reviews page by page; narrow the query",
    )
}

impl TrustpilotClient {
    /// All reviews of [`service_reviews`](Self::service_reviews), from the first page on. A page is read
    /// when the one before is used up, so memory does not grow. After an error the stream ends.
    pub fn each_service_review<'a>(
        &'a self,
        business_unit: &'a ResourceId,
        query: ServiceReviewQuery,
    ) -> impl Stream<Item = Result<ServiceReview, Error>> + Send + 'a {
        each(move |page| {
            let query = query.on_page(page);
            async move { Ok(self.service_reviews(business_unit, &query).await?.reviews) }
        })
    }

    /// All reviews of [`public_service_reviews`](Self::public_service_reviews), as
    /// [`each_service_review`](Self::each_service_review).
    pub fn each_public_service_review<'a>(
        &'a self,
        business_unit: &'a ResourceId,
        query: ServiceReviewQuery,
    ) -> impl Stream<Item = Result<ServiceReview, Error>> + Send + 'a {
        each(move |page| {
            let query = query.on_page(page);
            async move { Ok(self.public_service_reviews(business_unit, &query).await?.reviews) }
        })
    }

    /// All reviews of [`product_reviews`](Self::product_reviews), as
    /// [`each_service_review`](Self::each_service_review).
    pub fn each_product_review<'a>(
        &'a self,
        business_unit: &'a ResourceId,
        query: ProductReviewQuery,
    ) -> impl Stream<Item = Result<ProductReview, Error>> + Send + 'a {
        each(move |page| {
            let query = query.on_page(page);
            async move { Ok(self.product_reviews(business_unit, &query).await?.product_reviews) }
        })
    }

    /// All reviews of [`public_product_reviews`](Self::public_product_reviews), as
    /// [`each_service_review`](Self::each_service_review).
    pub fn each_public_product_review<'a>(
        &'a self,
        business_unit: &'a ResourceId,
        query: ProductReviewQuery,
    ) -> impl Stream<Item = Result<ProductReview, Error>> + Send + 'a {
        each(move |page| {
            let query = query.on_page(page);
            async move { Ok(self.public_product_reviews(business_unit, &query).await?.product_reviews) }
        })
    }
}

/// Pages are numbered from 1, and one past the end is empty.
fn each<'a, T, F>(read: impl Fn(u32) -> F + Send + 'a) -> impl Stream<Item = Result<T, Error>> + Send + 'a
where
    T: Send + 'a,
    F: Future<Output = Result<Vec<T>, Error>> + Send + 'a,
{
    let pages = stream::unfold((Some(1), read), |(page, read)| async move {
        let page = page?;
        let result = if page > LAST_PAGE { Err(beyond_the_last_page()) } else { read(page).await };
        match result {
            Ok(reviews) if reviews.is_empty() => None,
            Ok(reviews) => {
                Some((stream::iter(reviews.into_iter().map(Ok).collect::<Vec<_>>()), (Some(page + 1), read)))
            }
            Err(error) => Some((stream::iter(vec![Err(error)]), (None, read))),
        }
    });
    pages.flatten()
}

#[cfg(test)]
mod tests {
    use futures_util::TryStreamExt;

    use super::*;

    #[tokio::test]
    async fn pages_are_walked_until_one_is_empty_or_fails() {
        let rows = each(|page| async move { Ok(if page <= 3 { vec![page; 2] } else { vec![] }) });
        assert_eq!(rows.try_collect::<Vec<u32>>().await.unwrap(), [1, 1, 2, 2, 3, 3]);
        let fails = each(|page| async move {
            if page < 2 { Ok(vec![page]) } else { Err(Error::new(ErrorKind::Transient, "")) }
        });
        let kinds: Vec<_> = fails.map(|row| row.map_err(|error| error.kind())).collect().await;
        assert_eq!(kinds, [Ok(1), Err(ErrorKind::Transient)]);
    }

    #[tokio::test]
    async fn a_list_that_never_ends_is_left_at_the_documented_limit() {
        let rows: Vec<_> = each(|_| async { Ok(vec![0]) }).collect().await;
        assert_eq!(rows.len(), 1001);
        assert_eq!(rows.last().unwrap().as_ref().unwrap_err().kind(), ErrorKind::Unsupported);
    }
}
