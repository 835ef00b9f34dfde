//! WebwinkelKeur: ratings of the shop, and product reviews.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy.toml allows these in test functions, and these are their helpers"
)]

mod common;

use common::webwinkelkeur::*;
use common::{control, var, with};
use review_sandbox::Sandbox;
use serde_json::{Value, json};

const RATINGS: &str = "/1.0/ratings.json";
const PRODUCT_REVIEWS: &str = "/1.0/product_reviews.json";

async fn reviewed(sandbox: &Sandbox, order: &str, stars: u8, more: &[(&str, Value)]) {
    let body = invitation(&format!("{order}@example.com"), order);
    let body = more.iter().fold(body, |body, (pointer, value)| with(&body, pointer, value.clone()));
    invite(sandbox, &body).await.is(200);
    assert!(sandbox.submit_webwinkelkeur_review(order, stars, "Quick delivery."));
}

/// One member of each element.
async fn read(
    sandbox: &Sandbox,
    path: &str,
    list: &str,
    member: &str,
    parameters: &[(&str, &str)],
) -> Vec<Value> {
    let body = get(sandbox, path, parameters).await.is(200).json();
    let found = body[list].as_array().unwrap_or_else(|| panic!("{body}"));
    found.iter().map(|element| element[member].clone()).collect()
}

#[tokio::test]
async fn rating_has_the_documented_members_and_no_order() {
    let sandbox = Sandbox::start().await.unwrap();
    reviewed(&sandbox, "1001", 4, &[("/customer_name", json!("Jane Doe")), ("/language", json!("en"))]).await;
    let response = get(&sandbox, RATINGS, &[]).await;
    assert_result(&response, 200, "success", "Ratings successfully retrieved!");
    let body = response.json();
    let rating = &body["ratings"][0];
    assert_eq!((&body["total"], &rating["rating"]), (&json!(1), &json!(4)));
    assert_eq!((&rating["name"], &rating["email"]), (&json!("Jane Doe"), &json!("1001@example.com")));
    assert_eq!((&rating["comment"], &rating["language"]), (&json!("Quick delivery."), &json!("en")));
    let names: Vec<_> = rating.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = [
        "comment",
        "country",
        "created",
        "date",
        "email",
        "language",
        "name",
        "quarantine",
        "rating",
        "ratings",
        "reaction",
        "read",
        "verified",
    ];
    assert!(names.iter().all(|name| expected.contains(name)) && names.len() == expected.len(), "{rating}");
    assert!(rating["created"].as_str().unwrap().starts_with(rating["date"].as_str().unwrap()));
}

#[tokio::test]
async fn rating_without_text_has_no_comment() {
    let sandbox = Sandbox::start().await.unwrap();
    invite(&sandbox, &invitation("jane@example.com", "1001")).await.is(200);
    assert!(sandbox.submit_webwinkelkeur_review("1001", 5, ""));
    assert_eq!(read(&sandbox, RATINGS, "ratings", "comment", &[]).await, [Value::Null]);
}

#[tokio::test]
async fn review_needs_an_invitation_and_one_to_five_stars() {
    let sandbox = Sandbox::start().await.unwrap();
    assert!(!sandbox.submit_webwinkelkeur_review("1001", 5, "Good."));
    invite(&sandbox, &invitation("jane@example.com", "1001")).await.is(200);
    for (stars, possible) in [(0, false), (1, true), (5, true), (6, false)] {
        assert_eq!(sandbox.submit_webwinkelkeur_review("1001", stars, "Good."), possible, "{stars}");
    }
    let submit = async |body: &str| control(&sandbox, "POST /webwinkelkeur-reviews", body).await;
    submit(r#"{"reference":"1001","rating":6,"comment":"Good."}"#).await.assert_error(400, "from 1 to 5");
    submit(r#"{"reference":"x","rating":5,"comment":"Good."}"#).await.is(400);
    submit(r#"{"reference":"1001","rating":3,"comment":"Good."}"#).await.empty(204);
    assert_eq!(read(&sandbox, RATINGS, "ratings", "rating", &[]).await, [json!(3), json!(5), json!(1)]);
}

#[tokio::test]
async fn ratings_are_paged_and_filtered_by_language() {
    let sandbox = Sandbox::start().await.unwrap();
    for (order, stars, language) in [("1", 1, "nl"), ("2", 2, "en"), ("3", 3, "nl")] {
        reviewed(&sandbox, order, stars, &[("/language", json!(language))]).await;
    }
    for (parameters, expected) in [
        (&[][..], vec![3, 2, 1]),
        (&[("language", "nl")], vec![3, 1]),
        (&[("limit", "1"), ("offset", "1")], vec![2]),
        (&[("language", "nl"), ("offset", "1")], vec![1]),
        (&[("language", "fr")], vec![]),
    ] {
        assert_eq!(
            read(&sandbox, RATINGS, "ratings", "rating", parameters).await,
            expected,
            "{parameters:?}"
        );
    }
    get(&sandbox, RATINGS, &[("limit", "101")]).await.assert_error(200, "`limit`");
    get(&sandbox, RATINGS, &[("order", "1")]).await.assert_error(200, "`order`");
    let summary = get(&sandbox, "/1.0/ratings_summary.json", &[]).await.is(200).json();
    assert_eq!((&summary["data"]["amount"], &summary["data"]["rating_average"]), (&json!(3), &json!(2.0)));
    assert_eq!(summary["data"]["ratings_average"]["aftersale"], 2.0);
}

#[tokio::test]
async fn ratings_can_be_read_with_the_public_code() {
    let sandbox = Sandbox::start().await.unwrap();
    let id = var(&sandbox, "WEBWINKELKEUR_ID");
    let public = |code| [("id", &*id), ("public_code", code)];
    let right = public("sandbox-public-code");
    for path in [RATINGS, "/1.0/ratings_summary.json"] {
        let line = format!("GET {path}");
        assert_eq!(call(&sandbox, &line, &right, "").await.json()["status"], "success");
        call(&sandbox, &line, &public("wrong"), "")
            .await
            .assert_error(200, "Incorrect authentication credentials.");
    }
    for path in [INVITATIONS, PRODUCT_REVIEWS, "/1.0/webshop.json"] {
        call(&sandbox, &format!("GET {path}"), &right, "").await.assert_error(200, "`public_code`");
    }
}

#[tokio::test]
async fn product_reviews_name_the_product_and_the_customer() {
    let sandbox = Sandbox::start().await.unwrap();
    reviewed(
        &sandbox,
        "1001",
        5,
        &[("/customer_name", json!("Jane Doe")), ("/order_data", json!(order_data(&["K-1", "K-2"])))],
    )
    .await;
    reviewed(&sandbox, "1002", 4, &[]).await;
    let body = get(&sandbox, PRODUCT_REVIEWS, &[]).await.is(200).json();
    assert_eq!(body["total"], 2);
    let review = &body["product_reviews"][0];
    assert_eq!(
        (&review["product_id"], &review["rating"], &review["deleted"]),
        (&json!("K-2"), &json!(5), &json!(false))
    );
    assert_eq!(review["reviewer"], json!({"name": "Jane Doe", "email": "1001@example.com"}));
    assert_eq!(review["review"], "Quick delivery.");
    let ids = read(&sandbox, PRODUCT_REVIEWS, "product_reviews", "id", &[]).await;
    assert_eq!(ids, [json!(2), json!(1)]);
    assert_eq!(
        read(&sandbox, PRODUCT_REVIEWS, "product_reviews", "id", &[("limit", "1"), ("offset", "1")]).await,
        [json!(1)]
    );
}
