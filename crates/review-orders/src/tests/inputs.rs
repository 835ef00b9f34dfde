use std::io::{self, Cursor, Read, Write};

use flate2::{Compression, write::GzEncoder};
use serde_json::json;

use super::fixtures::{counts, generic, parse, shopify, verdict_of, with, woocommerce};
use crate::{Encoding, OrderName, OrderParser, OrderRecord};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(unit).collect()
}

fn names(records: &[OrderRecord]) -> Vec<String> {
    let name = |record: &OrderRecord| match record.result.as_ref().unwrap().name.clone().unwrap() {
        OrderName::FirstAndLast(first, last) => format!("{} {}", first.as_str(), last.as_str()),
        OrderName::Full(name) => name.as_str().to_owned(),
        other => panic!("{other:?}"),
    };
    records.iter().map(name).collect()
}

#[test]
fn utf8_and_utf16_are_read_with_and_without_mark() {
    let text = json!([shopify(), woocommerce()]).to_string();
    let marked = format!("\u{feff}{text}");
    for input in [
        text.clone().into_bytes(),
        marked.clone().into_bytes(),
        utf16(&marked, u16::to_le_bytes),
        utf16(&marked, u16::to_be_bytes),
        utf16(&text, u16::to_le_bytes),
        utf16(&text, u16::to_be_bytes),
    ] {
        assert_eq!(names(&parse(&input)), ["Zoé Ölander"; 2]);
        assert_eq!(names(&parse(gzip(&input))), ["Zoé Ölander"; 2]);
    }
}

#[test]
fn windows_1252_is_read_if_detected_or_set() {
    let csv = b"email,order_reference,name,consent\na@example.com,1,Zo\xE9 \x8Cland,yes\n";
    assert_eq!(names(&parse(csv)), ["Zoé Œland"]);
    let latin = |text: &str| text.chars().map(|c| c as u8).collect::<Vec<_>>();
    let json = latin(&json!([shopify()]).to_string());
    assert_eq!(names(&parse(&json)), ["Zoé Ölander"]);
    let mut one_byte = generic().to_string().replace("Zoé Ölander", "Zo?").into_bytes();
    let position = one_byte.iter().position(|byte| *byte == b'?').unwrap();
    one_byte[position] = 0xE9;
    assert!(
        verdict_of(&parse(&one_byte)[0])
            .starts_with("name: expected UTF-8, found a byte of another encoding")
    );
    let set = OrderParser::new().with_encoding(Encoding::Windows1252).parse_slice(&one_byte);
    assert_eq!(names(&set), ["Zoé"]);
    let utf8 = OrderParser::new().with_encoding(Encoding::Utf8).parse_slice(&json);
    assert_eq!(counts(&utf8), (1, 0, 0, 1));
}

#[test]
fn gzip_that_is_cut_off_is_reported_after_its_records() {
    let lines: String = (0..400_u64).map(|index| json!({"order_reference": index.to_string(), "email": "a@example.com", "consent": "yes", "note": format!("{:x}", index * 7_654_321)}).to_string() + "\n").collect();
    let packed = gzip(lines.as_bytes());
    let records = parse(&packed[..packed.len() / 2]);
    let (all, ready, skipped, malformed) = counts(&records);
    assert!(ready > 10 && skipped == 0 && all == ready + malformed, "{ready} {malformed}");
    assert!(verdict_of(records.last().unwrap()).starts_with("$: the gzip data is damaged or cut off"));
    assert_eq!(counts(&parse([gzip(lines.as_bytes()), gzip(lines.as_bytes())].concat())).1, 800);
}

#[test]
fn envelopes_are_opened_and_orders_with_items_are_not() {
    let order = generic();
    for (input, paths) in [
        (json!(order), vec![""]),
        (json!([order, order]), vec!["[0]", "[1]"]),
        (json!({"order": order}), vec!["order"]),
        (json!({"orders": [order]}), vec!["orders[0]"]),
        (json!({"data": [{"order": order}, order]}), vec!["data[0].order", "data[1]"]),
        (json!({"meta": {"a": [1, {"b": "]"}]}, "results": [order], "next": null}), vec!["results[0]"]),
        (json!({"orders": {"3": order, "7": order}}), vec!["orders.3", "orders.7"]),
        (json!([[order]]), vec!["[0]"]),
        (json!({"orders": []}), vec![]),
        (json!([]), vec![]),
        (json!({"order": order, "data": null}), vec!["order"]),
        (json!({"data": null}), vec![""]),
        (json!([1, null, "x", true]), vec!["[0]", "[1]", "[2]", "[3]"]),
    ] {
        let records = parse(input.to_string());
        let found: Vec<_> = records.iter().map(|record| record.source.path.as_str()).collect();
        assert_eq!(found, paths, "{input}");
        let pretty = parse(serde_json::to_string_pretty(&input).unwrap());
        assert_eq!(pretty.len(), paths.len(), "{input}");
    }
}

