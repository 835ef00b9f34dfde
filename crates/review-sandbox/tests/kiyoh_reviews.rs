//! Kiyoh: reviews of the shop and of products, statistics, invite links.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy.toml allows these in test functions, and these are their helpers"
)]

mod common;

use std::time::Duration;

use common::kiyoh::*;
use common::{control, send, var, with};
use review_sandbox::{Host, KIYOH_LOCATION_NAME, Sandbox};
use serde_json::{Value, json};

const REVIEWS: &str = "/v1/publication/review/external";
const STATISTICS: &str = "/v1/publication/review/external/location/statistics";
const PRODUCT_REVIEWS: &str = "/v1/publication/product/review/external";
const NEW_PRODUCT_REVIEWS: &str = "/v1/publication/product";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Invites for this order, and submits the review.
async fn reviewed(sandbox: &Sandbox, reference: &str, rating: u8, more: &[(&str, Value)]) -> String {
    let body = invitation(sandbox, &format!("{reference}@example.com"), reference);
    let body = more.iter().fold(body, |body, (pointer, value)| with(&body, pointer, value.clone()));
    invite(sandbox, &body).await.is(200);
    sandbox.submit_kiyoh_review(reference, rating, "The parcel came early.").unwrap()
}

async fn read(sandbox: &Sandbox, path: &str, query: &str) -> Value {
    get_of_location(sandbox, path, query).await.is(200).json()
}

