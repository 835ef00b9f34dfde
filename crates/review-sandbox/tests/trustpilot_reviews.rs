//! Reading reviews back from Trustpilot.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "clippy.toml allows these in test functions, and some here are their helpers"
)]

mod common;

use std::time::Duration;

use common::*;
use review_sandbox::{EmailKind, Host, Sandbox};
use serde_json::{Value, json};

/// Invites under a reference, to a service review and one of each product.
async fn invited(sandbox: &Sandbox, token: &str, reference: &str, email: &str, skus: &[&str]) {
    let product = |sku: &&str| json!({"sku": sku, "name": format!("Name of {sku}"), "productUrl": format!("https://shop.example.com/{sku}")});
    let mut body = json!({
        "referenceNumber": reference,
        "consumerName": "Jane Doe",
        "consumerEmail": email,
        "locale": "de-DE",
        "locationId": "BERLIN",
        "serviceReviewInvitation": {"tags": ["Gift"]},
    });
    if !skus.is_empty() {
        let products: Vec<_> = skus.iter().map(product).collect();
        body["productReviewInvitation"] = json!({"products": products});
    }
    invite(sandbox, token, &body).await.empty(202);
}

/// One service and two product reviews for each of three orders, with 1, 3 and 5 stars, a day apart.
async fn reviewed() -> Sandbox {
    let sandbox = Sandbox::start().await.unwrap();
    let token = login(&sandbox).await.text("/access_token");
    for (reference, email, stars) in
        [("order-1", "a@example.com", 1), ("order-2", "b@example.com", 3), ("order-3", "a@example.com", 5)]
    {
        invited(&sandbox, &token, reference, email, &["CAR", "BUS"]).await;
        assert_eq!(sandbox.submit_trustpilot_review(reference, stars, "Good\nand cheap").len(), 3);
        sandbox.advance(Duration::from_secs(24 * 3600));
    }
    sandbox
}

async fn private_reviews(sandbox: &Sandbox, query: &str) -> Response {
    let line = format!("GET {}/reviews{query}", unit(sandbox));
    private(sandbox, Host::TrustpilotApi, &line, "").await
}

async fn public_reviews(sandbox: &Sandbox, query: &str) -> Response {
    let id = var(sandbox, "TRUSTPILOT_BUSINESS_UNIT_ID");
    public(sandbox, &format!("GET /v1/business-units/{id}/reviews{query}"), "").await
}

async fn private_product_reviews(sandbox: &Sandbox, query: &str) -> Response {
    let line = format!("GET /v1/private{}/reviews{query}", products(sandbox));
    private(sandbox, Host::TrustpilotApi, &line, "").await
}

async fn public_product_reviews(sandbox: &Sandbox, query: &str) -> Response {
    public(sandbox, &format!("GET /v1{}/reviews{query}", products(sandbox)), "").await
}

/// One member of each item of a list.
fn each(response: Response, list: &str, member: &str) -> Vec<Value> {
    let body = response.is(200).json();
    body[list].as_array().unwrap().iter().map(|item| item.pointer(member).unwrap().clone()).collect()
}

#[tokio::test]
async fn private_review_has_reference_of_its_invitation() {
    let sandbox = reviewed().await;
    let found = private_reviews(&sandbox, "?referenceId=order-2").await.is(200);
    assert_eq!(found.json()["reviews"].as_array().unwrap().len(), 1);
    assert_eq!(found.text("/reviews/0/referralEmail"), "b@example.com");
    assert_eq!(found.text("/reviews/0/source"), "InvitationApi");
    assert_eq!(found.text("/reviews/0/title"), "Good");
    assert_eq!(found.json()["reviews"][0]["tags"], json!([{"group": "generic", "value": "Gift"}]));
    assert_eq!(found.text("/reviews/0/location/externalId"), "BERLIN");
    let products = each(private_product_reviews(&sandbox, "").await, "productReviews", "/referenceId");
    assert_eq!(products, ["order-3", "order-3", "order-2", "order-2", "order-1", "order-1"]);
    assert_eq!(each(private_reviews(&sandbox, "?referenceId=order-9").await, "reviews", "/id"), [0; 0]);
}

