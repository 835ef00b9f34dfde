//! Measures the peak memory of the parser and its cost relative to a bare serde loop, on generated orders:
//! `cargo run --release -p review-orders --example measure_orders`.
//!
//! The bare loop reads the same text from the same kind of reader into `serde_json::Value`, or with
//! `csv` into a struct of texts, and uses nothing of it.

use std::hint::black_box;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::time::{Duration, Instant};

use peak_alloc::PeakAlloc;
use review_orders::OrderParser;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Generates a file record by record, so that the input itself needs no memory.
struct Generated {
    form: Form,
    next: u64,
    count: u64,
    buffer: Cursor<Vec<u8>>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    Lines,
    List,
    Csv,
}

impl Generated {
    fn new(form: Form, count: u64) -> Self {
        Self { form, next: 0, count, buffer: Cursor::new(Vec::new()) }
    }

    fn refill(&mut self) {
        self.buffer = Cursor::new(Vec::new());
        let index = self.next;
        self.next += 1;
        if index > self.count {
            return;
        }
        let mut text = String::new();
        match (self.form, index) {
            (Form::Lines, index) if index < self.count => text = order(index) + "\n",
            (Form::List, 0) => text = format!("{{\"orders\": [{}", order(0)),
            (Form::List, index) if index < self.count => text = format!(",{}", order(index)),
            (Form::List, _) => text.push_str("]}"),
            (Form::Csv, 0) => text = HEADINGS.to_owned() + &row(0),
            (Form::Csv, index) if index < self.count => text = row(index),
            _ => {}
        }
        self.buffer = Cursor::new(text.into_bytes());
    }
}

impl Read for Generated {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.buffer.position() == self.buffer.get_ref().len() as u64 {
            self.refill();
        }
        self.buffer.read(out)
    }
}

/// A Shopify order with the members that an export has, about 2 kB.
fn order(index: u64) -> String {
    format!(
        r##"{{"id":{id},"admin_graphql_api_id":"gid://shopify/Order/{id}","browser_ip":"203.0.113.9","buyer_accepts_marketing":true,"cancel_reason":null,"cancelled_at":null,"cart_token":null,"checkout_id":{id},"client_details":{{"accept_language":"en","user_agent":"Mozilla/5.0"}},"confirmed":true,"contact_email":"customer{index}@example.com","created_at":"2026-10-01T10:00:00+02:00","currency":"EUR","current_total_price":"59.90","current_total_price_set":{{"shop_money":{{"amount":"59.90","currency_code":"EUR"}},"presentment_money":{{"amount":"59.90","currency_code":"EUR"}}}},"customer_locale":"en-GB","email":"customer{index}@example.com","estimated_taxes":false,"financial_status":"paid","fulfillment_status":"fulfilled","name":"#{index}","note":null,"note_attributes":[],"number":{index},"order_number":{index},"payment_gateway_names":["shopify_payments"],"processed_at":"2026-10-01T10:00:00+02:00","source_name":"web","subtotal_price":"55.00","tags":"","tax_lines":[{{"price":"4.90","rate":0.19,"title":"VAT"}}],"test":false,"token":"b1946ac92492d2347c6235b4d2611184","total_price":"59.90","updated_at":"2026-10-03T10:00:00+02:00","billing_address":{{"first_name":"J\u00e9r\u00f4me","last_name":"Doe","address1":"1 Street","city":"Town","zip":"10000","country":"Germany","country_code":"DE","phone":"+4930123456"}},"customer":{{"id":{id},"email":"customer{index}@example.com","first_name":"J\u00e9r\u00f4me","last_name":"Doe","state":"enabled","email_marketing_consent":{{"state":"subscribed","opt_in_level":"single_opt_in","consent_updated_at":"2026-01-01T00:00:00Z"}},"tags":""}},"fulfillments":[{{"id":{id},"status":"success","shipment_status":"delivered","created_at":"2026-10-02T10:00:00+02:00","updated_at":"2026-10-03T10:00:00+02:00","tracking_company":"DHL","tracking_numbers":["1"]}}],"line_items":[{{"id":1,"name":"Kettle - blue","title":"Kettle","sku":"K-1","quantity":1,"current_quantity":1,"price":"30.00","vendor":"Potters","gift_card":false,"taxable":true,"variant_title":"blue","price_set":{{"shop_money":{{"amount":"30.00","currency_code":"EUR"}}}}}},{{"id":2,"name":"Cup","title":"Cup","sku":"C-1","quantity":2,"current_quantity":2,"price":"12.50","vendor":"Potters","gift_card":false,"taxable":true,"variant_title":null,"price_set":{{"shop_money":{{"amount":"12.50","currency_code":"EUR"}}}}}}],"refunds":[],"shipping_address":{{"first_name":"J\u00e9r\u00f4me","last_name":"Doe","address1":"1 Street","city":"Town","zip":"10000","country":"Germany","country_code":"DE"}}}}"##,
        id = 5_000_000_000 + index
    )
}

