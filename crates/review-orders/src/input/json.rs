//! Splits JSON into records: single orders, lists, envelopes, and several of these after each other
//! (JSON Lines). Memory is bounded by the longest record, not by the length of a list.

use super::boundary::{Border, Next, Signature, next_record};
use super::broken::BrokenRecord;
use super::envelope::{is_envelope, is_envelope_key};
use super::lexical::{begins_container, document_start, is_index, member_start, skip_blank};
use super::scan::{Scan, Step};
use super::window::Window;

mod line;

/// An object that is longer may be an envelope, and is not buffered to its end to find out.
const ENVELOPE_PEEK: usize = 64 * 1024;
/// How many envelopes are opened inside of each other. Each has a longer path.
const MAX_ENVELOPES: usize = 16;
/// How much of a broken record is kept for its error.
const HEAD: usize = 64 * 1024;
/// How much of a broken record is kept in front of the search for its end.
const LOOK_BACK: usize = 1024;

/// The next step of the framer.
#[derive(Debug)]
pub(crate) enum Framed {
    /// More input is needed.
    More,
    /// The record at the start of the window has this length. Call [`JsonFramer::consumed`] next.
    Record(usize),
    /// A record that has no readable structure. It has been consumed.
    Broken(BrokenRecord),
    /// The input is complete.
    End,
}

#[derive(Debug)]
struct Level {
    path: String,
    kind: LevelKind,
}

#[derive(Debug)]
enum LevelKind {
    List { next: usize, after_element: bool },
    Object,
}

#[derive(Debug)]
enum State {
    /// Between records.
    Between,
    /// Inside a value that is a record or an envelope.
    Value,
    /// Inside a member of an envelope that holds no orders.
    Skip,
    /// Inside a record above the size limit.
    TooLong(BrokenRecord),
    /// Text in front of a document.
    Junk(Option<BrokenRecord>),
    /// Behind a broken record.
    Resync { broken: BrokenRecord, from: usize, border: Border },
}

/// The framer. `is_order` recognises member names that only orders of a known shop system have.
pub(crate) struct JsonFramer {
    levels: Vec<Level>,
    state: State,
    scan: Scan,
    signature: Signature,
    /// The member of an envelope whose value is next.
    member: String,
    max_record: usize,
    is_order: fn(&[u8]) -> bool,
    documents: usize,
    /// How many more lines may be tried as a record.
    line_credit: u8,
}

impl JsonFramer {
    pub(crate) fn new(max_record: usize, is_order: fn(&[u8]) -> bool) -> Self {
        Self {
            levels: Vec::new(),
            state: State::Between,
            scan: Scan::default(),
            signature: Signature::default(),
            member: String::new(),
            max_record,
            is_order,
            documents: 0,
            line_credit: line::CREDIT,
        }
    }

    /// Returns the path of the current record, such as `orders[3]`.
    pub(crate) fn path(&self) -> String {
        match self.levels.last() {
            Some(Level { path, kind: LevelKind::List { next, .. } }) => format!("{path}[{next}]"),
            Some(Level { path, kind: LevelKind::Object }) if path.is_empty() => self.member.clone(),
            Some(Level { path, kind: LevelKind::Object }) => format!("{path}.{}", self.member),
            None => String::new(),
        }
    }

    /// Returns whether there was no document.
    pub(crate) fn is_empty(&self) -> bool {
        self.documents == 0
    }

    /// Continues behind a record that was returned.
    pub(crate) fn consumed(&mut self, window: &mut Window, length: usize) {
        window.consume(length);
        self.finish_element();
    }

    pub(crate) fn next(&mut self, window: &mut Window) -> Framed {
        loop {
            let done = match &self.state {
                State::Between => self.between(window),
                State::Value => self.value(window),
                State::Skip => self.skip(window),
                State::TooLong(_) => self.too_long(window),
                State::Junk(_) => self.junk(window),
                State::Resync { .. } => self.resync(window),
            };
            if let Some(framed) = done {
                return framed;
            }
        }
    }

