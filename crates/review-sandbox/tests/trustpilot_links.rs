//! Invitation links of both kinds, and the deletion of invitation data.

mod common;

use common::*;
use review_sandbox::{DeletedInvitationData, EmailKind, Host, Sandbox};
use serde_json::{Value, json};

fn service() -> Value {
    json!({
        "locationId": "ABC123",
        "referenceId": "order-1",
        "email": "jane.doe@example.com",
        "name": "Jane Doe",
        "locale": "en-US",
        "tags": ["tag1"],
        "redirectUri": "https://shop.example.com/thanks",
    })
}

fn product() -> Value {
    json!({
        "consumer": {"email": "jane.doe@example.com", "name": "Jane Doe"},
        "referenceId": "order-1",
        "locale": "en-US",
        "redirectUri": "https://shop.example.com/thanks",
        "products": [{
            "productUrl": "https://shop.example.com/car",
            "imageUrl": "https://shop.example.com/car.jpg",
            "name": "Metal Toy Car",
            "sku": "ABC-1234",
            "gtin": "01234567890",
            "mpn": "7TX1641",
            "brand": "Acme",
        }],
    })
}

async fn service_link(sandbox: &Sandbox, body: &Value) -> Response {
    let line = format!("POST {}/invitation-links", unit(sandbox));
    private(sandbox, Host::TrustpilotInvitations, &line, body.to_string()).await
}

async fn product_link(sandbox: &Sandbox, body: &Value) -> Response {
    let line = format!("POST /v1/private{}/invitation-links", products(sandbox));
    private(sandbox, Host::TrustpilotApi, &line, body.to_string()).await
}

#[tokio::test]
async fn links_send_no_email_and_lead_to_a_review() {
    let sandbox = Sandbox::start().await.unwrap();
    let link = service_link(&sandbox, &service()).await.is(200);
    assert!(link.text("/url").ends_with(&format!("/evaluate-link/{}", link.text("/id"))));
    let link = product_link(&sandbox, &product()).await.is(200);
    assert!(link.text("/reviewUrl").ends_with(&link.text("/reviewLinkId")));
    assert_eq!(sandbox.emails(), []);
    let [service, product] = sandbox.submit_trustpilot_review("order-1", 5, "Good").try_into().unwrap();
    assert_eq!((service.kind, service.sku), (EmailKind::Service, None));
    assert_eq!((product.kind, product.sku.as_deref()), (EmailKind::Product, Some("ABC-1234")));
    assert_eq!(sandbox.submit_trustpilot_review("order-1", 5, "Good"), []);
}

#[tokio::test]
async fn link_bodies_of_both_hosts_have_own_field_names() {
    let sandbox = Sandbox::start().await.unwrap();
    let minimal = json!({"email": "jane.doe@example.com", "name": "Jane Doe"});
    service_link(&sandbox, &minimal).await.is(200);
    for (body, text) in [
        (without(&service(), "/email"), "email is missing"),
        (without(&service(), "/name"), "name is missing"),
        (with(&service(), "/consumerEmail", json!("a@example.com")), "consumerEmail is not a known field"),
        (with(&service(), "/referenceNumber", json!("1")), "referenceNumber is not a known field"),
        (with(&service(), "/locale", json!("en_US")), "locale must be a locale"),
        (with(&service(), "/tags", json!(["a b"])), "tags[0] must be made of"),
        (with(&service(), "/redirectUri", json!("example.com")), "redirectUri must be an absolute"),
    ] {
        service_link(&sandbox, &body).await.assert_error(400, text);
    }
    for (body, text) in [
        (without(&product(), "/consumer/email"), "consumer.email is missing"),
        (without(&product(), "/referenceId"), "referenceId is missing"),
        (without(&product(), "/locale"), "locale is missing"),
        (with(&product(), "/email", json!("a@example.com")), "email is not a known field"),
        (with(&product(), "/tags", json!(["a"])), "tags is not a known field"),
        (without(&product(), "/products"), "exactly one of products and productIds"),
        (with(&product(), "/productSkus", json!(["a"])), "productSkus is not a known field"),
        (without(&product(), "/products/0/productUrl"), "products[0].productUrl is missing"),
        (
            with(&product(), "/products/0/productCategoryGoogleId", json!("1")),
            "productCategoryGoogleId is not a known field",
        ),
    ] {
        product_link(&sandbox, &body).await.assert_error(400, text);
    }
}

