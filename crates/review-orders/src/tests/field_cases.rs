//! The kinds of records that were reported from the field and that the vendors' own samples show, as inputs of
//! our own. Each case states records, ready, skipped and malformed, and the reasons.

use std::time::Duration;

use serde_json::{Value, json};

use super::fixtures::{
    counts, eligible_by, kinds, locale, magento, parse, products, read_by, shopify, shopware, verdict_of,
    with, without, woocommerce,
};
use crate::{EligibleOrder, OrderName, OrderRecord, Policy};

type Case = (&'static str, String, (usize, usize, usize, usize), &'static [&'static [&'static str]]);

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
        ("bigcommerce webhook", json!({"scope": "store/order/created", "producer": "x", "data": {"id": 5}}).to_string(), (1, 0, 1, 0), &[&["unsupported"]]),
        (
            "shopify cancelled, the account contradicts the checkout",
            with(shopify(), &[("/test", json!(true)), ("/financial_status", json!("voided")), ("/cancelled_at", json!("2024-01-01T00:00:00Z")), ("/fulfillment_status", json!("pending")), ("/customer/email_marketing_consent", json!(null)), ("/customer/accepts_marketing", json!(false))]).to_string(),
            (1, 0, 1, 0),
            &[&["test order", "cancelled", "not fulfilled", "no consent"]],
        ),
        (
            "shopify export",
            "Name,Email,Financial Status,Fulfillment Status,Accepts Marketing,Payment Method,Lineitem name\n\
             #1,,paid,fulfilled,no,manual,Cup\n#1,,,,,,Jug\n#2,a@example.com,paid,fulfilled,no,manual,Cup\n\
             #3,a@example.com,pending,partial,no,,Cup\n#4,,paid,unfulfilled,no,manual,Cup\n"
                .to_owned(),
            (4, 0, 4, 0),
            &[&["no usable email address", "no consent"], &["no consent"], &["not paid", "not fulfilled", "no consent"], &["not fulfilled", "no usable email address", "no consent"]],
        ),
        (
            "shopify import layout",
            "Name,Email,Lineitem sku,Lineitem fulfillment status,Financial Status\n\
             A-1,a@example.com,S-1,fulfilled,paid\nA-1,a@example.com,S-2,fulfilled,paid\n"
                .to_owned(),
            (1, 0, 1, 0),
            &[&["no consent"]],
        ),
        ("trusted shops template", "email;reference;firstName;productName;productSku\na@example.com;1;Ann;Cup;C-1\n".to_owned(), (1, 0, 1, 0), &[&["no consent"]]),
        ("trustpilot product template", "customer email;customer name;reference number;SKU;product name\na@example.com;Ann;1;C-1;Cup\na@example.com;Ann;1;J-1;Jug\n".to_owned(), (1, 0, 1, 0), &[&["no consent"]]),
        ("trustpilot service template", "customer email,customer name,reference number\na@example.com,Ann,1\nb@example.com,Bob,2\n".to_owned(), (2, 0, 2, 0), &[&["no consent"], &["no consent"]]),
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

/// Parses a reported case, checks its counts and the reasons of its first record, and returns the records.
fn reported(
    input: impl AsRef<[u8]>,
    expected: (usize, usize, usize, usize),
    reasons: &[&str],
) -> Vec<OrderRecord> {
    let records = parse(input);
    assert_eq!(counts(&records), expected, "{}", verdict_of(&records[0]));
    assert_eq!(kinds(&records[0]), reasons);
    records
}

/// An order of WooCommerce with these changes, which is ready.
fn ready(changes: &[(&str, Value)]) -> EligibleOrder {
    let order = with(woocommerce(), changes).to_string();
    reported(order, (1, 1, 0, 0), &[]).remove(0).result.unwrap()
}

/// An order of WooCommerce with these changes, which is skipped for these reasons, and ready by the policy.
fn skipped(changes: &[(&str, Value)], reasons: &[&str], policy: &Policy) {
    let order = with(woocommerce(), changes);
    reported(order.to_string(), (1, 0, 1, 0), reasons);
    eligible_by(policy, &order);
}

#[test]
fn case_04_line_removed_by_an_edit_is_not_kept() {
    let lines = json!([
        {"id": 5, "sku": "A", "name": "A", "quantity": 1},
        {"id": 6, "sku": "B", "name": "B", "quantity": 1, "current_quantity": 0},
        {"id": 7, "sku": "C", "name": "C", "quantity": 1}
    ]);
    let refunds = json!([{"refund_line_items": [{"line_item_id": 7, "quantity": 1}]}]);
    let order = with(shopify(), &[("/line_items", lines), ("/refunds", refunds)]).to_string();
    let records = reported(order, (1, 1, 0, 0), &[]);
    assert_eq!(products(records[0].result.as_ref().unwrap()), [("A", Some("A"))]);
}

#[test]
fn case_07_erased_customer_is_skipped() {
    let policy = Policy::default().with_erased_customers(true).with_reserved_domains(true);
    let email = ("/billing/email", json!("deleted@site.invalid"));
    skipped(&[email], &["reserved email domain", "erased customer"], &policy);
    let mark =
        json!([{"key": "_anonymized", "value": "yes"}, {"key": "review_invitation_consent", "value": "yes"}]);
    skipped(&[("/meta_data", mark)], &["erased customer"], &policy);
    let names = [("/billing/first_name", json!("[deleted]")), ("/billing/last_name", json!("[deleted]"))];
    skipped(&names, &["erased customer"], &policy);
}

