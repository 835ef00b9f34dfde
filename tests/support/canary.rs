//! Values that must not show up anywhere, and everything they could show up in.

use std::error::Error;
use std::fmt::Debug;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

/// Collects every log line and every text that is shown, and looks for secrets and people in it.
#[derive(Clone, Debug, Default)]
pub struct Canary {
    seen: Arc<Mutex<String>>,
    hidden: Vec<String>,
}

/// Logs at TRACE into the canary for as long as it lives.
pub struct Log {
    _guard: tracing::subscriber::DefaultGuard,
}

impl Canary {
    /// A canary that knows these values. Those of fewer than four characters prove nothing.
    pub fn new(hidden: impl IntoIterator<Item = String>) -> Self {
        let hidden: Vec<_> = hidden.into_iter().map(|value| value.to_lowercase()).collect();
        assert!(hidden.iter().all(|value| value.len() >= 4), "too short to look for: {hidden:?}");
        Self { seen: Arc::default(), hidden }
    }

    /// Listens to every span and event of this thread, of all crates.
    pub fn listen(&self) -> Log {
        // reqwest and rustls speak through the crate log. A second test finds it initialised.
        let _ = tracing_log::LogTracer::init();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_span_events(FmtSpan::FULL)
            .with_ansi(false)
            .with_writer(self.clone())
            .finish();
        Log { _guard: tracing::subscriber::set_default(subscriber) }
    }

    /// Takes note of how a value shows itself.
    pub fn show(&self, value: &dyn Debug) {
        self.note(&format!("{value:?}\n{value:#?}\n"));
    }

    /// Takes note of an error and all its causes.
    pub fn show_error(&self, error: &dyn Error) {
        let mut next = Some(error);
        while let Some(error) = next {
            self.note(&format!("{error}\n{error:?}\n{error:#?}\n"));
            next = error.source();
        }
    }

    /// Takes note of a text that was printed.
    pub fn note(&self, text: &str) {
        self.seen.lock().unwrap().push_str(text);
    }

    /// Everything that was seen.
    pub fn seen(&self) -> String {
        self.seen.lock().unwrap().clone()
    }

    /// The values that showed up, with what stands around each.
    pub fn leaks(&self) -> Vec<String> {
        let seen = self.seen().to_lowercase();
        let around = |at: usize, length: usize| {
            let (from, to) = (at.saturating_sub(60), (at + length + 60).min(seen.len()));
            String::from_utf8_lossy(&seen.as_bytes()[from..to]).into_owned()
        };
        self.hidden.iter().filter_map(|value| Some(around(seen.find(value.as_str())?, value.len()))).collect()
    }
}

impl Write for Canary {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.note(&String::from_utf8_lossy(bytes));
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
