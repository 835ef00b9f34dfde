use serde_json::json;

use super::fixtures::{
    assert_verdicts, eligible, eligible_by, magento, parse, products, text, verdict, with, without,
};
use crate::Policy;

#[test]
fn magento_order_is_read_completely() {
    let order = eligible(&magento());
    assert_eq!((order.email.as_str(), order.order_reference.as_str()), ("first@example.com", "000000007"));
    assert_eq!((text(&order.phone), text(&order.country)), (Some("+33123456789"), Some("FR")));
    assert_eq!(order.placed_at.unwrap().to_rfc3339(), "2024-03-01T10:00:00+00:00");
    assert_eq!(products(&order), [("Tee", Some("TEE-M")), ("Cap", Some("CAP"))]);
}

#[test]
fn magento_search_result_is_read_item_by_item() {
    let input = json!({"items": [magento(), magento()], "search_criteria": {}, "total_count": 2});
    let records = parse(input.to_string());
    assert_eq!(
        records.iter().map(|record| record.source.path.as_str()).collect::<Vec<_>>(),
        ["items[0]", "items[1]"]
    );
    assert!(records.iter().all(|record| record.result.is_ok()));
}

#[test]
fn magento_markers_decide_eligibility() {
    assert_verdicts(
        &Policy::default(),
        &magento(),
        &[
            ("/state", json!("canceled"), "cancelled: state is `canceled`"),
            ("/state", json!("closed"), "refunded: state is `closed`"),
            ("/state", json!("processing"), "not fulfilled: state is `processing`, expected `complete`"),
            ("/state", json!(null), "ready"),
            ("/total_refunded", json!("30.0000"), "refunded: total_refunded is the grand_total"),
            ("/total_refunded", json!(5), "partially refunded: total_refunded is above 0"),
            ("/total_due", json!(30), "not paid: total_due is above 0"),
            ("/extension_attributes", json!({}), "no consent: expected a consent in extension_attributes"),
            ("/extension_attributes", json!([]), "no consent"),
            (
                "/items",
                json!([{"sku": "A", "name": "A", "qty_ordered": 1, "qty_returned": 1}]),
                "nothing kept",
            ),
        ],
    );
    let unknown = without(magento(), &["/state", "/status"]);
    assert!(verdict(&unknown).starts_with("not fulfilled: state is missing"));
}

#[test]
fn magento_cash_on_delivery_and_statuses_follow_policy() {
    let order = with(
        magento(),
        &[
            ("/state", json!("processing")),
            ("/status", json!("dispatched")),
            ("/total_due", json!(30)),
            ("/total_paid", json!(null)),
            ("/payment/method", json!("cashondelivery")),
        ],
    );
    let policy = Policy::default().with_shipped_statuses(["dispatched"]);
    assert!(super::fixtures::verdict_by(&policy, &order).starts_with("not paid: total_due is above 0"));
    eligible_by(&policy.with_paid_when_completed(["cashondelivery"]), &order);
}

#[test]
fn magento_refunded_line_is_left_out() {
    let order = with(magento(), &[("/items/2/qty_refunded", json!("2.0000")), ("/total_refunded", json!(5))]);
    let order = eligible_by(&Policy::default().with_partial_refunds(true), &order);
    assert_eq!(products(&order), [("Tee", Some("TEE-M"))]);
}
