//! The documented samples: what is sent equals them, and what they contain is read.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod played;

use std::time::Duration;

use chrono::{TimeDelta, Utc};
use futures_util::{StreamExt, TryStreamExt};
use played::{Played, at, invitation, kettle, kiyoh, product, provider};
use review_core::model::{DelayFrom, InviteRequestBuilder, SendAt};
use review_core::provider::ReviewInviteProvider;
use review_core::reviews::{Review, ReviewQuery, ReviewReader, ReviewReaderExt, ReviewSubject};
use review_core::{ErrorKind, FieldError, InviteKind, InviteState, Product};
use review_http::ResourceId;
use review_kiyoh::{Brand, CatalogueProduct, Kiyoh, KiyohClient, Language, ReferenceField};
use serde_json::{Value, json};

macro_rules! sample {
    ($name:literal) => {
        serde_json::from_str::<Value>(include_str!(concat!("samples/", $name, ".json"))).unwrap()
    };
}

/// Returns the body of the invitation.
async fn sent(kiyoh: Kiyoh, request: InviteRequestBuilder) -> Value {
    let played = Played::always(200, &sample!("invite.assembled-response"));
    provider(kiyoh, &played).send_invite(&request.build().unwrap()).await.unwrap();
    let request = played.requests().pop().unwrap();
    assert_eq!((request.method().as_str(), request.uri().path()), ("POST", "/v1/invite/external"));
    assert_eq!(request.headers()["x-publication-api-token"], "TOKEN");
    assert!(!request.headers().contains_key("authorization"));
    assert_eq!(request.headers()["content-type"], "application/json");
    assert_eq!(request.headers()["accept"], "application/json");
    serde_json::from_slice(request.body()).unwrap()
}

#[tokio::test]
async fn invitations_equal_the_samples() {
    let body =
        sent(kiyoh().with_delay_days(3), invitation().first_name("Jane").last_name("Doe").locale("nl-BE"))
            .await;
    assert_eq!(body, sample!("invite-service.request"));
    let products = [kettle("K-1"), kettle("K-2"), kettle("K-1")];
    let body = sent(kiyoh(), invitation().locale("en").kind(InviteKind::Product).products(products)).await;
    assert_eq!(body, sample!("invite-product-only.request"));
    let both = invitation().first_name("Jane").last_name("Doe").locale("de-AT");
    let both = both.kind(InviteKind::ServiceAndProduct).products([kettle("K-1")]);
    assert_eq!(sent(kiyoh().with_delay_days(7), both).await, sample!("invite-service-and-product.request"));
}

#[tokio::test]
async fn products_come_into_the_catalogue_first() {
    let played = Played::always(200, &json!([sample!("product.response")]));
    let both = invitation().kind(InviteKind::ServiceAndProduct).products([kettle("K-1"), kettle("K-2")]);
    provider(kiyoh(), &played).send_invite(&both.build().unwrap()).await.unwrap();
    let [catalogue, invite] = played.requests().try_into().unwrap();
    let path = "/v1/location/product/external/bulk";
    assert_eq!((catalogue.method().as_str(), catalogue.uri().path()), ("PUT", path));
    assert_eq!(catalogue.headers()["x-publication-api-token"], "TOKEN");
    let mut expected = sample!("products-bulk.request")["products"][0].clone();
    expected["source_url"] = "https://shop.example.com/kettle".into();
    let body: Value = serde_json::from_slice(catalogue.body()).unwrap();
    assert_eq!((&body["location_id"], &body["products"][0]), (&json!("1234567"), &expected));
    assert_eq!(invite.uri().path(), "/v1/invite/external");

    let played = Played::always(200, &"OK");
    let request = invitation().kind(InviteKind::Product).products([Product::builder("K-1", "Kettle")]);
    let uploaded = provider(kiyoh().with_products_from_catalogue(), &played);
    uploaded.send_invite(&request.build().unwrap()).await.unwrap();
    assert_eq!(played.requests().len(), 1, "they were uploaded before");
}

