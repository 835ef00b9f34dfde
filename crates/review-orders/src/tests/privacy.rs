//! No personal data appears in any result, whatever happens to a record.

use serde_json::{Value, json};

use super::fixtures::{generic, magento, shopify, shopware, with, woocommerce};
use crate::{ConsentSource, OrderParser, Policy};

/// Values that must not appear, in upper or lower case.
const CANARIES: [&str; 3] = ["CANARY", "+4915112345678", "98765432123"];

fn replace_leaves(value: &mut Value, replacement: &Value) {
    match value {
        Value::Object(members) => members.values_mut().for_each(|member| replace_leaves(member, replacement)),
        Value::Array(list) => list.iter_mut().for_each(|element| replace_leaves(element, replacement)),
        leaf => *leaf = replacement.clone(),
    }
}

/// The order with one value for all people and places.
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
        "customer_email",
        "customer_firstname",
        "customer_lastname",
        "orderCustomer",
        "billingAddress",
        "name",
        "note",
    ] {
        let is_number = member == "name" && order.get("order_number").is_some();
        if let Some(value) = order.get_mut(member).filter(|_| !is_number) {
            replace_leaves(value, replacement);
        }
    }
    order
}

#[test]
fn personal_data_appears_in_no_result() {
    let granted = Policy::default().with_consent(ConsentSource::Granted { source: "form".to_owned() });
    let (mut ready, mut rejected) = (0, 0);
    for base in [shopify(), woocommerce(), magento(), shopware(), generic()] {
        let mut orders = vec![base.clone()];
        for canary in CANARIES {
            for value in
                [json!(canary), json!(format!("{canary}@example.com")), json!([canary]), json!({"CANARY": 1})]
            {
                orders.push(with_canaries(base.clone(), &value));
            }
        }
        for member in ["financial_status", "fulfillment_status", "status", "state", "test", "cancel_reason"] {
            orders.push(with(base.clone(), &[(&format!("/{member}"), json!("CANARY@EXAMPLE.COM"))]));
        }
        orders.push(json!({"CANARY": "CANARY", "+4915112345678": {}}));
        let mut inputs: Vec<Vec<u8>> = vec![Value::from(orders.clone()).to_string().into_bytes()];
        for order in &orders {
            let text = order.to_string();
            inputs.push(text.replace("CANARY", "CANARY\\ud83d").into_bytes());
            inputs.push(text.replace("CANARY", "CANARY\u{1}").into_bytes());
            inputs.push(text.replace("\"CANARY", "CANARY\"").into_bytes());
        }
        inputs.push(b"{\"orders\": [], \"CANARY\": 1, CANARY".to_vec());
        inputs.push(b"CANARY, canary@example.com\n{\"name\": \"CANARY\", \"x\": 1e999}".to_vec());
        inputs.push(
            b"email,order_reference,name\ncanary@example.com,1,CANARY,x\ncanary@example.com,\"CANARY\"x,\n"
                .to_vec(),
        );
        for policy in [Policy::default(), granted.clone()] {
            for input in &inputs {
                for record in OrderParser::new().with_policy(policy.clone()).parse_slice(input) {
                    let mut shown = format!("{record:?} {record:#?} {}", record.source);
                    match &record.result {
                        Ok(order) => {
                            ready += 1;
                            shown += &order.warnings.iter().map(ToString::to_string).collect::<String>();
                        }
                        Err(why) => {
                            rejected += 1;
                            shown += &format!("{why} {:?}", why.reasons());
                        }
                    }
                    let shown = shown.to_lowercase();
                    for canary in CANARIES.map(str::to_lowercase) {
                        assert!(!shown.contains(&canary), "{shown}");
                    }
                    for personal in ["first@", "second@", "ölander", "zoé", "payer", "receiver", "secret"] {
                        assert!(!shown.contains(personal), "{shown}");
                    }
                }
            }
        }
    }
    assert!(ready >= 20 && rejected > 200, "{ready} {rejected}");
}