#[test]
fn case_08_list_written_as_object_is_read() {
    let consent = json!({"7": {"key": "review_invitation_consent", "value": "yes"}});
    let order = ready(&[("/meta_data", consent)]);
    assert_eq!(order.consent.source, "meta_data.review_invitation_consent");
}

#[test]
fn case_10_withdrawn_language_code_is_replaced() {
    let order = with(shopify(), &[("/customer_locale", json!("no"))]).to_string();
    let records = reported(order, (1, 1, 0, 0), &[]);
    assert_eq!(locale(records[0].result.as_ref().unwrap()).as_deref(), Some("nb"));
}

#[test]
fn case_11_name_with_a_tab_is_cleaned() {
    let order = ready(&[("/billing/first_name", json!("Ann\tLee")), ("/billing/last_name", json!(""))]);
    assert_eq!(order.name, Some(OrderName::First("Ann Lee".parse().unwrap())));
    assert_eq!((order.warnings.len(), order.warnings[0].path.as_str()), (1, "billing.first_name"));
    let long = ready(&[("/billing/first_name", json!("x".repeat(250))), ("/billing/last_name", json!(""))]);
    assert_eq!(long.name, Some(OrderName::First("x".repeat(200).parse().unwrap())));
    let link =
        ready(&[("/billing/first_name", json!("https://x.example.com")), ("/billing/last_name", json!(""))]);
    assert_eq!((link.name, link.warnings.len()), (None, 1));
}

#[test]
fn case_12_markup_in_product_name_is_removed() {
    let order = ready(&[("/line_items/0/name", json!("Pan<br>&lt;i&gt;big&lt;/i&gt;"))]);
    assert_eq!(order.products[0].name.as_str(), "Pan big");
    let once = ready(&[("/line_items/0/name", json!("Pan &amp;lt;b&amp;gt;"))]);
    assert_eq!(once.products[0].name.as_str(), "Pan &lt;b&gt;");
}

#[test]
fn case_13_invisible_character_at_the_end_is_removed() {
    let order = ready(&[("/billing/email", json!("a@example.com\u{200b}"))]);
    assert_eq!((order.email.as_str(), order.warnings.len()), ("a@example.com", 1));
}

#[test]
fn case_16_age_is_limited_only_by_the_setting() {
    let old = with(shopify(), &[("/created_at", json!("2014-01-01T00:00:00Z"))]);
    reported(old.to_string(), (1, 1, 0, 0), &[]);
    let policy = Policy::default().with_max_age(Duration::from_secs(86_400));
    assert_eq!(kinds(&read_by(&policy, &old)), ["too old"]);
}

#[test]
fn case_17_marketplace_relay_is_skipped() {
    let policy = Policy::default().with_relay_domains([""; 0]);
    for address in ["x@marketplace.amazon.com", "x@members.ebay.de", "x@relay.walmart.com"] {
        skipped(&[("/billing/email", json!(address))], &["marketplace relay address"], &policy);
    }
}

#[test]
fn case_19_graphql_response_is_read_by_node() {
    let node = json!({
        "id": "gid://shopify/Order/1", "name": "#7", "email": "jane@example.com",
        "displayFinancialStatus": "PAID", "displayFulfillmentStatus": "FULFILLED",
        "customer": {"emailMarketingConsent": {"marketingState": "SUBSCRIBED"}}
    });
    let second = without(with(node.clone(), &[("/name", json!("#8"))]), &["/customer"]);
    let response = json!({"data": {"orders": {"edges": [{"node": node}, {"node": second}]}}});
    let records = reported(response.to_string(), (2, 1, 1, 0), &[]);
    assert_eq!(kinds(&records[1]), ["no consent"]);
}

#[test]
fn case_20_utf16_file_is_read() {
    let text = format!("\u{feff}{}", shopify());
    let file: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    reported(file, (1, 1, 0, 0), &[]);
}

#[test]
fn case_27_cash_on_delivery_is_paid_by_the_setting() {
    let changes =
        [("/date_paid", json!(null)), ("/date_paid_gmt", json!(null)), ("/payment_method", json!("cod"))];
    skipped(&changes, &["not paid"], &Policy::default().with_paid_when_completed(["cod"]));
}

#[test]
fn case_28_plugin_status_is_shipped_by_the_setting() {
    let policy = Policy::default().with_shipped_statuses(["shipped"]);
    skipped(&[("/status", json!("shipped"))], &["not fulfilled"], &policy);
}

#[test]
fn case_29_addresses_in_other_case_are_one_customer() {
    let letters = json!([shopify(), with(shopify(), &[("/email", json!("First@Example.com"))])]);
    let records = reported(letters.to_string(), (2, 2, 0, 0), &[]);
    let keys: Vec<_> = records.iter().map(|record| record.result.as_ref().unwrap().customer_key()).collect();
    assert_eq!(keys[0], keys[1]);
}