    fn between(&mut self, window: &mut Window) -> Option<Framed> {
        let comma = skip_blank(window);
        if let Some(LevelKind::List { after_element, .. }) =
            self.levels.last_mut().map(|level| &mut level.kind)
        {
            *after_element &= !comma;
        }
        let Some(first) = window.bytes().first().copied() else {
            if !window.is_complete() {
                return Some(Framed::More);
            }
            if self.levels.is_empty() {
                return Some(Framed::End);
            }
            let path = self.levels.last().map(|level| level.path.clone()).unwrap_or_default();
            self.levels.clear();
            self.documents += 1;
            let problem =
                "the file ends before the list of orders is closed; it was cut off, export it again";
            return Some(Framed::Broken(BrokenRecord::new(window, path, problem)));
        };
        match self.levels.last_mut().map(|level| &mut level.kind) {
            None => self.document(window, first),
            Some(LevelKind::Object) => self.member(window, first),
            Some(LevelKind::List { after_element, .. }) => {
                let after_element = *after_element;
                self.element(window, first, after_element)
            }
        }
    }

    /// The start of a document.
    fn document(&mut self, window: &mut Window, first: u8) -> Option<Framed> {
        match first {
            b'{' => self.begin_value(),
            b'[' => self.enter_list(window, String::new()),
            _ => self.state = State::Junk(None),
        }
        None
    }

    /// The start of an element of a list, or its end.
    fn element(&mut self, window: &mut Window, first: u8, after_element: bool) -> Option<Framed> {
        let bytes = window.bytes();
        let literal = || {
            let known = [&b"true"[..], b"false", b"null"];
            known.iter().any(|word| bytes.starts_with(word) || (bytes.len() < 5 && word.starts_with(bytes)))
        };
        match first {
            b']' => {
                window.consume(1);
                self.levels.pop();
                self.finish_element();
            }
            b'{' => self.begin_value(),
            b'[' | b'"' | b'-' | b'0'..=b'9' if !after_element => self.begin_value(),
            b't' | b'f' | b'n' if !after_element && literal() => self.begin_value(),
            _ => {
                let problem = "expected an order, which begins with `{`, found other text";
                self.begin_resync(window, problem, 0, true);
            }
        }
        None
    }

    /// A member of an envelope, or the end of the envelope.
    fn member(&mut self, window: &mut Window, first: u8) -> Option<Framed> {
        if first == b'}' {
            window.consume(1);
            self.levels.pop();
            self.finish_element();
            return None;
        }
        let Some((name, start)) = member_start(window.bytes()) else {
            let exhausted = window.bytes().len() > LOOK_BACK || window.is_complete();
            if first == b'"' && !exhausted {
                return Some(Framed::More);
            }
            self.begin_resync(window, "expected a member such as `\"orders\":`", 0, false);
            return None;
        };
        let value = window.bytes().get(start).copied().unwrap_or_default();
        // A document in the first column: the line before it was cut off.
        if window.bytes().get(start - 1) == Some(&b'\n') && matches!(value, b'{' | b'[') {
            self.begin_resync(window, "the text ends behind a member name; it was cut off", 0, false);
            return None;
        }
        let holds_orders = is_envelope_key(&name) || is_index(&name);
        window.consume(start);
        // Other names may be personal data in the wrong place.
        self.member = if holds_orders { String::from_utf8_lossy(&name).into_owned() } else { "?".to_owned() };
        if holds_orders && value == b'[' {
            let path = self.path();
            self.enter_list(window, path);
        } else if holds_orders && value == b'{' {
            self.begin_value();
        } else {
            self.scan.reset();
            self.state = State::Skip;
        }
        None
    }

    fn enter_list(&mut self, window: &mut Window, path: String) {
        window.consume(1);
        self.levels.push(Level { path, kind: LevelKind::List { next: 0, after_element: false } });
        self.state = State::Between;
    }

    fn begin_value(&mut self) {
        self.scan.reset();
        self.state = State::Value;
    }

    fn finish_element(&mut self) {
        self.state = State::Between;
        match self.levels.last_mut().map(|level| &mut level.kind) {
            Some(LevelKind::List { next, after_element }) => {
                *next += 1;
                *after_element = true;
            }
            Some(LevelKind::Object) => {}
            None => self.documents += 1,
        }
    }