#[tokio::test]
async fn review_needs_an_unused_invitation() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = login(&sandbox).await.text("/access_token");
    assert_eq!(sandbox.submit_trustpilot_review("order-1", 5, "Good"), []);
    invited(&sandbox, &token, "order-1", "a@example.com", &[]).await;
    invited(&sandbox, &token, "order-1", "a@example.com", &[]).await;
    let [first] = sandbox.submit_trustpilot_review("order-1", 9, "Good").try_into().unwrap();
    assert_eq!((first.kind, first.sku), (EmailKind::Service, None));
    // The email went out twice, so the second one can be used as well.
    assert_eq!(sandbox.submit_trustpilot_review("order-1", 0, "Bad").len(), 1);
    assert_eq!(sandbox.submit_trustpilot_review("order-1", 5, "Good"), []);
    assert_eq!(each(public_reviews(&sandbox, "").await, "reviews", "/stars"), [1, 5]);
    assert_eq!(each(public_reviews(&sandbox, "").await, "reviews", "/consumer/numberOfReviews"), [2, 2]);
    let found = public(&sandbox, "GET /v1/business-units/find?name=shop.example.com", "").await.json();
    assert_eq!(
        (found["numberOfReviews"]["total"].clone(), found["score"]["trustScore"].clone()),
        (2.into(), 3.0.into())
    );
}

#[tokio::test]
async fn public_review_has_no_address_or_reference() {
    let sandbox = reviewed().await;
    let list = public_reviews(&sandbox, "").await.is(200);
    let one = public(&sandbox, &format!("GET /v1/reviews/{}", list.text("/reviews/0/id")), "").await.is(200);
    assert_eq!(one.json(), list.json()["reviews"][0]);
    let products = public_product_reviews(&sandbox, "?sku=CAR,BUS").await.is(200);
    assert_eq!(products.json()["productReviews"].as_array().unwrap().len(), 6);
    for response in [list, one, products] {
        assert!(!response.body.contains("@example.com") && !response.body.contains("order-"), "{response:?}");
    }
}

#[tokio::test]
async fn review_is_found_by_id() {
    let sandbox = reviewed().await;
    let list = private_reviews(&sandbox, "").await;
    let line = format!("GET /v1/private/reviews/{}", list.text("/reviews/0/id"));
    let one = private(&sandbox, Host::TrustpilotApi, &line, "").await.is(200);
    assert_eq!(one.json(), list.json()["reviews"][0]);
    public(&sandbox, &line, "").await.assert_error(401, "InvalidAccessToken");
    let list = private_product_reviews(&sandbox, "").await;
    let line = format!("GET /v1/private/product-reviews/{}", list.text("/productReviews/0/id"));
    let one = private(&sandbox, Host::TrustpilotApi, &line, "").await.is(200);
    assert_eq!(one.json(), list.json()["productReviews"][0]);
    assert_eq!(one.text("/state"), "published");
    for path in ["reviews/507f191e810c19729de860ea", "product-reviews/507f191e810c19729de860ea"] {
        let line = format!("GET /v1/private/{path}");
        private(&sandbox, Host::TrustpilotApi, &line, "").await.assert_error(404, "Review not found");
        private(&sandbox, Host::TrustpilotApi, &format!("{line}?a=1"), "").await.assert_error(400, "`a`");
        private(&sandbox, Host::TrustpilotInvitations, &line, "").await.is(404);
    }
    public(&sandbox, "GET /v1/reviews/507f191e810c19729de860ea", "").await.is(404);
}

#[tokio::test]
async fn service_reviews_can_be_ordered_paged_and_filtered() {
    let sandbox = reviewed().await;
    let stars = async |query: &str| each(public_reviews(&sandbox, query).await, "reviews", "/stars");
    assert_eq!(stars("").await, [5, 3, 1]);
    assert_eq!(stars("?orderBy=createdat.asc").await, [1, 3, 5]);
    assert_eq!(stars("?orderBy=stars.asc").await, [1, 3, 5]);
    assert_eq!(stars("?orderBy=stars.desc&perPage=2").await, [5, 3]);
    assert_eq!(stars("?perPage=2&page=2").await, [1]);
    assert_eq!(stars("?perPage=2&page=3").await, [0; 0]);
    assert_eq!(stars("?stars=3&language=de").await, [3]);
    assert_eq!(stars("?language=en").await, [0; 0]);
    assert_eq!(stars("?tagGroup=generic&tagValue=Gift&internalLocationId=BERLIN").await, [5, 3, 1]);
    assert_eq!(stars("?tagValue=gift").await, [0; 0]);
    assert_eq!(stars("?responded=true").await, [0; 0]);
    assert_eq!(stars("?responded=false&includeReportedReviews=true").await, [5, 3, 1]);
    for (query, text) in [
        ("?perpage=2", "`perpage` is not documented"),
        ("?perPage=101", "`perPage` must be a number from 1 to 100"),
        ("?page=0", "`page` must be"),
        ("?page=1001&perPage=100", "within the first 100000"),
        ("?orderBy=stars", "`orderBy` must be one of"),
        ("?stars=1,2", "`stars` must be"),
        ("?stars=1&stars=2", "more than once"),
        ("?language=de-DE", "`language` must be"),
        ("?responded=1", "`responded` must be true or false"),
        ("?referenceId=order-1", "`referenceId` is not documented"),
    ] {
        public_reviews(&sandbox, query).await.assert_error(400, text);
    }
}