#[tokio::test]
async fn catalogue_is_uploaded_in_batches_of_200() {
    let played = Played::always(200, &"");
    let client = KiyohClient::new(&provider(kiyoh(), &played));
    let image = |code: &str| format!("https://shop.example.com/img/{}.jpg", code.to_lowercase());
    let kettle = |code: &str, name: &str, page: &str| CatalogueProduct::new(code, name, image(code), page);
    let sample = [
        kettle("K-1", "Kettle", "https://shop.example.com/kettle"),
        kettle("K-2", "Kettle, red", "https://shop.example.com/kettle-red").with_cluster_code("KETTLE"),
    ];
    client.upsert_products(&sample).await.unwrap();
    let body: Value = serde_json::from_slice(played.requests()[0].body()).unwrap();
    assert_eq!(body, sample!("products-bulk.request"));

    let played = Played::always(200, &"");
    let client = KiyohClient::new(&provider(kiyoh(), &played));
    let many: Vec<_> = (0..401).map(|number| product(&format!("P-{number}"))).collect();
    client.upsert_products(&many).await.unwrap();
    let sizes: Vec<_> = played
        .requests()
        .iter()
        .map(|request| {
            let body: Value = serde_json::from_slice(request.body()).unwrap();
            body["products"].as_array().unwrap().len()
        })
        .collect();
    assert_eq!(sizes, [200, 200, 1]);
}

#[tokio::test]
async fn products_beyond_ten_are_reported() {
    let products = |count: usize| (0..count).map(|number| kettle(&format!("K-{number}")));
    let with = |count| invitation().kind(InviteKind::Product).products(products(count)).build().unwrap();
    let provider = provider(kiyoh(), &Played::always(200, &"OK"));
    assert_eq!(provider.validate(&with(10)).unwrap(), []);
    let warnings = provider.validate(&with(12)).unwrap();
    assert_eq!(
        warnings[0].to_string(),
        "order.products: left out all but the first 10 of 12: Kiyoh accepts no more"
    );
    let body = sent(kiyoh(), invitation().kind(InviteKind::Product).products(products(12))).await;
    assert_eq!(body["product_code"].as_array().unwrap().len(), 10);
    let receipt = provider.send_invite(&with(12)).await.unwrap();
    assert_eq!(receipt.warnings, warnings);
}

