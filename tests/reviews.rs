//! A review is joined to the invitation it answers, by the reference and through either vendor.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use review_invites::reexport::futures_util::{Stream, StreamExt};
use review_invites::transport::Id;
use review_invites::trustpilot::{
    ProductReviewQuery, ServiceReviewQuery, TrustpilotClient, TrustpilotConfig,
};
use review_invites::*;
use review_invites_tests::{VENDORS, provider, request, settings};
use review_sandbox::Sandbox;

/// What a customer does when the mail has come.
fn write_review(sandbox: &Sandbox, vendor: &str, reference: &str, stars: u8) {
    let written = match vendor {
        "etrusted" => sandbox.submit_etrusted_review(reference, stars, "Well packed").is_some(),
        _ => !sandbox.submit_trustpilot_review(reference, stars, "Well packed").is_empty(),
    };
    assert!(written, "{vendor}: nobody was asked about {reference}");
}

async fn read(reader: &DynReader, query: ReviewQuery) -> Vec<Review> {
    reader.reviews(query).map(|review| review.unwrap()).collect().await
}

#[tokio::test]
async fn a_review_is_joined_to_its_invitation() {
    for vendor in VENDORS {
        let sandbox = Sandbox::start().await.unwrap();
        let provider = provider(&sandbox, vendor);
        for number in 1..=3 {
            provider.send_invite(&request(&format!("order-{number}"))).await.unwrap();
        }
        write_review(&sandbox, vendor, "order-2", 4);
        let reader = reader_from_vars(settings(&sandbox, vendor)).unwrap();
        assert_eq!(reader.account(), provider.info());

        let asked = request("order-2");
        let reference = asked.order().reference().clone();
        let reviews = read(&reader, ReviewQuery::service().of_order(reference.clone())).await;
        let [review] = reviews.as_slice() else { panic!("{vendor}: {reviews:?}") };
        assert!(review.answers(&reference, asked.kind()), "{vendor}: {review:?}");
        assert_eq!((review.stars, review.text.as_deref()), (4, Some("Well packed")), "{vendor}");
        assert!(review.written_at.is_some(), "{vendor}");
        let other = request("order-1").order().reference().clone();
        assert_eq!(read(&reader, ReviewQuery::service().of_order(other)).await, [], "{vendor}");
    }
}

#[tokio::test]
async fn pages_follow_each_other_to_the_end() {
    for vendor in VENDORS {
        let sandbox = Sandbox::start().await.unwrap();
        let provider = provider(&sandbox, vendor);
        for number in 0..230 {
            let reference = format!("order-{number}");
            provider.send_invite(&request(&reference)).await.unwrap();
            write_review(&sandbox, vendor, &reference, 5);
        }
        let reader = reader_from_vars(settings(&sandbox, vendor)).unwrap();
        let mut references: Vec<_> = read(&reader, ReviewQuery::service())
            .await
            .into_iter()
            .filter_map(|review| review.reference)
            .collect();
        references.sort();
        references.dedup();
        assert_eq!(references.len(), 230, "{vendor}");
    }
}

#[tokio::test]
async fn trustpilots_own_streams_read_all_pages() {
    let sandbox = Sandbox::start().await.unwrap();
    let provider = provider(&sandbox, "trustpilot");
    for number in 0..130 {
        let reference = format!("order-{number}");
        let product = Product::new(Sku::new("S-1").unwrap(), ProductText::new("Shoe").unwrap())
            .with_url("https://shop.example/s-1".parse().unwrap());
        let plain = request(&reference);
        let order = plain.order().clone().with_product(product);
        let both = InviteRequest::builder(plain.customer().clone(), order, plain.consent().clone());
        provider.send_invite(&both.kind(InviteKind::ServiceAndProduct).build().unwrap()).await.unwrap();
        write_review(&sandbox, "trustpilot", &reference, 5);
    }
    let client =
        TrustpilotClient::new(TrustpilotConfig::from_vars(settings(&sandbox, "trustpilot")).unwrap())
            .unwrap();
    let unit = Id::new(&sandbox.env_var("TRUSTPILOT_BUSINESS_UNIT_ID").unwrap()).unwrap();
    let mut of_sku = ProductReviewQuery::default();
    of_sku.skus = vec!["S-1".to_owned()];
    let service = ServiceReviewQuery::default;
    let read = [
        count(client.each_service_review(&unit, service())).await,
        count(client.each_public_service_review(&unit, service())).await,
        count(client.each_product_review(&unit, of_sku.clone())).await,
        count(client.each_public_product_review(&unit, of_sku)).await,
    ];
    assert_eq!(read, [130; 4]);
}

/// How many there are; an error among them fails the test.
async fn count<T>(rows: impl Stream<Item = Result<T>>) -> usize {
    rows.map(|row| row.map(drop).unwrap()).count().await
}

#[tokio::test]
async fn a_reader_is_mocked_as_a_provider_is() {
    let mut mock = MockReviewReader::new();
    mock.expect_read_reviews().once().returning(|query, after| {
        assert!(after.is_none());
        Ok(ReviewPage::new(vec![Review::new("r-1", query.subject, 5)], None))
    });
    let reader: DynReader = std::sync::Arc::new(mock);
    assert_eq!(read(&reader, ReviewQuery::products()).await.len(), 1);
}