fn ids(body: &Value) -> Vec<&str> {
    body["reviews"].as_array().unwrap().iter().map(|review| review["reviewId"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn shop_review_has_the_documented_members() {
    let sandbox = Sandbox::start().await.unwrap();
    let names = [("/first_name", json!("Jane")), ("/city", json!("Utrecht")), ("/language", json!("de"))];
    let id = reviewed(&sandbox, "1001", 7, &names).await;
    let body = read(&sandbox, REVIEWS, "&tenantId=98").await;
    let review = &body["reviews"][0];
    assert_eq!((&review["reviewId"], &review["rating"]), (&json!(id), &json!(7)));
    assert_eq!((&review["reviewAuthor"], &review["city"]), (&json!("Jane"), &json!("Utrecht")));
    assert_eq!((&review["reviewLanguage"], &review["reviewComments"]), (&json!("de"), &Value::Null));
    let content = review["reviewContent"].as_array().unwrap();
    assert!(content.iter().all(|response| response["rating"].is_string()), "{review}");
    let opinion = content.iter().find(|response| response["questionGroup"] == "DEFAULT_OPINION").unwrap();
    assert_eq!(opinion["rating"], "The parcel came early.");
    for (reference, rating, recommends) in [("2", 5, "false"), ("3", 6, "true")] {
        reviewed(&sandbox, reference, rating, &[]).await;
        let newest = read(&sandbox, REVIEWS, "&limit=1").await;
        let content = newest["reviews"][0]["reviewContent"].as_array().unwrap().clone();
        let response =
            content.iter().find(|response| response["questionGroup"] == "DEFAULT_RECOMMEND").unwrap();
        assert_eq!(response["rating"], recommends);
    }
    chrono::DateTime::parse_from_rfc3339(review["dateSince"].as_str().unwrap()).unwrap();
    assert!(!body.to_string().contains("1001"), "no order reference: {body}");
}

#[tokio::test]
async fn location_has_figures_on_a_scale_of_ten() {
    let sandbox = Sandbox::start().await.unwrap();
    let empty = read(&sandbox, STATISTICS, "").await;
    assert_eq!((&empty["numberReviews"], &empty["averageRating"]), (&json!(0), &json!(0.0)));
    for (reference, rating) in [("1", 10), ("2", 9), ("3", 1)] {
        reviewed(&sandbox, reference, rating, &[]).await;
    }
    let statistics = read(&sandbox, STATISTICS, "").await;
    assert_eq!(statistics["locationId"], var(&sandbox, "KIYOH_LOCATION_ID"));
    assert_eq!((&statistics["averageRating"], &statistics["numberReviews"]), (&json!(6.7), &json!(3)));
    assert_eq!((&statistics["recommendation"], &statistics["locationActive"]), (&json!(66), &json!("true")));
    assert!(!statistics["locationName"].as_str().unwrap().is_empty());
    sandbox.advance(400 * DAY);
    reviewed(&sandbox, "4", 5, &[]).await;
    let location = read(&sandbox, REVIEWS, "&limit=1").await;
    assert_eq!((&location["averageRating"], &location["numberReviews"]), (&json!(6.3), &json!(4)));
    assert_eq!(location["last12MonthAverageRating"], 5.0);
    assert_eq!(
        (&location["fiveStars"], &location["threeStars"], &location["oneStars"]),
        (&json!(2), &json!(1), &json!(1))
    );
    assert_eq!(location["canonicalName"], KIYOH_LOCATION_NAME);
}

#[tokio::test]
async fn review_needs_an_invitation_and_a_rating_of_ten() {
    let sandbox = Sandbox::start().await.unwrap();
    assert!(sandbox.submit_kiyoh_review("1001", 9, "Good.").is_none());
    invite(&sandbox, &invitation(&sandbox, "jane@example.com", "1001")).await.is(200);
    for (rating, possible) in [(0, false), (1, true), (10, true), (11, false)] {
        assert_eq!(sandbox.submit_kiyoh_review("1001", rating, "Good.").is_some(), possible, "{rating}");
    }
    let submit = async |body: &str| control(&sandbox, "POST /kiyoh-reviews", body).await;
    submit(r#"{"reference":"1001","rating":11,"comment":"Good."}"#).await.assert_error(400, "from 1 to 10");
    submit(r#"{"reference":"x","rating":9,"comment":"Good."}"#).await.is(400);
    let id = submit(r#"{"reference":"1001","rating":9,"comment":"Good."}"#).await.is(201).text("/id");
    assert_eq!(ids(&read(&sandbox, REVIEWS, "").await)[0], id);
}

#[tokio::test]
async fn reviews_are_paged_sorted_and_filtered() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut written = Vec::new();
    for (reference, rating) in [("1", 8), ("2", 10), ("3", 6)] {
        written.push(reviewed(&sandbox, reference, rating, &[]).await);
        sandbox.advance(DAY);
    }
    let [first, second, third] = [&*written[0], &written[1], &written[2]];
    let of_second = read(&sandbox, REVIEWS, &format!("&reviewId={second}")).await;
    let since = of_second["reviews"][0]["dateSince"].as_str().unwrap().to_owned();
    let with_offset = format!("{}%2B0000", since.trim_end_matches('Z'));
    let tomorrow = (sandbox.now() + DAY).format("%Y-%m-%d");
    let cases = [
        (String::new(), vec![third, second, first]),
        ("&sortOrder=ASC".to_owned(), vec![first, second, third]),
        ("&orderBy=RATING".to_owned(), vec![second, first, third]),
        ("&orderBy=RATING&sortOrder=ASC".to_owned(), vec![third, first, second]),
        ("&orderBy=UPDATE_DATE&sortOrder=DESC&limit=2".to_owned(), vec![third, second]),
        ("&limit=2&pageNumber=1".to_owned(), vec![first]),
        ("&limit=1000&pageNumber=1".to_owned(), vec![]),
        (format!("&dateSince={since}"), vec![third]),
        (format!("&updatedSince={with_offset}"), vec![third]),
        (format!("&dateSince={tomorrow}"), vec![]),
        ("&dateSince=&locale=nl".to_owned(), vec![third, second, first]),
        (format!("&reviewId={second}"), vec![second]),
    ];
    for (query, expected) in cases {
        assert_eq!(ids(&read(&sandbox, REVIEWS, &query).await), expected, "{query}");
    }
}

#[tokio::test]
async fn response_has_ten_reviews_by_default_and_250_at_most() {
    let sandbox = Sandbox::start().await.unwrap();
    invite(&sandbox, &invitation(&sandbox, "jane@example.com", "1001")).await.is(200);
    for _ in 0..251 {
        sandbox.submit_kiyoh_review("1001", 9, "Good.").unwrap();
    }
    for (query, count) in [("", 10), ("&limit=250", 250), ("&limit=251", 250), ("&limit=251&pageNumber=1", 1)]
    {
        assert_eq!(ids(&read(&sandbox, REVIEWS, query).await).len(), count, "{query}");
    }
}

#[tokio::test]
async fn faulty_parameters_are_rejected_by_name() {
    let sandbox = Sandbox::start().await.unwrap();
    let of_location = async |path: &str, query: &str| get_of_location(&sandbox, path, query).await;
    for (query, message) in [
        ("&tenantId=99", "`tenantId`"),
        ("&dateSince=yesterday", "`dateSince`"),
        ("&dateSince=2024-01-01T00:00:00.000+0100", "`dateSince`"),
        ("&updatedSince=2024-01-01T00:00:00Z", "`updatedSince`"),
        ("&orderBy=create_date", "`orderBy`"),
        ("&sortOrder=UP", "`sortOrder`"),
        ("&limit=0", "`limit`"),
        ("&limit=%2B1", "`limit`"),
        ("&pageNumber=-1", "`pageNumber`"),
        ("&page=1", "`page`"),
        ("&locationId=x", "`locationId`"),
    ] {
        of_location(REVIEWS, query).await.assert_error(400, message);
    }
    for path in [REVIEWS, STATISTICS, PRODUCT_REVIEWS, NEW_PRODUCT_REVIEWS] {
        get(&sandbox, path).await.assert_error(400, "`locationId` is missing");
        assert_rejection(&get(&sandbox, &format!("{path}?locationId=x")).await, 401, &[]);
    }
    of_location(PRODUCT_REVIEWS, "").await.assert_error(400, "exactly one");
    of_location(PRODUCT_REVIEWS, "&productCode=K-1&clusterId=1").await.assert_error(400, "exactly one");
    of_location(PRODUCT_REVIEWS, "&clusterId=x").await.assert_error(400, "`clusterId`");
    of_location(PRODUCT_REVIEWS, "&productCode=K-1").await.is(404);
}

#[tokio::test]
async fn product_reviews_are_read_by_product_and_by_cluster() {
    let sandbox = Sandbox::start().await.unwrap();
    for code in ["K-1", "K-2"] {
        put_product(&sandbox, &with(&product(&sandbox, code), "/cluster_code", json!("KETTLE")))
            .await
            .is(200);
    }
    put_product(&sandbox, &product(&sandbox, "K-3")).await.is(200);
    let both = reviewed(&sandbox, "1", 8, &[("/product_code", json!(["K-1", "K-3"]))]).await;
    let only = [("/product_code", json!(["K-2"])), ("/product_invite", json!(true))];
    let only = reviewed(&sandbox, "2", 10, &only).await;
    assert_eq!(
        ids(&read(&sandbox, REVIEWS, "").await),
        [&both],
        "a review of products only is not one of the shop"
    );

    let cluster = read(&sandbox, PRODUCT_REVIEWS, "&clusterCode=KETTLE").await;
    assert_eq!((ids(&cluster), &cluster["averageRating"]), (vec![&*only, &both], &json!(9.0)));
    assert_eq!(
        read(&sandbox, PRODUCT_REVIEWS, &format!("&clusterId={}", cluster["clusterId"])).await,
        cluster
    );
    let one = read(&sandbox, PRODUCT_REVIEWS, "&productCode=K-1").await;
    assert_eq!((ids(&one), &one["locationProduct"][0]["productCode"]), (vec![&*both], &json!("K-1")));
    assert!(one["locationProduct"][0]["image_url"].is_string());
    let review = &one["reviews"][0];
    assert!(review["productReviewId"] != review["reviewId"] && review["notApplicable"] == false);
    assert_eq!((&review["rating"], &review["description"]), (&json!(8), &json!("The parcel came early.")));
}

#[tokio::test]
async fn clusters_with_new_reviews_link_to_their_reviews() {
    let sandbox = Sandbox::start().await.unwrap();
    for code in ["K-1", "K-2", "K-3"] {
        put_product(&sandbox, &product(&sandbox, code)).await.is(200);
    }
    reviewed(&sandbox, "1", 8, &[("/product_code", json!(["K-1", "K-2"]))]).await;
    sandbox.advance(DAY);
    let start = sandbox.now().format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
    sandbox.advance(DAY);
    let id = reviewed(&sandbox, "2", 9, &[("/product_code", json!(["K-2"]))]).await;
    assert_eq!(read(&sandbox, NEW_PRODUCT_REVIEWS, "").await["clusters"].as_array().unwrap().len(), 2);
    // The old review of this cluster is not behind the link.
    let new = read(&sandbox, NEW_PRODUCT_REVIEWS, &format!("&updatedSince={start}")).await;
    let [cluster] = new["clusters"].as_array().unwrap().as_slice() else { panic!("{new}") };
    assert_eq!(cluster["locationProduct"][0]["productCode"], "K-2");
    assert!(cluster["locationProduct"][0]["imageUrl"].is_string());
    let link = cluster["reviewApiLink"].as_str().unwrap();
    let path = link.strip_prefix("http://localhost/kiyoh").unwrap_or_else(|| panic!("{link}"));
    assert_eq!(ids(&get(&sandbox, path).await.is(200).json()), [id]);
}

#[tokio::test]
async fn invite_link_opens_a_page_for_a_review() {
    let sandbox = Sandbox::start().await.unwrap();
    put_product(&sandbox, &product(&sandbox, "K-1")).await.is(200);
    put_product(&sandbox, &product(&sandbox, "K-2")).await.is(200);
    let shop = format!("/invite-link/{}/{KIYOH_LOCATION_NAME}", var(&sandbox, "KIYOH_LOCATION_ID"));
    let open = async |path: &str| send(&sandbox, Host::Kiyoh, &format!("GET {path}"), &[], "").await;
    assert!(sandbox.submit_kiyoh_review("1001", 9, "Good.").is_none());
    open(&format!("{shop}?reference_code=1001&lang=en&name=Jane&city=Utrecht"))
        .await
        .assert_error(200, "<html>");
    sandbox.submit_kiyoh_review("1001", 9, "Good.").unwrap();
    open(&format!("/product-review{shop}/K-1?product_code=K-2&reference_code=1002")).await.is(200);
    sandbox.submit_kiyoh_review("1002", 9, "Good.").unwrap();
    assert_eq!(read(&sandbox, REVIEWS, "").await["reviews"][0]["reviewAuthor"], "Jane");
    assert_eq!(read(&sandbox, REVIEWS, "").await["numberReviews"], 1);
    for code in ["K-1", "K-2"] {
        assert_eq!(
            read(&sandbox, PRODUCT_REVIEWS, &format!("&productCode={code}")).await["numberReviews"],
            1
        );
    }
    assert!(sandbox.emails().is_empty());
}

#[tokio::test]
async fn faulty_invite_link_opens_no_review() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = format!("/invite-link/{}/{KIYOH_LOCATION_NAME}", var(&sandbox, "KIYOH_LOCATION_ID"));
    for (path, status, reason) in [
        (format!("/invite-link/x/{KIYOH_LOCATION_NAME}?reference_code=1001"), 404, "no location"),
        (format!("{shop}_x?reference_code=1001"), 404, "no location"),
        (format!("{shop}?reference_code=1001&product_code=K-1"), 404, "catalogue"),
        (format!("/product-review{shop}/K-1?reference_code=1001"), 404, "catalogue"),
        (format!("{shop}?reference_code=1001&lang=EN"), 400, "`lang`"),
        (format!("{shop}?ref_code=1001"), 400, "`ref_code`"),
        (format!("{shop}?reference_code=1001&email=x"), 400, "`email`"),
        (format!("{shop}?reference_code="), 400, "`reference_code`"),
        (format!("{shop}&reference_code=1001"), 404, "no location"),
    ] {
        send(&sandbox, Host::Kiyoh, &format!("GET {path}"), &[], "").await.assert_error(status, reason);
    }
    assert!(sandbox.submit_kiyoh_review("1001", 9, "Good.").is_none());
}
