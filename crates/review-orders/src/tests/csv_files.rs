use std::io::{self, Read};

use super::fixtures::{counts, kinds, parse, products, text, verdict_of};
use crate::{ConsentSource, OrderName, OrderParser, OrderRecord, Policy, ShopSystem};

fn granted(input: &str) -> Vec<OrderRecord> {
    let consent = ConsentSource::Granted { source: "terms".to_owned() };
    OrderParser::new().with_policy(Policy::default().with_consent(consent)).parse_slice(input.as_bytes())
}

const SHOPIFY: &str = "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,\
Created at,Lineitem quantity,Lineitem name,Lineitem sku,Billing Name,Billing Country,Note Attributes,\
Cancelled at,Payment Method,Refunded Amount,Vendor,Id,Source\n";

#[test]
fn shopify_export_groups_rows_of_one_order() {
    let input = SHOPIFY.to_owned()
        + "#1,ann@example.com,paid,2024-03-01 10:00:00 +0100,fulfilled,2024-03-02 10:00:00 +0100,yes,2024-03-01 09:00:00 +0100,1,Cup,C-1,Ann Lee,DE,,,cards,0.00,Potters,71,web\n"
        + "#1,ann@example.com,,,,,,2024-03-01 09:00:00 +0100,2,\"Jug, \"\"big\"\"\",J-1,,,,,,,Potters,,\n"
        + "#2,,paid,,fulfilled,,yes,,1,Cup,C-1,,,,,,,,72,\n"
        + "#3,bob@example.com,paid,,partial,,no,,1,Cup,C-1,,,,,(for testing) Bogus Gateway,5.00,,73,\n"
        + "#4,eve@example.com,paid,,fulfilled,,no,,1,Cup,C-1,,,\"gift: yes\nreview_invitation_consent: yes\",,,,,74,\n";
    let records = parse(&input);
    assert_eq!(counts(&records), (4, 2, 2, 0));
    let order = records[0].result.as_ref().unwrap();
    assert_eq!(records[0].system, Some(ShopSystem::Shopify));
    assert_eq!(products(order), [("Cup", Some("C-1")), ("Jug, \"big\"", Some("J-1"))]);
    assert_eq!(order.name, Some(OrderName::Full("Ann Lee".parse().unwrap())));
    let times = [order.placed_at, order.paid_at, order.shipped_at].map(|time| time.unwrap().to_rfc3339());
    assert_eq!(times[1], "2024-03-01T09:00:00+00:00");
    assert_eq!(kinds(&records[1]), ["no usable email address"]);
    assert_eq!(kinds(&records[2]), ["test order", "partially refunded", "not fulfilled", "no consent"]);
    assert_eq!(
        records[3].result.as_ref().unwrap().consent.source,
        "note_attributes.review_invitation_consent"
    );
    assert_eq!(records.iter().map(|record| record.source.line).collect::<Vec<_>>(), [2, 4, 5, 6]);
}

#[test]
fn shopify_import_layout_needs_every_line_fulfilled() {
    let header = "Name,Email,Billing First Name,Lineitem sku,Lineitem name,Lineitem fulfillment status,Financial Status\n";
    let row = |status: &str| format!("S-1,a@example.com,Ann,A,Cup,{status},paid\n");
    assert_eq!(counts(&granted(&(header.to_owned() + &row("fulfilled") + &row("fulfilled")))), (1, 1, 0, 0));
    let partial = granted(&(header.to_owned() + &row("fulfilled") + &row("pending")));
    assert_eq!(kinds(&partial[0]), ["not fulfilled"]);
}

#[test]
fn trustpilot_template_groups_by_reference_and_address() {
    let input = "\"customer email\";\"customer name\";\"reference number\";\"SKU\";\"product name\";\"product URL\";\"image URL\"\n\
        Jane@Example.com;Jane Doe;7;A;Cup;https://shop.example.com/a;\n\
        jane@example.com;Jane Doe;7;B;Jug;;https://shop.example.com/b.jpg\n\
        joe@example.com;Joe;7;A;Cup;;\n";
    let records = granted(input);
    assert_eq!(counts(&records), (2, 2, 0, 0));
    let order = records[0].result.as_ref().unwrap();
    assert_eq!(
        (order.email.as_str(), order.customer_key().as_str()),
        ("Jane@Example.com", "jane@example.com")
    );
    assert_eq!(products(order), [("Cup", Some("A")), ("Jug", Some("B"))]);
    assert_eq!(order.consent.source, "terms");
    assert_eq!(kinds(&parse(input)[0]), ["no consent"]);
    assert_eq!(records[0].system, Some(ShopSystem::Trustpilot));
}