#[tokio::test]
async fn product_link_by_id_needs_a_known_product() {
    let sandbox = Sandbox::start().await.unwrap();
    let id = sandbox.add_product("CAR-1");
    let by_id = |ids: Value| with(&without(&product(), "/products"), "/productIds", ids);
    product_link(&sandbox, &by_id(json!([id]))).await.is(200);
    let unknown = json!(["000000000000000000000000"]);
    product_link(&sandbox, &by_id(unknown))
        .await
        .assert_error(400, "productIds holds an id that is not among");
    product_link(&sandbox, &by_id(json!(["CAR-1"])))
        .await
        .assert_error(400, "productIds[0] must be an id of 24");
    product_link(&sandbox, &with(&product(), "/productIds", json!([id])))
        .await
        .assert_error(400, "exactly one");
    assert_eq!(sandbox.submit_trustpilot_review("order-1", 1, "")[0].sku.as_deref(), Some("CAR-1"));
}

#[tokio::test]
async fn link_on_the_other_host_is_not_found() {
    let sandbox = Sandbox::start().await.unwrap();
    let lines = [
        (Host::TrustpilotApi, format!("POST {}/invitation-links", unit(&sandbox))),
        (Host::TrustpilotInvitations, format!("POST /v1/private{}/invitation-links", products(&sandbox))),
    ];
    for (host, line) in lines {
        private(&sandbox, host, &line, "{}").await.is(404);
    }
    let line = format!("POST /v1/private{}/invitation-links", products(&sandbox));
    public(&sandbox, &line, product().to_string()).await.assert_error(401, "InvalidAccessToken");
}

#[tokio::test]
async fn deletion_is_recorded_and_removes_open_invitations() {
    let sandbox = Sandbox::start().await.unwrap();
    let line = format!("POST {}/invitation-data/delete", unit(&sandbox));
    let delete =
        async |body: Value| private(&sandbox, Host::TrustpilotInvitations, &line, body.to_string()).await;
    service_link(&sandbox, &service()).await.is(200);
    delete(json!({"deleteOlderThan": "2013-09-23T13:37:00.000Z"})).await.empty(204);
    delete(json!({"customerEmails": ["Jane.Doe@example.com"]})).await.empty(204);
    assert_eq!(sandbox.submit_trustpilot_review("order-1", 5, "Good"), []);
    let deleted_invitation_data = sandbox.deleted_invitation_data();
    assert!(
        matches!(&deleted_invitation_data[0], DeletedInvitationData::OlderThan(time) if time.timestamp() == 1_379_943_420),
        "{deleted_invitation_data:?}"
    );
    assert_eq!(
        deleted_invitation_data[1],
        DeletedInvitationData::Emails(vec!["Jane.Doe@example.com".into()])
    );
    assert!(!format!("{deleted_invitation_data:?}").contains("Jane"));

    service_link(&sandbox, &service()).await.is(200);
    delete(json!({"deleteOlderThan": "2100-01-01T00:00:00"})).await.empty(204);
    assert_eq!(sandbox.submit_trustpilot_review("order-1", 5, "Good"), []);
    for (body, text) in [
        (json!({}), "exactly one of customerEmails and deleteOlderThan"),
        (
            json!({"customerEmails": ["a@example.com"], "deleteOlderThan": "2013-09-23T13:37:00Z"}),
            "exactly one of customerEmails and deleteOlderThan",
        ),
        (json!({"customerEmails": []}), "customerEmails must not be empty"),
        (json!({"customerEmails": ["a"]}), "customerEmails[0] must be an email"),
        (json!({"deleteOlderThan": "23/09/2013 13:37:00"}), "deleteOlderThan must be a UTC time"),
        (json!({"customerEmail": "a@example.com"}), "customerEmail is not a known field"),
    ] {
        delete(body).await.assert_error(400, text);
    }
    assert_eq!(sandbox.deleted_invitation_data().len(), 3);
}

#[tokio::test]
async fn deletion_by_application_needs_a_user() {
    let sandbox = Sandbox::start().await.unwrap();
    let fields = [("grant_type", "client_credentials")];
    let token = trustpilot_token(&sandbox, "accesstoken", &fields).await.text("/access_token");
    let bearer = ("Authorization", &*format!("Bearer {token}"));
    let line = format!("POST {}/invitation-data/delete", unit(&sandbox));
    let host = Host::TrustpilotInvitations;
    let body = json!({"customerEmails": ["a@example.com"]}).to_string();
    let user = var(&sandbox, "TRUSTPILOT_BUSINESS_USER_ID");
    send(&sandbox, host, &line, &[JSON, bearer], &body).await.assert_error(403, "1014");
    assert_eq!(sandbox.deleted_invitation_data(), []);
    send(&sandbox, host, &line, &[JSON, bearer, ("x-business-user-id", &user)], &body).await.empty(204);
    send(&sandbox, Host::TrustpilotApi, &line, &[JSON, bearer], &body).await.is(404);
}
