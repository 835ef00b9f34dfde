//! Bytes in, records out, without I/O: the part that synchronous and asynchronous readers share.

use std::collections::VecDeque;

use crate::csv_orders::{CsvOrders, is_heading_row};
use crate::input::broken::BrokenRecord;
use crate::input::csv::{delimiter, line_end};
use crate::input::decode::Decode;
use crate::input::json::{Framed, JsonFramer};
use crate::input::lexical::document_start;
use crate::input::text::RecordText;
use crate::input::window::Window;
use crate::json::Json;
use crate::parse::{NotJson, not_json, parse};
use crate::placed::{Placed, malformed};
use crate::reason::IneligibleReason;
use crate::record::{OrderRecord, RecordSource};
use crate::settings::Settings;
use crate::survey::survey;
use crate::system::ShopSystem;
use crate::systems::{Evaluated, evaluate, is_order_key};

/// How much of the input is collected before its form and encoding are decided.
const SNIFF: usize = 64 * 1024;

/// The next step.
// A box would be one more allocation for each record.
#[allow(clippy::large_enum_variant)]
pub(crate) enum Polled {
    /// Call [`Engine::push`] with more input; with nothing at its end.
    More,
    Record(OrderRecord),
    End,
}

pub(crate) struct Engine {
    settings: Settings,
    decode: Decode,
    window: Window,
    form: Form,
    position: usize,
    /// The system of the last record.
    hint: Option<ShopSystem>,
    ready: VecDeque<Placed>,
    /// Damage of the compressed data, reported after the last record.
    damage: Option<String>,
}

enum Form {
    Undecided,
    Json(Box<JsonFramer>, RecordText),
    Csv(Box<CsvOrders>),
    End,
}

impl Engine {
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            decode: Decode::new(settings.encoding),
            settings,
            window: Window::new(),
            form: Form::Undecided,
            position: 0,
            hint: None,
            ready: VecDeque::new(),
            damage: None,
        }
    }

    /// Adds input. An empty slice ends it.
    pub(crate) fn push(&mut self, raw: &[u8]) {
        let last = raw.is_empty();
        if self.window.is_complete() {
            return;
        }
        self.decode.push(raw, last);
    }

    /// Decodes more of the input that was added. Returns whether there was any.
    fn decode_more(&mut self) -> bool {
        if self.window.is_complete() {
            return false;
        }
        let decoded = self.decode.pull(self.window.for_append());
        if decoded.is_err() || self.decode.is_finished() {
            self.window.set_complete();
        }
        decoded.unwrap_or_else(|damage| {
            self.damage = Some(damage);
            true
        })
    }

    /// Ends the records after an error of the reader.
    pub(crate) fn stop(&mut self) {
        self.form = Form::End;
        self.ready.clear();
        self.damage = None;
    }

    pub(crate) fn poll(&mut self) -> Polled {
        loop {
            match self.poll_decoded() {
                Polled::More if self.decode_more() => {}
                polled => return polled,
            }
        }
    }

    fn poll_decoded(&mut self) -> Polled {
        loop {
            if let Some(placed) = self.ready.pop_front() {
                return Polled::Record(self.place(placed));
            }
            match &mut self.form {
                Form::Undecided => {
                    if self.window.bytes().len() < SNIFF && !self.window.is_complete() {
                        return Polled::More;
                    }
                    self.decide();
                }
                Form::Json(framer, text) => {
                    let placed = read_line(framer, &mut self.window, *text, &self.settings, self.hint);
                    if let Some(placed) = placed {
                        self.hint = placed.evaluated.system.or(self.hint);
                        self.ready.push_back(placed);
                        continue;
                    }
                    match framer.next(&mut self.window) {
                        Framed::More => return Polled::More,
                        Framed::End if framer.is_empty() => self.end_empty(),
                        Framed::End => self.form = Form::End,
                        Framed::Broken(broken) => self.ready.push_back(place_broken(&broken)),
                        Framed::Record(length) => {
                            let bytes = self.window.bytes().get(..length).unwrap_or_default();
                            let path = framer.path();
                            let line = self.window.line();
                            let placed = read_json(bytes, *text, line, path, &self.settings, self.hint);
                            self.hint = placed.evaluated.system.or(self.hint);
                            framer.consumed(&mut self.window, length);
                            self.ready.push_back(placed);
                        }
                    }
                }
                Form::Csv(orders) => {
                    if !orders.read(&mut self.window, &self.settings, &mut self.ready) {
                        if !self.window.is_complete() {
                            return Polled::More;
                        }
                        orders.finish(&self.settings, &mut self.ready);
                        self.form = Form::End;
                    }
                }
                Form::End => match self.damage.take() {
                    Some(damage) => self.ready.push_back(malformed(self.window.line(), "$", &damage)),
                    None => return Polled::End,
                },
            }
        }
    }

    /// Decides between JSON and CSV by the beginning of the input.
    fn decide(&mut self) {
        let bytes = self.window.bytes();
        let head = bytes.get(..SNIFF).unwrap_or(bytes);
        let start = head.trim_ascii_start();
        let Some(first) = start.first() else {
            if !self.window.is_complete() {
                // Only whitespace so far.
                self.form = Form::Json(self.json(), RecordText::detect(self.settings.encoding, head, true));
                return;
            }
            self.end_empty();
            return;
        };
        let line_end = line_end(head);
        let first_line_end = memchr::memchr(line_end, start).unwrap_or(start.len());
        let first_line = start.get(..first_line_end).unwrap_or_default();
        let begins_json = |at: usize| {
            let before = start.get(..at).unwrap_or_default();
            before.iter().rev().find(|byte| !matches!(byte, b' ' | b'\t')).is_none_or(|byte| *byte == b'\n')
        };
        let has_markup = first_line.iter().any(|byte| matches!(byte, b'<' | b'{' | b'}'));
        let is_json = matches!(first, b'{' | b'[')
            || has_markup
            || delimiter(first_line).is_none()
            || document_start(start).is_some_and(begins_json) && !is_heading_row(first_line);
        let text = RecordText::detect(self.settings.encoding, head, is_json);
        self.form = match is_json {
            true => Form::Json(self.json(), text),
            false => {
                self.window.set_line_end(line_end);
                Form::Csv(Box::new(CsvOrders::new(text, line_end)))
            }
        };
    }

    /// Reports that there was nothing but whitespace, unless the reason is known.
    fn end_empty(&mut self) {
        self.form = Form::End;
        if self.damage.is_none() {
            let problem = "expected JSON or CSV, found an empty file; export it again";
            self.ready.push_back(malformed(1, "$", problem));
        }
    }

    fn json(&self) -> Box<JsonFramer> {
        Box::new(JsonFramer::new(self.settings.max_record_bytes, is_order_key))
    }

    fn place(&mut self, placed: Placed) -> OrderRecord {
        let position = self.position;
        self.position += 1;
        let Evaluated { system, order_reference, result } = placed.evaluated;
        OrderRecord {
            source: RecordSource {
                file: self.settings.file.clone(),
                position,
                line: placed.line,
                path: placed.path,
            },
            order_reference,
            system,
            result,
        }
    }
}

