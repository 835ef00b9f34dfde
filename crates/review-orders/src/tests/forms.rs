use serde_json::{Value, json};

use super::fixtures::{read, shopify, with, woocommerce};
use crate::{OrderReader, Record, ShopSystem};

fn records(input: impl AsRef<[u8]>) -> Vec<Record> {
    let records = OrderReader::new().read(input.as_ref());
    for (index, record) in records.iter().enumerate() {
        assert_eq!(record.position, index);
    }
    records
}

fn references(input: impl AsRef<[u8]>) -> Vec<Option<String>> {
    records(input).into_iter().map(|record| record.reference).collect()
}

fn numbered(number: u32) -> Value {
    with(shopify(), &[("/name", json!(format!("#{number}")))])
}

#[test]
fn every_envelope_opens() {
    let (one, two) = (numbered(1), numbered(2));
    for (input, expected) in [
        (one.clone(), vec!["1"]),
        (json!([one, two]), vec!["1", "2"]),
        (json!({"order": one}), vec!["1"]),
        (json!({"orders": [one, two]}), vec!["1", "2"]),
        (json!({"data": one}), vec!["1"]),
        (json!({"data": [one, two], "meta": {"total": 2}}), vec!["1", "2"]),
        (json!({"items": [one, two], "total_count": 2}), vec!["1", "2"]),
        (json!({"results": [one, two], "count": 2}), vec!["1", "2"]),
        (json!({"id": "evt_1", "type": "order", "data": {"order": one}}), vec!["1"]),
        (json!([{"order": one}, {"order": two}]), vec!["1", "2"]),
        (json!({"data": {"orders": [one, two]}}), vec!["1", "2"]),
        (json!({"order": one, "orders": [two], "data": null}), vec!["1", "2"]),
        (json!([]), vec![]),
        (json!({"orders": []}), vec![]),
    ] {
        let expected: Vec<_> = expected.into_iter().map(|reference| Some(reference.to_owned())).collect();
        assert_eq!(references(input.to_string()), expected, "{input}");
        let mut with_mark = b"\xEF\xBB\xBF".to_vec();
        with_mark.extend(serde_json::to_vec_pretty(&input).unwrap());
        assert_eq!(references(with_mark), expected, "pretty, with a byte order mark");
    }
}

#[test]
fn documents_may_follow_each_other() {
    let (one, two) = (numbered(1), numbered(2));
    for between in ["", "\n", "\r\n\r\n", " ", "\n\u{feff}"] {
        let input = format!("{one}{between}{{\"orders\":[{two},{one}]}}\n");
        assert_eq!(references(&input).len(), 3, "{between:?}");
        assert!(records(&input).iter().all(|record| record.outcome.is_ok()));
    }
}

#[test]
fn one_bad_record_does_not_stop_the_others() {
    let input = json!({"orders": [numbered(1), null, 5, "x", [numbered(9)], {}, numbered(2)]});
    let found = records(input.to_string());
    assert_eq!(found.len(), 7);
    assert!(found[0].outcome.is_ok() && found[6].outcome.is_ok());
    for (index, problem) in [
        (1, "orders[1]: expected an order, which is an object, found null"),
        (2, "orders[2]: expected an order, which is an object, found a number"),
        (3, "orders[3]: expected an order, which is an object, found a text of 1 characters"),
        (4, "orders[4]: expected an order, which is an object, found a list"),
        (5, "orders[5]: expected an order of Shopify (looked for "),
    ] {
        let why = found[index].outcome.as_ref().unwrap_err();
        assert!(why.is_malformed() && why.to_string().starts_with(problem), "{why}");
    }
}

#[test]
fn broken_json_tells_its_line_and_column() {
    for (input, expected) in [
        ("", "$: expected JSON, found nothing at line 1 column 1"),
        (" \n", "$: expected JSON, found nothing at line 1 column 1"),
        ("Name,Email\n#1,a@example.com\n", "$: this is not JSON: expected value at line 1 column 1"),
        ("\n\n {\"a\": }", "$: this is not JSON: expected value at line 3 column 8"),
        ("{\"orders\": [\n{},\n{\"a\" 1}\n]}", "$: this is not JSON: expected `:` at line 3 column 6"),
        ("[\n{\"a\":1}\n{\"b\":2}\n]", "$: this is not JSON: expected `,` or `]` at line 3 column 1"),
    ] {
        let found = records(input);
        assert_eq!(found.len(), 1, "{input:?}");
        assert_eq!(found[0].outcome.as_ref().unwrap_err().to_string(), expected, "{input:?}");
    }
    assert_eq!(records(b"{\"email\": \"\xFF\"}").len(), 1);
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(records(deep)[0].outcome.as_ref().unwrap_err().to_string().contains("recursion limit"));
}

