//! Reading reviews back, so that a review can be joined to its invitation.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures_util::{Stream, stream};

use crate::{Error, ErrorKind, InviteKind, OrderReference, ProviderInfo, Result};

/// A reader whose vendor is not known where it is used.
pub type DynReader = Arc<dyn ReviewReader>;

/// Reads the reviews of one account at one review platform, page by page. Most callers use the stream
/// of [`ReviewReaderExt::reviews`].
///
/// A provider may be a reader too; the two traits are separate, since a backend that sends invitations
/// need not read reviews.
///
/// ```
/// use async_trait::async_trait;
/// use review_core::{PageToken, ProviderInfo, Result, Review, ReviewPage, ReviewQuery, ReviewReader, ReviewSubject};
///
/// /// Two pages.
/// #[derive(Debug)]
/// struct Acme(ProviderInfo);
///
/// #[async_trait]
/// impl ReviewReader for Acme {
///     fn account(&self) -> &ProviderInfo {
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
/// use review_core::ReviewReaderExt;
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
    /// The vendor and the caller's label of this instance.
    fn account(&self) -> &ProviderInfo;

    /// Reads one page: the first, or the one `after` a page that was read before.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] for a query the vendor cannot answer. Reading is harmless twice.
    async fn read_reviews(&self, query: &ReviewQuery, after: Option<PageToken>) -> Result<ReviewPage>;
}

/// Which reviews are read.
///
/// ```
/// use review_core::{OrderReference, ReviewQuery};
///
/// let query = ReviewQuery::service().of_order(OrderReference::new("1001")?);
/// # Ok::<(), review_core::FieldError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReviewQuery {
    /// Reviews of the shop or of products.
    pub subject: ReviewSubject,
    /// Only those that belong to this order.
    pub reference: Option<OrderReference>,
    /// Only those written at or after this time.
    pub since: Option<DateTime<Utc>>,
}

/// What a review is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReviewSubject {
    /// The shop and its service.
    Service,
    /// A product.
    Product,
}

impl ReviewQuery {
    /// All reviews of the shop.
    #[must_use]
    pub fn service() -> Self {
        Self { subject: ReviewSubject::Service, reference: None, since: None }
    }

    /// All reviews of products.
    #[must_use]
    pub fn products() -> Self {
        Self { subject: ReviewSubject::Product, reference: None, since: None }
    }

    /// Only those that belong to this order.
    #[must_use]
    pub fn of_order(mut self, reference: OrderReference) -> Self {
        self.reference = Some(reference);
        self
    }

    /// Only those written at or after this time.
    #[must_use]
    pub fn since(mut self, time: DateTime<Utc>) -> Self {
        self.since = Some(time);
        self
    }

    /// Whether a review answers this query: for readers whose vendor filters less than was asked.
    #[must_use]
    pub fn admits(&self, review: &Review) -> bool {
        self.subject == review.subject
            && self.reference.as_ref().is_none_or(|wanted| review.reference.as_ref() == Some(wanted))
            && self.since.is_none_or(|since| review.written_at.is_none_or(|written| written >= since))
    }
}

/// Where the next page begins, in the vendor's own way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageToken(String);

impl PageToken {
    /// A place in the vendor's own way; made by readers.
    pub fn new(place: impl Into<String>) -> Self {
        Self(place.into())
    }

    /// The place.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One page of reviews.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReviewPage {
    /// The reviews, in the vendor's order.
    pub reviews: Vec<Review>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<PageToken>,
}

impl ReviewPage {
    /// A page.
    #[must_use]
    pub fn new(reviews: Vec<Review>, next: Option<PageToken>) -> Self {
        Self { reviews, next }
    }
}

/// A review. What the customer wrote does not show in `Debug`, and who they are is not in it: the
/// reference joins it to the order.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Review {
    /// The vendor's id.
    pub id: String,
    /// What it is about.
    pub subject: ReviewSubject,
    /// The order it belongs to, where the vendor tells.
    pub reference: Option<OrderReference>,
    /// 1 to 5 stars.
    pub stars: u8,
    /// The headline.
    pub title: Option<String>,
    /// What the customer wrote.
    pub text: Option<String>,
    /// The product's key, for a review of a product.
    pub sku: Option<String>,
    /// When it was written.
    pub written_at: Option<DateTime<Utc>>,
}

impl Review {
    /// A review with nothing but its stars.
    pub fn new(id: impl Into<String>, subject: ReviewSubject, stars: u8) -> Self {
        Self {
            id: id.into(),
            subject,
            reference: None,
            stars,
            title: None,
            text: None,
            sku: None,
            written_at: None,
        }
    }

