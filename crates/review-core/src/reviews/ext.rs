//! What every reader can do.

use futures_util::{Stream, StreamExt, TryStreamExt, future};

use super::ReviewReader;
use super::page::page_stream;
use super::review::{Review, ReviewQuery};
use crate::error::Result;

/// Conveniences over [`ReviewReader`], for callers. Every reader has them; there is nothing to implement.
pub trait ReviewReaderExt: ReviewReader {
    /// Returns all reviews that match a query, one by one. A page is read when the one before is used up,
    /// so memory does not grow with their number. After an error the stream ends.
    fn reviews(&self, query: ReviewQuery) -> impl Stream<Item = Result<Review>> + Send + '_ {
        let filter = query.clone();
        let fetch = move |after| {
            let query = query.clone();
            async move { self.read_reviews(&query, after).await }
        };
        page_stream(self.info().clone(), fetch)
            .try_filter(move |review| future::ready(filter.matches(review)))
            .boxed()
    }
}

impl<T: ReviewReader + ?Sized> ReviewReaderExt for T {}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;

    use async_trait::async_trait;

    use super::*;
    use crate::error::{Error, ErrorKind};
    use crate::model::OrderReference;
    use crate::provider::info::ProviderInfo;
    use crate::reviews::page::{PageToken, ReviewPage};
    use crate::reviews::review::{Review, ReviewSubject};

    /// Three pages of two reviews; page 9 fails, page 8 leads to itself.
    #[derive(Debug)]
    struct Pages(ProviderInfo, &'static str);

    #[async_trait]
    impl ReviewReader for Pages {
        fn info(&self) -> &ProviderInfo {
            &self.0
        }

        async fn read_reviews(&self, _: &ReviewQuery, after: Option<PageToken>) -> Result<ReviewPage> {
            let page: u8 = after.as_ref().map_or(self.1, PageToken::as_str).parse().unwrap();
            let review = |stars| {
                let mut review = Review::new(format!("{page}-{stars}"), ReviewSubject::Service, stars);
                review.reference = OrderReference::new(format!("order-{stars}")).ok();
                review
            };
            match page {
                9 => Err(Error::new(ErrorKind::Transient, "")),
                8 => Ok(ReviewPage::new(vec![review(1)], Some(PageToken::new("8")))),
                3 => Ok(ReviewPage::new(vec![review(1), review(5)], None)),
                page => Ok(ReviewPage::new(
                    vec![review(1), review(5)],
                    Some(PageToken::new((page + 1).to_string())),
                )),
            }
        }
    }

    async fn walk(from: &'static str, query: ReviewQuery) -> Vec<std::result::Result<String, ErrorKind>> {
        let pages = Pages(ProviderInfo::new("v", "i"), from);
        pages
            .reviews(query)
            .map(|review| review.map(|review| review.id).map_err(|error| error.kind()))
            .collect()
            .await
    }

    #[tokio::test]
    async fn reviews_are_read_to_the_end_and_filtered() {
        let ids = walk("1", ReviewQuery::service()).await;
        assert_eq!(ids.len(), 6);
        let one = ReviewQuery::service().for_order(OrderReference::new("order-5").unwrap());
        let ids: Vec<_> = walk("1", one).await.into_iter().map(|id| id.unwrap()).collect();
        assert_eq!(ids, ["1-5", "2-5", "3-5"]);
        assert_eq!(walk("1", ReviewQuery::products()).await, []);
    }

    #[tokio::test]
    async fn reviews_end_after_an_error_or_a_cycle() {
        assert_eq!(walk("9", ReviewQuery::service()).await, [Err(ErrorKind::Transient)]);
        let ids = walk("8", ReviewQuery::service()).await;
        assert_eq!(ids.last(), Some(&Err(ErrorKind::Unexpected)));
        assert!(ids.len() < 6, "{ids:?}");
    }
}
