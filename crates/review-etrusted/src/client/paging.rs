//! Walks lists page by page.

use std::collections::VecDeque;
use std::future::Future;

use futures_util::{Stream, stream};
use review_core::{Circle, Error, ErrorKind, ProviderInfo};

use crate::wire::Page;

/// The items of a page where the caller does not say. An answer may be 1 MiB, and reviews with what
/// belongs to them have been seen at some KiB each.
pub(super) const USUAL_COUNT: u16 = 100;

/// All items, one by one. A page is read when the one before is used up, so memory does not grow. After
/// an error, and after a cursor that was there before, the stream ends.
pub(super) fn walk<T, F>(
    info: &ProviderInfo,
    read: impl Fn(Option<String>) -> F + Send,
) -> impl Stream<Item = Result<T, Error>> + Send
where
    T: Send,
    F: Future<Output = Result<Page<T>, Error>> + Send,
{
    let start = Walk { items: VecDeque::new(), next: Next::Page(None), circle: Circle::default() };
    stream::unfold((start, read), move |(mut walk, read)| async move {
        loop {
            if let Some(item) = walk.items.pop_front() {
                return Some((Ok(item), (walk, read)));
            }
            match std::mem::replace(&mut walk.next, Next::Nothing) {
                Next::Page(after) => match read(after).await {
                    Ok(page) => walk.take(page),
                    Err(error) => return Some((Err(error), (walk, read))),
                },
                Next::Circle => {
                    let problem = "the list leads back to a page that was read before";
                    let error = Error::new(ErrorKind::Unexpected, problem).with_provider(info);
                    return Some((Err(error), (walk, read)));
                }
                Next::Nothing => return None,
            }
        }
    })
}

struct Walk<T> {
    items: VecDeque<T>,
    next: Next,
    circle: Circle,
}

enum Next {
    Page(Option<String>),
    Circle,
    Nothing,
}

impl<T> Walk<T> {
    fn take(&mut self, page: Page<T>) {
        self.items = page.items.into();
        self.next = match page.after {
            Some(after) if self.circle.closes(&after) => Next::Circle,
            Some(after) => Next::Page(Some(after)),
            None => Next::Nothing,
        };
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::{StreamExt, TryStreamExt};

    use super::*;

    fn info() -> ProviderInfo {
        ProviderInfo::new("v", "i")
    }

    fn page(items: &[u8], after: Option<usize>) -> Page<u8> {
        let after = after.map(|after| after.to_string());
        let paging = serde_json::json!({ "items": items, "paging": { "cursor": { "after": after } } });
        serde_json::from_value(paging).unwrap()
    }

    #[tokio::test]
    async fn pages_are_read_when_they_are_needed() {
        let read = AtomicUsize::new(0);
        let info = info();
        let items = walk(&info, |after| {
            read.fetch_add(1, Ordering::SeqCst);
            let place: usize = after.map_or(0, |after| after.parse().unwrap());
            async move { Ok(page(&[1, 2], (place < 2).then_some(place + 1))) }
        });
        let mut items = std::pin::pin!(items);
        assert_eq!(items.next().await.unwrap().unwrap(), 1);
        assert_eq!(read.load(Ordering::SeqCst), 1);
        assert_eq!(items.try_collect::<Vec<_>>().await.unwrap(), [2, 1, 2, 1, 2]);
        assert_eq!(read.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn circles_of_any_length_end() {
        for length in [1, 2, 3, 7] {
            let info = info();
            let items = walk(&info, |after| {
                let place: usize = after.map_or(0, |after| after.parse().unwrap());
                async move { Ok(page(&[1], Some((place + 1) % length))) }
            });
            let results: Vec<_> = items.take(100).collect().await;
            assert!(results.len() < 30, "{length}: {}", results.len());
            assert_eq!(results.last().unwrap().as_ref().unwrap_err().kind(), ErrorKind::Unexpected);
        }
    }

    #[tokio::test]
    async fn an_error_ends_the_walk() {
        let info = info();
        let items =
            walk::<u8, _>(&info, |_| async { Err::<Page<u8>, _>(Error::new(ErrorKind::Transient, "")) });
        assert_eq!(items.collect::<Vec<_>>().await.len(), 1);
    }
}
