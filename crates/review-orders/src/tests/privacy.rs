//! Nothing personal may show, whatever becomes of a record.

use serde_json::{Value, json};

use super::fixtures::{legacy, shopify, with, woocommerce};
use crate::{ConsentRule, OrderReader};

/// Values to be found in no text, in upper or lower case.
const CANARIES: [&str; 5] =
    ["CANARY", "+4915112345678", "CANARY@EXAMPLE.COM", "4915112345678", "98765432123"];

fn spoil(value: &mut Value, replacement: &Value) {
    match value {
        Value::Object(members) => members.values_mut().for_each(|member| spoil(member, replacement)),
        Value::Array(list) => list.iter_mut().for_each(|element| spoil(element, replacement)),
        leaf => *leaf = replacement.clone(),
    }
}

/// All people and places of an order, replaced by one value each.
fn with_canaries(mut order: Value, replacement: &Value) -> Value {
    for member in [
        "email",
        "contact_email",
        "phone",
        "customer",
        "billing_address",
        "shipping_address",
        "billing",
        "shipping",
        "customer_id",
        "note",
        "customer_note",
        "client_details",
    ] {
        if let Some(value) = order.get_mut(member) {
            spoil(value, replacement);
        }
    }
    order
}

#[test]
fn nothing_personal_shows_in_any_outcome() {
    let consents = [ConsentRule::FromOrder, ConsentRule::Granted { how: "form".to_owned() }];
    let mut seen = (0, 0);
    for base in [shopify(), woocommerce(), legacy()] {
        let mut orders = vec![base.clone()];
        for canary in CANARIES {
            for replacement in
                [json!(canary), json!([canary]), json!({"email": canary}), json!({"CANARY": 1})]
            {
                orders.push(with_canaries(base.clone(), &replacement));
            }
        }
        orders.push(with_canaries(base.clone(), &json!(98_765_432_123_u64)));
        orders.push(json!({"CANARY": "CANARY", "+4915112345678": {}}));
        orders.push(json!("CANARY"));
        orders.push(json!({"order_id": 1, "tracking_company": "CANARY", "email": "CANARY@EXAMPLE.COM"}));
        for status in ["financial_status", "fulfillment_status", "status", "cancel_reason", "test"] {
            orders.push(with(base.clone(), &[(&format!("/{status}"), json!("CANARY@EXAMPLE.COM"))]));
        }
        let good = [
            ("/email", json!("CANARY@EXAMPLE.COM")),
            ("/phone", json!("+4915112345678")),
            (
                "/customer",
                json!({"id": 98_765_432_123_u64, "first_name": "CANARY", "last_name": "CANARY",
                "email_marketing_consent": {"state": "subscribed"}}),
            ),
            (
                "/billing",
                json!({"email": "CANARY@EXAMPLE.COM", "first_name": "CANARY", "phone": "+4915112345678"}),
            ),
        ];
        orders.push(with(base, &good[if orders[0].get("billing").is_some() { 3..4 } else { 0..3 }]));

        for consent in &consents {
            let reader = OrderReader::new().with_consent(consent.clone());
            let mut input = Value::from(orders.clone()).to_string();
            input.push_str("\n{\"CANARY\": CANARY@EXAMPLE.COM}");
            for record in reader.read(input.as_bytes()) {
                let mut shown = format!("{record:?} {record:#?}");
                match &record.outcome {
                    Ok(invitee) => {
                        seen.0 += 1;
                        shown += &format!("{invitee:?}");
                    }
                    Err(why) => {
                        seen.1 += 1;
                        shown += &format!("{why} {why:?}");
                        why.reasons().iter().for_each(|reason| shown += &format!("{reason} {reason:?}"));
                    }
                }
                let shown = shown.to_lowercase();
                for canary in CANARIES.map(str::to_lowercase) {
                    assert!(!shown.contains(&canary), "{shown}");
                }
                for personal in
                    ["first@", "second@", "third@", "ölander", "zoé", "payer", "receiver", "secret"]
                {
                    assert!(!shown.contains(personal), "{shown}");
                }
            }
        }
    }
    assert!(seen.0 >= 6 && seen.1 > 100, "{seen:?}");
}
