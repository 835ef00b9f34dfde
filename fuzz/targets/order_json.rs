//! Any JSON, or text that is nearly JSON: every element is one record, and a broken line is one result.
#![no_main]

use libfuzzer_sys::fuzz_target;
use review_invites_fuzz::{assert_same_in_pieces, check_orders};
use serde_json::Value;

fuzz_target!(|input: &[u8]| {
    let records = check_orders(input);
    assert_same_in_pieces(input, &records);
    if let Some(expected) = count(input) {
        assert_eq!(records.len(), expected);
    }
    if is_one_line(input) {
        let next = check_orders(&[GOOD, b"\n", input, b"\n", GOOD].concat());
        assert!(next.len() >= 3, "a line is at least one result");
        let ready = next.iter().filter(|record| record.result.is_ok()).count();
        assert!(ready >= 2, "the lines around it are read");
    }
});

/// An eligible order, in one line.
const GOOD: &[u8] = b"{\"name\":\"1\",\"email\":\"jane@example.com\",\"financial_status\":\"paid\",\
    \"fulfillment_status\":\"fulfilled\",\"buyer_accepts_marketing\":true}";

/// Whether an input is one line that cannot be continued on the next, however broken it is. A bracket at its end
/// opens a document of several lines.
fn is_one_line(input: &[u8]) -> bool {
    let line = input.trim_ascii();
    line.first() == Some(&b'{')
        && line.len() == input.len()
        && !input.contains(&b'\n')
        && !line.ends_with(b"[")
}

/// The number of records, if all elements are plain ones.
fn count(input: &[u8]) -> Option<usize> {
    let names = ["order", "orders", "data", "items", "results", "elements", "edges", "nodes", "node"];
    let is_plain = |element: &Value| {
        element.as_object().is_none_or(|members| {
            let index = |name: &String| name.bytes().all(|byte| byte.is_ascii_digit());
            !members.keys().any(|name| names.contains(&name.as_str()) || index(name))
        })
    };
    match serde_json::from_slice(input).ok()? {
        Value::Array(elements) => elements.iter().all(is_plain).then_some(elements.len()),
        element => (is_plain(&element) && element.is_object()).then_some(1),
    }
}
