//! Trustpilot's business units and email invitations.

mod common;

use common::*;
use review_sandbox::{EmailKind, Host, Sandbox, Vendor};
use serde_json::{Value, json};

fn minimal() -> Value {
    json!({
        "referenceNumber": "order-1",
        "consumerName": "Jane Doe",
        "consumerEmail": "jane.doe@example.com",
        "serviceReviewInvitation": {},
    })
}

fn full() -> Value {
    json!({
        "replyTo": "shop@example.com",
        "locale": "en-US",
        "senderName": "Example Shop",
        "senderEmail": "noreply@example.com",
        "locationId": "ABC123",
        "referenceNumber": "order-2",
        "consumerName": "Jane Doe",
        "consumerEmail": "jane.doe@example.com",
        "type": "email",
        "serviceReviewInvitation": {
            "templateId": "507f191e810c19729de860ea",
            "preferredSendTime": "2030-01-31T13:37:00",
            "redirectUri": "https://shop.example.com/thanks",
            "tags": ["tag1", "tag_2"],
        },
        "productReviewInvitation": {
            "preferredSendTime": "2030-02-07T13:37:00.000Z",
            "products": [{
                "sku": "ABC-1234",
                "name": "Metal Toy Car",
                "productUrl": "https://shop.example.com/car",
                "imageUrl": "https://shop.example.com/car.jpg",
                "brand": "Acme",
                "mpn": "7TX1641",
                "gtin": "01234567890",
                "productCategoryGoogleId": "1267",
            }],
        },
    })
}

#[tokio::test]
async fn find_accepts_both_names_of_the_unit() {
    let sandbox = Sandbox::start().await.unwrap();
    let key = var(&sandbox, "TRUSTPILOT_API_KEY");
    let find = async |query: &str, key: &str| {
        let line = format!("GET /v1/business-units/find{query}");
        send(&sandbox, Host::TrustpilotApi, &line, &[("apikey", key)], "").await
    };
    for name in [var(&sandbox, "TRUSTPILOT_DOMAIN"), "www.shop.example.com".to_owned()] {
        let found = find(&format!("?name={name}"), &key).await.is(200);
        assert_eq!(found.text("/id"), var(&sandbox, "TRUSTPILOT_BUSINESS_UNIT_ID"));
    }
    find("?name=other.example.com", &key).await.is(404);
    find("?name=https%3A%2F%2Fshop.example.com", &key).await.assert_error(400, "bare domain");
    find("", &key).await.assert_error(400, "name");
    find("?name=shop.example.com&country=DE", &key).await.assert_error(400, "`country`");
    find("?name=shop.example.com&name=shop.example.com", &key).await.assert_error(400, "more than once");
    find("?name=shop.example.com", "wrong").await.assert_error(401, "Invalid API key");
    let line = "GET /v1/business-units/find?name=shop.example.com";
    send(&sandbox, Host::TrustpilotInvitations, line, &[("apikey", &key)], "").await.is(404);
}