#[tokio::test]
async fn private_service_reviews_accept_more_filters() {
    let sandbox = reviewed().await;
    let now = sandbox.now();
    let before = |hours: i64| (now - chrono::TimeDelta::hours(hours)).format("%Y-%m-%dT%H:%M:%S").to_string();
    let stars = async |query: &str| each(private_reviews(&sandbox, query).await, "reviews", "/stars");
    assert_eq!(stars("?referralEmail=a@example.com&username=Jane%20Doe").await, [5, 1]);
    assert_eq!(stars("?tagValue=gift&ignoreTagValueCase=true&source=InvitationApi").await, [5, 3, 1]);
    assert_eq!(stars("?source=Organic").await, [0; 0]);
    assert_eq!(stars("?reported=true").await, [0; 0]);
    assert_eq!(stars("?findReviewer=false").await, [5, 3, 1]);
    // They were written three, two and one day ago, and a little.
    let (start, end) = (before(60), before(36));
    assert_eq!(stars(&format!("?startDateTime={start}")).await, [5, 3]);
    assert_eq!(stars(&format!("?startDateTime={start}&endDateTime={end}Z")).await, [3]);
    assert_eq!(stars("?startDateTime=2000-01-01").await, [5, 3, 1]);
    private_reviews(&sandbox, "?startDateTime=9/7/2013")
        .await
        .assert_error(400, "`startDateTime` must be a UTC time");
    private_reviews(&sandbox, "?referralEmail=a").await.assert_error(400, "`referralEmail` must be an email");
    private_reviews(&sandbox, "?reference=1").await.assert_error(400, "`reference` is not documented");
    let other = "GET /v1/private/business-units/000000000000000000000000/reviews";
    private(&sandbox, Host::TrustpilotApi, other, "").await.assert_error(403, "1014");
    let line = format!("GET {}/reviews", unit(&sandbox));
    private(&sandbox, Host::TrustpilotInvitations, &line, "").await.is(404);
}

#[tokio::test]
async fn all_reviews_are_paged_by_token() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = login(&sandbox).await.text("/access_token");
    for _ in 0..101 {
        invited(&sandbox, &token, "order-1", "a@example.com", &[]).await;
        assert_eq!(sandbox.submit_trustpilot_review("order-1", 5, "Good").len(), 1);
    }
    let line = format!("GET /v1/business-units/{}/all-reviews", var(&sandbox, "TRUSTPILOT_BUSINESS_UNIT_ID"));
    let first = public(&sandbox, &line, "").await.is(200);
    let next = format!("{line}?pageToken={}", first.text("/nextPageToken"));
    let last = public(&sandbox, &next, "").await.is(200).json();
    assert_eq!(first.json()["reviews"].as_array().unwrap().len(), 100);
    assert!(last["reviews"].as_array().unwrap().len() == 1 && last.get("nextPageToken").is_none());
    public(&sandbox, &format!("{line}?pageToken=000000000000000000000000"), "")
        .await
        .assert_error(400, "`pageToken`");
    public(&sandbox, &format!("{line}?page=2"), "").await.assert_error(400, "`page`");
}

#[tokio::test]
async fn public_product_reviews_without_product_are_rejected() {
    let sandbox = reviewed().await;
    let stars =
        async |query: &str| each(public_product_reviews(&sandbox, query).await, "productReviews", "/stars");
    assert_eq!(stars("?sku=CAR").await, [5, 3, 1]);
    assert_eq!(stars("?sku=CAR,BUS&perPage=4&page=2&locale=de-DE").await, [1, 1]);
    assert_eq!(stars("?sku=CAR&page=2").await, [0; 0]);
    assert_eq!(stars("?productUrl=https%3A%2F%2Fshop.example.com%2FBUS&stars=5&language=de").await, [5]);
    assert_eq!(stars("?sku=OTHER&productUrl=https%3A%2F%2Fshop.example.com%2FBUS").await, [0; 0]);
    for (query, text) in [
        ("", "`sku` or `productUrl` is missing"),
        ("?sku=", "`sku` must be values with commas between"),
        ("?sku=%5B%22CAR%22%5D", "`sku` must be values with commas between"),
        ("?sku=CAR&state=published", "`state` is not documented"),
        ("?sku=CAR&perPage=0", "`perPage`"),
        ("?productUrl=shop.example.com", "`productUrl` must be an absolute"),
    ] {
        public_product_reviews(&sandbox, query).await.assert_error(400, text);
    }
    let line = format!("GET /v1{}/reviews?sku=CAR", products(&sandbox));
    send(&sandbox, Host::TrustpilotApi, &line, &[], "").await.assert_error(401, "Invalid API key");
}

