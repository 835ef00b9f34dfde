//! The peak memory does not depend on the number of orders, and has a bound for hostile input. One test in a binary
//! of its own, because the allocator counts every thread.

use std::io::{self, Cursor, Read, Write};

use flate2::{Compression, write::GzEncoder};
use peak_alloc::PeakAlloc;
use review_orders::OrderParser;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const ORDER: &str = r#"{"email":"jane@example.com","order_reference":"REFERENCE","name":"Jane Doe",
    "consent":true,"products":[{"name":"Cup","sku":"C-1"},{"name":"Jug","sku":"J-1"}]}"#;

/// Repeats an order between a beginning and an end.
struct Repeated {
    parts: [String; 3],
    separator: &'static str,
    next: u64,
    count: u64,
    buffer: Cursor<Vec<u8>>,
}

impl Repeated {
    fn new(parts: [&str; 3], separator: &'static str, count: u64) -> Self {
        Self { parts: parts.map(str::to_owned), separator, next: 0, count, buffer: Cursor::default() }
    }
}

impl Read for Repeated {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.buffer.position() == self.buffer.get_ref().len() as u64 && self.next <= self.count {
            let [before, order, after] = &self.parts;
            let order = order.replace("REFERENCE", &self.next.to_string());
            let text = match self.next {
                0 => format!("{before}{order}"),
                next if next < self.count => format!("{}{order}", self.separator),
                _ => after.clone(),
            };
            self.next += 1;
            self.buffer = Cursor::new(text.into_bytes());
        }
        self.buffer.read(out)
    }
}

/// Returns the number of eligible orders and the peak memory above that before, in bytes.
fn peak(input: impl Read) -> (u64, usize) {
    peak_of(&OrderParser::new(), input)
}

fn peak_of(parser: &OrderParser, input: impl Read) -> (u64, usize) {
    ALLOCATOR.reset_peak_usage();
    let before = ALLOCATOR.current_usage();
    let records = parser.parse(input);
    let ready = records.map(|record| u64::from(record.is_ok_and(|record| record.result.is_ok()))).sum();
    (ready, ALLOCATOR.peak_usage().saturating_sub(before))
}

#[test]
fn peak_memory_has_a_bound() -> io::Result<()> {
    any_number_of_orders_needs_the_same_memory();
    hostile_input_needs_no_more_memory()?;
    row_of_delimiters_needs_little_more_than_its_length();
    record_needs_fifty_times_its_length_at_most();
    Ok(())
}

fn any_number_of_orders_needs_the_same_memory() {
    // Two bytes that each order keeps would exceed the bound below.
    const FEW: u64 = 2_000;
    const MANY: u64 = 6_000;
    let order = ORDER.replace('\n', "");
    let csv = "email,order_reference,consent,product_name\n";
    let row = "jane@example.com,REFERENCE,yes,\"Cup, blue\"\n";
    // A broken record, whose end has to be searched, is at the beginning of the last form.
    let broken = "{\"orders\":[{\"email\":\"jane@example.com\",\"order_reference\":\"x\" y,";
    let forms: [([&str; 3], &str, u64); 4] = [
        (["", &order, "\n"], "\n", 0),
        (["{\"page\":1,\"orders\":[", &order, "],\"next\":null}"], ",", 0),
        ([csv, row, ""], "", 0),
        ([broken, &order, "]}"], ",", 1),
    ];
    for (parts, separator, lost) in forms {
        let (few, small) = peak(Repeated::new(parts, separator, FEW));
        let (many, large) = peak(Repeated::new(parts, separator, MANY));
        assert!(few >= FEW - lost && many >= MANY - lost, "{few} {many}");
        assert!(large < 1024 * 1024, "{large} bytes");
        assert!(large < small + 8 * 1024, "{small} bytes for {FEW} orders, {large} for {MANY}");
    }
}

/// Brackets without end in a member that is skipped, in a record above the limit, and as envelopes; and gzip data
/// that unpack to a thousand times their length.
fn hostile_input_needs_no_more_memory() -> io::Result<()> {
    const LENGTH: u64 = 4 * 1024 * 1024;
    let parser = OrderParser::new().with_max_record_bytes(64 * 1024);
    let order = format!(",\"orders\":[{ORDER}]}}");
    let skipped = (&b"{\"orders\":[],\"page\":"[..]).chain(io::repeat(b'[').take(LENGTH));
    let closed = io::repeat(b']').take(LENGTH).chain(order.as_bytes());
    let (ready, bytes) = peak_of(&parser, skipped.chain(closed));
    assert!(ready == 1 && bytes < 1024 * 1024, "{ready} {bytes}");

    let (_, bytes) = peak_of(&parser, (&b"[{\"a\":"[..]).chain(io::repeat(b'[').take(LENGTH)));
    assert!(bytes < 1024 * 1024, "{bytes}");

    let envelopes = "{\"data\":".repeat(50_000);
    let (_, bytes) = peak_of(&parser, envelopes.as_bytes());
    assert!(bytes < 1024 * 1024, "{bytes}");

    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(b"[")?;
    for _ in 0..LENGTH / 1024 {
        encoder.write_all(&[b' '; 1024])?;
    }
    encoder.write_all(format!("{ORDER}]").as_bytes())?;
    let packed = encoder.finish()?;
    let (ready, bytes) = peak(&packed[..]);
    assert!(ready == 1 && bytes < 1024 * 1024, "{ready} {bytes}");
    Ok(())
}

/// A row of CSV of delimiters alone.
fn row_of_delimiters_needs_little_more_than_its_length() {
    const LENGTH: u64 = 3 * 1024 * 1024;
    let headings = "email,order_reference,consent\n";
    let row = headings.as_bytes().chain(&b"a"[..]).chain(io::repeat(b',').take(LENGTH)).chain(&b"b\n"[..]);
    let (_, bytes) = peak(row);
    assert!(bytes < 8 * LENGTH as usize, "{bytes}");
}

/// The most memory for its length is needed by a list of objects with one short member.
fn record_needs_fifty_times_its_length_at_most() {
    const LIMIT: usize = 512 * 1024;
    let parser = OrderParser::new().with_max_record_bytes(LIMIT);
    let parts = "{\"\":0},".repeat(LIMIT / 8 - 100);
    for last in ["0", "{}"] {
        let record = format!("[{{\"order_reference\":\"1\",\"products\":[{parts}{last}]}}]");
        assert!(record.len() < LIMIT);
        let (_, bytes) = peak_of(&parser, record.as_bytes());
        assert!(bytes < 50 * LIMIT, "{} times", bytes / LIMIT);
    }
}