#[tokio::test]
async fn api_key_in_query_of_public_calls_is_accepted() {
    let sandbox = Sandbox::start().await.unwrap();
    let key = var(&sandbox, "TRUSTPILOT_API_KEY");
    let unit = var(&sandbox, "TRUSTPILOT_BUSINESS_UNIT_ID");
    let call = async |line: &str, headers: &[(&str, &str)]| {
        send(&sandbox, Host::TrustpilotApi, line, &[&[JSON], headers].concat(), r#"{"skus":["A"]}"#).await
    };
    for line in [
        format!("GET /v1/business-units/find?name=shop.example.com&apikey={key}"),
        format!("GET /v1/business-units/find?apikey={key}&name=shop.example.com"),
        format!("GET /v1/business-units/{unit}?apikey={key}"),
        format!("GET /v1/business-units/{unit}/reviews?apikey={key}"),
        format!("GET /v1/resources/metadata/locales?apikey={key}"),
        format!("POST /v1{}/batch-summaries?apikey={key}", products(&sandbox)),
    ] {
        call(&line, &[]).await.is(200);
    }
    let line = format!("GET /v1/business-units/{unit}?apikey={key}");
    call(&line, &[("apikey", &key)]).await.is(200);
    call(&line, &[("apikey", "wrong")]).await.is(401);
    call(&format!("GET /v1/business-units/{unit}?apikey=wrong"), &[("apikey", &key)]).await.is(401);
    call(&format!("GET /v1/business-units/{unit}?apikey={key}&apikey={key}"), &[]).await.is(400);
}

#[tokio::test]
async fn invitation_sends_one_email_per_part_and_request() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = login(&sandbox).await.text("/access_token");
    invite(&sandbox, &token, &minimal()).await.empty(202);
    invite(&sandbox, &token, &full()).await.empty(202);
    invite(&sandbox, &token, &minimal()).await.empty(202);

    assert_eq!(sandbox.emails().len(), 4);
    assert_eq!(sandbox.emails_for("order-1").len(), 2);
    let [service, product] = sandbox.emails_for("order-2").try_into().unwrap();
    assert_eq!((service.kind, product.kind), (EmailKind::Service, EmailKind::Product));
    assert_eq!(service.vendor, Vendor::Trustpilot);
    assert_eq!(service.address, "jane.doe@example.com");
    assert_eq!(service.shop, var(&sandbox, "TRUSTPILOT_BUSINESS_UNIT_ID"));
    assert_eq!(service.locale.as_deref(), Some("en-US"));
    assert_eq!(service.template.as_deref(), Some("507f191e810c19729de860ea"));
    assert_eq!(service.send_at.unwrap().to_rfc3339(), "2030-01-31T13:37:00+00:00");
    assert_eq!(product.skus, ["ABC-1234"]);
    assert!(!format!("{service:?}").contains("jane"));
}

#[tokio::test]
async fn product_invitation_alone_accepts_known_skus() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.add_product("A");
    let token = login(&sandbox).await.text("/access_token");
    let body = without(&minimal(), "/serviceReviewInvitation");
    let body = with(&body, "/productReviewInvitation", json!({"productSkus": ["A", "B"]}));
    let unknown = invite(&sandbox, &token, &body).await;
    unknown.assert_error(
        400,
        "productReviewInvitation.productSkus holds a SKU that is not among the private products",
    );
    sandbox.add_product("B");
    invite(&sandbox, &token, &body).await.empty(202);
    let emails = sandbox.emails();
    assert_eq!((emails.len(), emails[0].kind, emails[0].skus.len()), (1, EmailKind::Product, 2));
}

#[tokio::test]
async fn invalid_invitation_fields_are_named() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = login(&sandbox).await.text("/access_token");
    let service = "/serviceReviewInvitation";
    let product = "/productReviewInvitation";
    let invalid = [
        (without(&full(), "/consumerEmail"), "consumerEmail is missing"),
        (without(&full(), "/consumerName"), "consumerName is missing"),
        (without(&full(), "/referenceNumber"), "referenceNumber is missing"),
        (with(&full(), "/consumerEmail", json!("Jane <jane@example.com>")), "consumerEmail must be an email"),
        (with(&full(), "/consumerName", json!(1)), "consumerName must be of type string"),
        (with(&full(), "/consumerName", json!(null)), "consumerName must be of type string"),
        (with(&full(), "/senderName", json!("")), "senderName must not be empty"),
        (with(&full(), "/referenceId", json!("x")), "referenceId is not a known field"),
        (with(&full(), "/referenceNumber", json!("a&b")), "referenceNumber must be without"),
        (with(&full(), "/locale", json!("en_US")), "locale must be a locale such as de-DE"),
        (with(&full(), "/type", json!("sms")), "type must be one of"),
        (with(&full(), &format!("{service}/tags"), json!(["a b"])), "tags[0] must be made of"),
        (
            with(&full(), &format!("{service}/redirectUri"), json!("example.com")),
            "redirectUri must be an absolute",
        ),
        (with(&full(), &format!("{service}/templateId"), json!("x")), "templateId must be an id"),
        (
            with(&full(), &format!("{service}/preferredSendTime"), json!("31/01/2030 13:37:00")),
            "preferredSendTime must be",
        ),
        (with(&full(), "/consumerEmail", json!("j..d@example.com")), "consumerEmail must be an email"),
        (
            with(&full(), &format!("{product}/products/0/gtin"), json!("GTIN-1")),
            "products[0].gtin must be a GTIN",
        ),
        (
            with(&full(), &format!("{service}/preferredSendTime"), json!("2030-02-07T13:37:00")),
            "must be later than",
        ),
        (
            with(&full(), &format!("{product}/tags"), json!([])),
            "productReviewInvitation.tags is not a known field",
        ),
        (
            with(&full(), &format!("{product}/productSkus"), json!(["A"])),
            "exactly one of products and productSkus",
        ),
        (without(&full(), &format!("{product}/products")), "exactly one of products and productSkus"),
        (with(&full(), &format!("{product}/products"), json!([])), "products must not be empty"),
        (
            with(&full(), &format!("{product}/products/0/link"), json!("x")),
            "products[0].link is not a known field",
        ),
        (without(&full(), &format!("{product}/products/0/sku")), "products[0].sku is missing"),
        (
            with(&full(), &format!("{product}/products/0/gtin"), json!(1)),
            "products[0].gtin must be of type string",
        ),
        (without(&minimal(), service), "serviceReviewInvitation or productReviewInvitation is missing"),
        (json!([]), "body must be of type object"),
    ];
    for (body, text) in invalid {
        let response = invite(&sandbox, &token, &body).await;
        response.assert_error(400, text);
        assert!(response.reason().unwrap().contains(text), "{response:?}");
        assert_eq!(response.text("/message"), "The request was malformed");
        assert_eq!(response.json()["errorCode"], 1001);
        assert!(
            response.text("/details").starts_with('\'') && response.text("/details").ends_with('.'),
            "{response:?}"
        );
        assert_eq!(response.text("/correlationId").len(), 36);
        assert!(!response.body.contains("jane"), "personal data in an error: {response:?}");
    }
    assert_eq!(sandbox.emails(), []);
}

