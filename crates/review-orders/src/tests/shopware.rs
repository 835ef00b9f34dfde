use serde_json::{Value, json};

use super::fixtures::{assert_verdicts, eligible, locale, parse, products, shopware, text, verdict_by, with};
use crate::Policy;

fn states(words: &[&str]) -> Value {
    words.iter().map(|word| json!({"stateMachineState": {"technicalName": word}})).collect()
}

#[test]
fn shopware_order_is_read_completely() {
    let order = eligible(&shopware());
    assert_eq!((order.email.as_str(), order.order_reference.as_str()), ("first@example.com", "10001"));
    assert_eq!((locale(&order).as_deref(), text(&order.country)), (Some("fr-FR"), Some("FR")));
    assert_eq!(text(&order.customer_reference), Some("C-12"));
    assert_eq!(products(&order), [("Tent", Some("T-1"))]);
    let tent = &order.products[0];
    assert_eq!((text(&tent.gtin), text(&tent.brand)), (Some("4006381333931"), Some("Camp")));
    assert_eq!(text(&tent.image_url), Some("https://shop.example.com/tent.jpg"));
}

#[test]
fn shopware_store_api_response_is_read() {
    let input = json!({"apiAlias": "x", "orders": {"elements": [shopware()], "total": 1, "entity": "order"}});
    let records = parse(input.to_string());
    assert_eq!((records.len(), records[0].source.path.as_str()), (1, "orders.elements[0]"));
    assert!(records[0].result.is_ok());
}

#[test]
fn shopware_states_decide_eligibility() {
    assert_verdicts(
        &Policy::default(),
        &shopware(),
        &[
            ("/stateMachineState/technicalName", json!("cancelled"), "cancelled: the order's state"),
            ("/stateMachineState/technicalName", json!("in_progress"), "ready"),
            (
                "/transactions",
                states(&["open"]),
                "not paid: the transactions are `open`, expected one `paid`",
            ),
            (
                "/transactions",
                json!([]),
                "not paid: expected the state of a transaction; load the association",
            ),
            ("/transactions", states(&["refunded"]), "refunded: a transaction is `refunded`"),
            (
                "/transactions",
                states(&["refunded_partially"]),
                "partially refunded: a transaction or delivery",
            ),
            ("/deliveries", states(&["shipped", "open"]), "not fulfilled: a delivery is `open`"),
            ("/deliveries", states(&["shipped", "cancelled"]), "ready"),
            ("/deliveries", states(&["returned"]), "nothing kept: all deliveries are `returned`"),
            ("/deliveries", states(&["returned_partially"]), "partially refunded"),
            ("/deliveries", json!([]), "ready"),
            ("/customFields", json!(null), "no consent: expected a consent in customFields"),
            ("/orderCustomer/email", json!("x"), "no usable email address: orderCustomer.email"),
        ],
    );
    let download =
        with(shopware(), &[("/deliveries", json!([])), ("/stateMachineState/technicalName", json!("open"))]);
    let verdict = verdict_by(&Policy::default(), &download);
    assert!(verdict.starts_with("not fulfilled: there is no delivery, and the order's state is `open`"));
}

#[test]
fn shopware_payment_by_invoice_follows_policy() {
    let order = with(shopware(), &[("/transactions/1/stateMachineState/technicalName", json!("open"))]);
    assert!(
        verdict_by(&Policy::default(), &order)
            .starts_with("not paid: the transactions are `cancelled`, `open`")
    );
    assert_eq!(verdict_by(&Policy::default().with_paid_when_completed(["invoice"]), &order), "ready");
}
