//! Orders that may be invited, and ways to spoil them.

use serde_json::{Value, json};

use crate::{Invitee, OrderReader, Record};

pub(super) fn shopify() -> Value {
    json!({
        "id": 5550001, "name": "#1001", "order_number": 1001, "test": false,
        "email": "first@example.com", "contact_email": "second@example.com", "phone": null,
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
            "shipment_status": "delivered", "updated_at": "2024-03-05T12:00:00-05:00"}],
        "line_items": [
            {"id": 1, "sku": "MUG-1", "name": "Mug &ndash; blue", "title": "Mug", "vendor": "Potters"},
            {"id": 2, "sku": "CUP-2", "name": null, "title": "Cup", "variant_title": "red", "vendor": null}
        ]
    })
}

pub(super) fn woocommerce() -> Value {
    json!({
        "id": 91, "parent_id": 0, "number": "W-91", "order_key": "wc_order_x", "status": "completed",
        "total": "30.00", "customer_id": 12,
        "date_created": "2024-03-01T12:00:00", "date_created_gmt": "2024-03-01T10:00:00",
        "date_paid": "2024-03-01T12:05:00", "date_paid_gmt": "2024-03-01T10:05:00",
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
            {"id": 2, "sku": "POT", "name": "Pot"}
        ],
        "refunds": []
    })
}

pub(super) fn legacy() -> Value {
    json!({
        "id": 92, "order_number": 92, "status": "completed", "total": "30.00",
        "created_at": "2024-03-01T10:00:00Z", "payment_details": {"method_id": "bacs", "paid": true},
        "billing_address": {"first_name": "Zoé", "last_name": "Ölander", "country": "FR",
            "email": "first@example.com", "phone": "0123"},
        "customer_id": 12,
        "customer": {"id": 12, "email": "third@example.com", "first_name": "", "last_name": ""},
        "meta_data": [{"key": "review_invitation_consent", "value": "1"}],
        "line_items": [{"id": 1, "sku": "TEA", "name": "Tea", "meta": []}]
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

pub(super) fn read_by(reader: &OrderReader, order: &Value) -> Record {
    let mut records = reader.read(order.to_string().as_bytes());
    assert_eq!(records.len(), 1, "{records:?}");
    records.remove(0)
}

pub(super) fn read(order: &Value) -> Record {
    read_by(&OrderReader::new(), order)
}

pub(super) fn invitee(order: &Value) -> Invitee {
    read(order).outcome.unwrap_or_else(|why| panic!("{why}: {order}"))
}

/// The reasons against an order in one line, or `invited`.
pub(super) fn verdict_by(reader: &OrderReader, order: &Value) -> String {
    match read_by(reader, order).outcome {
        Ok(_) => "invited".to_owned(),
        Err(why) => why.to_string(),
    }
}

pub(super) fn verdict(order: &Value) -> String {
    verdict_by(&OrderReader::new(), order)
}

/// One change at a time, and the whole verdict it must lead to.
pub(super) fn assert_verdicts(base: &Value, cases: &[(&str, Value, &str)]) {
    for (pointer, value, expected) in cases {
        let order = with(base.clone(), &[(pointer, value.clone())]);
        assert_eq!(verdict(&order), *expected, "{pointer} = {value}");
    }
}