#[test]
fn trusted_shops_template_is_read() {
    let input = "\u{feff}email;reference;firstName;lastName;productName;productSku;productUrl;productImageUrl;productBrand;productGtin;productMpn\r\n\
        ann@example.com;1;Jörg;Groß;Cup;A;https://shop.example.com/a;https://shop.example.com/a.jpg;Potters;4006381333931;M\r\n\
        \r\n\
        bob@example.com;2;;;;;;;;;\r\n";
    let records = granted(input);
    assert_eq!(counts(&records), (2, 2, 0, 0));
    let order = records[0].result.as_ref().unwrap();
    assert_eq!(records[0].system, Some(ShopSystem::TrustedShops));
    assert_eq!(order.name, Some(OrderName::FirstAndLast("Jörg".parse().unwrap(), "Groß".parse().unwrap())));
    let product = &order.products[0];
    assert_eq!((text(&product.gtin), text(&product.mpn)), (Some("4006381333931"), Some("M")));
    assert!(records[1].result.as_ref().unwrap().products.is_empty());
}

#[test]
fn woocommerce_exports_are_read() {
    let packed = "order_id,order_number,order_number_formatted,date,status,payment_method,date_paid,billing_first_name,billing_email,billing_country,line_items,meta:review_invitation_consent\n\
        5,5,W-5,2024-03-01,completed,cod,2024-03-01 10:00:00,Ann,ann@example.com,DE,\"id:1|name:Cup|sku:C|quantity:2;id:2|name:Jug|sku:J|quantity:1\",yes\n";
    let records = parse(packed);
    assert_eq!(counts(&records), (1, 1, 0, 0), "{}", verdict_of(&records[0]));
    let order = records[0].result.as_ref().unwrap();
    assert_eq!((order.order_reference.as_str(), products(order).len()), ("W-5", 2));
    let rows = "Order Number,Order Status,Paid Date,Email (Billing),First Name (Billing),Item Name,SKU,Quantity\n\
        9,Completed,2024-03-01,ann@example.com,Ann,Cup,C,1\n9,Completed,2024-03-01,ann@example.com,Ann,Jug,J,1\n";
    let records = granted(rows);
    assert_eq!(counts(&records), (1, 1, 0, 0), "{}", verdict_of(&records[0]));
    assert_eq!(products(records[0].result.as_ref().unwrap()), [("Cup", Some("C")), ("Jug", Some("J"))]);
    let numbered = "order_id,status,paid_date,customer_email,line_item_1,line_item_2\n\
        4,completed,2024-03-01,ann@example.com,name:Cup|sku:C|quantity:1,name:Jug|sku:J|quantity:1\n";
    assert_eq!(products(granted(numbered)[0].result.as_ref().unwrap()).len(), 2);
}

#[test]
fn generic_csv_is_read_with_any_delimiter() {
    for delimiter in [",", ";", "\t", "|"] {
        let input = "email,order_reference,first_name,consent,product_name,product_sku\nann@example.com,1,Ann,yes,Cup,C\n";
        let records = parse(input.replace(',', delimiter));
        assert_eq!(counts(&records), (1, 1, 0, 0), "{delimiter}");
    }
    let excel = "sep=;\nemail;order_reference;consent\nann@example.com;1;yes\n";
    assert_eq!(counts(&parse(excel)), (1, 1, 0, 0));
    assert_eq!(parse("email,order_reference,consent\n"), []);
}

#[test]
fn contradicting_rows_of_one_order_count_strictly() {
    let input = "email,order_reference,consent,status\na@example.com,1,yes,shipped\na@example.com,1,no,shipped\n\
        b@example.com,2,yes,shipped\nb@example.com,2,yes,cancelled\n";
    let records = parse(input);
    assert_eq!(kinds(&records[0]), ["no consent"]);
    assert!(verdict_of(&records[1]).starts_with("status: expected one value, found this member twice"));
}

