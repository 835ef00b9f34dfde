use serde_json::{Value, json};

use crate::{EligibleOrder, OrderParser, OrderRecord, Policy};

/// A Shopify order that is eligible, with every member that is read.
pub(super) fn shopify() -> Value {
    json!({
        "id": 5550001, "name": "#1001", "order_number": 1001,
        "email": "first@example.com", "contact_email": "second@example.com", "phone": null, "test": false,
        "created_at": "2024-03-01T10:00:00-05:00", "processed_at": "2024-03-02T10:00:00Z",
        "cancelled_at": null, "cancel_reason": null, "customer_locale": "fr-CA",
        "financial_status": "paid", "fulfillment_status": "fulfilled", "gateway": "cards",
        "payment_gateway_names": ["cards"], "buyer_accepts_marketing": true,
        "note_attributes": [{"name": "gift", "value": "yes"}],
        "customer": {
            "id": 777, "email": "third@example.com", "first_name": "Zoé", "last_name": "Ölander",
            "phone": "+33 1 23 45 67 89",
            "email_marketing_consent": {
                "state": "subscribed", "consent_updated_at": "2024-01-01T00:00:00+01:00"
            }
        },
        "billing_address": {"first_name": "Bea", "last_name": "Payer", "name": "Bea Payer",
            "country": "Canada", "country_code": "CA", "phone": "555-0100", "address1": "1 Secret Lane"},
        "shipping_address": {"first_name": "Rex", "last_name": "Receiver", "country_code": "US"},
        "fulfillments": [{"id": 1, "order_id": 5550001, "status": "success",
            "created_at": "2024-03-04T12:00:00-05:00", "shipment_status": "delivered",
            "updated_at": "2024-03-05T12:00:00-05:00"}],
        "line_items": [
            {"id": 1, "sku": "MUG-1", "name": "Mug &ndash; blue", "title": "Mug", "vendor": "Potters",
                "quantity": 2},
            {"id": 2, "sku": "CUP-2", "name": null, "title": "Cup", "variant_title": "red", "vendor": null,
                "quantity": 1}
        ]
    })
}

/// An eligible WooCommerce order.
pub(super) fn woocommerce() -> Value {
    json!({
        "id": 91, "parent_id": 0, "number": "W-91", "order_key": "wc_order_x", "status": "completed",
        "total": "30.00", "customer_id": 12, "payment_method": "cards",
        "date_created": "2024-03-01T12:00:00", "date_created_gmt": "2024-03-01T10:00:00",
        "date_paid": "2024-03-01T12:05:00", "date_paid_gmt": "2024-03-01T10:05:00",
        "date_completed_gmt": "2024-03-03T08:00:00",
        "billing": {"first_name": "Zoé", "last_name": "Ölander", "country": "FR",
            "email": "first@example.com", "phone": "+33123456789", "address_1": "1 Secret Lane"},
        "shipping": {"first_name": "Rex", "last_name": "Receiver"},
        "meta_data": [
            {"id": 1, "key": "_wcpay_mode", "value": "prod"},
            {"id": 2, "key": "review_invitation_consent", "value": "yes"}
        ],
        "line_items": [
            {"id": 1, "sku": 4711, "name": "Tea &amp; Co", "quantity": 1.5,
                "image": {"id": "5", "src": "https://shop.example.com/tea.jpg"}, "bundled_by": ""},
            {"id": 2, "sku": "POT", "name": "Pot", "quantity": 1}
        ],
        "refunds": []
    })
}

/// An eligible Magento order: a configurable product with its part, and a simple one.
pub(super) fn magento() -> Value {
    json!({
        "entity_id": 7, "increment_id": "000000007", "state": "complete", "status": "complete",
        "created_at": "2024-03-01 10:00:00", "customer_email": "first@example.com",
        "customer_firstname": "Zoé", "customer_lastname": "Ölander", "customer_id": 12,
        "base_grand_total": 30, "grand_total": 30, "total_due": 0, "total_paid": 30,
        "billing_address": {"country_id": "FR", "telephone": "+33123456789", "email": "second@example.com"},
        "items": [
            {"item_id": 1, "sku": "TEE-M", "name": "Tee", "product_type": "configurable", "qty_ordered": 1},
            {"item_id": 2, "parent_item_id": 1, "sku": "TEE-M", "name": "Tee-M", "qty_ordered": 1},
            {"item_id": 3, "sku": "CAP", "name": "Cap", "qty_ordered": 2, "qty_refunded": 0}
        ],
        "payment": {"method": "banktransfer"},
        "extension_attributes": {"review_invitation_consent": 1}
    })
}

