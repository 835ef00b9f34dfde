//! The orders of a CSV file: consecutive rows with the same order number are one order.

use std::collections::VecDeque;

use crate::input::csv::{Fields, RowEnd, delimiter, row_end};
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

pub(crate) struct CsvOrders {
    text: RecordText,
    delimiter: u8,
    fields: Fields,
    file: Option<(Header, Plan)>,
    /// The rows of the current order.
    rows: Vec<Row>,
    bytes: usize,
    /// Errors of rows of the current order.
    errors: Vec<IneligibleReason>,
    /// Whether the heading row was not recognised, so that no row can be read.
    unknown: bool,
}

impl CsvOrders {
    pub(crate) fn new(text: RecordText) -> Self {
        Self {
            text,
            delimiter: b',',
            fields: Fields::new(b','),
            file: None,
            rows: Vec::new(),
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
        if self.file.is_none() {
            return self.read_header(window, settings, out);
        }
        let bytes = window.bytes();
        if bytes.is_empty() {
            return false;
        }
        let (length, is_broken) =
            match row_end(bytes, self.delimiter, window.is_complete(), settings.max_record_bytes) {
                RowEnd::More => return false,
                RowEnd::At(length) => (length, false),
                RowEnd::Broken(length) => (length, true),
            };
        let line = window.line();
        let row = bytes.get(..length).unwrap_or_default();
        if !row.trim_ascii().is_empty() {
            let (text, is_decoded) = match self.text.decode(row) {
                Ok(text) => (text, true),
                Err(_) => (String::from_utf8_lossy(row), false),
            };
            let (text, ends) = self.fields.split(&text);
            let defect =
                if is_broken { Some(Defect::Quote) } else { (!is_decoded).then_some(Defect::Encoding) };
            self.read_row(Row::new(line, text, ends), defect, length, settings, out);
        }
        window.consume(length);
        true
    }

    /// Reads the heading row. Excel writes the delimiter in front of it: `sep=;`.
    fn read_header(&mut self, window: &mut Window, settings: &Settings, out: &mut VecDeque<Placed>) -> bool {
        let bytes = window.bytes();
        let end = memchr::memchr(b'\n', bytes).map(|end| end + 1);
        if end.is_none_or(|end| end > settings.max_record_bytes) && bytes.len() > settings.max_record_bytes {
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
        let line = bytes.get(..length).unwrap_or_default();
        let trimmed = line.trim_ascii();
        if trimmed.is_empty() {
            window.consume(length);
            return length > 0;
        }
        if let Some([delimiter]) = trimmed.strip_prefix(b"sep=") {
            self.delimiter = *delimiter;
            self.fields = Fields::new(*delimiter);
            window.consume(length);
            return true;
        }
        if let Some(delimiter) = delimiter(line) {
            self.delimiter = delimiter;
            self.fields = Fields::new(delimiter);
        }
        let text = self.text.decode(line).unwrap_or_else(|_| String::from_utf8_lossy(line));
        let (text, ends) = self.fields.split(&text);
        let header = Header::new(&Row::new(window.line(), text, ends));
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

    fn read_row(
        &mut self,
        mut row: Row,
        defect: Option<Defect>,
        length: usize,
        settings: &Settings,
        out: &mut VecDeque<Placed>,
    ) {
        let Some((header, plan)) = &self.file else { return };
        if row.len() > header.len() {
            let filled = row.fields().rposition(|field| !field.is_empty()).map_or(0, |last| last + 1);
            row.truncate(filled.max(header.len()));
        }
        if row.fields().all(str::is_empty) {
            return;
        }
        let line = row.line;
        let error = defect.or((row.len() != header.len()).then_some(Defect::Count));
        let error = error.map(|defect| defect.describe(&row, header));
        let is_same = self.rows.first().is_some_and(|first| plan.is_same_order(first, &row));
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
                    self.rows.push(row);
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
        let rows = std::mem::take(&mut self.rows);
        let errors = std::mem::take(&mut self.errors);
        let (Some((_, plan)), Some(first)) = (&self.file, rows.first()) else { return };
        let members = plan.order(&rows);
        let mut evaluated = read(plan.system, &crate::fields::Fields::new(&members, ""), &settings.policy);
        if !errors.is_empty() {
            let known = evaluated.result.err().map(|why| why.reasons().to_vec()).unwrap_or_default();
            let mut all = errors.into_iter().chain(known);
            if let Some(first) = all.next() {
                evaluated.result = Err(Ineligible::new(first, all));
            } else {
                return;
            }
        }
        out.push_back(Placed { line: first.line, path: String::new(), evaluated });
    }
}

/// What is wrong with a row.
#[derive(Clone, Copy)]
enum Defect {
    Quote,
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