#[tokio::test]
async fn private_product_reviews_are_filtered_by_state() {
    let sandbox = reviewed().await;
    let names = async |query: &str| {
        each(private_product_reviews(&sandbox, query).await, "productReviews", "/product/name")
    };
    assert_eq!(names("?sku=BUS&state=archived,published").await, ["Name of BUS"; 3]);
    assert_eq!(names("?state=unpublished").await, [""; 0]);
    assert_eq!(names("?perPage=4&page=2&language=de&includeReportedReviews=true").await.len(), 2);
    private_product_reviews(&sandbox, "?state=deleted").await.assert_error(400, "`state`");
    private_product_reviews(&sandbox, "?stars=5").await.assert_error(400, "`stars` is not documented");
    private_product_reviews(&sandbox, "?productUrl=x")
        .await
        .assert_error(400, "`productUrl` is not documented");
}

#[tokio::test]
async fn product_summaries_count_reviews() {
    let sandbox = reviewed().await;
    let token = login(&sandbox).await.text("/access_token");
    invited(&sandbox, &token, "order-4", "c@example.com", &["CAR"]).await;
    assert_eq!(sandbox.submit_trustpilot_review("order-4", 5, "Good").len(), 2);
    let car = json!({
        "sku": "CAR",
        "starsAverage": 3.5,
        "numberOfReviews":
            {"total": 4, "oneStar": 1, "twoStars": 0, "threeStars": 1, "fourStars": 0, "fiveStars": 2},
    });
    let line = format!("GET /v1/private{}/summaries", products(&sandbox));
    let own = async |query: &str| private(&sandbox, Host::TrustpilotApi, &format!("{line}{query}"), "").await;
    assert_eq!(each(own("").await, "summaries", "/sku"), ["BUS", "CAR"]);
    assert_eq!(own("?page=2&perPage=1").await.is(200).json()["summaries"], json!([car]));
    assert_eq!(own("?page=3&perPage=1").await.is(200).json()["summaries"], json!([]));
    own("?perPage=1001").await.assert_error(400, "`perPage` must be a number from 1 to 1000");
    own("?sku=CAR").await.assert_error(400, "`sku` is not documented");
    public(&sandbox, &line, "").await.is(401);
    // There is no public one of that name.
    public(&sandbox, &line.replace("/private", ""), "").await.is(404);

    let of = format!("GET /v1{}", products(&sandbox));
    let one = public(&sandbox, &format!("{of}?sku=CAR"), "").await.is(200).json();
    assert_eq!(one, without(&car, "/sku"));
    let both = public(&sandbox, &format!("{of}?sku=CAR,BUS"), "").await.is(200).json();
    assert_eq!(both["numberOfReviews"]["total"], 7);
    public(&sandbox, &of, "").await.assert_error(400, "`sku` or `productUrl` is missing");

    let batch = format!("POST /v1{}/batch-summaries", products(&sandbox));
    let response =
        public(&sandbox, &batch, json!({"skus": ["CAR", "NONE"]}).to_string()).await.is(200).json();
    assert_eq!(response["summaries"][0], car);
    assert_eq!(response["summaries"][1]["numberOfReviews"]["total"], 0);
    public(&sandbox, &batch, json!({"skus": []}).to_string())
        .await
        .assert_error(400, "skus must not be empty");
    public(&sandbox, &batch, json!({"sku": ["CAR"]}).to_string())
        .await
        .assert_error(400, "sku is not a known field");
    public(&sandbox, &format!("{batch}?sku=CAR"), "{}").await.assert_error(400, "`sku`");
    let bearer = ("Authorization", &*format!("Bearer {token}"));
    send(&sandbox, Host::TrustpilotApi, &batch, &[JSON, bearer], "{}")
        .await
        .assert_error(401, "Invalid API key");
}