#[test]
fn json_lines_and_joined_files_are_read() {
    let order = generic().to_string();
    for (input, count) in [
        (format!("{order}\n{order}\r\n\n{order}"), 3),
        (format!("{order}{order}"), 2),
        (format!("\u{feff}[{order}]\n\u{feff}[{order},{order}]"), 3),
        (format!("\x1e{order}\n\x1e{order}\n"), 2),
        (format!("{{\"orders\": [{order}]}}\n{{\"orders\": [{order}]}}\n"), 2),
    ] {
        assert_eq!(counts(&parse(&input)), (count, count, 0, 0), "{input}");
    }
}

#[test]
fn lines_are_counted_from_one() {
    let pretty = serde_json::to_string_pretty(&json!({"orders": [generic(), generic()]})).unwrap();
    let lines: Vec<_> = parse(&pretty).iter().map(|record| record.source.line).collect();
    let second = pretty.lines().enumerate().filter(|(_, line)| *line == "    {").map(|(at, _)| at as u64 + 1);
    assert_eq!(lines, second.collect::<Vec<_>>());
    let record = &OrderParser::new().with_file_name("a.json").parse_slice(b"\n\n7")[0];
    assert_eq!(record.source.to_string(), "a.json, line 3");
}

#[test]
fn input_without_orders_is_reported() {
    for (input, expected) in [
        ("", "$: expected JSON or CSV, found an empty file; export it again"),
        (" \n ", "$: expected JSON or CSV, found an empty file; export it again"),
        ("<!DOCTYPE html><html><body>Maintenance, sorry</body></html>", "$: expected JSON, found other text"),
        ("{}", "$: expected an order of Shopify, WooCommerce, Magento 2, Shopware 6"),
        ("a,b,c\n1,2,3\n", "$: expected the headings of Shopify, Trustpilot bulk file"),
        ("amazon-order-id,buyer-email\n1,a@example.com\n", "an Amazon order report: marketplaces forbid"),
        ("Order #,Customer type\n1,new\n", "a WooCommerce Analytics report: it contains no email addresses"),
        (r#"{"code":"x","message":"y"}"#, "an error response"),
        (r#"{"errors":"[API] Invalid API key"}"#, "an error response: it contains no orders"),
    ] {
        let records = parse(input);
        assert_eq!(records.len(), 1, "{input}");
        let verdict = verdict_of(&records[0]);
        assert!(verdict.starts_with(expected), "{input}: {verdict}");
    }
}

#[test]
fn long_whitespace_alone_is_an_empty_file() {
    let records = parse(" ".repeat(200_000));
    assert_eq!(
        (records.len(), &*verdict_of(&records[0])),
        (1, "$: expected JSON or CSV, found an empty file; export it again")
    );
    assert_eq!(parse(" ".repeat(200_000) + "[]"), []);
}

#[test]
fn other_systems_get_one_line_with_name_and_way_out() {
    for (record, expected) in [
        (
            json!({"id": 1, "status_id": 2, "date_created": "x", "items_total": 1}),
            "a BigCommerce order: convert it",
        ),
        (
            json!({"scope": "store/order/created", "producer": "x", "data": {"id": 5}}),
            "a BigCommerce webhook",
        ),
        (
            json!({"id": 1, "order_id": 2, "order_address_id": 3}),
            "a product or shipment of a BigCommerce order",
        ),
        (json!({"id": "x", "orderState": "Open", "lineItems": []}), "a commercetools order: convert it"),
        (json!({"id": 1, "id_address_delivery": 2}), "a PrestaShop order"),
        (json!({"AmazonOrderId": "1"}), "an Amazon order: marketplaces forbid"),
        (
            json!({"__parentId": "gid://shopify/Order/1", "sku": "x"}),
            "a child line of a Shopify bulk operation",
        ),
        (
            json!({"id": 1, "type": "order", "attributes": {}, "relationships": {}}),
            "a JSON:API record of Shopware 6",
        ),
        (json!({"id": 1, "permalink": "x"}), "a product: export the orders instead"),
    ] {
        let records = parse(record.to_string());
        assert_eq!((records.len(), verdict_of(&records[0]).lines().count()), (1, 1));
        assert!(verdict_of(&records[0]).starts_with(expected), "{}", verdict_of(&records[0]));
    }
}

#[test]
fn named_system_is_not_detected() {
    let mixed = json!({"increment_id": "1", "financial_status": "paid", "email": "a@example.com"});
    assert!(
        verdict_of(&parse(mixed.to_string())[0]).starts_with("$: expected the members of one shop system")
    );
    let parser = OrderParser::new().with_system("shopify".parse::<crate::ShopSystem>().unwrap());
    let record = &parser.parse_slice(mixed.to_string().as_bytes())[0];
    assert!(verdict_of(record).starts_with("not fulfilled: fulfillment_status is missing"));
    assert!("wordpress".parse::<crate::ShopSystem>().is_err());
    for system in crate::ShopSystem::ALL {
        assert_eq!(system.as_str().parse(), Ok(system));
    }
}

/// Returns one byte at a time, then an error.
struct Slow<R>(R, bool);

impl<R: Read> Read for Slow<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = self.0.read(&mut out[..1])?;
        if length == 0 && self.1 {
            return Err(io::Error::other("connection lost"));
        }
        Ok(length)
    }
}