#[test]
fn a_broken_line_takes_only_itself_down() {
    let (one, two) = (numbered(1).to_string(), numbered(2).to_string());
    let cut = &one[..one.len() / 2];
    for broken in [cut, "oops", "{\"a\": 1} oops", "{\"a\":{\"b\":1}"] {
        let found = records(format!("{one}\n{broken}\n{two}\n"));
        let verdicts: Vec<_> = found.iter().map(|record| record.outcome.is_ok()).collect();
        assert!(verdicts.first() == Some(&true) && verdicts.last() == Some(&true), "{broken}: {verdicts:?}");
        assert!(verdicts.contains(&false));
    }
    let found = records(format!("{one}\noops\n{two}\n"));
    let why = found[1].outcome.as_ref().unwrap_err().to_string();
    assert_eq!(why, "$: this is not JSON: expected value at line 2 column 1");
    // Nobody knows where a broken document of several lines ends.
    let pretty = serde_json::to_string_pretty(&json!([{"id": 1}, {"id": 2}])).unwrap();
    assert_eq!(records(format!("{one}\n{}\n{one}", pretty.replacen(':', "", 1))).len(), 2);
}

#[test]
fn the_system_is_recognised_by_any_of_its_members() {
    for (order, system) in [
        (shopify(), Some(ShopSystem::Shopify)),
        (woocommerce(), Some(ShopSystem::WooCommerce)),
        (json!({"financial_status": null}), Some(ShopSystem::Shopify)),
        (json!({"billing": {}}), Some(ShopSystem::WooCommerce)),
        (
            json!({"payment_details": {}, "financial_status": "paid", "fulfillment_status": null}),
            Some(ShopSystem::Shopify),
        ),
        (json!({"billing": {}, "financial_status": "paid"}), None),
    ] {
        assert_eq!(read(&order).system, system, "{order}");
    }
}

#[test]
fn other_systems_are_not_taken_for_one_of_ours() {
    for order in [
        json!({"increment_id": "000000001", "entity_id": 1, "customer_email": "a@example.com", "state": "complete",
            "billing_address": {"email": "a@example.com"}, "items": [{"sku": "A"}, {"sku": "B"}], "payment": {}}),
        json!({"id": "a-b", "orderNumber": "1", "customerEmail": "a@example.com", "lineItems": [], "orderState": "Open"}),
        json!({"id": 1, "status": "Shipped", "date_created": "x", "billing_address": {"email": "a@example.com"},
            "customer_locale": "en", "payment_method": "card", "items_total": 1}),
        json!({"id": 1, "order_id": 2, "tracking_number": "x", "tracking_carrier": "y"}),
        json!({"id": 1, "name": "Mug", "sku": "M", "date_created_gmt": "2024-01-01T00:00:00", "meta_data": []}),
    ] {
        let record = read(&order);
        assert_eq!(record.system, None);
        let why = record.outcome.unwrap_err();
        assert!(
            why.is_malformed() && why.to_string().starts_with("$: expected an order of Shopify"),
            "{why}"
        );
        assert!(why.to_string().contains("WooCommerce (looked for billing, "), "{why}");
    }
}

#[test]
fn a_fulfillment_is_sent_back_for_its_order() {
    let fulfillment = json!({
        "id": 1, "order_id": 2, "name": "#1002.1", "status": "success", "tracking_company": "Post",
        "tracking_number": "1", "email": "a@example.com", "line_items": [{"sku": "A", "fulfillment_status": "fulfilled"}]
    });
    let record = read(&fulfillment);
    assert_eq!((record.system, record.reference), (Some(ShopSystem::Shopify), None));
    let why = record.outcome.unwrap_err();
    assert!(why.is_malformed() && why.to_string().contains("send the order it belongs to"), "{why}");
}
