//! What belongs to Trustpilot's account: business unit, locales, templates, private products; and the CDN before it.

mod common;

use common::*;
use review_sandbox::{Host, Sandbox, Vendor};
use serde_json::{Value, json};

#[tokio::test]
async fn business_unit_by_id_equals_the_found_one() {
    let sandbox = Sandbox::start().await.unwrap();
    let id = var(&sandbox, "TRUSTPILOT_BUSINESS_UNIT_ID");
    let found = public(&sandbox, "GET /v1/business-units/find?name=shop.example.com", "").await.is(200);
    let line = format!("GET /v1/business-units/{id}");
    assert_eq!(public(&sandbox, &line, "").await.is(200).json(), found.json());
    public(&sandbox, "GET /v1/business-units/000000000000000000000000", "").await.is(404);
    public(&sandbox, &format!("{line}?page=1"), "").await.assert_error(400, "`page`");
    send(&sandbox, Host::TrustpilotApi, &line, &[], "").await.assert_error(401, "Invalid API key");
    send(&sandbox, Host::TrustpilotInvitations, &line, &[], "").await.is(404);
}

#[tokio::test]
async fn search_accepts_lower_case_perpage_only() {
    let sandbox = Sandbox::start().await.unwrap();
    let search = async |query: &str| {
        let line = format!("GET /v1/business-units/search?{query}");
        public(&sandbox, &line, "").await
    };
    let hits = |response: Response| response.is(200).json()["businessUnits"].as_array().unwrap().len();
    assert_eq!(hits(search("query=EXAMPLE&country=DE&page=1&perpage=100").await), 1);
    assert_eq!(hits(search("query=example&country=FR").await), 0);
    assert_eq!(hits(search("query=example&page=2").await), 0);
    assert_eq!(hits(search("query=other").await), 0);
    search("query=example&perPage=1").await.assert_error(400, "`perPage` is not documented");
    search("query=example&perpage=101").await.assert_error(400, "`perpage` must be a number from 1 to 100");
    search("query=example&country=de").await.assert_error(400, "`country`");
    search("country=DE").await.assert_error(400, "`query` is missing");
    search("query=").await.assert_error(400, "`query` must be left out rather than empty");
}

#[tokio::test]
async fn web_links_without_locale_are_rejected() {
    let sandbox = Sandbox::start().await.unwrap();
    let id = var(&sandbox, "TRUSTPILOT_BUSINESS_UNIT_ID");
    let line = format!("GET /v1/business-units/{id}/web-links");
    let links = public(&sandbox, &format!("{line}?locale=de-DE"), "").await.is(200);
    for name in ["profileUrl", "evaluateUrl", "evaluateEmbedUrl"] {
        assert!(links.text(&format!("/{name}")).ends_with("/shop.example.com"));
    }
    public(&sandbox, &line, "").await.assert_error(400, "`locale` is missing");
    public(&sandbox, &format!("{line}?locale=de_DE"), "")
        .await
        .assert_error(400, "`locale` must be a known locale");
}

#[tokio::test]
async fn locales_have_one_default_for_each_language() {
    let sandbox = Sandbox::start().await.unwrap();
    let line = "GET /v1/resources/metadata/locales";
    let response = public(&sandbox, &format!("{line}?translationLocale=en-US"), "").await.is(200);
    assert_eq!(public(&sandbox, line, "").await.json(), response.json());
    assert_eq!(
        (response.text("/defaultLocale/locale"), response.json()["locales"][0]["countryId"].clone()),
        ("da-DK".into(), 1.into())
    );
    let locales = response.json()["locales"].as_array().unwrap().clone();
    let german = |locale: &&Value| locale["language"] == "de";
    assert_eq!((locales.len(), locales.iter().filter(german).count()), (25, 3));
    let default: Vec<_> =
        locales.iter().filter(german).map(|locale| &locale["isDefaultForLanguage"]).collect();
    assert_eq!(default, [true, false, false]);
    public(&sandbox, &format!("{line}?translationLocale=xx-XX"), "")
        .await
        .assert_error(400, "translationLocale");
    public(&sandbox, &format!("{line}?locale=de-DE"), "").await.assert_error(400, "`locale`");
    send(&sandbox, Host::TrustpilotApi, line, &[], "").await.is(401);
}

