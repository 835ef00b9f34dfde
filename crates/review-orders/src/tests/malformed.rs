use serde_json::{Value, json};

use super::fixtures::{legacy, read, shopify, with, woocommerce};
use crate::{OrderReader, Reason};

/// One change at a time, and the fault it must lead to, told once.
fn assert_faults(base: &Value, cases: &[(&str, Value, &str)]) {
    for (pointer, value, expected) in cases {
        let record = read(&with(base.clone(), &[(pointer, value.clone())]));
        assert!(record.reference.is_some(), "{pointer}");
        let why = record.outcome.unwrap_err();
        assert!(why.is_malformed());
        assert_eq!(why.to_string(), *expected, "{pointer}");
    }
}

#[test]
fn a_wrong_type_where_it_matters_is_a_fault() {
    assert_faults(
        &shopify(),
        &[
            ("/email", json!({}), "email: expected a text, found an object"),
            ("/email", json!(5), "email: expected a text, found a number"),
            ("/line_items", json!("MUG-1"), "line_items: expected a list, found a text of 5 characters"),
            ("/line_items", json!({}), "line_items: expected a list, found an object"),
            ("/line_items/1", json!(7), "line_items[1]: expected an object, found a number"),
            ("/financial_status", json!(2), "financial_status: expected a text, found a number"),
            ("/fulfillment_status", json!(true), "fulfillment_status: expected a text, found true or false"),
            ("/fulfillments", json!({}), "fulfillments: expected a list, found an object"),
            ("/fulfillments/0/status", json!([]), "fulfillments[0].status: expected a text, found a list"),
            ("/test", json!("perhaps"), "test: expected true or false, found a text of 7 characters"),
            ("/cancelled_at", json!(1_700_000_000), "cancelled_at: expected a text, found a number"),
            (
                "/payment_gateway_names",
                json!("bogus"),
                "payment_gateway_names: expected a list, found a text of 5 characters",
            ),
            (
                "/note_attributes",
                json!("x"),
                "note_attributes: expected a list, found a text of 1 characters",
            ),
            (
                "/customer/email_marketing_consent",
                json!("subscribed"),
                "customer.email_marketing_consent: expected an object, found a text of 10 characters",
            ),
            ("/name", json!([]), "name: expected a text or a whole number, found a list"),
            ("/customer", json!("Jane"), "customer: expected an object, found a text of 4 characters"),
        ],
    );
    assert_faults(
        &woocommerce(),
        &[
            ("/billing", json!("x"), "billing: expected an object, found a text of 1 characters"),
            ("/billing/email", json!(["a@example.com"]), "billing.email: expected a text, found a list"),
            ("/status", json!(1), "status: expected a text, found a number"),
            ("/date_paid_gmt", json!({"date": "2024"}), "date_paid_gmt: expected a text, found an object"),
            ("/refunds", json!("none"), "refunds: expected a list, found a text of 4 characters"),
            ("/refunds", json!([{"total": {}}]), "refunds[0].total: expected a text, found an object"),
            ("/meta_data", json!({}), "meta_data: expected a list, found an object"),
            (
                "/number",
                json!(91.5),
                "number: expected a text or a whole number, found a number with a fraction or an exponent",
            ),
        ],
    );
    assert_faults(
        &legacy(),
        &[("/payment_details", json!(true), "payment_details: expected an object, found true or false")],
    );
}

#[test]
fn a_fault_knows_its_place_in_the_document() {
    let bad = with(
        shopify(),
        &[("/line_items", json!("x")), ("/customer/email_marketing_consent/state", json!(1))],
    );
    for (input, prefix) in [
        (json!({"orders": [1, 2, 3, bad]}), "orders[3]."),
        (json!([1, 2, 3, bad]), "[3]."),
        (json!({"data": [1, 2, 3, {"order": bad}]}), "data[3].order."),
    ] {
        let records = OrderReader::new().read(input.to_string().as_bytes());
        assert_eq!(records[3].reference.as_deref(), Some("1001"));
        let faults: Vec<_> = records[3]
            .outcome
            .as_ref()
            .unwrap_err()
            .reasons()
            .iter()
            .map(|reason| match reason {
                Reason::Malformed { at, .. } => at.clone(),
                other => panic!("{other}"),
            })
            .collect();
        let expected =
            ["customer.email_marketing_consent.state", "line_items"].map(|at| format!("{prefix}{at}"));
        assert_eq!(faults, expected);
    }
}

#[test]
fn a_fault_does_not_hide_the_other_reasons() {
    let order = with(shopify(), &[("/line_items", json!("x")), ("/test", json!(true))]);
    let why = read(&order).outcome.unwrap_err();
    assert_eq!(
        why.to_string(),
        "line_items: expected a list, found a text of 1 characters; a test order: test is true"
    );
    assert!(why.is_malformed());
    let everyday = read(&with(shopify(), &[("/test", json!(true))])).outcome.unwrap_err();
    assert!(!everyday.is_malformed());
}

/// The same order read again, then rightly, would go by the other number and be invited twice.
#[test]
fn a_broken_number_is_shown_but_not_relied_on() {
    let record = read(&with(shopify(), &[("/name", json!({}))]));
    assert_eq!(record.reference.as_deref(), Some("1001"));
    assert!(record.outcome.unwrap_err().is_malformed());
}
