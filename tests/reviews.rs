//! A review is matched to its invitation by the reference, if the vendor returns it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use std::collections::HashSet;

use futures_util::StreamExt;
use review_invites::provider::ProviderInfo;
use review_invites::reader_from_lookup;
use review_invites::reviews::{
    DynReader, MockReviewReader, Review, ReviewPage, ReviewQuery, ReviewReaderExt,
};
use review_invites_tests::{TestVendor, VENDORS, provider, request, settings};
use review_sandbox::Sandbox;

/// What a customer does after the email has arrived.
fn write_review(sandbox: &Sandbox, vendor: &TestVendor, reference: &str, stars: u8) {
    let written = (vendor.write_review)(sandbox, reference, stars);
    assert!(written, "{vendor}: no invitation for {reference}");
}

async fn read(reader: &DynReader, query: ReviewQuery) -> Vec<Review> {
    reader.reviews(query).map(|review| review.unwrap()).collect().await
}

#[tokio::test]
async fn review_matches_its_invitation() {
    for vendor in VENDORS.into_iter().filter(|vendor| vendor.reviews_have_reference) {
        let sandbox = Sandbox::start().await.unwrap();
        let provider = provider(&sandbox, vendor);
        for number in 1..=3 {
            provider.send_invite(&request(&format!("order-{number}"))).await.unwrap();
        }
        write_review(&sandbox, vendor, "order-2", 4);
        let reader = reader_from_lookup(settings(&sandbox, vendor)).unwrap();
        assert_eq!(reader.info(), provider.info());

        let asked = request("order-2");
        let reference = asked.order().reference().clone();
        let reviews = read(&reader, ReviewQuery::service().for_order(reference.clone())).await;
        let [review] = reviews.as_slice() else { panic!("{vendor}: {reviews:?}") };
        assert!(review.matches_invite(&reference, asked.kind()), "{vendor}: {review:?}");
        assert_eq!((review.stars, review.text.as_deref()), (4, Some("Well packed")), "{vendor}");
        assert!(review.written_at.is_some(), "{vendor}");
        let other = request("order-1").order().reference().clone();
        assert_eq!(read(&reader, ReviewQuery::service().for_order(other)).await, [], "{vendor}");
    }
}

#[tokio::test]
async fn reviews_are_read_to_the_last_page() {
    for vendor in VENDORS {
        let sandbox = Sandbox::start().await.unwrap();
        let provider = provider(&sandbox, vendor);
        for number in 0..230 {
            let reference = format!("order-{number}");
            provider.send_invite(&request(&reference)).await.unwrap();
            write_review(&sandbox, vendor, &reference, 5);
        }
        let reader = reader_from_lookup(settings(&sandbox, vendor)).unwrap();
        let reviews = read(&reader, ReviewQuery::service()).await;
        let ids: HashSet<_> = reviews.iter().map(|review| &review.id).collect();
        assert_eq!((reviews.len(), ids.len()), (230, 230), "{vendor}");
    }
}

#[tokio::test]
async fn reader_is_mocked_like_a_provider() {
    let mut mock = MockReviewReader::new();
    mock.expect_info().return_const(ProviderInfo::new("acme", "shop"));
    mock.expect_read_reviews().once().returning(|query, after| {
        assert!(after.is_none());
        Ok(ReviewPage::new(vec![Review::new("r-1", query.subject, 5)], None))
    });
    let reader: DynReader = std::sync::Arc::new(mock);
    assert_eq!(read(&reader, ReviewQuery::products()).await.len(), 1);
}
