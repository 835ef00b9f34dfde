//! The orders of a CSV file: consecutive rows with the same order number are one order.

use std::borrow::Cow;
use std::collections::VecDeque;

use crate::input::csv::{RowEnd, RowScan, delimiter};
use crate::input::text::RecordText;
use crate::input::window::Window;
use crate::placed::{Placed, malformed};
use crate::reason::IneligibleReason;
use crate::record::Ineligible;
use crate::settings::Settings;
use crate::survey::order_number;
use crate::systems::columns::{expected, recognise};
use crate::systems::csv_plan::Plan;
use crate::systems::{Evaluated, foreign, read};
use crate::table::{Header, Row};

/// The errors that are listed for one order. More of them describe the same broken file.
const MAX_ROW_ERRORS: usize = 20;

/// How much of a row is read for its error.
const ERROR_HEAD: usize = 64 * 1024;
/// How many rows keep their memory for the next order.
const MAX_SPARE: usize = 16;

pub(crate) struct CsvOrders {
    text: RecordText,
    line_end: u8,
    /// How much of the heading row was searched for its end.
    searched: usize,
    scan: RowScan,
    file: Option<(Header, Plan)>,
    /// The rows of the current order.
    rows: Vec<Row>,
    /// The next row, and others whose memory is used again.
    row: Row,
    spare: Vec<Row>,
    /// Whether the rest of the current line belongs to a row above the limit.
    skips_line: bool,
    bytes: usize,
    /// Errors of rows of the current order.
    errors: Vec<IneligibleReason>,
    /// Whether the heading row was not recognised, so that no row can be read.
    unknown: bool,
}

/// Returns whether the first line of a file is that of a known CSV format. A text in such a file may look like JSON.
pub(crate) fn is_heading_row(line: &[u8]) -> bool {
    let mut row = Row::default();
    let delimiter = delimiter(line).unwrap_or(b',');
    RowScan::new(delimiter, b'\n').fill(&mut row, 1, &String::from_utf8_lossy(line), false);
    line.starts_with(b"sep=") || recognise(&Header::new(&row), None).is_some()
}

impl CsvOrders {
    pub(crate) fn new(text: RecordText, line_end: u8) -> Self {
        Self {
            text,
            line_end,
            searched: 0,
            scan: RowScan::new(b',', line_end),
            file: None,
            rows: Vec::new(),
            row: Row::default(),
            spare: Vec::new(),
            skips_line: false,
            bytes: 0,
            errors: Vec::new(),
            unknown: false,
        }
    }

    /// Reads one row. Returns false if the window has no complete row.
    pub(crate) fn read(
        &mut self,
        window: &mut Window,
        settings: &Settings,
        out: &mut VecDeque<Placed>,
    ) -> bool {
        if self.unknown {
            window.consume(window.bytes().len());
            return false;
        }
        if self.skips_line {
            let end = memchr::memchr(self.line_end, window.bytes());
            window.consume(end.map_or(window.bytes().len(), |end| end + 1));
            self.skips_line = end.is_none();
        }
        if self.file.is_none() {
            return self.read_header(window, settings, out);
        }
        let bytes = window.bytes();
        if bytes.is_empty() {
            return false;
        }
        let (length, defect) = match self.scan.next(bytes, window.is_complete(), settings.max_record_bytes) {
            RowEnd::More => return false,
            RowEnd::At(length) => (length, None),
            RowEnd::Broken(length) => (length, Some(Defect::Quote)),
            RowEnd::TooLong(length) => (length, Some(Defect::Length(settings.max_record_bytes))),
        };
        let bytes = bytes.get(..length).unwrap_or_default();
        self.skips_line = matches!(defect, Some(Defect::Length(_))) && bytes.last() != Some(&self.line_end);
        // The beginning of a row above the limit is enough to find its order number.
        let read = if defect.is_some() { bytes.get(..ERROR_HEAD).unwrap_or(bytes) } else { bytes };
        let is_decoded = self.fill(read, window.line(), defect.is_none());
        let defect = defect.or((!is_decoded).then_some(Defect::Encoding));
        self.read_row(defect, length, settings, out);
        window.consume(length);
        true
    }