#[tokio::test]
async fn templates_are_on_the_invitations_host() {
    let sandbox = Sandbox::start().await.unwrap();
    let line = format!("GET {}/templates", unit(&sandbox));
    let response = private(&sandbox, Host::TrustpilotInvitations, &line, "").await.is(200).json();
    let templates = response["templates"].as_array().unwrap();
    assert!(
        templates.len() > 1 && templates.iter().all(|template| template["id"].as_str().unwrap().len() == 24)
    );
    assert!(templates.iter().any(|template| template.get("locale").is_none()), "one of older sources");
    let of_type = async |filter: &str| {
        let line = format!("{line}?types={filter}");
        let found = private(&sandbox, Host::TrustpilotInvitations, &line, "").await.is(200).json();
        found["templates"].as_array().unwrap().iter().map(|found| found["type"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(of_type("ServiceReview").await, ["ServiceReview"; 2]);
    assert_eq!(of_type("ProductReview").await, ["ProductReview"; 2]);
    assert_eq!(of_type("ServiceReview,ProductReview").await.len(), 4);
    private(&sandbox, Host::TrustpilotApi, &line, "").await.is(404);
    let paged = format!("{line}?page=1");
    private(&sandbox, Host::TrustpilotInvitations, &paged, "").await.assert_error(400, "`page`");
    public(&sandbox, &line, "").await.is(404);
    let key = ("apikey", &*var(&sandbox, "TRUSTPILOT_API_KEY"));
    send(&sandbox, Host::TrustpilotInvitations, &line, &[key], "")
        .await
        .assert_error(401, "InvalidAccessToken");
    let other = "GET /v1/private/business-units/000000000000000000000000/templates";
    private(&sandbox, Host::TrustpilotInvitations, other, "").await.assert_error(403, "1014");
}

#[tokio::test]
async fn templates_by_application_need_no_user() {
    let sandbox = Sandbox::start().await.unwrap();
    let fields = [("grant_type", "client_credentials")];
    let token = trustpilot_token(&sandbox, "accesstoken", &fields).await.text("/access_token");
    let bearer = ("Authorization", &*format!("Bearer {token}"));
    let line = format!("GET {}/templates", unit(&sandbox));
    let host = Host::TrustpilotInvitations;
    let user = var(&sandbox, "TRUSTPILOT_BUSINESS_USER_ID");
    send(&sandbox, host, &line, &[bearer], "").await.is(200);
    send(&sandbox, host, &line, &[bearer, ("x-business-user-id", &user)], "").await.is(200);
    send(&sandbox, host, &line, &[bearer, ("x-business-user-id", "x")], "").await.assert_error(403, "1014");
}

fn product() -> Value {
    json!({
        "sku": "CAR-1",
        "title": "Toy car",
        "description": "A small car.",
        "mpn": "HSC0424PP",
        "gtin": "3200000003774",
        "brand": "ToyProducer",
        "price": "99.95 EUR",
        "currency": "EUR",
        "link": "https://shop.example.com/car",
        "imageLink": "https://shop.example.com/car.jpg",
        "productCategoryGoogleId": "1267",
        "googleMerchantCenterProductId": "Product_1",
    })
}

#[tokio::test]
async fn product_sent_again_keeps_its_id() {
    let sandbox = Sandbox::start().await.unwrap();
    let line = format!("{}/products", unit(&sandbox));
    let upsert = async |product: Value| {
        let body = json!({"products": [product], "skuSameAsGoogleMerchantCenterProductId": true});
        private(&sandbox, Host::TrustpilotApi, &format!("POST {line}"), body.to_string()).await.is(200)
    };
    let first = upsert(product()).await;
    assert_eq!(first.text("/products/0/processedImages/0/type"), "100pxWide");
    assert!(first.json()["products"][0].get("description").is_none());
    let second = upsert(with(&without(&product(), "/imageLink"), "/title", json!("Car"))).await;
    assert_eq!(second.text("/products/0/id"), first.text("/products/0/id"));
    assert!(second.json()["products"][0].get("processedImages").is_none());
    // Only the key is required.
    upsert(json!({"sku": "CAR-2"})).await;

    let list = async |query: &str| {
        let line = format!("GET {line}{query}");
        private(&sandbox, Host::TrustpilotApi, &line, "").await
    };
    let all = list("").await.is(200).json();
    assert_eq!(
        (all["products"][0]["title"].as_str(), all["products"].as_array().unwrap().len()),
        (Some("Car"), 2)
    );
    assert_eq!(list("?perPage=1&locale=de-DE").await.json()["products"].as_array().unwrap().len(), 1);
    list("?page=1").await.assert_error(400, "`page` is not documented");
    list("?perPage=10001").await.assert_error(400, "`perPage`");
}

#[tokio::test]
async fn batch_with_invalid_product_is_rejected() {
    let sandbox = Sandbox::start().await.unwrap();
    let line = format!("POST {}/products", unit(&sandbox));
    for (body, text) in [
        (json!({}), "products is missing"),
        (json!({"products": []}), "products must not be empty"),
        (json!({"products": [product(), product()]}), "products[1].sku is there twice"),
        (json!({"products": [product(), without(&product(), "/sku")]}), "products[1].sku is missing"),
        (
            json!({"products": [with(&product(), "/gtin", json!("GTIN-1"))]}),
            "products[0].gtin must be a GTIN",
        ),
        (
            json!({"products": [with(&product(), "/name", json!("x"))]}),
            "products[0].name is not a known field",
        ),
        (
            json!({"products": [with(&product(), "/link", json!("x"))]}),
            "products[0].link must be an absolute",
        ),
        (
            json!({"products": [with(&product(), "/price", json!(9.5))]}),
            "products[0].price must be of type string",
        ),
    ] {
        private(&sandbox, Host::TrustpilotApi, &line, body.to_string()).await.assert_error(400, text);
    }
    private(&sandbox, Host::TrustpilotInvitations, &line, json!({"products": [product()]}).to_string())
        .await
        .is(404);
    let list = line.replace("POST", "GET");
    assert_eq!(private(&sandbox, Host::TrustpilotApi, &list, "").await.json(), json!({"products": []}));
    public(&sandbox, &list, "").await.is(401);
}

#[tokio::test]
async fn cdn_block_responds_html_and_counts_no_token_request() {
    let sandbox = Sandbox::builder().cdn_blocking(true).start().await.unwrap();
    let response = login(&sandbox).await;
    response.assert_error(403, "Request blocked");
    assert!(response.head.contains("text/html") && response.body.starts_with("<!DOCTYPE HTML"));
    invite(&sandbox, "x", &json!({})).await.assert_error(403, "<HTML>");
    assert_eq!((sandbox.token_requests(Vendor::Trustpilot), sandbox.requests().len()), (0, 2));
    etrusted_token(&sandbox, &etrusted_fields(&sandbox)).await.is(200);
    sandbox.set_cdn_blocking(false);
    login(&sandbox).await.is(200);
}
