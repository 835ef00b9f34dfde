//! Faults that Kiyoh's calls meet. All of them, in both phases, are tried in `faults_table.rs`.

mod common;

use common::kiyoh::*;
use common::wire::last;
use common::{control, with};
use review_sandbox::{Fault, FaultRule, Host, Sandbox, Trigger, Vendor};
use serde_json::json;

#[tokio::test]
async fn injected_errors_have_the_form_of_the_vendor() {
    let sandbox = Sandbox::start().await.unwrap();
    for (status, code) in
        [(500, "INTERNAL_SERVER_ERROR"), (429, "TOO_MANY_REQUESTS"), (403, "FORBIDDEN"), (599, "UNKNOWN")]
    {
        let address = format!("status-{status}@sandbox.test");
        let response = invite(&sandbox, &invitation(&sandbox, &address, "1001")).await;
        assert_rejection(&response, status, &[]);
        assert_eq!(response.text("/errorCode"), code);
    }
    let unknown = invite(&sandbox, &invitation(&sandbox, "jane@sandbox.test", "1001")).await;
    unknown.assert_error(400, "sandbox.test");
}

#[tokio::test]
async fn lost_response_of_an_accepted_invitation_is_a_duplicate_later() {
    let sandbox = Sandbox::start().await.unwrap();
    let body = invitation(&sandbox, "status-500-after-commit+once@sandbox.test", "1001");
    invite(&sandbox, &body).await.is(500);
    assert!(last(&sandbox).committed && last(&sandbox).leaves_unknown());
    invite(&sandbox, &body).await.assert_error(400, "INVITATION_ALREADY_PLACED");
    assert_eq!(sandbox.emails_for("1001").len(), 1);
}

#[tokio::test]
async fn rules_see_vendor_host_recipient_and_reference() {
    let sandbox = Sandbox::start().await.unwrap();
    let fault = || FaultRule::new(Fault::status(503));
    for rule in [
        fault().with_vendor(Vendor::Kiyoh).with_reference("1"),
        fault().with_host(Host::Kiyoh).with_recipient("2@example.com"),
        fault()
            .with_vendor(Vendor::Kiyoh)
            .with_path_prefix("/v1/location/product")
            .with_trigger(Trigger::First(1)),
        fault().with_vendor(Vendor::Trustpilot),
    ] {
        sandbox.add_fault(rule).unwrap();
    }
    for (reference, status) in [("1", 503), ("2", 503), ("3", 200)] {
        let body = invitation(&sandbox, &format!("{reference}@example.com"), reference);
        assert_eq!(invite(&sandbox, &body).await.status, status, "{reference}");
    }
    put_product(&sandbox, &product(&sandbox, "K-1")).await.is(503);
    put_product(&sandbox, &product(&sandbox, "K-1")).await.is(200);
    sandbox.clear_faults();
    let rule =
        r#"{"fault":"status-502","vendor":"kiyoh","host":"/kiyoh","reference":"4","oncePerReference":true}"#;
    control(&sandbox, "POST /faults", rule).await.is(201);
    let body = invitation(&sandbox, "4@example.com", "");
    let body = with(&common::without(&body, "/ref_code"), "/reference_code", json!("4"));
    for status in [502, 200] {
        assert_eq!(invite(&sandbox, &body).await.status, status);
    }
}

#[tokio::test]
async fn gateway_that_is_down_responds_in_html() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.set_gateway_down(Vendor::Kiyoh, true);
    invite(&sandbox, &invitation(&sandbox, "jane@example.com", "1001")).await.assert_error(503, "<html>");
    control(&sandbox, "POST /gateway", r#"{"vendor":"kiyoh","down":false}"#).await.is(204);
    invite(&sandbox, &invitation(&sandbox, "jane@example.com", "1001")).await.is(200);
}
