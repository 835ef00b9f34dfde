//! The progress bar on a terminal.

use std::io::{self, IsTerminal as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::input::Input;

/// How often the bar moves, also while the command waits.
const TICK: Duration = Duration::from_millis(250);
/// Orders between two changes of the text.
const UPDATE_EVERY: u64 = 16;

/// A bar with the part of the input that was read, the rate, the time left and counts by outcome.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
    read: Arc<AtomicU64>,
    began: Instant,
    orders: u64,
}

impl Progress {
    /// Creates a bar if standard error is a terminal.
    pub(crate) fn new(input: &Input) -> Option<Self> {
        io::stderr().is_terminal().then(|| Self::with_target(input, ProgressDrawTarget::stderr()))
    }

    fn with_target(input: &Input, target: ProgressDrawTarget) -> Self {
        let bar = ProgressBar::with_draw_target(input.size.filter(|size| *size > 0), target);
        let template = match bar.length() {
            Some(_) => "{bar:20} {percent:>3}%  {msg}, {eta} left",
            None => "{spinner} {msg}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(message(0, Duration::ZERO, &[]));
        bar.enable_steady_tick(TICK);
        Self { bar, read: Arc::clone(&input.read), began: Instant::now(), orders: 0 }
    }

    pub(crate) fn bar(&self) -> ProgressBar {
        self.bar.clone()
    }

    /// Counts an order.
    pub(crate) fn order(&mut self, counts: impl FnOnce() -> Vec<(&'static str, u64)>) {
        self.orders += 1;
        self.bar.set_position(self.read.load(Ordering::Relaxed));
        if self.orders % UPDATE_EVERY == 1 {
            self.bar.set_message(message(self.orders, self.began.elapsed(), &counts()));
        }
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

fn message(orders: u64, elapsed: Duration, counts: &[(&'static str, u64)]) -> String {
    let seconds = elapsed.as_secs_f64();
    // A count of orders is far below the 2^53 that a float holds exactly.
    #[expect(clippy::cast_precision_loss, reason = "see above")]
    let rate = if seconds > 0.0 { orders as f64 / seconds } else { 0.0 };
    let counts: Vec<_> = counts.iter().map(|(name, count)| format!("{count} {name}")).collect();
    let counts = if counts.is_empty() { String::new() } else { format!(": {}", counts.join(", ")) };
    format!("{orders} orders, {rate:.0}/s{counts}")
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;

    #[test]
    fn message_shows_rate_and_outcomes() {
        let counts = [("invited", 30), ("skipped", 10)];
        assert_eq!(message(40, Duration::from_secs(4), &counts), "40 orders, 10/s: 30 invited, 10 skipped");
        assert_eq!(message(0, Duration::ZERO, &[]), "0 orders, 0/s");
    }

    #[test]
    fn bar_moves_with_the_input() {
        let read = Arc::new(AtomicU64::new(0));
        let (_, items) = mpsc::channel(1);
        let input = Input { items, read: Arc::clone(&read), size: Some(100), is_finite: true };
        let mut progress = Progress::with_target(&input, ProgressDrawTarget::hidden());
        read.store(40, Ordering::Relaxed);
        progress.order(|| vec![("invited", 1)]);
        assert_eq!(progress.bar.position(), 40);
        assert!(progress.bar.message().contains("1 invited"), "{}", progress.bar.message());
    }
}