#[test]
fn reader_that_returns_single_bytes_yields_the_same_records() {
    let text = json!({"orders": [shopify(), woocommerce(), 7, generic()]}).to_string();
    for input in [text.as_bytes().to_vec(), gzip(text.as_bytes()), utf16(&text, u16::to_be_bytes)] {
        let slow = OrderParser::new().parse(Slow(Cursor::new(&input), false));
        assert_eq!(slow.map(Result::unwrap).collect::<Vec<_>>(), parse(&input));
    }
}

#[test]
fn reader_error_ends_the_records() {
    let text = format!("{}\n", generic());
    let records: Vec<_> = OrderParser::new().parse(Slow(Cursor::new(text), true)).collect();
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].as_ref().unwrap_err().to_string(), "connection lost");
}

#[cfg(feature = "tokio")]
#[tokio::test]
async fn asynchronous_reader_yields_the_same_records() {
    let text = json!([shopify(), woocommerce()]).to_string();
    let mut records = OrderParser::new().parse_async(text.as_bytes());
    let mut found = Vec::new();
    while let Some(record) = records.next().await {
        found.push(record.unwrap());
    }
    assert_eq!(found, parse(&text));
}

#[test]
fn a_line_is_read_like_the_same_element_of_a_list() {
    let order = |number: u32| with(generic(), &[("/order_reference", json!(number.to_string()))]);
    let escaped = |number: u32| order(number).to_string().replace("\"email\"", "\"\\u0065mail\"");
    let wrapped = |number: u32| json!({"order": order(number)}).to_string();
    let mut records: Vec<String> = (0..8).map(|number| order(number).to_string()).collect();
    records.push(escaped(8));
    records.push(shopify().to_string());
    records.push("{}".to_owned());
    records.push(r#"{"email":"a@example.com","order_reference":"11","note":1e400}"#.to_owned());
    let lines = parse(records.join("\n") + "\n");
    let list = parse(format!("[{}]", records.join(",")));
    assert_eq!(lines.len(), 12);
    for (line, element) in lines.iter().zip(&list) {
        let verdict = |record: &OrderRecord| verdict_of(record).replace("[11].", "").replace("[10]", "$");
        assert_eq!(verdict(line), verdict(element));
        assert_eq!(line.order_reference, element.order_reference);
        assert_eq!(line.source.line, 1 + line.source.position as u64);
    }
    // More lines that are no record than are tried, several records in a line, and records behind them.
    let mut lines: Vec<String> = (0..40).map(wrapped).collect();
    lines.push(format!("{}{}, {}", order(40), order(41), escaped(42)));
    lines.extend((43..50).map(|number| order(number).to_string() + "\r"));
    let records = parse(lines.join("\n"));
    let numbers: Vec<_> = records.iter().filter_map(|record| record.order_reference.clone()).collect();
    assert_eq!(numbers, (0..50).map(|number| number.to_string()).collect::<Vec<_>>());
    assert!(records.iter().all(|record| record.result.is_ok()));
    assert_eq!((&*records[39].source.path, records[39].source.line), ("order", 40));
    assert_eq!((&*records[42].source.path, records[42].source.line), ("", 41));
    assert_eq!(records[49].source.line, 48);
}