    /// Decodes a row, and splits it into fields. Returns false if a byte is of another encoding.
    fn fill(&mut self, bytes: &[u8], line: u64, is_scanned: bool) -> bool {
        let decoded = self.text.decode(bytes);
        let is_decoded = decoded.is_ok();
        let text = decoded.unwrap_or_else(|_| String::from_utf8_lossy(bytes));
        let is_scanned = is_scanned && matches!(text, Cow::Borrowed(_));
        self.scan.fill(&mut self.row, line, &text, is_scanned);
        is_decoded
    }

    /// Reads the heading row. Excel writes the delimiter in front of it: `sep=;`.
    fn read_header(&mut self, window: &mut Window, settings: &Settings, out: &mut VecDeque<Placed>) -> bool {
        let bytes = window.bytes();
        let unsearched = bytes.get(self.searched..).unwrap_or_default();
        let end = memchr::memchr(self.line_end, unsearched).map(|end| self.searched + end + 1);
        self.searched = bytes.len();
        if end.unwrap_or(bytes.len()) > settings.max_record_bytes {
            self.unknown = true;
            let problem = format!(
                "expected a heading row of at most {} bytes, found more; this is not a CSV file of orders, or raise \
                 the limit by `with_max_record_bytes`",
                settings.max_record_bytes
            );
            out.push_back(malformed(window.line(), "$", &problem));
            window.consume(window.bytes().len());
            return true;
        }
        let Some(length) = end.or(window.is_complete().then_some(bytes.len())) else { return false };
        self.searched = 0;
        let line = bytes.get(..length).unwrap_or_default();
        let trimmed = line.trim_ascii();
        if trimmed.is_empty() {
            window.consume(length);
            return length > 0;
        }
        if let Some([delimiter]) = trimmed.strip_prefix(b"sep=") {
            self.scan = RowScan::new(*delimiter, self.line_end);
            window.consume(length);
            return true;
        }
        if let Some(delimiter) = delimiter(line) {
            self.scan = RowScan::new(delimiter, self.line_end);
        }
        self.fill(line, window.line(), false);
        let header = Header::new(&self.row);
        match recognise(&header, settings.system) {
            Some(format) => {
                let (feature, enabled) = format.system.feature();
                self.unknown = !enabled;
                if !enabled {
                    let reason = IneligibleReason::Unsupported {
                        what: format!("a CSV file of {}", format.system),
                        help: format!("enable the feature `{feature}` of review-orders"),
                    };
                    out.push_back(rejected(window.line(), reason));
                }
                let plan = format.plan(&header, &settings.policy);
                self.file = Some((header, plan));
            }
            None => {
                self.unknown = true;
                let reason = foreign::recognise_file(|heading| header.has(heading));
                out.push_back(match reason {
                    Some(reason) => rejected(window.line(), reason),
                    None => {
                        let problem = format!("{} (found {} other columns)", expected(), header.len());
                        malformed(window.line(), "$", &problem)
                    }
                });
            }
        }
        window.consume(length);
        true
    }

