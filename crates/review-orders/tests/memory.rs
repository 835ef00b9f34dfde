//! The peak memory does not depend on the number of orders. One test in a binary of its own, because the
//! allocator counts every thread.

use std::io::{self, Cursor, Read};

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
    ALLOCATOR.reset_peak_usage();
    let before = ALLOCATOR.current_usage();
    let records = OrderParser::new().parse(input);
    let ready = records.map(|record| u64::from(record.is_ok_and(|record| record.result.is_ok()))).sum();
    (ready, ALLOCATOR.peak_usage().saturating_sub(before))
}

#[test]
fn peak_memory_is_the_same_for_any_number_of_orders() {
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
        let (few, small) = peak(Repeated::new(parts, separator, 2_000));
        let (many, large) = peak(Repeated::new(parts, separator, 40_000));
        assert!(few >= 2_000 - lost && many >= 40_000 - lost, "{few} {many}");
        assert!(large < 1024 * 1024, "{large} bytes");
        assert!(large < small + 64 * 1024, "{small} bytes for 2,000 orders, {large} for 40,000");
    }
}
