//! The promises of the order parser about every result.

use std::io::{self, Read};

use review_orders::{ConsentSource, OrderParser, OrderRecord, Policy};

/// Parses an input by the strictest and by a lax policy, and checks every result.
pub fn check_orders(input: &[u8]) -> Vec<OrderRecord> {
    let lax = Policy::default()
        .with_consent(ConsentSource::Granted { source: "form".to_owned() })
        .with_partial_refunds(true)
        .with_renewals(true)
        .with_test_orders(true)
        .with_erased_customers(true)
        .with_reserved_domains(true)
        .with_relay_domains([""; 0]);
    let strict = OrderParser::new().parse_slice(input);
    let lax = OrderParser::new().with_policy(lax).parse_slice(input);
    assert_eq!(strict.len(), lax.len(), "the policy does not change what is a record");
    for (position, (strict, lax)) in strict.iter().zip(&lax).enumerate() {
        assert_eq!((strict.source.position, lax.source.position), (position, position));
        assert!(strict.result.is_err() || lax.result.is_ok(), "a lax policy rejects no more orders");
        check(strict);
        check(lax);
    }
    strict
}

/// Asserts that the results do not depend on the pieces in which a reader returns the input.
pub fn assert_same_in_pieces(input: &[u8], records: &[OrderRecord]) {
    let pieces = OrderParser::new().parse(Pieces(input));
    let pieces: Vec<_> = pieces.map(|record| record.expect("the reader does not fail")).collect();
    assert_eq!(pieces, records);
}

/// A reader that returns seven bytes at most.
struct Pieces<'a>(&'a [u8]);

impl Read for Pieces<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = out.len().min(7);
        self.0.read(&mut out[..length])
    }
}

fn check(record: &OrderRecord) {
    match &record.result {
        Ok(order) => {
            assert_eq!(record.order_reference.as_deref(), Some(order.order_reference.as_str()));
            order.clone().into_builder().build().expect("the values of an eligible order are valid");
        }
        Err(why) => {
            assert!(!why.reasons().is_empty());
            // The explanation of an invalid address contains an example, and names the `@`.
            let shown = format!("{why} {why:?}")
                .replace("name@example.com", "")
                .replace("'@'", "")
                .replace("the @", "");
            assert!(!shown.contains('@'), "{shown}");
        }
    }
}