/// Reads a record that is a line of its own. `None` if the next one is none, or has an error.
fn read_line(
    framer: &mut JsonFramer,
    window: &mut Window,
    text: RecordText,
    settings: &Settings,
    hint: Option<ShopSystem>,
) -> Option<Placed> {
    let length = framer.line(window)?;
    let line = window.line();
    let evaluated = {
        let text = text.decode(window.bytes().get(..length)?).ok()?;
        let record: Json<'_> = serde_json::from_str(&text).ok()?;
        match &record {
            Json::Object(members) if framer.is_record(members) => {
                evaluate(&record, "", settings.system, hint, &settings.policy)
            }
            _ => return None,
        }
    };
    framer.consumed(window, length);
    Some(Placed { line, path: String::new(), evaluated })
}

fn read_json(
    bytes: &[u8],
    text: RecordText,
    line: u64,
    path: String,
    settings: &Settings,
    hint: Option<ShopSystem>,
) -> Placed {
    let parsed = text.decode(bytes);
    let error = match &parsed {
        Ok(text) => match parse(text) {
            Ok(record) => {
                let evaluated = evaluate(&record, &path, settings.system, hint, &settings.policy);
                return Placed { line, path, evaluated };
            }
            Err(error) => error,
        },
        Err(position) => not_json(
            bytes,
            *position,
            "expected UTF-8, found a byte of another encoding; save the file as UTF-8, or set the encoding",
        ),
    };
    place_not_json(error, line, path, settings.system)
}

fn place_not_json(error: NotJson, line: u64, path: String, system: Option<ShopSystem>) -> Placed {
    let reason = IneligibleReason::Malformed { path: join(&path, &error.path), problem: error.problem };
    let mut evaluated = Evaluated::rejected(system, reason);
    evaluated.order_reference = error.reference;
    Placed { line: line + error.lines, path, evaluated }
}

fn place_broken(broken: &BrokenRecord) -> Placed {
    let at = broken.at.unwrap_or(broken.head.len());
    let found = survey(&broken.head, at);
    let before = broken.head.get(..at).unwrap_or(&broken.head);
    let lines = match broken.at {
        Some(_) => memchr::memchr_iter(b'\n', before).count() as u64,
        None => 0,
    };
    let path = if broken.path == "$" && !found.path.is_empty() {
        found.path
    } else {
        join(&broken.path, if broken.at.is_some() { &found.path } else { "" })
    };
    let mut placed = malformed(broken.line + lines, &path, &broken.problem);
    placed.path = broken.path.trim_matches('$').to_owned();
    placed.evaluated.order_reference = found.reference;
    placed
}

fn join(path: &str, member: &str) -> String {
    match (path.is_empty(), member.is_empty()) {
        (true, true) => "$".to_owned(),
        (true, false) => member.to_owned(),
        (false, true) => path.to_owned(),
        (false, false) if member.starts_with('[') => format!("{path}{member}"),
        (false, false) => format!("{path}.{member}"),
    }
}