/// An eligible Shopware order.
pub(super) fn shopware() -> Value {
    json!({
        "id": "018c", "orderNumber": "10001", "orderDateTime": "2024-03-01T10:00:00.000+00:00",
        "stateMachineState": {"technicalName": "completed"},
        "orderCustomer": {"email": "first@example.com", "firstName": "Zoé", "lastName": "Ölander",
            "customerNumber": "C-12"},
        "billingAddress": {"phoneNumber": "+33123456789", "country": {"iso": "FR"}},
        "language": {"locale": {"code": "fr-FR"}},
        "transactions": [
            {"stateMachineState": {"technicalName": "cancelled"}},
            {"stateMachineState": {"technicalName": "paid"}, "paymentMethod": {"technicalName": "invoice"}}
        ],
        "deliveries": [{"stateMachineState": {"technicalName": "shipped"}}],
        "customFields": {"review_invitation_consent": true},
        "lineItems": [
            {"id": "a", "type": "product", "label": "Tent", "quantity": 1,
                "payload": {"productNumber": "T-1"}, "cover": {"url": "https://shop.example.com/tent.jpg"},
                "product": {"ean": "4006381333931", "manufacturer": {"name": "Camp"}}},
            {"id": "b", "type": "promotion", "label": "10 % off", "quantity": 1}
        ]
    })
}

/// An eligible order in the format of this crate.
pub(super) fn generic() -> Value {
    json!({
        "email": "first@example.com", "order_reference": "G-1", "name": "Zoé Ölander", "locale": "fr-FR",
        "placed_at": "2024-03-01", "consent": true, "consent_at": "2024-03-01T10:00:00Z",
        "products": [{"name": "Pen", "sku": "P-1", "gtin": "4006381333931", "mpn": "M1", "brand": "Ink",
            "url": "https://shop.example.com/pen", "image_url": "https://shop.example.com/pen.jpg"}]
    })
}

/// The order with other values at these JSON pointers; a missing member is added.
pub(super) fn with(mut order: Value, changes: &[(&str, Value)]) -> Value {
    for (pointer, value) in changes {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        match order.pointer_mut(parent).unwrap() {
            Value::Array(list) => list[name.parse::<usize>().unwrap()] = value.clone(),
            parent => parent[name] = value.clone(),
        }
    }
    order
}

/// The order without the members at these JSON pointers.
pub(super) fn without(mut order: Value, pointers: &[&str]) -> Value {
    for pointer in pointers {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = order.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        parent.remove(name).unwrap();
    }
    order
}

pub(super) fn parse(input: impl AsRef<[u8]>) -> Vec<OrderRecord> {
    OrderParser::new().parse_slice(input.as_ref())
}

pub(super) fn read_by(policy: &Policy, order: &Value) -> OrderRecord {
    let mut records =
        OrderParser::new().with_policy(policy.clone()).parse_slice(order.to_string().as_bytes());
    assert_eq!(records.len(), 1, "{records:?}");
    records.remove(0)
}

pub(super) fn read(order: &Value) -> OrderRecord {
    read_by(&Policy::default(), order)
}

pub(super) fn eligible_by(policy: &Policy, order: &Value) -> EligibleOrder {
    read_by(policy, order).result.unwrap_or_else(|why| panic!("{why}: {order}"))
}

pub(super) fn eligible(order: &Value) -> EligibleOrder {
    eligible_by(&Policy::default(), order)
}

/// The verdict on a record: `ready`, or its reasons.
pub(super) fn verdict_of(record: &OrderRecord) -> String {
    match &record.result {
        Ok(_) => "ready".to_owned(),
        Err(why) => why.to_string(),
    }
}

pub(super) fn verdict_by(policy: &Policy, order: &Value) -> String {
    verdict_of(&read_by(policy, order))
}

pub(super) fn verdict(order: &Value) -> String {
    verdict_by(&Policy::default(), order)
}

/// Counts records: all, ready, skipped, malformed.
pub(super) fn counts(records: &[OrderRecord]) -> (usize, usize, usize, usize) {
    let ready = records.iter().filter(|record| record.result.is_ok()).count();
    let malformed = records
        .iter()
        .filter(|record| record.result.as_ref().is_err_and(crate::Ineligible::is_malformed))
        .count();
    (records.len(), ready, records.len() - ready - malformed, malformed)
}

/// The kinds of the reasons of a record.
pub(super) fn kinds(record: &OrderRecord) -> Vec<&'static str> {
    let reasons = record.result.as_ref().err().map(crate::Ineligible::reasons).unwrap_or_default();
    reasons.iter().map(crate::IneligibleReason::kind).collect()
}

/// One change at a time, and how the verdict must begin.
pub(super) fn assert_verdicts(policy: &Policy, base: &Value, cases: &[(&str, Value, &str)]) {
    for (pointer, value, expected) in cases {
        let order = with(base.clone(), &[(pointer, value.clone())]);
        let verdict = verdict_by(policy, &order);
        assert!(verdict.starts_with(expected), "{pointer} = {value}: {verdict}");
    }
}

/// The products of an order as name and SKU.
pub(super) fn products(order: &EligibleOrder) -> Vec<(&str, Option<&str>)> {
    order.products.iter().map(|product| (product.name.as_str(), text(&product.sku))).collect()
}

/// An optional value as a text.
pub(super) fn text<T: AsRef<str>>(value: &Option<T>) -> Option<&str> {
    value.as_ref().map(AsRef::as_ref)
}

pub(super) fn locale(order: &EligibleOrder) -> Option<String> {
    order.locale.as_ref().map(ToString::to_string)
}