#[tokio::test]
async fn days_are_whole_and_rounded_up() {
    let played = Played::always(200, &"OK");
    let provider = provider(kiyoh().with_delay_days(5), &played);
    let day = Duration::from_secs(86_400);
    let hour = TimeDelta::hours(1);
    for (send_at, days) in [
        (SendAt::AccountDefault, 5),
        (SendAt::Now, 0),
        (SendAt::At(at("2020-01-01T00:00:00Z")), 0),
        (SendAt::At(Utc::now() + hour), 1),
        (SendAt::At(Utc::now() + TimeDelta::days(2) + hour), 3),
        (SendAt::After(day, DelayFrom::Placed), 2),
    ] {
        let request = invitation().placed_at(Utc::now() + hour).send_at(send_at).build().unwrap();
        let receipt = provider.send_invite(&request).await.unwrap();
        let body: Value = serde_json::from_slice(played.requests().last().unwrap().body()).unwrap();
        assert_eq!(body["delay"], days, "{send_at:?}");
        match receipt.state {
            InviteState::Accepted => assert_eq!(days, 0, "{send_at:?}"),
            InviteState::ScheduledOn(date) => {
                let in_days = (date - Utc::now().date_naive()).num_days();
                // Midnight may have passed since the request.
                assert!((days - 1..=days).contains(&in_days), "{send_at:?}: {date}");
            }
            other => unreachable!("{send_at:?}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn language_is_the_customers_or_the_default() {
    let with = |codes: &[&str]| {
        let languages: Vec<_> = codes.iter().map(|code| Language::new(code).unwrap()).collect();
        kiyoh().with_extra_languages(languages)
    };
    for (extra, locale, expected, warns) in [
        (&[][..], "nl-NL", "nl", false),
        (&[], "lv", "lv", false),
        (&[], "sv-SE", "en", true),
        (&["sv-SE"], "sv-SE", "sv-SE", false),
        (&["fi_FI"], "fi", "fi_FI", false),
        (&["no"], "nb-NO", "no", false),
        (&["nn-NO"], "no", "nn-NO", false),
        (&["gr"], "el-GR", "gr", false),
        (&["pt-PT", "pt-BR"], "pt-BR", "pt-BR", false),
        (&["pt-PT"], "pt-BR", "pt-PT", false),
        (&["es-ES", "es"], "es-MX", "es-ES", false),
    ] {
        let request = invitation().locale(locale);
        let warnings = provider(with(extra), &Played::always(200, &"OK")).validate(&request.build().unwrap());
        assert_eq!(!warnings.unwrap().is_empty(), warns, "{locale} with {extra:?}");
        assert_eq!(sent(with(extra), invitation().locale(locale)).await["language"], expected, "{locale}");
    }
    assert_eq!(sent(with(&[]), invitation()).await["language"], "en");
}

#[tokio::test]
async fn name_in_one_piece_is_not_split() {
    for (request, first, last) in [
        (invitation().name("Jan van der Berg"), json!("Jan van der Berg"), Value::Null),
        (invitation().first_name("Jan").last_name("van der Berg"), json!("Jan"), json!("van der Berg")),
        (invitation().last_name("van der Berg"), Value::Null, json!("van der Berg")),
    ] {
        let body = sent(kiyoh(), request).await;
        assert_eq!((&body["first_name"], &body["last_name"]), (&first, &last));
    }
}

#[tokio::test]
async fn reference_has_the_configured_name() {
    let body = sent(kiyoh().with_reference_field(ReferenceField::ReferenceCode), invitation()).await;
    assert_eq!((&body["reference_code"], body.get("ref_code")), (&json!("1001"), None));
}

#[tokio::test]
async fn links_equal_the_samples() {
    let name = || ResourceId::new("example_shop").unwrap();
    let played = Played::always(500, &"");
    let provider = provider(kiyoh().with_location_name(name()), &played);
    let products = || [kettle("K-1"), kettle("K-2")];
    let link = async |request: InviteRequestBuilder| {
        let link = provider.create_link(&request.build().unwrap()).await.unwrap();
        link.url.to_string()
    };
    let links = [
        link(invitation().locale("en-GB")).await,
        link(invitation().kind(InviteKind::ServiceAndProduct).products(products())).await,
        link(invitation().locale("nl").kind(InviteKind::Product).products(products())).await,
    ];
    let mut expected: Vec<_> =
        include_str!("samples/links.assembled.txt").lines().map(str::to_owned).collect();
    // The sample has no language, which is optional.
    expected[1].push_str("&lang=en");
    assert_eq!(links.as_slice(), expected);
    assert!(played.requests().is_empty(), "a link needs no request");

    let brazil = Language::new("pt-BR").unwrap();
    let named = kiyoh().with_location_name(name()).with_extra_languages([brazil]);
    let other = played::provider(named, &played);
    let portuguese = other.create_link(&invitation().locale("pt-BR").build().unwrap()).await.unwrap();
    assert!(portuguese.url.as_str().ends_with("&lang=pt-br"), "{portuguese:?}");

    let odd = invitation().kind(InviteKind::ServiceAndProduct);
    let odd = odd.products([Product::builder("A/1 &b", "Odd"), Product::builder("ü", "Ü")]);
    assert!(link(odd).await.contains("?product_code=A%2F1+%26b,%C3%BC&reference_code=1001&lang=en"));
}

#[tokio::test]
async fn link_never_contains_an_email_or_a_comma_of_a_code() {
    let named = kiyoh().with_location_name(ResourceId::new("example_shop").unwrap());
    let provider = provider(named, &Played::always(500, &""));
    let request = played::invitation_of("jane@example.com").kind(InviteKind::Product);
    let request = request.products([kettle("K-1"), kettle("K,2")]).build().unwrap();
    let error = provider.create_link(&request).await.unwrap_err();
    let fields: Vec<_> = error.field_errors().iter().map(FieldError::field).collect();
    assert_eq!(fields, ["order.reference", "order.products[1].sku"]);
    assert!(!format!("{error} {error:?}").contains("jane"));
}

#[tokio::test]
async fn link_without_a_name_names_the_setting() {
    let provider = provider(kiyoh(), &Played::always(500, &""));
    let error = provider.create_link(&invitation().build().unwrap()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("location_name"), "{error}");
}

#[tokio::test]
async fn service_reviews_of_the_sample_are_read() {
    let none = json!({ "locationId": "1234567", "reviews": [] });
    let played = Played::new([(200, sample!("reviews.assembled-response")), (200, none)]);
    let reader = provider(kiyoh().with_brand(Brand::Klantenvertellen).unwrap(), &played);
    let since = at("2023-01-01T00:00:00Z");
    let reviews: Vec<Review> =
        reader.reviews(ReviewQuery::service().since(since)).try_collect().await.unwrap();
    let found: Vec<_> = reviews
        .iter()
        .map(|review| (review.stars, review.title.as_deref(), review.text.as_deref()))
        .collect();
    let text = "The parcel came a day early.";
    assert_eq!(found, [(5, Some("Fast and friendly"), Some(text)), (4, None, None)]);
    assert_eq!(reviews[0].written_at, Some(at("2024-05-02T14:28:14.295Z")));
    let queries: Vec<_> = played.requests().iter().map(|request| request.uri().to_string()).collect();
    let start = "https://www.klantenvertellen.nl/v1/publication/review/external?locationId=1234567&tenantId=99&dateSince=";
    let end = "&orderBy=CREATE_DATE&sortOrder=ASC&limit=100";
    assert_eq!(
        queries,
        [
            format!("{start}2022-12-31T23%3A59%3A59.999Z{end}"),
            // The next page begins with the last review, a millisecond earlier.
            format!("{start}2024-05-02T14%3A28%3A14.294Z{end}"),
        ]
    );
}

#[tokio::test]
async fn reviews_of_one_millisecond_are_read_once() {
    let review = |id: u8, at: &str| json!({ "reviewId": id.to_string(), "rating": 9, "dateSince": at });
    let (one, two) = ("2024-05-02T14:28:14.295Z", "2024-05-02T14:28:14.296Z");
    let page = |reviews: &[Value]| (200, json!({ "reviews": reviews }));
    let played = Played::new([
        page(&[review(1, one), review(2, one)]),
        page(&[review(1, one), review(2, one), review(3, one), review(4, two)]),
        page(&[review(1, one), review(2, one), review(3, one), review(4, two)]),
    ]);
    let reader = provider(kiyoh(), &played);
    let reviews: Vec<Review> = reader.reviews(ReviewQuery::service()).try_collect().await.unwrap();
    let ids: Vec<_> = reviews.iter().map(|review| review.id.as_str()).collect();
    assert_eq!((ids, played.requests().len()), (vec!["1", "2", "3", "4"], 3));
}

#[tokio::test]
async fn page_that_does_not_continue_is_an_error() {
    let at = |number: usize| format!("2024-05-02T14:{:02}:{:02}.000Z", number / 60, number % 60);
    let review = |number: usize| json!({ "reviewId": number, "rating": 9, "dateSince": at(number) });
    let same: Vec<_> = (0..100).map(review).collect();
    let reader = provider(kiyoh(), &Played::always(200, &json!({ "reviews": same })));
    let read: Vec<_> = reader.reviews(ReviewQuery::service()).collect().await;
    let reviews = read.iter().filter(|review| review.is_ok()).count();
    let last = read.last().unwrap().as_ref().unwrap_err();
    assert_eq!((reviews, read.len(), last.kind()), (100, 101, ErrorKind::Unexpected));
}

#[tokio::test]
async fn product_reviews_of_the_samples_are_read() {
    let played = Played::new([
        (200, sample!("products-updated.assembled-response")),
        (200, sample!("product-reviews.assembled-response")),
    ]);
    let reader = provider(kiyoh(), &played);
    let reviews: Vec<Review> = reader.reviews(ReviewQuery::products()).try_collect().await.unwrap();
    let [review] = reviews.as_slice() else { unreachable!("{reviews:?}") };
    let id = "8a3a6aad-0000-4000-8000-000000000001";
    assert_eq!((review.id.as_str(), review.subject, review.stars), (id, ReviewSubject::Product, 5));
    assert_eq!((review.sku.as_deref(), review.title.as_deref()), (Some("K-1"), Some("Boils")));
    let queries: Vec<_> = played.requests().iter().map(|request| request.uri().to_string()).collect();
    let start = "https://www.kiyoh.com/v1/publication/product";
    assert_eq!(
        queries,
        [
            format!("{start}?locationId=1234567&updatedSince=1969-12-31T23%3A59%3A59.999Z"),
            format!("{start}/review/external?locationId=1234567&clusterId=1000007"),
        ]
    );
}

#[tokio::test]
async fn skipped_product_is_not_a_review() {
    let review = |skipped: bool| json!({ "productReviewId": "p", "rating": 1, "notApplicable": skipped });
    let reviews = json!({ "locationProduct": [], "reviews": [review(true), review(false)] });
    let played = Played::new([(200, json!({ "clusters": [{ "clusterId": 7 }] })), (200, reviews)]);
    let reader = provider(kiyoh(), &played);
    let reviews: Vec<Review> = reader.reviews(ReviewQuery::products()).try_collect().await.unwrap();
    assert_eq!((reviews.len(), reviews[0].sku.as_deref()), (1, None));
}

#[tokio::test]
async fn reviews_of_an_order_are_unsupported() {
    let reader = provider(kiyoh(), &Played::always(200, &"{}"));
    let request = invitation().build().unwrap();
    let query = ReviewQuery::service().for_order(request.order().reference().clone());
    let error = reader.read_reviews(&query, None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}