/// As recorded for an address that is not one.
#[tokio::test]
async fn details_name_the_members_in_words() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = login(&sandbox).await.text("/access_token");
    let details = async |body: &Value| {
        let response = invite(&sandbox, &token, body).await.is(400);
        assert_eq!(response.json()["errorCode"], 1001);
        response.text("/details")
    };
    let wrong = with(&minimal(), "/consumerEmail", json!("jane@example"));
    assert_eq!(details(&wrong).await, "'Consumer Email' is not in the correct format.");
    let both = without(&wrong, "/referenceNumber");
    assert_eq!(
        details(&both).await,
        "'Consumer Email' is not in the correct format. 'Reference Number' must not be empty."
    );
    let product = with(&full(), "/productReviewInvitation/products/0/productUrl", json!("car"));
    assert_eq!(details(&product).await, "'Product Url' is not in the correct format.");
}

/// As reported from production.
#[tokio::test]
async fn unknown_template_is_accepted_without_an_email() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = login(&sandbox).await.text("/access_token");
    let template = |part: &str, id: &str| with(&full(), &format!("/{part}/templateId"), json!(id));
    let unknown = "00000000000000000000abcd";
    invite(&sandbox, &token, &template("serviceReviewInvitation", unknown)).await.empty(202);
    let kinds: Vec<_> = sandbox.emails().iter().map(|email| email.kind).collect();
    assert_eq!(kinds, [EmailKind::Product]);
    let only = without(&template("serviceReviewInvitation", unknown), "/productReviewInvitation");
    invite(&sandbox, &token, &only).await.empty(202);
    assert_eq!(sandbox.emails().len(), 1);
    assert_eq!(sandbox.submit_trustpilot_review("order-2", 5, "").len(), 1);
    for known in ["529c0abfefb96008b894ad02", "507f191e810c19729de860ec"] {
        let before = sandbox.emails().len();
        invite(&sandbox, &token, &template("productReviewInvitation", known)).await.empty(202);
        assert_eq!(sandbox.emails().len(), before + 2, "{known}");
    }
}

#[tokio::test]
async fn month_first_send_time_is_accepted() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = login(&sandbox).await.text("/access_token");
    let body = with(&minimal(), "/serviceReviewInvitation/preferredSendTime", json!("09/07/2030 13:37:00"));
    invite(&sandbox, &token, &body).await.is(202);
    assert_eq!(sandbox.emails()[0].send_at.unwrap().to_rfc3339(), "2030-09-07T13:37:00+00:00");
}

