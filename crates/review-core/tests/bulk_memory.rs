//! Memory does not grow with the number of invitations. A binary of its own: it counts every
//! allocation.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::*;
use futures_util::{StreamExt, stream};
use peak_alloc::PeakAlloc;
use review_core::*;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// The most memory in use while so many requests go through a dry run, in bytes.
async fn peak(count: u64, options: BulkOptions) -> usize {
    let provider = DryRun::new(Scripted::new("a"));
    let jane = customer("jane@example.com");
    let requests = stream::iter((0..count).map(|number| {
        let order = order(&number.to_string());
        InviteRequest::builder(jane.clone(), order, Consent::granted("test")).build().unwrap()
    }));
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let mut bulk = provider.send_all(requests, options);
    while bulk.next().await.is_some() {}
    assert_eq!(bulk.summary().dry_run, count);
    MEMORY.peak_usage() - before
}

#[tokio::test]
async fn a_million_invitations_need_no_more_memory_than_ten_thousand() {
    let options = BulkOptions::new().at_once(64);
    let few = peak(10_000, options.clone()).await;
    let many = peak(1_000_000, options.clone()).await;
    println!("peak above the start: {few} bytes for 10,000, {many} bytes for 1,000,000");
    assert!(many < few + 10 * 1024 * 1024, "{many} bytes against {few}");
    // The bound is far below that: what is in hand, and nothing else.
    let in_order = peak(100_000, options.in_order()).await;
    assert!(many.max(in_order) < few + 64 * 1024, "{many} and {in_order} bytes against {few}");
}
