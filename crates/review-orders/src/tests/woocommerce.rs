use serde_json::{Value, json};

use super::fixtures::{
    assert_verdicts, eligible, eligible_by, products, text, verdict, verdict_by, with, without, woocommerce,
};
use crate::{OrderName, Policy};

fn legacy() -> Value {
    json!({
        "id": 92, "order_number": 92, "status": "completed", "total": "30.00",
        "created_at": "2024-03-01T10:00:00Z", "payment_details": {"method_id": "bacs", "paid": true},
        "billing_address": {"first_name": "Zoé", "last_name": "Ölander", "country": "FR",
            "email": "first@example.com", "phone": "0123"},
        "customer_id": 12, "customer": {"id": 12, "email": "third@example.com", "first_name": "", "last_name": ""},
        "meta_data": [{"key": "review_invitation_consent", "value": "1"}],
        "line_items": [{"id": 1, "sku": "TEA", "name": "Tea", "meta": []}]
    })
}

#[test]
fn woocommerce_order_is_read_completely() {
    let order = eligible(&woocommerce());
    assert_eq!((order.email.as_str(), order.order_reference.as_str()), ("first@example.com", "W-91"));
    assert_eq!(order.name, Some(OrderName::FirstAndLast("Zoé".parse().unwrap(), "Ölander".parse().unwrap())));
    assert_eq!((text(&order.phone), text(&order.country)), (Some("+33123456789"), Some("FR")));
    assert_eq!(text(&order.customer_reference), Some("12"));
    let times = [order.placed_at, order.paid_at, order.shipped_at].map(|time| time.unwrap().to_rfc3339());
    assert_eq!(
        times,
        ["2024-03-01T10:00:00+00:00", "2024-03-01T10:05:00+00:00", "2024-03-03T08:00:00+00:00"]
    );
    assert_eq!(products(&order), [("Tea & Co", Some("4711")), ("Pot", Some("POT"))]);
    assert_eq!(text(&order.products[0].image_url), Some("https://shop.example.com/tea.jpg"));
}

#[test]
fn woocommerce_legacy_order_is_read() {
    let order = eligible(&legacy());
    assert_eq!((order.email.as_str(), order.order_reference.as_str()), ("first@example.com", "92"));
    let unpaid = with(legacy(), &[("/payment_details/paid", json!(false))]);
    assert!(verdict(&unpaid).starts_with("not paid: payment_details.paid is `no`"));
    let broken = with(legacy(), &[("/payment_details", json!(true))]);
    assert!(verdict(&broken).starts_with("payment_details: expected an object, found true or false"));
}

#[test]
fn woocommerce_markers_decide_eligibility() {
    let consent = json!({"key": "review_invitation_consent", "value": "yes"});
    let meta = |key: &str, value: Value| json!([consent, {"key": key, "value": value}]);
    assert_verdicts(
        &Policy::default(),
        &woocommerce(),
        &[
            ("/status", json!("wc-completed"), "ready"),
            ("/status", json!("cancelled"), "cancelled: status is `cancelled`"),
            ("/status", json!("refunded"), "refunded: status is `refunded`"),
            ("/status", json!("on-hold"), "not paid: status is `on-hold`"),
            ("/status", json!("processing"), "not fulfilled: status is `processing`, expected `completed`"),
            (
                "/status",
                json!("shipped"),
                "not fulfilled: status is `shipped`, expected `completed` (setting `ship",
            ),
            ("/status", json!(null), "not fulfilled: status is missing"),
            ("/date_paid_gmt", json!(null), "ready"),
            ("/refunds", json!([{"total": "-30.00"}]), "refunded: the refunds add up to the total"),
            ("/refunds", json!([{"total": "-5.00"}]), "partially refunded: refunds contain an amount"),
            ("/refunds", json!([{"total": "0.00"}]), "ready"),
            ("/refunds", json!([{"total": {}}]), "refunds[0].total: expected a text, found an object"),
            ("/meta_data", meta("_wcpay_mode", json!("test")), "test order: meta_data._wcpay_mode is `test`"),
            ("/meta_data", meta("_subscription_renewal", json!("88")), "subscription renewal"),
            (
                "/meta_data",
                meta("_anonymized", json!("yes")),
                "erased customer: meta_data._anonymized is set",
            ),
            ("/billing/email", json!(["a@example.com"]), "billing.email: expected a text, found a list"),
            ("/number", json!(91.5), "number: expected a text or a whole number, found a number with"),
        ],
    );
}

