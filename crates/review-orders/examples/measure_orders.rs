//! Measures the peak memory of the parser and its cost relative to a bare serde loop, on generated orders:
//! `cargo run --release -p review-orders --example measure_orders [lines] [list] [csv] [numbers of orders]`.
//!
//! The bare loops read the same text, generated in the same way, into structs that have the members or columns that
//! the parser reads: texts as `String`, dates as `DateTime<Utc>`. They check nothing else and decide nothing:
//! - lines: `BufRead::read_line` into one buffer, then `serde_json::from_str`;
//! - list: `serde_json::from_reader` with a visitor that drops each element of the list;
//! - CSV: `csv::Reader::deserialize`.
//!
//! The columns "texts", "types" and "request" are such loops. "types" also validates the texts that the parser
//! validates, with the same types of `review-core`. "request" is both, the parser and a loop, with
//! `InviteRequest::builder(...).build()` of each order, of the same values. Each ratio is that of the parser to the
//! loop.

use std::hint::black_box;
use std::io::{self, Cursor, Read};
use std::time::{Duration, Instant};

use peak_alloc::PeakAlloc;
use review_orders::OrderParser;

#[path = "measure_orders/bare.rs"]
mod bare;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Generates a file record by record, so that the input itself needs no memory. Like a file, it fills the buffer of
/// its reader.
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

/// What a bare loop does with an order.
#[derive(Clone, Copy)]
enum Work {
    /// Keep its texts.
    Texts,
    /// Validate them with the types of `review-core`.
    Types,
    /// Build an invitation.
    Request,
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
        let mut length = 0;
        while let Some(rest) = out.get_mut(length..).filter(|rest| !rest.is_empty()) {
            if self.buffer.position() == self.buffer.get_ref().len() as u64 {
                self.refill();
            }
            match self.buffer.read(rest)? {
                0 => break,
                read => length += read,
            }
        }
        Ok(length)
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

fn row(index: u64) -> String {
    format!(
        "customer{index}@example.com,{index},Jane,\"Doe, Jr.\",en-GB,2026-10-01T10:00:00Z,yes,Kettle,K-{index}\n"
    )
}

/// The time that this thread was running, which other processes do not disturb. Elsewhere than on Linux,
/// the time that passed.
fn cpu_time(start: Instant) -> Duration {
    let schedule = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let running = schedule.split(' ').next().and_then(|time| time.parse().ok());
    running.map_or_else(|| start.elapsed(), Duration::from_nanos)
}

/// Returns the result and the seconds of a run. Short ones are repeated, because the clock has a
/// resolution of milliseconds.
fn seconds<T>(run: impl Fn() -> T) -> (T, f64) {
    let start = Instant::now();
    let cpu = cpu_time(start);
    let mut rounds = 0;
    loop {
        let result = run();
        rounds += 1;
        let time = cpu_time(start).saturating_sub(cpu);
        if time > Duration::from_millis(400) {
            return (result, time.as_secs_f64() / f64::from(rounds));
        }
    }
}

fn parse(form: Form, count: u64, build: bool) -> u64 {
    let records = OrderParser::new().parse(Generated::new(form, count));
    let orders = records.filter_map(|record| record.ok()?.result.ok());
    orders.map(|order| u64::from(!build || black_box(order.into_builder().build()).is_ok())).sum()
}

fn peak_kib(run: impl FnOnce() -> u64) -> (u64, f32) {
    ALLOCATOR.reset_peak_usage();
    let before = ALLOCATOR.current_usage_as_kb();
    let records = run();
    (records, ALLOCATOR.peak_usage_as_kb() - before)
}

fn generate(form: Form, count: u64) -> usize {
    let mut buffer = vec![0; 64 * 1024];
    let mut generated = Generated::new(form, count);
    let mut total = 0;
    while let Some(length) = generated.read(&mut buffer).ok().filter(|length| *length > 0) {
        total += length;
    }
    total
}

#[allow(clippy::print_stdout)]
fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).map(|argument| argument.to_lowercase()).collect();
    let sizes: Vec<u64> = arguments.iter().filter_map(|count| count.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![10_000, 1_000_000] } else { sizes };
    let mut forms = vec![Form::Lines, Form::List, Form::Csv];
    let is_named = |form: &Form| arguments.contains(&format!("{form:?}").to_lowercase());
    if forms.iter().any(is_named) {
        forms.retain(is_named);
    }
    println!("us per order, without generating the input");
    println!(
        "form   orders   ready    MB    peak KiB  parse   texts  ratio   types  ratio   parse, request  loop   ratio"
    );
    for count in sizes {
        for form in forms.iter().copied() {
            let (bytes, generating) = seconds(|| generate(form, count));
            let (ready, peak) = peak_kib(|| parse(form, count, false));
            let micros = |run: &dyn Fn() -> u64| {
                let (records, seconds) = seconds(run);
                assert_eq!(records, count);
                (seconds - generating).max(0.0) * 1e6 / count as f64
            };
            let parsed = micros(&|| parse(form, count, false));
            let texts = micros(&|| bare::run(form, count, Work::Texts));
            let types = micros(&|| bare::run(form, count, Work::Types));
            let requests = micros(&|| parse(form, count, true));
            let bare_requests = micros(&|| bare::run(form, count, Work::Request));
            println!(
                "{:<6} {count:<8} {ready:<8} {:<5} {peak:<9.0} {parsed:<7.2} {texts:<6.2} {:<7.2} {types:<6.2} \
                 {:<7.2} {requests:<15.2} {bare_requests:<6.2} {:.2}",
                format!("{form:?}"),
                bytes / 1_000_000,
                parsed / texts,
                parsed / types,
                requests / bare_requests,
            );
        }
    }
}
