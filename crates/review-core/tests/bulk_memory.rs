//! Memory does not grow with the number of invitations. A binary of its own, because it counts every
//! allocation.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::Fake;
use futures_util::{StreamExt, stream};
use peak_alloc::PeakAlloc;
use review_core::bulk::BulkOptions;
use review_core::provider::ReviewInviteProviderExt;
use review_core::wrappers::DryRun;
use review_core::{Consent, InviteRequest};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// The most memory in use while so many requests go through a dry run, in bytes.
async fn peak(count: u64, options: BulkOptions) -> usize {
    let provider = DryRun::new(Fake::new("a"));
    let requests = stream::iter((0..count).map(|number| {
        let consent = Consent::granted("test");
        InviteRequest::builder("jane@example.com", number.to_string(), consent).build().unwrap()
    }));
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let mut bulk = provider.send_all(requests, options);
    while bulk.next().await.is_some() {}
    assert_eq!(bulk.summary().dry_run, count);
    MEMORY.peak_usage() - before
}

#[tokio::test]
async fn bulk_memory_stays_the_same_for_many_requests() {
    for options in [BulkOptions::new(), BulkOptions::new().ordered()] {
        let few = peak(1_000, options.clone()).await;
        let many = peak(50_000, options).await;
        assert!(many < few + 64 * 1024, "{many} bytes for 50,000, {few} for 1,000");
    }
}
