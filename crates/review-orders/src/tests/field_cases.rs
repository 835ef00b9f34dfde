//! The kinds of records that were reported from the field and that the vendors' own samples show, as inputs of
//! our own. Each case states records, ready, skipped and malformed, and the reasons.

use serde_json::{Value, json};

use super::fixtures::{
    counts, kinds, magento, parse, products, shopify, shopware, verdict_of, with, without, woocommerce,
};

type Case = (&'static str, String, (usize, usize, usize, usize), &'static [&'static [&'static str]]);

type ReportedCase = (&'static str, Vec<u8>, (usize, usize, usize, usize), &'static [&'static str]);

fn open_magento() -> Value {
    let open = [
        ("/state", json!("new")),
        ("/status", json!("pending")),
        ("/total_due", json!(30)),
        ("/total_paid", json!(null)),
    ];
    with(magento(), &open)
}

fn bogus(order: Value) -> Value {
    with(
        order,
        &[
            ("/payment_gateway_names", json!(["bogus"])),
            ("/customer/email_marketing_consent/state", json!("not_subscribed")),
        ],
    )
}

fn samples() -> Vec<Case> {
    let open_shopware = with(
        shopware(),
        &[
            ("/stateMachineState/technicalName", json!("open")),
            ("/deliveries", json!([])),
            ("/transactions", json!([{}])),
            ("/customFields", json!(null)),
        ],
    );
    let notification = with(
        bogus(shopify()),
        &[
            ("/test", json!(true)),
            ("/cancelled_at", json!("2024-01-01T00:00:00Z")),
            ("/fulfillment_status", json!("pending")),
        ],
    );
    let without_status = without(bogus(shopify()), &["/financial_status", "/fulfillment_status"]);
    let no_consent = with(woocommerce(), &[("/meta_data", json!([]))]);
    vec![
        ("shopify fulfilled", shopify().to_string(), (1, 1, 0, 0), &[&[]]),
        ("shopify test notification", notification.to_string(), (1, 0, 1, 0), &[&["test order", "cancelled", "not fulfilled", "no consent"]]),
        ("shopify webhook without statuses", without_status.to_string(), (1, 0, 1, 0), &[&["test order", "not paid", "not fulfilled", "no consent"]]),
        (
            "shopify authorized",
            json!({"order": with(shopify(), &[("/financial_status", json!("authorized")), ("/fulfillment_status", json!(null)), ("/buyer_accepts_marketing", json!(false))])}).to_string(),
            (1, 0, 1, 0),
            &[&["not paid", "not fulfilled", "no consent"]],
        ),
        (
            "shopify partially refunded without lines",
            json!({"orders": [without(with(bogus(shopify()), &[("/financial_status", json!("partially_refunded"))]), &["/line_items", "/fulfillment_status"])]}).to_string(),
            (1, 0, 1, 0),
            &[&["test order", "partially refunded", "not fulfilled", "no consent"]],
        ),
        ("woocommerce processing", with(no_consent.clone(), &[("/status", json!("processing"))]).to_string(), (1, 0, 1, 0), &[&["not fulfilled", "no consent"]]),
        ("woocommerce refunded", json!({"data": with(no_consent.clone(), &[("/status", json!("refunded"))])}).to_string(), (1, 0, 1, 0), &[&["refunded", "no consent"]]),
        (
            "woocommerce test payment",
            with(woocommerce(), &[("/status", json!("processing")), ("/meta_data", json!([{"key": "_wcpay_mode", "value": "test"}]))]).to_string(),
            (1, 0, 1, 0),
            &[&["test order", "not fulfilled", "no consent"]],
        ),
        (
            "woocommerce list",
            json!([with(no_consent.clone(), &[("/status", json!("processing"))]), with(no_consent, &[("/refunds", json!([{"total": "-1.00"}])), ("/date_paid", json!(null)), ("/date_paid_gmt", json!(null))])]).to_string(),
            (2, 0, 2, 0),
            &[&["not fulfilled", "no consent"], &["partially refunded", "not paid", "no consent"]],
        ),
        ("magento pending", json!({"items": [without(open_magento(), &["/extension_attributes"])], "search_criteria": {}, "total_count": 61}).to_string(), (1, 0, 1, 0), &[&["not paid", "not fulfilled", "no consent"]]),
        ("shopware open", json!({"orders": {"elements": [open_shopware]}}).to_string(), (1, 0, 1, 0), &[&["not paid", "not fulfilled", "no consent"]]),
        ("commercetools page", json!({"limit": 20, "results": [{"type": "Order", "id": "x", "orderState": "Open"}]}).to_string(), (1, 0, 1, 0), &[&["unsupported"]]),
        ("bigcommerce products", json!([{"id": 1, "order_id": 2, "order_address_id": 3}, {"id": 2, "order_id": 2, "order_address_id": 3}]).to_string(), (2, 0, 2, 0), &[&["unsupported"], &["unsupported"]]),
        ("unknown CSV", "invoice_id,invoice_date,email\n1,2021-01-01,a@example.com\n1,2021-01-01,a@example.com\n".to_owned(), (1, 0, 0, 1), &[&["malformed"]]),
    ]
}

#[test]
fn sample_kinds_have_the_expected_results() {
    for (name, input, expected, reasons) in samples() {
        let records = parse(&input);
        assert_eq!(counts(&records), expected, "{name}");
        let found: Vec<_> = records.iter().map(kinds).collect();
        assert_eq!(found, reasons, "{name}");
    }
}

/// 04, 07, 08, 11, 12, 13, 16, 17, 19, 20, 27, 28 and 29 of the reports, in this order; those that need a setting
/// to become eligible are in the tests of their system.
#[test]
fn reported_kinds_have_the_expected_results() {
    let order = |changes: &[(&str, Value)]| with(woocommerce(), changes).to_string();
    let lines = json!([{"id": 5, "sku": "A", "name": "A", "quantity": 1}, {"id": 6, "sku": "B", "name": "B", "quantity": 1, "current_quantity": 0}]);
    let consent = json!({"7": {"key": "review_invitation_consent", "value": "yes"}});
    let utf16: Vec<u8> = format!("\u{feff}{}", shopify()).encode_utf16().flat_map(u16::to_le_bytes).collect();
    let letters = json!([shopify(), with(shopify(), &[("/email", json!("First@Example.com"))])]);
    let cases: Vec<ReportedCase> = vec![
        ("edited", with(shopify(), &[("/line_items", lines)]).to_string().into(), (1, 1, 0, 0), &[]),
        (
            "erased",
            order(&[("/billing/email", json!("deleted@site.invalid"))]).into(),
            (1, 0, 1, 0),
            &["reserved email domain", "erased customer"],
        ),
        ("object", order(&[("/meta_data", consent)]).into(), (1, 1, 0, 0), &[]),
        (
            "tab",
            order(&[("/billing/first_name", json!("Ann\tLee")), ("/billing/last_name", json!(""))]).into(),
            (1, 1, 0, 0),
            &[],
        ),
        (
            "markup",
            order(&[("/line_items/0/name", json!("Pan<br>&lt;i&gt;big&lt;/i&gt;"))]).into(),
            (1, 1, 0, 0),
            &[],
        ),
        ("invisible", order(&[("/billing/email", json!("a@example.com\u{200b}"))]).into(), (1, 1, 0, 0), &[]),
        (
            "old",
            with(shopify(), &[("/created_at", json!("2014-01-01T00:00:00Z"))]).to_string().into(),
            (1, 1, 0, 0),
            &[],
        ),
        (
            "relay",
            with(shopify(), &[("/email", json!("x@marketplace.amazon.com"))]).to_string().into(),
            (1, 0, 1, 0),
            &["marketplace relay address"],
        ),
        ("utf-16", utf16, (1, 1, 0, 0), &[]),
        (
            "unpaid",
            order(&[("/date_paid", json!(null)), ("/date_paid_gmt", json!(null))]).into(),
            (1, 0, 1, 0),
            &["not paid"],
        ),
        ("shipped", order(&[("/status", json!("shipped"))]).into(), (1, 0, 1, 0), &["not fulfilled"]),
        ("letters", letters.to_string().into(), (2, 2, 0, 0), &[]),
    ];
    for (name, input, expected, reasons) in cases {
        let records = parse(&input);
        assert_eq!(counts(&records), expected, "{name}: {}", verdict_of(&records[0]));
        assert_eq!(kinds(&records[0]), reasons, "{name}");
        match name {
            "edited" => assert_eq!(products(records[0].result.as_ref().unwrap()), [("A", Some("A"))]),
            "markup" => assert_eq!(records[0].result.as_ref().unwrap().products[0].name.as_str(), "Pan big"),
            "tab" => {
                let order = records[0].result.as_ref().unwrap();
                assert_eq!(order.name, Some(crate::OrderName::First("Ann Lee".parse().unwrap())));
                assert_eq!(order.warnings[0].path, "billing.first_name");
            }
            "letters" => {
                let keys: Vec<_> =
                    records.iter().map(|record| record.result.as_ref().unwrap().customer_key()).collect();
                assert_eq!(keys[0], keys[1]);
            }
            _ => {}
        }
    }
}