    /// Whether it answers an invitation of this kind to this order.
    #[must_use]
    pub fn answers(&self, reference: &OrderReference, kind: InviteKind) -> bool {
        let asked = match self.subject {
            ReviewSubject::Service => kind.asks_for_service(),
            ReviewSubject::Product => kind.asks_for_products(),
        };
        asked && self.reference.as_ref() == Some(reference)
    }
}

impl fmt::Debug for Review {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Review")
            .field("id", &self.id)
            .field("subject", &self.subject)
            .field("reference", &self.reference)
            .field("stars", &self.stars)
            .field("sku", &self.sku)
            .field("written_at", &self.written_at)
            .finish_non_exhaustive()
    }
}

/// Conveniences over [`ReviewReader`], for callers. Every reader has them; nobody else implements them.
pub trait ReviewReaderExt: ReviewReader {
    /// All reviews that answer a query, one by one. A page is read when the one before is used up, so
    /// memory does not grow with their number. After an error the stream ends.
    fn reviews(&self, query: ReviewQuery) -> impl Stream<Item = Result<Review>> + Send + '_ {
        let start = Walk { page: VecDeque::new(), next: Next::First, circle: Circle::default() };
        stream::unfold((start, query), move |(mut walk, query)| async move {
            loop {
                if let Some(review) = walk.page.pop_front() {
                    return Some((Ok(review), (walk, query)));
                }
                let after = match std::mem::replace(&mut walk.next, Next::Nothing) {
                    Next::First => None,
                    Next::After(token) => Some(token),
                    Next::Circle => {
                        let problem = "the list leads back to a page that was read before";
                        let error = Error::new(ErrorKind::Unexpected, problem).with_provider(self.account());
                        return Some((Err(error), (walk, query)));
                    }
                    Next::Nothing => return None,
                };
                match self.read_reviews(&query, after).await {
                    Ok(page) => {
                        walk.page.extend(page.reviews.into_iter().filter(|review| query.admits(review)));
                        walk.next = match page.next {
                            Some(next) if walk.circle.closes(next.as_str()) => Next::Circle,
                            Some(next) => Next::After(next),
                            None => Next::Nothing,
                        };
                    }
                    Err(error) => return Some((Err(error), (walk, query))),
                }
            }
        })
    }
}

impl<T: ReviewReader + ?Sized> ReviewReaderExt for T {}

struct Walk {
    page: VecDeque<Review>,
    next: Next,
    circle: Circle,
}

enum Next {
    First,
    After(PageToken),
    Circle,
    Nothing,
}

/// Tells whether the cursors of pages repeat, keeping one of them (Brent's way): in a circle of any
/// length, the one that is kept comes round again. For whoever walks a vendor's list.
///
/// ```
/// let mut circle = review_core::Circle::default();
/// let turns = ["a", "b", "c"].iter().cycle().take_while(|cursor| !circle.closes(cursor)).count();
/// assert!(turns < 10);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Circle {
    kept: Option<String>,
    seen: u64,
    until: u64,
}

impl Circle {
    /// Whether this cursor was there before, as far as that is remembered.
    pub fn closes(&mut self, cursor: &str) -> bool {
        if self.kept.as_deref() == Some(cursor) {
            return true;
        }
        self.seen += 1;
        if self.seen >= self.until {
            self.kept = Some(cursor.to_owned());
            self.until = self.seen.saturating_mul(2);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;

    use super::*;

    /// Three pages of two reviews; page 9 fails, page 8 leads to itself.
    #[derive(Debug)]
    struct Pages(ProviderInfo, &'static str);

    #[async_trait]
    impl ReviewReader for Pages {
        fn account(&self) -> &ProviderInfo {
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
    async fn pages_are_walked_to_the_end_and_filtered() {
        let ids = walk("1", ReviewQuery::service()).await;
        assert_eq!(ids.len(), 6);
        let one = ReviewQuery::service().of_order(OrderReference::new("order-5").unwrap());
        let ids: Vec<_> = walk("1", one).await.into_iter().map(|id| id.unwrap()).collect();
        assert_eq!(ids, ["1-5", "2-5", "3-5"]);
        assert_eq!(walk("1", ReviewQuery::products()).await, []);
    }

    #[tokio::test]
    async fn an_error_and_a_circle_end_the_walk() {
        assert_eq!(walk("9", ReviewQuery::service()).await, [Err(ErrorKind::Transient)]);
        let ids = walk("8", ReviewQuery::service()).await;
        assert_eq!(ids.last(), Some(&Err(ErrorKind::Unexpected)));
        assert!(ids.len() < 6, "{ids:?}");
    }
}
