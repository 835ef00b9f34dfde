//! Faults that WebwinkelKeur's calls meet. All of them, in both phases, are tried in `faults_table.rs`.

mod common;

use common::control;
use common::webwinkelkeur::*;
use common::wire::{exchange, last};
use review_sandbox::{Fault, FaultRule, Host, Sandbox, Vendor};

#[tokio::test]
async fn injected_errors_have_the_form_of_the_vendor() {
    let sandbox = Sandbox::start().await.unwrap();
    let unexpected = "Unexpected error while processing. Please contact WebwinkelKeur.";
    for (status, message) in [
        (500, unexpected),
        (503, unexpected),
        (401, "Incorrect authentication credentials."),
        (429, "Too Many Requests"),
    ] {
        let address = format!("status-{status}@sandbox.test");
        assert_result(&invite(&sandbox, &invitation(&address, "1001")).await, status, "error", message);
    }
    invite(&sandbox, &invitation("jane@sandbox.test", "1001")).await.assert_error(400, "sandbox.test");
}

#[tokio::test]
async fn lost_response_of_a_queued_invitation_is_a_duplicate_later() {
    let sandbox = Sandbox::start().await.unwrap();
    let body = invitation("status-500-after-commit+once@sandbox.test", "1001");
    invite(&sandbox, &body).await.is(500);
    assert!(last(&sandbox).committed && last(&sandbox).leaves_unknown());
    let listed = get(&sandbox, INVITATIONS, &[]).await.json();
    assert_eq!(listed["invitations"][0]["order"], "1001");
    assert_result(&invite(&sandbox, &body).await, 200, "success", "Invitation already sent for this order.");
    assert_eq!(sandbox.emails_for("1001").len(), 1);
}

#[tokio::test]
async fn rejection_with_status_200_counts_as_not_committed() {
    let sandbox = Sandbox::start().await.unwrap();
    // An order must not be empty.
    let request = invitation_bytes(&sandbox, "close-after-commit@sandbox.test", "");
    assert!(exchange(&sandbox, &request, None).await.bytes.is_empty());
    assert!(!last(&sandbox).committed && sandbox.emails().is_empty());
}

#[tokio::test]
async fn rules_see_vendor_host_recipient_and_reference() {
    let sandbox = Sandbox::start().await.unwrap();
    let fault = || FaultRule::new(Fault::status(503));
    sandbox.add_fault(fault().with_vendor(Vendor::Webwinkelkeur).with_reference("1")).unwrap();
    sandbox.add_fault(fault().with_host(Host::Webwinkelkeur).with_recipient("2@example.com")).unwrap();
    let rule = r#"{"fault":"status-502","vendor":"webwinkelkeur","host":"/webwinkelkeur/api","pathContains":"webshop"}"#;
    control(&sandbox, "POST /faults", rule).await.is(201);
    for (order, status) in [("1", 503), ("2", 503), ("3", 200)] {
        let response = invite(&sandbox, &invitation(&format!("{order}@example.com"), order)).await;
        assert_eq!(response.status, status, "{order}");
    }
    get(&sandbox, "/1.0/webshop.json", &[]).await.is(502);
}

#[tokio::test]
async fn gateway_that_is_down_responds_in_html() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.set_gateway_down(Vendor::Webwinkelkeur, true);
    invite(&sandbox, &invitation("jane@example.com", "1001")).await.assert_error(503, "<html>");
    control(&sandbox, "POST /gateway", r#"{"vendor":"webwinkelkeur","down":false}"#).await.is(204);
    invite(&sandbox, &invitation("jane@example.com", "1001")).await.is(200);
}