#[test]
fn woocommerce_php_lists_written_as_objects_are_read() {
    let order = with(
        woocommerce(),
        &[
            ("/meta_data", json!({"3": {"key": "review_invitation_consent", "value": "yes"}})),
            ("/line_items", json!({"0": {"name": "Tea", "sku": "T"}, "7": {"name": "Pot", "sku": "P"}})),
            ("/refunds", json!({})),
            ("/shipping", json!([])),
        ],
    );
    assert_eq!(products(&eligible(&order)), [("Tea", Some("T")), ("Pot", Some("P"))]);
    let other = with(woocommerce(), &[("/meta_data", json!({"a": 1}))]);
    assert!(verdict(&other).starts_with("meta_data: expected a list, found an object"));
}

#[test]
fn woocommerce_cash_on_delivery_follows_policy() {
    let order = with(
        woocommerce(),
        &[("/date_paid", json!(null)), ("/date_paid_gmt", json!(null)), ("/payment_method", json!("cod"))],
    );
    assert!(verdict(&order).starts_with(
        "not paid: expected a date in date_paid_gmt or date_paid, found none (payment_method is `cod`)"
    ));
    assert_eq!(verdict_by(&Policy::default().with_paid_when_completed(["cod"]), &order), "ready");
    let bank = with(order, &[("/payment_method", json!("bacs"))]);
    assert!(verdict_by(&Policy::default().with_paid_when_completed(["cod"]), &bank).starts_with("not paid"));
    assert_eq!(verdict_by(&Policy::default().with_paid_when_completed(["*"]), &bank), "ready");
}

#[test]
fn woocommerce_plugin_statuses_follow_policy() {
    let policy = Policy::default().with_shipped_statuses(["shipped", "wc-x"]);
    assert_verdicts(
        &policy,
        &woocommerce(),
        &[
            ("/status", json!("wc-shipped"), "ready"),
            ("/status", json!("packed"), "not fulfilled: status is `packed`"),
        ],
    );
}

#[test]
fn woocommerce_bundle_is_listed_once() {
    let lines = |parent: Value| {
        json!([
            {"id": 1, "name": "Set", "sku": "SET", "quantity": 1, "bundled_items": [2]},
            {"id": 2, "name": "Cup", "sku": "CUP", "quantity": 1, "bundled_by": parent},
            {"id": 3, "name": "Jug", "sku": "JUG", "quantity": 1, "composite_parent": "0"}
        ])
    };
    let order = |parent| eligible(&with(woocommerce(), &[("/line_items", lines(parent))]));
    assert_eq!(products(&order(json!("1"))), [("Set", Some("SET")), ("Jug", Some("JUG"))]);
    // The bundle itself is not in the list: its parts are what the customer has.
    assert_eq!(products(&order(json!(99))).len(), 3);
}

#[test]
fn woocommerce_addresses_are_cleaned_or_explained() {
    let email = |text: &str| with(woocommerce(), &[("/billing/email", json!(text))]);
    let order = eligible(&email("jane@example.com\u{200b}\u{a0}"));
    assert_eq!((order.email.as_str(), order.warnings.len()), ("jane@example.com", 1));
    assert!(
        verdict(&email("ja\u{200b}ne@example.com"))
            .contains("billing.email has an invisible character at position 3")
    );
    assert!(
        verdict(&email("jane@localhost"))
            .starts_with("no usable email address: billing.email: must be an email")
    );
    let missing = without(woocommerce(), &["/billing/email"]);
    assert!(verdict(&missing).starts_with(
        "no usable email address: billing.email is missing or empty, customer.email is missing"
    ));
}

#[test]
fn woocommerce_zero_date_is_no_payment() {
    let order = with(
        woocommerce(),
        &[("/date_paid", json!("0000-00-00 00:00:00")), ("/date_paid_gmt", json!("0000-00-00T00:00:00"))],
    );
    assert!(verdict(&order).starts_with("not paid"));
}

#[test]
fn woocommerce_renewal_follows_policy() {
    let meta = json!([{"key": "review_invitation_consent", "value": "yes"}, {"key": "_subscription_renewal", "value": 5}]);
    let order = with(woocommerce(), &[("/meta_data", meta)]);
    assert_eq!(eligible_by(&Policy::default().with_renewals(true), &order).order_reference.as_str(), "W-91");
}