    /// Judges the next row, and adds it to its order.
    fn read_row(
        &mut self,
        defect: Option<Defect>,
        length: usize,
        settings: &Settings,
        out: &mut VecDeque<Placed>,
    ) {
        let Some((header, plan)) = &self.file else { return };
        let row = &mut self.row;
        if row.len() > header.len() {
            let filled = row.fields().rposition(|field| !field.is_empty()).map_or(0, |last| last + 1);
            row.fields.truncate(filled.max(header.len()));
        }
        if defect.is_none() && row.fields().all(str::is_empty) {
            return;
        }
        let line = row.line;
        let error = defect.or((row.len() != header.len()).then_some(Defect::Count));
        let error = error.map(|defect| defect.describe(row, header));
        let is_same = self.rows.first().is_some_and(|first| plan.is_same_order(first, row));
        match error {
            Some((path, problem)) if is_same => {
                if self.errors.len() < MAX_ROW_ERRORS {
                    let problem = format!("line {line}: {problem}");
                    self.errors.push(IneligibleReason::Malformed { path, problem });
                }
            }
            Some((path, problem)) => {
                let reference = row.first(&plan.key).and_then(|key| order_number(key.as_bytes()));
                let system = plan.system;
                self.finish(settings, out);
                let mut placed = malformed(line, &path, &problem);
                placed.evaluated.order_reference = reference;
                placed.evaluated.system = Some(system);
                out.push_back(placed);
            }
            None => {
                if !is_same {
                    self.finish(settings, out);
                }
                self.bytes += length;
                if self.bytes <= settings.max_record_bytes {
                    let next = self.spare.pop().unwrap_or_default();
                    self.rows.push(std::mem::replace(&mut self.row, next));
                } else if self.errors.is_empty() {
                    let problem = format!(
                        "expected at most {} bytes of rows for one order, found more; check the order numbers, \
                         or raise the limit by `with_max_record_bytes`",
                        settings.max_record_bytes
                    );
                    self.errors.push(IneligibleReason::Malformed { path: "$".to_owned(), problem });
                }
            }
        }
    }

    /// Evaluates the current order.
    pub(crate) fn finish(&mut self, settings: &Settings, out: &mut VecDeque<Placed>) {
        self.bytes = 0;
        let errors = std::mem::take(&mut self.errors);
        let (Some((_, plan)), Some(first)) = (&self.file, self.rows.first()) else { return };
        let members = plan.order(&self.rows);
        let mut evaluated = read(plan.system, &crate::fields::Fields::new(&members, ""), &settings.policy);
        let known = evaluated.result.as_ref().err().map(Ineligible::reasons).unwrap_or_default().to_vec();
        let mut errors = errors.into_iter().chain(known);
        if let Some(first) = errors.next() {
            evaluated.result = Err(Ineligible::new(first, errors));
        }
        out.push_back(Placed { line: first.line, path: String::new(), evaluated });
        self.spare.append(&mut self.rows);
        self.spare.truncate(MAX_SPARE);
    }
}

/// What is wrong with a row.
#[derive(Clone, Copy)]
enum Defect {
    Quote,
    /// Above this limit.
    Length(usize),
    Encoding,
    Count,
}

impl Defect {
    /// Returns the heading of the column, or `$`, and a description.
    fn describe(self, row: &Row, header: &Header) -> (String, String) {
        match self {
            Self::Quote => {
                let problem = "expected a closing quote before the delimiter, found none; double the quotes \
                               inside a field";
                ("$".to_owned(), problem.to_owned())
            }
            Self::Length(limit) => {
                let problem = format!(
                    "expected a row of at most {limit} bytes, found a longer one; close its quotes, or raise the \
                     limit by `with_max_record_bytes`"
                );
                ("$".to_owned(), problem)
            }
            Self::Encoding => {
                let has_error = |field: &str| field.contains(char::REPLACEMENT_CHARACTER);
                let problem = "expected UTF-8, found a byte of another encoding; save the file as UTF-8, or \
                               set the encoding";
                (header.shown(row.fields().position(has_error)), problem.to_owned())
            }
            Self::Count => {
                let problem = format!(
                    "expected {} fields, found {}; quote fields that contain the delimiter",
                    header.len(),
                    row.len()
                );
                ("$".to_owned(), problem)
            }
        }
    }
}

fn rejected(line: u64, reason: IneligibleReason) -> Placed {
    Placed { line, path: String::new(), evaluated: Evaluated::rejected(None, reason) }
}
