//! What can still be read of a record that is not JSON: the member at a position, and the order number.

/// The order numbers of all systems, the best first.
const NUMBERS: [&str; 7] =
    ["name", "number", "order_number", "increment_id", "orderNumber", "order_reference", "id"];

/// How many levels a path has at most.
const MAX_LEVELS: usize = 32;

/// Members that wrap a single order.
const WRAPPERS: [&str; 2] = ["order", "node"];

/// The readable facts of a malformed record.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Survey {
    /// The path of the member at the position, such as `line_items[2].name`.
    pub(crate) path: String,
    pub(crate) reference: Option<String>,
}

/// Walks through the tokens of a record. Text that is not JSON is skipped.
pub(crate) fn survey(record: &[u8], position: usize) -> Survey {
    let mut walk = Walk { open: Vec::new(), hidden: 0, best: None, path: None };
    let mut at = 0;
    while let Some(byte) = record.get(at) {
        if at >= position && walk.path.is_none() {
            walk.path = Some(walk.path());
        }
        at = match byte {
            b'{' => walk.enter(true, at),
            b'[' => walk.enter(false, at),
            b'}' | b']' => {
                match walk.hidden {
                    0 => drop(walk.open.pop()),
                    _ => walk.hidden -= 1,
                }
                at + 1
            }
            b',' if walk.hidden > 0 => at + 1,
            b',' => {
                walk.next();
                at + 1
            }
            b'"' => {
                let end = string_end(record, at + 1);
                let text = record.get(at + 1..end).unwrap_or_default();
                let is_name = walk.open.last().is_some_and(|level| level.is_object && !level.has_value);
                if is_name && next_is_colon(record, end + 1) {
                    walk.name(text);
                } else {
                    if (at..=end).contains(&position) {
                        walk.path.get_or_insert(walk.open.path());
                    }
                    walk.scalar(text);
                }
                end + 1
            }
            b':' => {
                if let Some(level) = walk.open.last_mut() {
                    level.has_value = true;
                }
                at + 1
            }
            b' ' | b'\n' | b'\r' | b'\t' => at + 1,
            _ => {
                let rest = record.get(at..).unwrap_or_default();
                let word = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-');
                let length = word.count();
                walk.scalar(rest.get(..length).unwrap_or_default());
                at + length.max(1)
            }
        };
    }
    let reference = walk.best.map(|(_, text)| text).or_else(|| search(record));
    Survey { path: walk.path.unwrap_or_else(|| walk.open.path()), reference }
}

/// Searches the order number if the quotes of a record do not pair up. Members of lines have the same names,
/// so `name` counts only with the `#` of an order.
fn search(record: &[u8]) -> Option<String> {
    let members = [
        "\"name\":\"#",
        "\"order_number\":",
        "\"increment_id\":",
        "\"orderNumber\":",
        "\"order_reference\":",
    ];
    members.iter().find_map(|member| {
        let start = memchr::memmem::find(record, member.as_bytes())? + member.len();
        let value = record.get(start..)?.trim_ascii_start();
        let value = value.strip_prefix(b"\"").unwrap_or(value);
        let end = value.iter().position(|byte| matches!(byte, b'"' | b',' | b'}' | b'\n'))?;
        order_number(value.get(..end)?)
    })
}

struct Level {
    is_object: bool,
    name: String,
    index: usize,
    has_value: bool,
}

struct Walk {
    open: Vec<Level>,
    /// How many levels are open below those.
    hidden: usize,
    best: Option<(usize, String)>,
    path: Option<String>,
}

trait Path {
    fn path(&self) -> String;
}

impl Path for Vec<Level> {
    fn path(&self) -> String {
        let mut path = String::new();
        for level in self {
            if !level.is_object {
                path.push_str(&format!("[{}]", level.index));
            } else if !level.name.is_empty() {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(&level.name);
            }
        }
        path
    }
}

impl Walk {
    fn path(&self) -> String {
        self.open.path()
    }

    fn enter(&mut self, is_object: bool, at: usize) -> usize {
        // Deeper levels are an attack or a mistake. Their path would be as long as the record.
        if self.open.len() < MAX_LEVELS {
            self.open.push(Level { is_object, name: String::new(), index: 0, has_value: false });
        } else {
            self.hidden += 1;
        }
        at + 1
    }

    fn next(&mut self) {
        if let Some(level) = self.open.last_mut() {
            level.index += 1;
            level.has_value = false;
            level.name.clear();
        }
    }

    /// Remembers a member name. Other text in its place may be personal data, and is not shown.
    fn name(&mut self, text: &[u8]) {
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        let name = match str::from_utf8(text) {
            Ok(name) if name.len() <= 40 && !name.is_empty() && name.bytes().all(|byte| plain(&byte)) => name,
            _ => "?",
        };
        if let Some(level) = self.open.last_mut() {
            level.name = name.to_owned();
        }
    }

    fn scalar(&mut self, text: &[u8]) {
        let is_order = match self.open.as_slice() {
            [order] => order.is_object,
            [wrapper, order] => WRAPPERS.contains(&wrapper.name.as_str()) && order.is_object,
            _ => false,
        };
        let Some(level) = self.open.last().filter(|_| is_order) else { return };
        let Some(rank) = NUMBERS.iter().position(|name| *name == level.name) else { return };
        if let Some(reference) = order_number(text)
            && self.best.as_ref().is_none_or(|(best, _)| rank < *best)
        {
            self.best = Some((rank, reference));
        }
    }
}

/// Returns a text if it is plainly an order number, and not the name of a person.
pub(crate) fn order_number(text: &[u8]) -> Option<String> {
    let text = str::from_utf8(text).ok()?.trim();
    let text = text.strip_prefix('#').unwrap_or(text);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '.' | '#');
    let usable = text.len() <= 40 && text.chars().all(plain) && text.chars().any(|c| c.is_ascii_digit());
    usable.then(|| text.to_owned())
}

fn string_end(record: &[u8], mut at: usize) -> usize {
    while let Some(byte) = record.get(at) {
        match byte {
            b'"' => return at,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    record.len()
}

fn next_is_colon(record: &[u8], from: usize) -> bool {
    record.get(from..).unwrap_or_default().trim_ascii_start().first() == Some(&b':')
}

#[cfg(test)]
mod tests {
    use super::{Survey, survey};

    fn at(record: &str, marker: &str) -> Survey {
        survey(record.as_bytes(), record.find(marker).unwrap())
    }

    #[test]
    fn survey_names_member_at_position() {
        let record = r##"{"id": 5, "a": {"b": [1, {"c": "X"}]}, "name": "#1001"}"##;
        let expected = Survey { path: "a.b[1].c".to_owned(), reference: Some("1001".to_owned()) };
        assert_eq!(at(record, "X"), expected);
        assert_eq!(at(r#"{"order": {"id": 7, "x": 1e400}}"#, "1e400").reference.as_deref(), Some("7"));
    }

    #[test]
    fn survey_shows_no_person_as_order_number() {
        let record = r#"{"name": "Jane Doe", "jane@example.com": 1e400}"#;
        assert_eq!(at(record, "1e400"), Survey { path: "?".to_owned(), reference: None });
        assert_eq!(at(r#"{"customer": {"id": 5}, "x": Y}"#, "Y").reference, None);
    }
}
