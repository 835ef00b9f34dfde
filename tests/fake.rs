//! A backend's test with the recording fake: what went out counts, not which calls were made.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Arc;

use review_invites::*;
use review_invites_tests::request;
use review_testkit::{FakeAnswer, FakeProvider};

/// The code under test: a nightly job. It comes back for those whose turn it is, and for nobody else.
struct NightlyJob {
    provider: DynProvider,
    open: Vec<InviteRequest>,
    for_a_person: Vec<OrderReference>,
}

impl NightlyJob {
    fn new(provider: DynProvider, orders: &[&str]) -> Self {
        Self { provider, open: orders.iter().map(|order| request(order)).collect(), for_a_person: Vec::new() }
    }

    async fn night(&mut self) {
        for request in std::mem::take(&mut self.open) {
            let Err(error) = self.provider.send_or_known(&request).await else { continue };
            match error.retry_advice() {
                RetryAdvice::After(_) => self.open.push(request),
                RetryAdvice::Never | RetryAdvice::Reconcile => {
                    self.for_a_person.push(request.order().reference().clone());
                }
            }
        }
    }
}

fn names(orders: &[OrderReference]) -> Vec<&str> {
    orders.iter().map(OrderReference::as_str).collect()
}

#[tokio::test]
async fn everybody_is_invited_once() {
    let fake = FakeProvider::default();
    let mut job = NightlyJob::new(Arc::new(fake.clone()), &["1", "2", "3"]);
    job.night().await;
    job.night().await;
    ["1", "2", "3"].iter().for_each(|order| fake.assert_invited(order));
    assert_eq!(fake.calls().len(), 3, "the second night had nothing to do");
}

#[tokio::test]
async fn what_was_not_taken_comes_again_and_what_may_have_been_does_not() {
    let fake = FakeProvider::default();
    fake.then(ErrorKind::RateLimited).then(FakeAnswer::lost()).then(ErrorKind::InvalidRequest);
    let mut job = NightlyJob::new(Arc::new(fake.clone()), &["busy", "lost", "refused", "good"]);
    job.night().await;
    fake.assert_not_invited("busy");
    job.night().await;
    ["busy", "lost", "good"].iter().for_each(|order| fake.assert_invited(order));
    fake.assert_not_invited("refused");
    assert_eq!((names(&job.for_a_person), job.open.len()), (vec!["lost", "refused"], 0));
}
