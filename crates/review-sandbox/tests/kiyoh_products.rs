//! Kiyoh: the catalogue of products.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy.toml allows these in test functions, and these are their helpers"
)]

mod common;

use common::kiyoh::*;
use common::{var, with, without};
use review_sandbox::Sandbox;
use serde_json::{Value, json};

const PRODUCTS: &str = "/v1/location/product/external";

async fn put_bulk(sandbox: &Sandbox, products: &[Value]) -> common::Response {
    let body = json!({"location_id": var(sandbox, "KIYOH_LOCATION_ID"), "products": products});
    kiyoh(sandbox, "PUT /v1/location/product/external/bulk", &body).await
}

async fn listed(sandbox: &Sandbox) -> Vec<Value> {
    get_of_location(sandbox, PRODUCTS, "").await.is(200).json().as_array().unwrap().clone()
}

#[tokio::test]
async fn product_is_created_and_replaced_by_its_code() {
    let sandbox = Sandbox::start().await.unwrap();
    let body = product(&sandbox, "K-1");
    let created = put_product(&sandbox, &body).await.is(200).json();
    for (name, value) in body.as_object().unwrap() {
        assert_eq!(&created[name], value, "{name}");
    }
    assert!(created["id"].is_u64() && created["cluster_id"].is_u64(), "{created}");
    let replaced = put_product(&sandbox, &with(&body, "/product_name", json!("Kettle"))).await.is(200).json();
    assert_eq!(replaced, with(&created, "/product_name", json!("Kettle")));
    let other = put_product(&sandbox, &product(&sandbox, "K-2")).await.is(200).json();
    assert!(other["id"] != created["id"] && other["cluster_id"] != created["cluster_id"]);
    assert_eq!(listed(&sandbox).await, [replaced, other]);
}

#[tokio::test]
async fn products_with_one_cluster_code_share_a_cluster() {
    let sandbox = Sandbox::start().await.unwrap();
    let put = async |code: &str, pointer: &str, value: Value| {
        put_product(&sandbox, &with(&product(&sandbox, code), pointer, value)).await
    };
    let first = put("K-1", "/cluster_code", json!("KETTLE")).await.is(200).json();
    let second = put("K-2", "/cluster_code", json!("KETTLE")).await.is(200).json();
    assert_eq!((&first["cluster_id"], &first["cluster_code"]), (&second["cluster_id"], &json!("KETTLE")));
    let third = put("K-3", "/cluster_id", first["cluster_id"].clone()).await.is(200).json();
    assert_eq!(third["cluster_id"], first["cluster_id"]);
    assert_rejection(
        &put("K-4", "/cluster_id", json!(5)).await,
        400,
        &["cluster_id is not the id of a known cluster"],
    );
    let moved = put("K-2", "/cluster_code", json!("POT")).await.is(200).json();
    assert_ne!(moved["cluster_id"], first["cluster_id"]);
    assert_eq!(listed(&sandbox).await.len(), 3);
}

#[tokio::test]
async fn faulty_product_is_rejected_by_field() {
    let sandbox = Sandbox::start().await.unwrap();
    let right = product(&sandbox, "K-1");
    for name in ["location_id", "product_code", "product_name", "image_url", "source_url", "active"] {
        let response = put_product(&sandbox, &without(&right, &format!("/{name}"))).await;
        assert_rejection(&response, 400, &[&format!("{name} is missing")]);
    }
    for (pointer, value, message) in [
        ("/image_url", json!("img/k-1.jpg"), "image_url must be an absolute http or https URL"),
        ("/source_url", json!(""), "source_url must not be empty"),
        ("/active", json!("true"), "active must be of type boolean"),
        ("/cluster_id", json!("1"), "cluster_id must be of type integer"),
        ("/productName", json!("x"), "productName is not a known field"),
        ("/gtins", json!([1]), "gtins must be a string or an array of strings"),
        ("/skus", json!(null), "skus must be a string or an array of strings"),
    ] {
        assert_rejection(&put_product(&sandbox, &with(&right, pointer, value)).await, 400, &[message]);
    }
    assert_rejection(&put_product(&sandbox, &with(&right, "/location_id", json!("x"))).await, 401, &[]);
    assert!(listed(&sandbox).await.is_empty());
}

#[tokio::test]
async fn further_codes_are_accepted_in_both_forms() {
    let sandbox = Sandbox::start().await.unwrap();
    let body = with(&product(&sandbox, "K-1"), "/skus", json!(["K-1"]));
    let body = with(&with(&body, "/gtins", json!("4006381333931")), "/brand_name", json!("Acme"));
    put_product(&sandbox, &body).await.is(200);
    put_bulk(&sandbox, &[body]).await.is(200);
}

#[tokio::test]
async fn bulk_call_has_at_most_200_products() {
    let sandbox = Sandbox::start().await.unwrap();
    let products: Vec<_> = (0..201).map(|number| product(&sandbox, &format!("K-{number}"))).collect();
    assert_rejection(&put_bulk(&sandbox, &products).await, 400, &["products must hold at most 200 products"]);
    assert_rejection(&put_bulk(&sandbox, &[]).await, 400, &["products must not be empty"]);
    assert!(listed(&sandbox).await.is_empty());
    let stored = put_bulk(&sandbox, &products[..200]).await.is(200).json();
    assert_eq!(stored.as_array().unwrap(), &listed(&sandbox).await);
    assert_eq!(stored[199]["product_code"], "K-199");
}

#[tokio::test]
async fn bulk_call_with_a_faulty_product_stores_nothing() {
    let sandbox = Sandbox::start().await.unwrap();
    let right = product(&sandbox, "K-1");
    let faulty = [
        (without(&right, "/image_url"), 400, "products[1].image_url is missing"),
        (without(&right, "/location_id"), 400, "products[1].location_id is missing"),
        (with(&right, "/mpns", json!(1)), 400, "products[1].mpns must be a string or an array of strings"),
        (with(&right, "/cluster_id", json!(1)), 400, "cluster_id is not the id of a known cluster"),
    ];
    for (product, status, message) in faulty {
        assert_rejection(&put_bulk(&sandbox, &[right.clone(), product]).await, status, &[message]);
    }
    let other = with(&right, "/location_id", json!("x"));
    assert_rejection(&put_bulk(&sandbox, &[right.clone(), other]).await, 401, &[]);
    let body = json!({"location_id": "x", "products": [right]});
    assert_rejection(&kiyoh(&sandbox, "PUT /v1/location/product/external/bulk", &body).await, 401, &[]);
    assert!(listed(&sandbox).await.is_empty());
}

#[tokio::test]
async fn list_needs_the_location() {
    let sandbox = Sandbox::start().await.unwrap();
    get(&sandbox, PRODUCTS).await.assert_error(400, "`locationId` is missing");
    assert_rejection(&get(&sandbox, &format!("{PRODUCTS}?locationId=x")).await, 401, &[]);
    get_of_location(&sandbox, PRODUCTS, "&limit=1").await.assert_error(400, "`limit`");
}
