use serde_json::json;

use super::fixtures::{counts, generic, parse, shopify, verdict_of, with};
use crate::{OrderParser, OrderRecord};

fn order(number: usize) -> String {
    with(shopify(), &[("/name", json!(format!("#{number}")))]).to_string()
}

/// An order with other bytes for its note.
fn with_note(number: usize, note: &[u8]) -> Vec<u8> {
    let order =
        with(shopify(), &[("/name", json!(format!("#{number}"))), ("/a_note", json!("HERE"))]).to_string();
    let (before, after) = order.split_once("\"HERE\"").unwrap();
    [before.as_bytes(), note, after.as_bytes()].concat()
}

fn deep(levels: usize) -> Vec<u8> {
    [vec![b'['; levels], vec![b']'; levels]].concat()
}

/// Every defect of a record: its bytes, and how its error must begin.
fn defects(number: usize) -> Vec<(Vec<u8>, &'static str)> {
    vec![
        (with_note(number, br#""a\ud83d b""#), "a_note: expected two `\\u` escapes"),
        (with_note(number, br#""\udc00""#), "a_note: expected two `\\u` escapes"),
        (with_note(number, b"\"line\nbreak\""), "a_note: expected control characters written as escapes"),
        (with_note(number, b"\"\x00\""), "a_note: expected control characters written as escapes"),
        (with_note(number, b"\"Caf\xE9\""), "a_note: expected UTF-8, found a byte of another encoding"),
        (with_note(number, b"1e400"), "a_note: expected a number, found one that is out of range"),
        (
            with_note(number, &deep(200)),
            "expected at most 127 levels, found more levels of lists and objects",
        ),
        (with_note(number, b"NaN"), "a_note: expected JSON"),
        (with_note(number, b"\"12\" screen\""), "a_note: expected JSON, found text that cannot follow here"),
        (with_note(number, b"{\"x\": 1"), ""),
        (
            [
                b"<br />\n<b>Notice</b>: Undefined index: a, b in <b>/x.php</b> on line <b>3</b><br />\n",
                order(number).as_bytes(),
            ]
            .concat(),
            "",
        ),
    ]
}

fn check(records: &[OrderRecord], count: usize, bad: usize, expected: &str) {
    assert_eq!(counts(records), (count, count - 1, 0, 1), "{expected}");
    let numbers: Vec<_> =
        records.iter().map(|record| record.order_reference.clone().unwrap_or_default()).collect();
    let all: Vec<_> = (0..count).map(|number| (number + 1).to_string()).collect();
    assert!(
        numbers == all,
        "{expected}: {:?}",
        numbers.iter().zip(&all).find(|(found, right)| found != right)
    );
    let record = records.iter().find(|record| record.result.is_err()).unwrap();
    assert_eq!(record.source.position, bad);
    assert!(verdict_of(record).contains(expected), "{expected}: {}", verdict_of(record));
}

/// A list of so many orders, one of them with the defect.
fn list(count: usize, bad: usize, defect: &[u8], [before, between, after]: [&str; 3]) -> Vec<u8> {
    let mut list = before.as_bytes().to_vec();
    for index in 0..count {
        if index > 0 {
            list.extend_from_slice(between.as_bytes());
        }
        match index == bad {
            true => list.extend_from_slice(defect),
            false => list.extend_from_slice(order(index + 1).as_bytes()),
        }
    }
    list.extend_from_slice(after.as_bytes());
    list
}

const ENVELOPE: [&str; 3] = ["{\"orders\": [", ",", "]}"];
const INDENTED: [&str; 3] = ["[\n", ",\n", "\n]\n"];
const LINES: [&str; 3] = ["", "\n", "\n"];

#[test]
fn malformed_record_in_list_leaves_999_ready() {
    for (defect, expected) in defects(501) {
        check(&parse(list(1000, 500, &defect, ENVELOPE)), 1000, 500, expected);
    }
}

#[test]
fn malformed_record_at_any_place_leaves_its_neighbours() {
    for bad in [0, 9, 19] {
        for (defect, expected) in defects(bad + 1) {
            // Without a record before or behind it, nothing shows where a broken record ends.
            let unbalanced = expected.is_empty() || expected.contains("cannot follow");
            if !unbalanced || bad == 9 {
                check(&parse(list(20, bad, &defect, ENVELOPE)), 20, bad, expected);
                check(&parse(list(20, bad, &defect, INDENTED)), 20, bad, expected);
            }
            // The line breaks of some defects would make them several lines.
            if !expected.contains("control") && !defect.starts_with(b"<") {
                check(&parse(list(20, bad, &defect, LINES)), 20, bad, expected);
            }
        }
    }
}

#[test]
fn all_defects_in_one_list_are_each_reported() {
    let defects: Vec<_> = defects(7).into_iter().map(|(defect, _)| defect).collect();
    let mut input = b"[".to_vec();
    for (index, defect) in defects.iter().enumerate() {
        for part in
            [order(index * 2 + 100).as_bytes(), b",", defect, b",", order(index * 2 + 101).as_bytes(), b","]
        {
            input.extend_from_slice(part);
        }
    }
    input.extend_from_slice(order(99).as_bytes());
    input.push(b']');
    let records = parse(&input);
    assert_eq!(counts(&records), (3 * defects.len() + 1, 2 * defects.len() + 1, 0, defects.len()));
}

#[test]
fn notice_before_the_json_is_reported_and_the_list_is_read() {
    for notice in [
        "<br />\n<b>Notice</b>:  Undefined index: foo in <b>/var/x.php</b> on line <b>12</b><br />\n",
        "PHP Warning:  Undefined array key \"a\" in {closure}[x], [y] on line 3\n",
        "Deprecated: $_GET[\"x\"] ",
    ] {
        let input = [notice.as_bytes(), &list(50, 0, order(1).as_bytes(), ENVELOPE)].concat();
        let records = parse(&input);
        assert_eq!(counts(&records), (51, 50, 0, 1), "{notice}");
        assert!(
            verdict_of(&records[0])
                .starts_with("$: expected JSON, found other text; if it is a notice of PHP")
        );
        assert_eq!(records[1].source.path, "orders[0]");
    }
}

#[test]
fn malformed_record_is_located() {
    let input = format!("[\n{},\n{}\n]", order(1), String::from_utf8(with_note(2, b"\n\n1e400")).unwrap());
    let parser = OrderParser::new().with_file_name("orders.json");
    let record = &parser.parse_slice(input.as_bytes())[1];
    assert_eq!(record.source.to_string(), "orders.json, line 5");
    assert_eq!(record.order_reference.as_deref(), Some("2"));
    assert_eq!(
        verdict_of(record),
        "[1].a_note: expected a number, found one that is out of range, such as `1e400`"
    );
}

#[test]
fn lone_surrogate_of_utf16_spoils_its_record_only() {
    let text = format!("[{},{},{}]", order(1), order(2).replace("Potters", "\u{fffc}"), order(3));
    let units = text.encode_utf16().map(|unit| if unit == 0xFFFC { 0xD83D } else { unit });
    let bytes: Vec<_> = units.flat_map(u16::to_le_bytes).collect();
    let records = parse(&bytes);
    assert_eq!(counts(&records), (3, 2, 0, 1));
    assert!(verdict_of(&records[1]).starts_with("[1].line_items[0].vendor: expected UTF-8"));
}

#[test]
fn cut_off_file_is_reported_and_its_orders_are_read() {
    let whole = list(50, 0, order(1).as_bytes(), INDENTED);
    let records = parse(&whole[..whole.len() - 400]);
    assert_eq!(counts(&records), (50, 49, 0, 1));
    assert!(verdict_of(&records[49]).contains("the text ends inside this record"));
    let records = parse(&whole[..whole.len() - 2]);
    assert_eq!(counts(&records), (51, 50, 0, 1));
    assert!(verdict_of(&records[50]).contains("the file ends before the list of orders is closed"));
}

#[test]
fn cut_off_line_does_not_take_the_next_line_along() {
    let line = order(1);
    for cut in (10..line.len()).step_by(7) {
        let cut = (cut..).find(|cut| line.is_char_boundary(*cut)).unwrap();
        let (head, _) = line.split_at(cut);
        let records = parse(format!("{head}\n{}\n{}\n", order(2), order(3)));
        assert_eq!(counts(&records), (3, 2, 0, 1), "{head}");
    }
}

#[test]
fn cut_off_text_in_a_list_does_not_take_the_next_line_along() {
    let records = parse(format!("{}\n{{\"orders\":{{}},\"next\":\n{}\n", order(1), order(2)));
    assert_eq!(records.iter().filter(|record| record.result.is_ok()).count(), 2);
    let records = parse(format!("{}\n{{\"orders\":[\"ne]\n{}\n", order(1), order(2)));
    assert_eq!(records.iter().filter(|record| record.result.is_ok()).count(), 2);
    assert!(
        verdict_of(&records[1]).starts_with("orders[0]: expected an order, found a text without its closing")
    );
}

#[test]
fn record_above_the_limit_is_reported_and_skipped() {
    let long =
        with(shopify(), &[("/name", json!("#2")), ("/a_note", json!("x".repeat(300_000)))]).to_string();
    let parser = OrderParser::new().with_max_record_bytes(100_000);
    for input in
        [format!("[{},{long},{}]", order(1), order(3)), format!("{}\n{long}\n{}", order(1), order(3))]
    {
        let records = parser.parse_slice(input.as_bytes());
        assert_eq!(counts(&records), (3, 2, 0, 1));
        assert!(verdict_of(&records[1]).contains("expected a record of at most 100000 bytes"));
    }
    assert_eq!(counts(&parse(format!("[{long}]"))).1, 1);
}

#[test]
fn long_text_without_its_quote_leaves_its_neighbours() {
    let long = format!("{{\"order_reference\":\"2\",\"email\":\"{}", "x".repeat(300_000));
    let whole =
        |number: usize| with(generic(), &[("/order_reference", json!(number.to_string()))]).to_string();
    let parser = OrderParser::new().with_max_record_bytes(100_000);
    for input in [
        format!("{}\n{long}\n{}\n{}\n", whole(1), whole(3), whole(4)),
        format!("[{},\n{long}\n,{},{}]", whole(1), whole(3), whole(4)),
    ] {
        let records = parser.parse_slice(input.as_bytes());
        assert_eq!(counts(&records), (4, 3, 0, 1));
        assert_eq!(records[2].order_reference.as_deref(), Some("3"));
        assert!(verdict_of(&records[1]).contains("expected a record of at most 100000 bytes"));
    }
}

#[test]
fn doubled_member_with_two_values_is_an_error() {
    let doubled = generic().to_string().replacen('{', "{\"email\": \"other@example.com\",", 1);
    assert!(verdict_of(&parse(doubled)[0]).starts_with("email: expected one value, found this member twice"));
    let same = generic().to_string().replacen('{', "{\"locale\": \"fr-FR\",", 1);
    assert!(parse(same)[0].result.is_ok());
    let optional = generic().to_string().replacen('{', "{\"locale\": \"de\",", 1);
    let order = parse(optional).remove(0).result.unwrap();
    assert_eq!((order.locale, order.warnings.len()), (None, 1));
}
