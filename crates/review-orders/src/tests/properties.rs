//! The number of records in equals the number of results out, and no input panics.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::fixtures::{generic, magento, parse, shopify, shopware, verdict_of, woocommerce};
use crate::{ConsentSource, OrderParser, OrderRecord, Policy};

/// Any JSON, with member names that the parser knows.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        Just(json!("jane@example.com")),
    ];
    let name = prop_oneof![
        "[a-z_]{1,8}",
        Just("email".to_owned()),
        Just("billing".to_owned()),
        Just("line_items".to_owned()),
        Just("id".to_owned()),
        Just("meta_data".to_owned()),
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            vec((name.clone(), inner), 0..6).prop_map(|members| members.into_iter().collect::<Value>()),
        ]
    })
}

/// An order of any system with any members replaced.
fn any_order() -> impl Strategy<Value = Value> {
    let base =
        prop_oneof![Just(shopify()), Just(woocommerce()), Just(magento()), Just(shopware()), Just(generic())];
    let changes = vec((any::<prop::sample::Index>(), any_json()), 0..3);
    (base, changes).prop_map(|(mut order, changes)| {
        let members = order.as_object_mut().unwrap();
        for (index, value) in changes {
            let name = members.keys().nth(index.index(members.len())).unwrap().clone();
            members.insert(name, value);
        }
        order
    })
}

/// Whether an element is one record, and not an envelope of several.
fn is_plain(element: &Value) -> bool {
    let names = ["order", "orders", "data", "items", "results", "elements", "edges", "nodes", "node"];
    element.as_object().is_none_or(|members| {
        !members.is_empty() && names.iter().all(|name| !members.contains_key(*name))
            || members.contains_key("increment_id")
    })
}

fn check(records: &[OrderRecord]) -> Result<(), TestCaseError> {
    for (position, record) in records.iter().enumerate() {
        prop_assert_eq!(record.source.position, position);
        match &record.result {
            Ok(order) => {
                prop_assert!(order.clone().into_builder().build().is_ok());
                prop_assert_eq!(Some(order.order_reference.as_str()), record.order_reference.as_deref());
            }
            Err(why) => prop_assert!(!why.reasons().is_empty() && !verdict_of(record).contains("jane@")),
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn json_records_in_equal_results_out(orders in vec(prop_oneof![any_order(), any_json()], 0..8)) {
        let orders: Vec<_> = orders.into_iter().filter(is_plain).collect();
        let list = json!(orders).to_string();
        let records = parse(&list);
        prop_assert_eq!(records.len(), orders.len());
        check(&records)?;
        let pretty = parse(serde_json::to_string_pretty(&json!({"orders": orders})).unwrap());
        prop_assert_eq!(pretty.len(), orders.len());
        let objects: Vec<_> = orders.iter().filter(|order| order.is_object()).collect();
        let lines: String = objects.iter().map(|order| format!("{order}\n")).collect();
        if !objects.is_empty() {
            prop_assert_eq!(parse(lines).len(), objects.len());
        }
    }

    #[test]
    fn csv_rows_in_equal_results_out(names in vec("\\PC{0,20}", 1..20)) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["email", "order_reference", "consent", "name"]).unwrap();
        for (index, name) in names.iter().enumerate() {
            writer.write_record(["a@example.com", &index.to_string(), "yes", name]).unwrap();
        }
        let records = parse(writer.into_inner().unwrap());
        prop_assert_eq!(records.len(), names.len());
        prop_assert!(records.iter().all(|record| record.result.is_ok()));
        check(&records)?;
    }

    #[test]
    fn one_broken_line_is_one_result(line in "[^\r\n\u{feff}]{1,60}", position in 0_usize..3) {
        prop_assume!(!line.trim().trim_matches([',', '\u{1e}', ' ', '\t']).is_empty());
        prop_assume!(!line.contains(['{', '[']));
        let mut lines = vec![generic().to_string(); 3];
        lines.insert(position + 1, line);
        let records = parse(lines.join("\n"));
        prop_assert_eq!(records.len(), 4);
        prop_assert_eq!(records.iter().filter(|record| record.result.is_ok()).count(), 3);
    }

    #[test]
    fn any_bytes_are_parsed_without_panic(bytes in vec(any::<u8>(), 0..400), cut in 0_usize..400) {
        check(&parse(&bytes))?;
        let mut order = shopify().to_string().into_bytes();
        let at = cut.min(order.len());
        order.splice(at..at, bytes.into_iter().take(8));
        check(&parse(&order))?;
    }

    #[test]
    fn laxer_policy_rejects_no_more_orders(order in any_order()) {
        let lax = Policy::default()
            .with_consent(ConsentSource::Granted { source: "form".to_owned() })
            .with_partial_refunds(true)
            .with_renewals(true)
            .with_test_orders(true)
            .with_erased_customers(true)
            .with_reserved_domains(true)
            .with_relay_domains([""; 0]);
        let strict = parse(order.to_string());
        let lax = OrderParser::new().with_policy(lax).parse_slice(order.to_string().as_bytes());
        prop_assert_eq!(strict.len(), lax.len());
        for (strict, lax) in strict.iter().zip(&lax) {
            prop_assert!(strict.result.is_err() || lax.result.is_ok());
        }
    }
}