#[test]
fn contradicting_columns_with_one_heading_count_strictly() {
    let verdict = |input: &str| verdict_of(&parse(input)[0]);
    let consents = "email,order_reference,consent,Consent\n";
    for values in ["yes,no", "no,yes", ",no"] {
        let row = format!("{consents}a@example.com,1,{values}\n");
        assert!(verdict(&row).starts_with("no consent: consent is `no`"), "{values}");
    }
    assert_eq!(verdict(&format!("{consents}a@example.com,1,,yes\n")), "ready");
    for (headings, row, expected) in [
        ("email,order_reference,consent,status,Status", "a@example.com,1,yes,shipped,cancelled", "status"),
        ("email,E-Mail,order_reference,consent", "a@example.com,b@example.com,1,yes", "email"),
    ] {
        let expected =
            format!("{expected}: expected one value, found this member twice with different values");
        assert!(verdict(&format!("{headings}\n{row}\n")).starts_with(&expected));
    }
    let shopify =
        "Name,Email,Financial Status,Fulfillment Status,Lineitem name,Accepts Marketing,accepts_marketing\n";
    let row = |consents: &str| format!("{shopify}#1,a@example.com,paid,fulfilled,Cup,{consents}\n");
    assert!(verdict(&row("yes,no")).starts_with("no consent: buyer_accepts_marketing is `no`"));
    assert_eq!(verdict(&row("yes,yes")), "ready");
    let notes =
        "Name,Email,Financial Status,Fulfillment Status,Lineitem name,Accepts Marketing,Note Attributes";
    for (headings, cells) in [
        ("", "\"gift: yes\rreview_invitation_consent: no\""),
        (",Note Attributes", "gift: yes,review_invitation_consent: no"),
        (",Review Invitation Consent", ",no"),
    ] {
        let input = format!("{notes}{headings}\n#1,a@example.com,paid,fulfilled,Cup,yes,{cells}\n");
        assert!(verdict(&input).starts_with("no consent: note_attributes"), "{cells}");
    }
}

#[test]
fn malformed_row_is_reported_with_line_and_number() {
    let input = "email,order_reference,consent,name\n\
        a@example.com,1,yes,Ann\n\
        b@example.com,2,yes,Lee, Bob\n\
        c@example.com,3,yes,\"12\" screen\"\n\
        d@example.com,4,yes,\"never closed\n\
        e@example.com,5,yes,Eve\n\
        f@example.com,6\n\
        g@example.com,7,yes,Guy\n";
    let records = parse(input);
    assert_eq!(counts(&records), (7, 3, 0, 4));
    let shown: Vec<_> = records
        .iter()
        .filter(|record| record.result.is_err())
        .map(|record| (record.source.line, record.order_reference.as_deref().unwrap(), verdict_of(record)))
        .collect();
    assert_eq!(
        shown[0],
        (3, "2", "$: expected 4 fields, found 5; quote fields that contain the delimiter".to_owned())
    );
    assert!(shown[1].2.starts_with("$: expected a closing quote before the delimiter") && shown[1].0 == 4);
    assert!(shown[2].2.starts_with("$: expected a closing quote") && shown[2].1 == "4");
    assert_eq!(
        shown[3],
        (7, "6", "$: expected 4 fields, found 2; quote fields that contain the delimiter".to_owned())
    );
}

#[test]
fn malformed_row_inside_an_order_makes_that_order_malformed() {
    let input = b"email,order_reference,consent,product_name\na@example.com,1,yes,Caf\xC3\xA9\na@example.com,1,yes,Caf\xE9\na@example.com,1,yes,Cup\nb@example.com,2,yes,Cup\n";
    let records = parse(input);
    assert_eq!(counts(&records), (2, 1, 0, 1));
    assert!(verdict_of(&records[0]).starts_with("product_name: line 3: expected UTF-8"));
}

#[test]
fn rows_of_one_order_above_the_limit_are_reported() {
    let row = "a@example.com,1,yes,Cup\n";
    let input =
        format!("email,order_reference,consent,product_name\n{}b@example.com,2,yes,Cup\n", row.repeat(100));
    let records = OrderParser::new().with_max_record_bytes(1000).parse_slice(input.as_bytes());
    assert_eq!(counts(&records), (2, 1, 0, 1));
    assert!(verdict_of(&records[0]).starts_with("$: expected at most 1000 bytes of rows for one order"));
}

#[test]
fn heading_row_above_the_limit_is_one_malformed_record() {
    let input = ",".repeat(100_000);
    let records = OrderParser::new().with_max_record_bytes(1000).parse_slice(input.as_bytes());
    assert_eq!(counts(&records), (1, 0, 0, 1));
    assert!(verdict_of(&records[0]).starts_with("$: expected a heading row of at most 1000 bytes"));
}

