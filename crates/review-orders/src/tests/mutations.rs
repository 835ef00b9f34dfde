//! Thousands of spoiled records: none may panic, get lost, or be invited without its basis.

use serde_json::{Value, json};

use super::fixtures::{legacy, shopify, woocommerce};
use crate::{OrderReader, ShopSystem};

/// The JSON pointers of everything in a value.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(list) => {
            list.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect()
        }
        _ => Vec::new(),
    };
    for (name, child) in children {
        let pointer = format!("{at}/{name}");
        pointers(child, &pointer, found);
        found.push(pointer);
    }
}

fn drop_at(value: &mut Value, pointer: &str) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match value.pointer_mut(parent).unwrap() {
        Value::Object(members) => drop(members.remove(name)),
        Value::Array(list) => drop(list.remove(name.parse().unwrap())),
        _ => unreachable!(),
    }
}

#[test]
fn every_spoiled_record_gives_one_record() {
    let replacements = [
        json!(null),
        json!(true),
        json!(false),
        json!(0),
        json!(-7),
        json!(u64::MAX),
        json!(1.5),
        json!(1e300),
        json!(""),
        json!("NULL"),
        json!("x"),
        json!("\u{0}é😀"),
        json!("9".repeat(5000)),
        json!([]),
        json!([null]),
        json!([[]]),
        json!({}),
        json!({"a": [1]}),
    ];
    let mut all = Vec::new();
    for base in [shopify(), woocommerce(), legacy()] {
        let mut places = Vec::new();
        pointers(&base, "", &mut places);
        for place in &places {
            let mut dropped = base.clone();
            drop_at(&mut dropped, place);
            all.push(dropped);
            for replacement in &replacements {
                let mut replaced = base.clone();
                *replaced.pointer_mut(place).unwrap() = replacement.clone();
                all.push(replaced);
            }
        }
        // Two spoiled members at a time, in a fixed pseudo-random choice.
        for step in 0..3000_usize {
            let (first, second) = (step * 7919 % places.len(), step * 104_729 % places.len());
            let mut spoiled = base.clone();
            for (turn, place) in [first, second].into_iter().enumerate() {
                if let Some(value) = spoiled.pointer_mut(&places[place]) {
                    *value = replacements[(step / 3 + turn * 5) % replacements.len()].clone();
                }
            }
            all.push(spoiled);
        }
    }
    assert!(all.len() > 10_000, "{}", all.len());

    let records = OrderReader::new().read(Value::from(all.clone()).to_string().as_bytes());
    assert_eq!(records.len(), all.len());
    let mut invited = 0;
    for (index, (record, order)) in records.iter().zip(&all).enumerate() {
        assert_eq!(record.position, index);
        match &record.outcome {
            Ok(invitee) => {
                invited += 1;
                assert_eq!(Some(invitee.order.reference().as_str()), record.reference.as_deref());
                let (status, settled) = match record.system.unwrap() {
                    ShopSystem::Shopify => ("financial_status", "paid"),
                    ShopSystem::WooCommerce => ("status", "completed"),
                };
                assert_eq!(order[status], settled, "{order}");
                assert!(order.get("line_items").is_none_or(|lines| lines.is_array() || lines.is_null()));
            }
            Err(why) => assert!(!why.reasons().is_empty() && !why.to_string().is_empty()),
        }
    }
    assert!((1000..all.len() - 1000).contains(&invited), "{invited}");
}

#[test]
fn any_cut_of_a_file_is_survived() {
    let text = json!([shopify(), woocommerce()]).to_string().into_bytes();
    for end in 0..text.len() {
        assert_eq!(OrderReader::new().read(&text[..end]).len(), 1, "{end}");
    }
    let lines = format!("{}\n{}\n", shopify(), woocommerce());
    for spoiled in 0..lines.len() {
        let mut bytes = lines.clone().into_bytes();
        bytes[spoiled] = b'\x01';
        assert!(!OrderReader::new().read(&bytes).is_empty());
    }
}