    fn value(&mut self, window: &mut Window) -> Option<Framed> {
        match self.scan.run(window.bytes()) {
            Step::End(length) if self.enters(window.bytes(), true) => {
                debug_assert!(length > 1);
                self.enter_object(window);
                None
            }
            // A text is no order, and one over several lines has lost its closing quote.
            Step::End(length)
                if window.bytes().first() == Some(&b'"')
                    && window.bytes().get(..length).is_some_and(|text| text.contains(&b'\n')) =>
            {
                self.begin_resync(
                    window,
                    "expected an order, found a text without its closing quote",
                    0,
                    false,
                );
                None
            }
            Step::End(length) => {
                self.note_signature(window.bytes());
                Some(Framed::Record(length))
            }
            // The error is in one of the orders of an envelope.
            Step::Broken(_) if self.enters(window.bytes(), false) => {
                self.enter_object(window);
                None
            }
            Step::More if window.is_complete() && self.enters(window.bytes(), false) => {
                self.enter_object(window);
                None
            }
            Step::Broken(at) => {
                self.begin_resync(window, "expected JSON, found text that cannot follow here", at, false);
                None
            }
            Step::More if window.is_complete() => {
                let end = window.bytes().len();
                self.begin_resync(window, "the text ends inside this record; it was cut off", end, false);
                None
            }
            Step::More if self.scan.position() > ENVELOPE_PEEK && self.enters(window.bytes(), false) => {
                self.enter_object(window);
                None
            }
            Step::More if self.scan.position() > self.max_record => {
                let problem = format!(
                    "expected a record of at most {} bytes, found a longer one; split the file, or raise \
                     the limit by `with_max_record_bytes`",
                    self.max_record
                );
                let mut record = BrokenRecord::new(window, self.path(), &problem);
                record.head = window.bytes().get(..HEAD).unwrap_or(window.bytes()).to_vec();
                self.state = State::TooLong(record);
                None
            }
            Step::More => Some(Framed::More),
        }
    }

    /// Returns whether the object at the start of the window holds orders. If its first member has the
    /// same name as in the record before, it is a record as well.
    fn enters(&self, bytes: &[u8], complete: bool) -> bool {
        if bytes.first() != Some(&b'{') || self.levels.len() >= MAX_ENVELOPES {
            return false;
        }
        let keys = self.scan.keys().iter().map(|range| bytes.get(range.clone()).unwrap_or_default());
        if complete && keys.clone().next().is_some_and(|first| self.signature.begins_with(first)) {
            return false;
        }
        let containers = self.scan.keys().iter().filter(|range| begins_container(bytes, range.end));
        let mut containers = containers.map(|range| bytes.get(range.clone()).unwrap_or_default());
        if keys.clone().next().is_some_and(is_index) && keys.clone().all(is_index) {
            return containers.next().is_some();
        }
        is_envelope(keys, containers, self.is_order)
    }

    fn enter_object(&mut self, window: &mut Window) {
        let path = self.path();
        window.consume(1);
        self.levels.push(Level { path, kind: LevelKind::Object });
        self.state = State::Between;
    }

    fn note_signature(&mut self, bytes: &[u8]) {
        let keys = self.scan.keys().iter().map(|range| bytes.get(range.clone()).unwrap_or_default());
        let signature = keys.clone().next().is_some_and(|first| self.signature.begins_with(first));
        if !signature {
            self.signature = Signature::new(keys);
        }
    }

    fn skip(&mut self, window: &mut Window) -> Option<Framed> {
        match self.scan.run(window.bytes()) {
            Step::End(length) => {
                window.consume(length);
                self.state = State::Between;
                None
            }
            Step::More if window.is_complete() => {
                window.consume(window.bytes().len());
                self.state = State::Between;
                None
            }
            Step::More => {
                let scanned = self.scan.position();
                window.consume(scanned);
                self.scan.rebase(scanned);
                Some(Framed::More)
            }
            Step::Broken(at) => {
                self.begin_resync(window, "expected JSON, found text that cannot follow here", at, false);
                None
            }
        }
    }

    fn too_long(&mut self, window: &mut Window) -> Option<Framed> {
        let length = match self.scan.run(window.bytes()) {
            Step::End(length) => length,
            Step::More if window.is_complete() => window.bytes().len(),
            Step::More => {
                let scanned = self.scan.position().saturating_sub(LOOK_BACK);
                window.consume(scanned);
                self.scan.rebase(scanned);
                return Some(Framed::More);
            }
            Step::Broken(at) => {
                let State::TooLong(record) = std::mem::replace(&mut self.state, State::Between) else {
                    return None;
                };
                let border = self.border(false);
                // A text without its closing quote ends in the next record.
                self.state = State::Resync { broken: record, from: at.saturating_sub(LOOK_BACK), border };
                return None;
            }
        };
        window.consume(length);
        let State::TooLong(record) = std::mem::replace(&mut self.state, State::Between) else { return None };
        self.finish_element();
        Some(Framed::Broken(record))
    }

