//! Reviews for the tests of code that reads them.

use async_trait::async_trait;
use review_core::provider::ProviderInfo;
use review_core::reviews::{PageToken, Review, ReviewPage, ReviewQuery, ReviewReader};
use review_core::{Error, ErrorKind, Result};

/// A review reader that returns the reviews that a test sets, page by page.
///
/// ```
/// use futures_util::TryStreamExt;
/// use review_core::reviews::{Review, ReviewQuery, ReviewReaderExt, ReviewSubject};
/// use review_testkit::FakeReader;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), review_core::Error> {
/// let reviews = (1..=5).map(|stars| Review::new(stars.to_string(), ReviewSubject::Service, stars));
/// let reader = FakeReader::new(reviews).with_page_size(2);
/// let read: Vec<_> = reader.reviews(ReviewQuery::service()).try_collect().await?;
/// assert_eq!(read.len(), 5);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct FakeReader {
    info: ProviderInfo,
    reviews: Vec<Review>,
    page_size: usize,
    error: Option<Error>,
}

impl FakeReader {
    /// Creates the reader `fake/test` with these reviews, ten per page.
    pub fn new(reviews: impl IntoIterator<Item = Review>) -> Self {
        let info = ProviderInfo::new("fake", "test");
        Self { info, reviews: reviews.into_iter().collect(), page_size: 10, error: None }
    }

    /// Sets the number of reviews per page. The minimum is 1.
    #[must_use]
    pub fn with_page_size(mut self, reviews: usize) -> Self {
        self.page_size = reviews.max(1);
        self
    }

    /// Sets an error that is returned after the last page.
    #[must_use]
    pub fn with_final_error(mut self, error: impl Into<Error>) -> Self {
        self.error = Some(error.into().with_provider(&self.info).with_operation("read_reviews"));
        self
    }
}

#[async_trait]
impl ReviewReader for FakeReader {
    fn info(&self) -> &ProviderInfo {
        &self.info
    }

    async fn read_reviews(&self, query: &ReviewQuery, after: Option<PageToken>) -> Result<ReviewPage> {
        let start = match after.as_ref().map(|after| after.as_str().parse()) {
            None => 0,
            Some(Ok(start)) => start,
            Some(Err(_)) => {
                return Err(Error::new(
                    ErrorKind::InvalidRequest,
                    "the page token must come from this reader",
                ));
            }
        };
        let mut matching = self.reviews.iter().filter(|review| query.matches(review)).skip(start);
        let page: Vec<_> = matching.by_ref().take(self.page_size).cloned().collect();
        if let Some(error) = self.error.as_ref().filter(|_| page.is_empty()) {
            return Err(error.clone());
        }
        let more = matching.next().is_some() || self.error.is_some();
        Ok(ReviewPage::new(page, more.then(|| PageToken::new((start + self.page_size).to_string()))))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;
    use review_core::reviews::{ReviewReaderExt, ReviewSubject};

    use super::*;

    #[tokio::test]
    async fn final_error_follows_the_matching_reviews() {
        let review = |id: &str, subject| Review::new(id, subject, 5);
        let reader = FakeReader::new([
            review("s", ReviewSubject::Service),
            review("p", ReviewSubject::Product),
            review("t", ReviewSubject::Service),
        ])
        .with_page_size(0)
        .with_final_error(Error::new(ErrorKind::Transient, ""));
        let read: Vec<_> = reader.reviews(ReviewQuery::service()).collect().await;
        let read: Vec<_> = read
            .iter()
            .map(|read| read.as_ref().map(|review| review.id.as_str()).map_err(Error::kind))
            .collect();
        assert_eq!(read, [Ok("s"), Ok("t"), Err(ErrorKind::Transient)]);
        assert!(reader.read_reviews(&ReviewQuery::products(), Some(PageToken::new("x"))).await.is_err());
    }
}