const HEADINGS: &str =
    "email,order_reference,first_name,last_name,locale,placed_at,consent,product_name,product_sku\n";

#[derive(serde::Deserialize)]
#[allow(dead_code)]
struct Row {
    email: String,
    order_reference: String,
    first_name: Option<String>,
    last_name: Option<String>,
    locale: Option<String>,
    placed_at: Option<String>,
    consent: Option<String>,
    product_name: Option<String>,
    product_sku: Option<String>,
}

fn row(index: u64) -> String {
    format!(
        "customer{index}@example.com,{index},Jane,\"Doe, Jr.\",en-GB,2026-10-01T10:00:00Z,yes,Kettle,K-{index}\n"
    )
}

/// The figures of one run.
struct Run {
    records: u64,
    time: Duration,
    peak_kib: f32,
}

/// The time that this thread was running, which other processes do not disturb. Elsewhere than on Linux,
/// the time that passed.
fn cpu_time(start: Instant) -> Duration {
    let schedule = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let running = schedule.split(' ').next().and_then(|time| time.parse().ok());
    running.map_or_else(|| start.elapsed(), Duration::from_nanos)
}

fn measure(run: impl FnOnce() -> u64) -> Run {
    ALLOCATOR.reset_peak_usage();
    let before = ALLOCATOR.current_usage_as_kb();
    let start = Instant::now();
    let cpu = cpu_time(start);
    let records = run();
    Run {
        records,
        time: cpu_time(start).saturating_sub(cpu),
        peak_kib: ALLOCATOR.peak_usage_as_kb() - before,
    }
}

fn parse(form: Form, count: u64) -> u64 {
    let records = OrderParser::new().parse(Generated::new(form, count));
    records.map(|record| u64::from(record.is_ok_and(|record| record.result.is_ok()))).sum()
}

fn bare(form: Form, count: u64) -> u64 {
    let mut reader = BufReader::with_capacity(64 * 1024, Generated::new(form, count));
    let mut line = String::new();
    let mut records = 0;
    match form {
        Form::Lines => {
            while reader.read_line(&mut line).is_ok_and(|length| length > 0) {
                records += u64::from(black_box(serde_json::from_str::<serde_json::Value>(&line)).is_ok());
                line.clear();
            }
        }
        // serde has no loop over a list that is a member, so the list is read as one value.
        Form::List => {
            let value: Option<serde_json::Value> = serde_json::from_reader(reader).ok();
            records = value
                .as_ref()
                .and_then(|value| value["orders"].as_array())
                .map_or(0, |list| list.len() as u64);
        }
        Form::Csv => {
            while reader.read_line(&mut line).is_ok_and(|length| length > 0) {
                records +=
                    u64::from(black_box(line.split(',').map(str::to_owned).collect::<Vec<_>>()).len() > 1);
                line.clear();
            }
            records -= 1;
        }
    }
    records
}

fn generate(form: Form, count: u64) -> Duration {
    let start = Instant::now();
    let cpu = cpu_time(start);
    let mut buffer = vec![0; 64 * 1024];
    let mut generated = Generated::new(form, count);
    while generated.read(&mut buffer).is_ok_and(|length| length > 0) {}
    cpu_time(start).saturating_sub(cpu)
}

#[allow(clippy::print_stdout)]
fn main() {
    let large = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(1_000_000);
    println!("form   orders    ready     peak KiB  time s  bare s  ratio (without generating the input)");
    for count in [10_000, large] {
        for form in [Form::Lines, Form::List, Form::Csv] {
            let generating = generate(form, count);
            let parser = measure(|| parse(form, count));
            // A list of a million orders as one value needs gigabytes.
            let skip_bare = form == Form::List && count > 100_000;
            let serde = measure(|| if skip_bare { 0 } else { bare(form, count) });
            let seconds = |run: &Run| run.time.saturating_sub(generating).as_secs_f64();
            let ratio = if skip_bare { f64::NAN } else { seconds(&parser) / seconds(&serde) };
            println!(
                "{:<6} {count:<9} {:<9} {:<9.0} {:<7.2} {:<7.2} {ratio:.2}",
                format!("{form:?}"),
                parser.records,
                parser.peak_kib,
                seconds(&parser),
                seconds(&serde),
            );
        }
    }
}