#[test]
fn errors_of_one_order_are_bounded() {
    let input = "email,order_reference,consent,product_name\na@example.com,1,yes,Cup\n".to_owned()
        + &"a@example.com,1,yes\n".repeat(5000);
    let records = parse(&input);
    assert_eq!(counts(&records), (1, 0, 0, 1));
    let Err(reasons) = &records[0].result else { panic!("expected a malformed record") };
    assert_eq!(reasons.reasons().len(), 20);
}

#[test]
fn url_with_credentials_is_left_out() {
    let input = "email,order_reference,consent,product_name,product_sku,product_url\n\
        a@example.com,1,yes,Cup,C-1,https://user:word@shop.example.com/cup\n";
    let records = parse(input);
    let order = records[0].result.clone().unwrap();
    assert_eq!((text(&order.products[0].url), order.warnings.len()), (None, 1));
    order.into_builder().build().unwrap();
}

#[test]
fn customer_key_is_the_comparison_form_of_the_address() {
    let input = "email,order_reference,consent\nJane@M\u{dc}NCHEN.example,1,yes\n\
        jane@xn--mnchen-3ya.example,2,yes\n";
    let parser = OrderParser::new().with_policy(Policy::default().with_reserved_domains(true));
    let records = parser.parse_slice(input.as_bytes());
    let keys: Vec<_> = records.iter().map(|record| record.result.as_ref().unwrap().customer_key()).collect();
    assert_eq!(keys[0], keys[1]);
}

#[test]
fn row_above_the_limit_is_one_malformed_record() {
    let headings = "email,order_reference,consent,name\n";
    let rows = [5000, 200_000]
        .map(|length| "x".repeat(length))
        .map(|long| [format!("b@example.com,2,yes,{long}\n"), format!("b@example.com,2,yes,\"{long}\n")]);
    for row in rows.concat() {
        let input = format!("{headings}a@example.com,1,yes,Ann\n{row}c@example.com,3,yes,Cid\n");
        for reader in [1000, input.len()] {
            let parser = OrderParser::new().with_max_record_bytes(1000);
            let records =
                parser.parse(Steps(input.as_bytes(), reader)).map(Result::unwrap).collect::<Vec<_>>();
            assert_eq!(counts(&records), (3, 2, 0, 1));
            assert_eq!((records[1].source.line, records[1].order_reference.as_deref()), (3, Some("2")));
            let expected = "$: expected a row of at most 1000 bytes, found a longer one; close its quotes, or raise the \
                            limit by `with_max_record_bytes`";
            assert_eq!(verdict_of(&records[1]), expected);
            assert_eq!(records[2].source.line, 4);
        }
    }
    let empty = format!("{headings}{}\nc@example.com,3,yes,Cid\n", ",".repeat(200_000));
    let parser = OrderParser::new().with_max_record_bytes(100_000);
    assert_eq!(counts(&parser.parse_slice(empty.as_bytes())), (2, 1, 0, 1));
}

#[test]
fn json_in_a_field_of_csv_is_a_text() {
    let headings = "email,order_reference,consent,name\n";
    let rows = "a@example.com,1,yes,\"Ann\n{\"\"x\"\": 1}\n[{\"\"y\"\": 2}]\"\nb@example.com,2,yes,Bob\n";
    for start in ["", "sep=,\n"] {
        assert_eq!(counts(&parse(format!("{start}{headings}{rows}"))), (2, 2, 0, 0));
    }
    let notice = format!("Warning: a, b in x.php\n{}\n", super::fixtures::generic());
    assert_eq!(counts(&parse(notice)), (2, 1, 0, 1));
}

/// Returns at most this many bytes at a time.
struct Steps<'a>(&'a [u8], usize);

impl Read for Steps<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = self.1.min(out.len());
        self.0.read(&mut out[..length])
    }
}

#[test]
fn rows_that_end_with_a_carriage_return_are_read() {
    let input =
        "email,order_reference,consent,name\ra@example.com,1,yes,\"Lee, Ann\"\rb@example.com,2,no,Bob\r";
    let records = parse(input);
    assert_eq!(counts(&records), (2, 1, 1, 0));
    assert_eq!(records.iter().map(|record| record.source.line).collect::<Vec<_>>(), [2, 3]);
}
