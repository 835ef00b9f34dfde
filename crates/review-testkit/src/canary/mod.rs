//! A leak detector for personal data and secrets.

mod forms;

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::{self, Debug};
use std::future::Future;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use futures_util::FutureExt;
use tracing::Dispatch;
use tracing::subscriber::NoSubscriber;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

pub(crate) use self::forms::views;
use self::forms::{base64_cores, byte_list};

/// The minimum length of a value, in characters. Shorter values occur in too many words.
const SHORTEST: usize = 4;
/// How much of the text around a leak is reported, in characters on each side.
const AROUND: usize = 60;

/// A leak detector. It collects log lines, `Debug` output, errors, panic messages and other text, and searches them for
/// secrets and personal data.
///
/// The search ignores case. It finds a value in these forms:
///
/// - unchanged
/// - with the escapes of JSON or `Debug`, once or twice
/// - percent-encoded, or form-encoded (`+` for a space)
/// - with HTML entities
/// - as a list of bytes
/// - within base64 (`Basic` credentials, tokens), at any offset; only values of at least eight bytes
///
/// ```
/// use review_testkit::Canary;
///
/// let canary = Canary::new(["jane@example.com".to_owned()]);
/// canary.check_text("GET /customers?email=jane%40example.com");
/// assert_eq!(canary.leaks().len(), 1);
/// assert!(!canary.leaks()[0].contains("jane"), "the report masks the value");
/// ```
#[derive(Clone, Default)]
pub struct Canary(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    /// The recorded text, by place: "log", "error" and so on.
    seen: BTreeMap<&'static str, String>,
    hidden: BTreeSet<String>,
}

/// With a single subscriber, tracing asks only the thread that first emits an event whether it is enabled, and caches the
/// result: a test without a canary would disable the event for concurrent tests. With a second subscriber that records
/// nothing, all subscribers are asked.
static OTHER_LISTENER: OnceLock<Dispatch> = OnceLock::new();

/// Captures logs at TRACE until it is dropped.
#[must_use = "the canary captures logs only until this is dropped"]
pub struct TracingGuard {
    _guard: tracing::subscriber::DefaultGuard,
}

impl Debug for TracingGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TracingGuard")
    }
}

/// Shows neither the values nor what was recorded.
impl Debug for Canary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Canary").field("hidden", &self.lock().hidden.len()).finish_non_exhaustive()
    }
}

impl Canary {
    /// A canary that knows these values.
    ///
    /// # Panics
    /// As [`expect_absent`](Self::expect_absent).
    pub fn new(hidden: impl IntoIterator<Item = String>) -> Self {
        let canary = Self::default();
        canary.expect_absent(hidden);
        canary
    }

    /// Adds values, e.g. tokens that were given out on the way. They are looked for in what was seen
    /// before as well.
    ///
    /// # Panics
    /// If one has fewer than four characters: it would prove nothing.
    pub fn expect_absent(&self, values: impl IntoIterator<Item = String>) {
        for value in values {
            let length = value.chars().count();
            assert!(length >= SHORTEST, "expected values of {SHORTEST} characters and more, found {length}");
            self.lock().hidden.insert(value);
        }
    }

    /// Captures every span and event of this thread, of all crates, including those that use the crate `log`. Other
    /// threads are not captured: test on a current-thread runtime.
    pub fn capture_tracing(&self) -> TracingGuard {
        // The logger is global: in a second test it exists already.
        let _ = tracing_log::LogTracer::init();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_span_events(FmtSpan::FULL)
            .with_ansi(false)
            .with_writer(self.clone())
            .finish();
        let _ = OTHER_LISTENER.get_or_init(|| Dispatch::new(NoSubscriber::default()));
        TracingGuard { _guard: tracing::subscriber::set_default(subscriber) }
    }

    /// Records the `Debug` output of a value.
    pub fn check_debug(&self, value: &dyn Debug) {
        self.check_text_in("Debug", &format!("{value:?}\n{value:#?}"));
    }

    /// Records an error and all its causes.
    pub fn check_error(&self, error: &dyn Error) {
        let mut next = Some(error);
        while let Some(error) = next {
            self.check_text_in("error", &format!("{error}\n{error:?}\n{error:#?}"));
            next = error.source();
        }
    }

    /// Records text, such as a metric, a page or a line of a report.
    pub fn check_text(&self, text: &str) {
        self.check_text_in("text", text);
    }

    /// Records text and its place. The report of a leak contains the place.
    pub fn check_text_in(&self, place: &'static str, text: &str) {
        let mut inner = self.lock();
        let seen = inner.seen.entry(place).or_default();
        seen.push_str(text);
        seen.push('\n');
    }

    /// Calls a function. If it panics, records the message and returns `None`.
    pub fn catch_panic<T>(&self, call: impl FnOnce() -> T) -> Option<T> {
        self.noted(catch_unwind(AssertUnwindSafe(call)))
    }

