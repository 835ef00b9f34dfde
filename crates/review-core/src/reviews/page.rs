//! Pages of a vendor's list.

use std::collections::VecDeque;
use std::future::Future;

use futures_util::{Stream, stream};

use super::review::Review;
use crate::error::{Error, ErrorKind, Result};
use crate::provider::info::ProviderInfo;

/// The position of the next page, in the vendor's own form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageToken(String);

impl PageToken {
    /// Creates a position; for readers.
    pub fn new(position: impl Into<String>) -> Self {
        Self(position.into())
    }

    /// Returns the position.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One page of reviews, or of another list of a vendor.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReviewPage<T = Review> {
    /// The items, in the vendor's order.
    pub items: Vec<T>,
    /// The position of the next page; `None` on the last one.
    pub next: Option<PageToken>,
}

impl<T> ReviewPage<T> {
    /// Creates a page.
    #[must_use]
    pub fn new(items: Vec<T>, next: Option<PageToken>) -> Self {
        Self { items, next }
    }
}

/// Returns all items of a list that is fetched page by page. A page is fetched when the one before is
/// used up, so memory does not grow with the length of the list. After an error the stream ends. A list
/// that leads back to a page that was fetched before ends with an error.
pub fn page_stream<T, F, Fut>(info: ProviderInfo, fetch: F) -> impl Stream<Item = Result<T>> + Send
where
    T: Send,
    F: FnMut(Option<PageToken>) -> Fut + Send,
    Fut: Future<Output = Result<ReviewPage<T>>> + Send,
{
    let start = (VecDeque::new(), Some(None), CycleDetector::default(), fetch, info);
    stream::unfold(start, |(mut items, mut next, mut cycle, mut fetch, info)| async move {
        loop {
            if let Some(item) = items.pop_front() {
                return Some((Ok(item), (items, next, cycle, fetch, info)));
            }
            let page = match fetch(next?).await {
                Ok(page) if page.next.as_ref().is_some_and(|next| cycle.check(next.as_str())) => {
                    let message = "the list leads back to a page that was read before";
                    Err(Error::new(ErrorKind::Unexpected, message).with_provider(&info))
                }
                result => result,
            };
            match page {
                Ok(page) => {
                    items.extend(page.items);
                    next = page.next.map(Some);
                }
                Err(error) => return Some((Err(error), (items, None, cycle, fetch, info))),
            }
        }
    })
}

/// Detects repeating positions while keeping only one of them (Brent's algorithm): in a cycle of any
/// length, the position that is kept appears again.
#[derive(Debug, Default)]
struct CycleDetector {
    kept: Option<String>,
    seen: u64,
    until: u64,
}

impl CycleDetector {
    /// Returns whether this position is the one that was kept.
    fn check(&mut self, position: &str) -> bool {
        if self.kept.as_deref() == Some(position) {
            return true;
        }
        self.seen += 1;
        if self.seen >= self.until {
            self.kept = Some(position.to_owned());
            self.until = self.seen.saturating_mul(2);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::CycleDetector;

    #[test]
    fn cycle_of_any_length_is_detected() {
        for length in 1..20 {
            let positions: Vec<_> = (0..length).map(|n| format!("p{n}")).collect();
            let mut cycle = CycleDetector::default();
            let lead_in = ["x", "y"].into_iter().chain(positions.iter().map(String::as_str).cycle());
            assert!(lead_in.take(100).any(|position| cycle.check(position)), "{length}");
        }
    }
}
