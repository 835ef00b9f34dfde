//! Reading reviews, so that a review can be matched to its invitation.

mod ext;
mod page;
mod review;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

pub use self::ext::ReviewReaderExt;
pub use self::page::{PageToken, ReviewPage, page_stream};
pub use self::review::{Review, ReviewQuery, ReviewSubject};
use crate::error::Result;
use crate::provider::info::ProviderInfo;

/// A reader whose vendor the code that uses it does not know.
pub type DynReader = Arc<dyn ReviewReader>;

/// Reads the reviews of one account at one review platform, page by page. Most callers use the stream
/// of [`ReviewReaderExt::reviews`].
///
/// A provider may be a reader too; the two traits are separate, because a backend that sends invitations
/// need not read reviews.
///
/// ```
/// use async_trait::async_trait;
/// use review_core::Result;
/// use review_core::provider::ProviderInfo;
/// use review_core::reviews::{PageToken, Review, ReviewPage, ReviewQuery, ReviewReader, ReviewSubject};
///
/// /// Two pages.
/// #[derive(Debug)]
/// struct Acme(ProviderInfo);
///
/// #[async_trait]
/// impl ReviewReader for Acme {
///     fn info(&self) -> &ProviderInfo {
///         &self.0
///     }
///
///     async fn read_reviews(&self, _: &ReviewQuery, after: Option<PageToken>) -> Result<ReviewPage> {
///         let review = |id: &str| vec![Review::new(id, ReviewSubject::Service, 5)];
///         Ok(match after {
///             None => ReviewPage::new(review("first"), Some(PageToken::new("page 2"))),
///             Some(_) => ReviewPage::new(review("second"), None),
///         })
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// use futures_util::TryStreamExt;
/// use review_core::reviews::ReviewReaderExt;
///
/// let reader = Acme(ProviderInfo::new("acme", "shop-de"));
/// let reviews: Vec<_> = reader.reviews(ReviewQuery::service()).try_collect().await?;
/// assert_eq!(reviews.len(), 2);
/// # Ok(())
/// # }
/// ```
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ReviewReader: fmt::Debug + Send + Sync + 'static {
    /// Returns the vendor and the name of this instance.
    fn info(&self) -> &ProviderInfo;

    /// Reads one page: the first, or the one after a page that was read before.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for a query the vendor does not support.
    /// Reading is idempotent.
    async fn read_reviews(&self, query: &ReviewQuery, after: Option<PageToken>) -> Result<ReviewPage>;
}