#[tokio::test]
async fn invitation_without_valid_token_is_rejected() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = login(&sandbox).await.text("/access_token");
    let key = var(&sandbox, "TRUSTPILOT_API_KEY");
    let bearer = format!("Bearer {token}");
    let fault = json!({"fault": {"faultstring": "Invalid access token",
        "detail": {"errorcode": "oauth.v2.InvalidAccessToken"}}});
    let scheme = format!("BearerToken {token}");
    for headers in [
        vec![JSON],
        vec![JSON, ("apikey", &key)],
        vec![JSON, ("Authorization", "Bearer wrong")],
        vec![JSON, ("Authorization", &scheme)],
        vec![JSON, ("Authorization", &bearer), ("Authorization", &bearer)],
    ] {
        let line = invitation_path(&sandbox);
        let response =
            send(&sandbox, Host::TrustpilotInvitations, &line, &headers, minimal().to_string()).await;
        assert_eq!((response.status, response.json()), (401, fault.clone()));
    }
    invite(&sandbox, &token, &minimal()).await.is(202);
    sandbox.expire_tokens(Vendor::Trustpilot);
    assert_eq!(invite(&sandbox, &token, &minimal()).await.is(401).json(), fault);
    assert_eq!(sandbox.emails().len(), 1);
}

#[tokio::test]
async fn access_token_has_the_configured_lifetime() {
    let sandbox = Sandbox::builder().token_lifetime(std::time::Duration::ZERO).start().await.unwrap();
    let session = login(&sandbox).await;
    assert_eq!(session.text("/expires_in"), "0");
    invite(&sandbox, &session.text("/access_token"), &minimal()).await.is(401);
}

#[tokio::test]
async fn invitation_by_application_needs_a_user() {
    let sandbox = Sandbox::start().await.unwrap();
    let fields = [("grant_type", "client_credentials")];
    let token = trustpilot_token(&sandbox, "accesstoken", &fields).await.text("/access_token");
    let bearer = format!("Bearer {token}");
    let user = var(&sandbox, "TRUSTPILOT_BUSINESS_USER_ID");
    let unit = var(&sandbox, "TRUSTPILOT_BUSINESS_UNIT_ID");
    let call = async |headers: &[(&str, &str)]| {
        let line = invitation_path(&sandbox);
        let headers = [&[JSON, ("Authorization", bearer.as_str())], headers].concat();
        send(&sandbox, Host::TrustpilotInvitations, &line, &headers, minimal().to_string()).await
    };
    call(&[]).await.assert_error(403, r#""errorCode":1014"#);
    call(&[("x-business-user-id", &unit)]).await.is(403);
    call(&[("x-business-user-id", &user)]).await.empty(202);
    assert_eq!(sandbox.emails().len(), 1);
}

#[tokio::test]
async fn invitation_checks_unit_content_type_host_and_query() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = login(&sandbox).await.text("/access_token");
    let bearer = ("Authorization", format!("Bearer {token}"));
    let bearer = (bearer.0, bearer.1.as_str());
    let line = invitation_path(&sandbox);
    let other = "POST /v1/private/business-units/000000000000000000000000/email-invitations";
    let body = minimal().to_string();
    let host = Host::TrustpilotInvitations;
    send(&sandbox, host, other, &[JSON, bearer], &body).await.assert_error(403, "1014");
    send(&sandbox, host, &line, &[bearer], &body).await.is(415);
    send(&sandbox, host, &line, &[("Content-Type", "text/json"), bearer], &body).await.is(415);
    send(&sandbox, Host::TrustpilotApi, &line, &[JSON, bearer], &body).await.is(404);
    send(&sandbox, host, &format!("{line}?token={token}"), &[JSON, bearer], &body)
        .await
        .assert_error(400, "`token`");
    let key = var(&sandbox, "TRUSTPILOT_API_KEY");
    send(&sandbox, host, &line, &[JSON, bearer, ("apikey", "wrong")], &body)
        .await
        .assert_error(401, "InvalidApiKey");
    send(&sandbox, host, &line, &[JSON, bearer, ("apikey", &key)], "{}").await.is(400);
    send(&sandbox, host, &line, &[JSON, bearer], "{").await.assert_error(400, "body");
    send(&sandbox, host, &line, &[JSON, bearer], r#"{"type":"email","type":"email"}"#)
        .await
        .assert_error(400, "appears twice");
    let charset = ("Content-Type", "application/json; charset=utf-8");
    send(&sandbox, host, &line, &[charset, bearer], &body).await.empty(202);
}