    /// Text in front of a document: a notice of PHP, a page in HTML. It ends where a document begins;
    /// behind another document, at the end of its line.
    fn junk(&mut self, window: &mut Window) -> Option<Framed> {
        let State::Junk(earlier) = &mut self.state else { return None };
        let bytes = window.bytes();
        let end = match self.documents {
            0 => document_start(bytes),
            _ => memchr::memchr(b'\n', bytes),
        };
        let record = earlier.get_or_insert_with(|| {
            let problem = "expected JSON, found other text; if it is a notice of PHP or an error page, turn \
                           it off and export again";
            let mut record = BrokenRecord::new(window, "$".to_owned(), problem);
            record.at = Some(0);
            record
        });
        let (end, done) = match end {
            Some(end) => (end, true),
            None if window.is_complete() => (bytes.len(), true),
            None if bytes.len() > HEAD => (bytes.len() - LOOK_BACK, false),
            None => return Some(Framed::More),
        };
        let room = HEAD.saturating_sub(record.head.len());
        record.head.extend_from_slice(bytes.get(..end.min(room)).unwrap_or_default());
        window.consume(end);
        if !done {
            return Some(Framed::More);
        }
        let State::Junk(Some(record)) = std::mem::replace(&mut self.state, State::Between) else {
            return None;
        };
        self.documents += 1;
        Some(Framed::Broken(record))
    }

    fn border(&self, comma_only: bool) -> Border {
        match self.levels.last() {
            Some(Level { kind: LevelKind::List { .. }, .. }) => Border::List { comma_only },
            _ => Border::Line,
        }
    }

    fn begin_resync(&mut self, window: &Window, problem: &str, at: usize, comma_only: bool) {
        let bytes = window.bytes();
        if self.signature.is_empty() && self.scan.keys().len() > 1 && !comma_only {
            let keys = self.scan.keys().iter().map(|range| bytes.get(range.clone()).unwrap_or_default());
            self.signature = Signature::new(keys);
        }
        let mut broken = BrokenRecord::new(window, self.path(), problem);
        broken.at = Some(at).filter(|at| *at < HEAD);
        let border = self.border(comma_only);
        // Without a signature, the parts of the broken record look like records.
        let from = if self.signature.is_empty() && border != Border::Line { at.max(1) } else { 1 };
        self.state = State::Resync { broken, from: from.min(bytes.len()), border };
    }

    fn resync(&mut self, window: &mut Window) -> Option<Framed> {
        let State::Resync { broken, from, border } = &mut self.state else { return None };
        let bytes = window.bytes();
        let next = next_record(bytes, *from, window.is_complete(), *border, &self.signature);
        let (end, is_line) = match next {
            Next::At(start) => (start, *border == Border::Line),
            Next::NotBefore(_) if window.is_complete() => {
                // The end of the list is lost as well. A new document may follow on its own line.
                match next_record(bytes, 1, true, Border::Line, &self.signature) {
                    Next::At(start) if *border != Border::Line && broken.head.is_empty() => (start, true),
                    _ => (bytes.len(), true),
                }
            }
            Next::NotBefore(searched) => {
                let passed = searched.min(bytes.len()).saturating_sub(LOOK_BACK);
                if passed > HEAD {
                    let room = HEAD.saturating_sub(broken.head.len());
                    broken.head.extend_from_slice(bytes.get(..passed.min(room)).unwrap_or_default());
                    window.consume(passed);
                    *from = searched - passed;
                } else {
                    *from = searched;
                }
                return Some(Framed::More);
            }
        };
        let room = HEAD.saturating_sub(broken.head.len());
        broken.head.extend_from_slice(bytes.get(..end.min(room)).unwrap_or_default());
        window.consume(end);
        let State::Resync { broken, .. } = std::mem::replace(&mut self.state, State::Between) else {
            return None;
        };
        if is_line {
            self.levels.clear();
        }
        self.finish_element();
        Some(Framed::Broken(broken))
    }
}
