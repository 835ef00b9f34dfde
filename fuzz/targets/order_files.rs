//! Whatever stands in a file of orders: every element becomes one record, every record is an invitation that can be
//! built or has a reason against it, and no address is shown of a customer or in a reason.
#![no_main]

use libfuzzer_sys::fuzz_target;
use review_core::InviteRequest;
use review_orders::{ConsentRule, OrderReader, Record};
use serde_json::Value;

fuzz_target!(|input: &[u8]| {
    let strict = OrderReader::new();
    let lenient = OrderReader::new()
        .with_partial_refunds(true)
        .with_consent(ConsentRule::Granted { how: "form".to_owned() });
    let (strict, lenient) = (strict.read(input), lenient.read(input));
    assert_eq!(strict.len(), lenient.len(), "the rules decide on records, not on what is one");
    if let Some(expected) = count(input) {
        assert_eq!(strict.len(), expected);
    }
    if stands_alone(input) {
        let next = OrderReader::new().read(&[input, b"\n", GOOD].concat());
        assert_eq!(next.len(), strict.len() + 1, "a line touches the next one");
        assert!(next.last().is_some_and(|record| record.outcome.is_ok()));
    }
    for (position, (strict, lenient)) in strict.iter().zip(&lenient).enumerate() {
        assert_eq!((strict.position, lenient.position), (position, position));
        assert!(strict.outcome.is_err() || lenient.outcome.is_ok(), "a laxer rule invites no fewer");
        check(strict);
        check(lenient);
    }
});

/// An order that may be invited, in one line.
const GOOD: &[u8] = b"{\"name\":\"1\",\"email\":\"jane@example.com\",\"financial_status\":\"paid\",\
    \"fulfillment_status\":\"fulfilled\",\"buyer_accepts_marketing\":true}";

/// Whether an input is one line that says nothing about the next, however broken it is. A bracket at its end opens
/// a document of several lines.
fn stands_alone(input: &[u8]) -> bool {
    let line = input.trim_ascii();
    !line.is_empty()
        && !input.contains(&b'\n')
        && !input.contains(&0xEF)
        && !matches!(line, [.., b'{' | b'['])
}

/// How many records the elements must become: one each, unless some are envelopes.
fn count(input: &[u8]) -> Option<usize> {
    let is_plain = |element: &Value| {
        let envelopes = ["order", "orders", "data", "items", "results"];
        element.as_object().is_none_or(|members| envelopes.iter().all(|name| !members.contains_key(*name)))
    };
    match serde_json::from_slice(input).ok()? {
        Value::Array(elements) => elements.iter().all(is_plain).then_some(elements.len()),
        element => is_plain(&element).then_some(1),
    }
}

fn check(record: &Record) {
    let shown = match &record.outcome {
        Ok(invitee) => {
            assert_eq!(record.reference.as_deref(), Some(invitee.order.reference().as_str()));
            assert!(invitee.consent.is_stated());
            let (customer, order) = (invitee.customer.clone(), invitee.order.clone());
            InviteRequest::builder(customer, order, invitee.consent.clone())
                .build()
                .expect("it can be built");
            format!("{:?} {:?}", invitee.customer, invitee.consent)
        }
        Err(why) => {
            assert!(!why.reasons().is_empty());
            assert!(why.reasons().iter().all(|reason| !reason.to_string().is_empty()));
            format!("{why} {why:?}")
        }
    };
    assert!(!shown.contains('@'), "{shown}");
}