    /// Runs a future. If it panics, records the message and returns `None`.
    pub async fn catch_panic_async<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        self.noted(AssertUnwindSafe(future).catch_unwind().await)
    }

    fn noted<T>(&self, result: Result<T, Box<dyn Any + Send>>) -> Option<T> {
        result.map_err(|panic| self.check_text_in("panic", panic_message(&*panic))).ok()
    }

    /// Returns everything that was recorded.
    #[must_use]
    pub fn captured(&self) -> String {
        self.lock().seen.values().map(String::as_str).collect()
    }

    /// Returns the leaks: one entry for each value and place. An entry contains the length of the value, its form, the place
    /// and the surrounding text. Every hidden value in it is masked.
    #[must_use]
    pub fn leaks(&self) -> Vec<String> {
        let inner = self.lock();
        let mut leaks = Vec::new();
        for (place, text) in &inner.seen {
            let views: Vec<_> =
                views(text).into_iter().map(|(form, view)| (form, view.to_lowercase())).collect();
            for value in &inner.hidden {
                let low = value.to_lowercase();
                let found = views.iter().find_map(|(form, view)| Some((*form, around(view, &low)?)));
                let found = found.or_else(|| Some(("as a list of bytes", around(text, &byte_list(value))?)));
                let found = found.or_else(|| {
                    let around = base64_cores(value).iter().find_map(|core| around(text, core))?;
                    Some(("in base64", around))
                });
                if let Some((form, around)) = found {
                    let around = inner.masked(&around);
                    let length = value.chars().count();
                    leaks.push(format!("a value of {length} characters, {form}, in: {place}: {around}"));
                }
            }
        }
        leaks
    }

    pub(crate) fn hidden(&self) -> Vec<String> {
        self.lock().hidden.iter().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn masked(&self, text: &str) -> String {
        let text = text.to_lowercase();
        self.hidden.iter().fold(text, |text, value| text.replace(&value.to_lowercase(), "[hidden]"))
    }
}

/// Returns the text around the first occurrence of a value.
fn around(text: &str, value: &str) -> Option<String> {
    let (before, after) = text.split_once(value)?;
    let start = before.char_indices().rev().take(AROUND).last().map_or(before.len(), |(at, _)| at);
    let before = before.get(start..).unwrap_or_default();
    Some(format!("{before}[hidden]{}", after.chars().take(AROUND).collect::<String>()))
}

/// Returns the message of a panic.
pub(crate) fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("panic without a message")
}

impl Write for Canary {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut inner = self.lock();
        inner.seen.entry("log").or_default().push_str(&String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Canary {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "Zoë \"key\"&pass-word";

    fn leaks_of(text: &str) -> Vec<String> {
        let canary = Canary::new([SECRET.to_owned()]);
        canary.check_text(text);
        canary.leaks()
    }

    #[test]
    fn value_is_found_in_every_encoding() {
        use base64::Engine as _;
        let basic = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
        for (form, text) in [
            ("as it is", SECRET.to_uppercase()),
            ("escaped", format!("{SECRET:?}")),
            ("escaped", serde_json::json!({ "a": SECRET }).to_string()),
            ("escaped", r#"zo\u00eb \"key\"\u0026pass-word"#.to_owned()),
            ("escaped", r#"b"Zo\xc3\xab \"key\"&pass-word""#.to_owned()),
            ("escaped twice", format!("{:?}", serde_json::json!({ "a": SECRET }).to_string())),
            ("percent-encoded", "?q=Zo%C3%ab%20%22key%22%26pass-word".to_owned()),
            ("as a form", "q=Zo%C3%AB+%22key%22%26pass-word".to_owned()),
            ("with HTML's entities", "Zo&euml; &quot;key&#34;&amp;pass-word".to_owned()),
            ("as a list of bytes", format!("{:?}", SECRET.as_bytes())),
            ("in base64", basic(&format!("user:{SECRET}"))),
            ("in base64", basic(&format!("userx:{SECRET}:more"))),
            ("in base64", basic(&format!("users2:{SECRET}"))),
        ] {
            let leaks = leaks_of(&text);
            assert_eq!(leaks.len(), 1, "{form}: {text}");
            assert!(leaks[0].contains(form), "{form}: {leaks:?}");
            assert!(!leaks[0].to_lowercase().contains("zoë"), "{leaks:?}");
        }
        assert!(leaks_of("Zoë has a key and a password, 100 %, &c.; \\ % \\u12").is_empty());
    }

    #[test]
    fn leak_is_reported_with_its_place() {
        let canary = Canary::new(["secret-1".to_owned()]);
        canary.catch_panic(|| std::panic::panic_any("all about secret-1"));
        canary.check_error(&io::Error::other(io::Error::other("SECRET-1")));
        let leaks = canary.leaks();
        assert_eq!(leaks.len(), 2, "{leaks:?}");
        assert!(leaks[0].contains("in: error: ") && leaks[1].contains("in: panic: all about [hidden]"));
        assert!(!format!("{canary:?}").contains("secret"));
    }

    #[test]
    fn spans_events_and_the_crate_log_are_captured_at_trace() {
        let canary = Canary::new(["secret-1".to_owned(), "secret-2".to_owned()]);
        let log = canary.capture_tracing();
        tracing::trace_span!("span", value = "SECRET-1").in_scope(|| tracing::trace!("event"));
        assert!(canary.captured().contains("TRACE"));
        assert_eq!(canary.leaks().len(), 1, "{}", canary.captured());
        drop(log);
        tracing::error!("secret-2");
        assert_eq!(canary.leaks().len(), 1, "nothing is captured after the drop");
    }

    #[test]
    #[should_panic(expected = "found 3")]
    fn too_short_value_is_rejected() {
        Canary::default().expect_absent(["abc".to_owned()]);
    }
}
