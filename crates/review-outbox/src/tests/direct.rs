use std::sync::{Arc, OnceLock};
use std::time::Duration;

use review_core::provider::ReviewInviteProvider as _;
use review_testkit::FakeProvider;

use super::{LEASE, outbox, outbox_with, request};
use crate::database::dialect::Dialect;
use crate::schema::statements::Statements;
use crate::store::claim::{Owner, Which};
use crate::{Direct, DirectResult, Instance, Outbox, State, WorkerOptions};

fn direct(outbox: &Outbox) -> (Direct, Arc<FakeProvider>) {
    let provider = Arc::new(FakeProvider::new("acme", "acme"));
    assert_eq!(provider.info().instance(), super::provider().instance());
    let options = WorkerOptions { lease: LEASE, ..WorkerOptions::default() };
    (Direct::new(outbox.clone(), Instance::new(provider.clone()), options), provider)
}

#[tokio::test]
async fn direct_send_that_cannot_claim_leaves_no_row() {
    static SQL: OnceLock<Statements> = OnceLock::new();
    let break_claim =
        |sql: &str| sql.replace("WHERE id = $4 AND instance", "WHERE no_column = $4 AND instance");
    let sql = SQL.get_or_init(|| Statements::new(Dialect::Sqlite, break_claim));
    let outbox = outbox_with(sql).await;
    let (direct, provider) = direct(&outbox);
    direct.send(&request("1")).await.unwrap_err();
    assert!(outbox.list(State::Pending, 0, 9).await.unwrap().is_empty(), "no row waits without a worker");
    provider.assert_nothing_sent();
}

#[tokio::test]
async fn direct_send_ignores_send_at_and_is_repeatable() {
    let outbox = outbox().await;
    let (direct, provider) = direct(&outbox);
    for _ in 0..2 {
        // Due later than the clock of this test.
        let at = chrono::DateTime::from_timestamp_millis(super::START + 86_400_000).unwrap();
        let consent = review_core::Consent::granted("checkbox");
        let later = review_core::InviteRequest::builder("jane@example.com", "1", consent);
        let later = later.send_at(review_core::SendAt::At(at)).build().unwrap();
        let result = direct.send(&later).await.unwrap();
        let (DirectResult::Sent(entry) | DirectResult::AlreadyQueued(entry)) = result;
        assert!(entry.is_accepted());
    }
    assert_eq!(provider.request_count(), 1);
}

#[tokio::test]
async fn row_of_a_crashed_direct_send_is_sent_by_the_next() {
    let outbox = outbox().await;
    let (direct, provider) = direct(&outbox);
    // The process dies after the transaction, before anything is sent.
    let shop = Instance::new(provider.clone()).provider.info().shop().to_owned();
    let info = review_core::provider::ProviderInfo::new("acme", "acme").with_shop(shop);
    let mut connection = outbox.sqlite().acquire().await.unwrap();
    crate::enqueue(&mut *connection, &request("1"), &info).await.unwrap();
    drop(connection);
    outbox.claim(Which::Due, &Owner::new().next_fence(), "acme", 1, LEASE).await.unwrap();
    let result = direct.send(&request("1")).await.unwrap();
    assert!(matches!(result, DirectResult::AlreadyQueued(entry) if entry.state == State::Claimed));
    outbox.clock.advance(LEASE + Duration::from_millis(1));
    assert_eq!(direct.recover().await.unwrap(), 0, "nothing is unknown");
    outbox.clock.advance(LEASE);
    let result = direct.send(&request("1")).await.unwrap();
    assert!(matches!(result, DirectResult::Sent(entry) if entry.is_accepted()));
    assert_eq!(provider.request_count(), 1);
}

#[tokio::test]
async fn direct_send_lists_its_instance_in_the_health() {
    let outbox = outbox().await;
    direct(&outbox).0.send(&request("1")).await.unwrap();
    assert!(outbox.health().await.unwrap().instances.contains_key("acme"));
}

#[tokio::test]
async fn row_that_is_not_due_is_not_sent_directly() {
    let outbox = outbox().await;
    let (direct, provider) = direct(&outbox);
    let info = provider.info().clone();
    let mut pooled = outbox.sqlite().acquire().await.unwrap();
    let due = Some(super::START + 60_000);
    crate::enqueue::insert(&mut (&mut *pooled).into(), outbox.sql, &request("1"), &info, due).await.unwrap();
    drop(pooled);
    let result = direct.send(&request("1")).await.unwrap();
    assert!(matches!(result, DirectResult::AlreadyQueued(entry) if entry.state == State::Pending));
    outbox.clock.advance(Duration::from_secs(60));
    let result = direct.send(&request("1")).await.unwrap();
    assert!(matches!(result, DirectResult::Sent(entry) if entry.is_accepted()));
}
