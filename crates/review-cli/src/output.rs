//! Standard output: lines that survive a closed pipe.

use std::io::{self, IsTerminal as _, Write as _};

use anstyle::{AnsiColor, Style};
use clap::ColorChoice;
use indicatif::ProgressBar;
use serde_json::Value;

use crate::outcome::{Exit, Outcome};

/// How results are printed.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct OutputArgs {
    /// Print one JSON object per line; summaries go to standard error
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Print only what needs attention, and the summary
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// When to use colors
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,
}

/// Standard output, and the progress bar on standard error.
#[derive(Debug)]
pub(crate) struct Output {
    json: bool,
    quiet: bool,
    color: bool,
    bar: Option<ProgressBar>,
    /// The reader of standard output has gone: the work continues, and summaries go to standard error.
    closed: bool,
    exit: Exit,
}

impl Output {
    pub(crate) fn new(args: OutputArgs) -> Self {
        let terminal = || {
            let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
            io::stdout().is_terminal() && !plain && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
        };
        let color = match args.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => terminal(),
        };
        Self {
            json: args.json,
            quiet: args.quiet,
            color: color && !args.json,
            bar: None,
            closed: false,
            exit: Exit::Done,
        }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Lines are printed above this bar from now on.
    pub(crate) fn set_bar(&mut self, bar: Option<ProgressBar>) {
        self.bar = bar;
    }

    /// Prints a line to standard output.
    pub(crate) fn line(&mut self, text: &str) {
        if self.closed {
            return;
        }
        let write = || {
            let mut out = io::stdout().lock();
            writeln!(out, "{text}").and_then(|()| out.flush())
        };
        let written = match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        };
        if let Err(error) = written {
            self.closed = true;
            if error.kind() != io::ErrorKind::BrokenPipe {
                self.note(&format!("warning: standard output cannot be written: {error}"));
                self.exit = self.exit.max(Exit::Failed);
            }
        }
    }

    /// Prints an object as one line.
    pub(crate) fn object(&mut self, value: &Value) {
        self.line(&value.to_string());
    }

    /// Prints a line of a summary: to standard output, or to standard error if that contains JSON or is closed.
    pub(crate) fn summary(&mut self, text: &str) {
        if !self.json {
            self.line(text);
        }
        if self.json || self.closed {
            self.note(text);
        }
    }

    /// Prints a line to standard error.
    pub(crate) fn note(&self, text: &str) {
        // There is nowhere left to report that standard error is closed.
        let write = || drop(writeln!(io::stderr().lock(), "{text}"));
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// Records what the exit code depends on.
    pub(crate) fn record(&mut self, exit: Exit) {
        self.exit = self.exit.max(exit);
    }

    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    /// Returns the name of an outcome, padded and colored.
    pub(crate) fn outcome(&self, outcome: Outcome) -> String {
        let color = match outcome {
            Outcome::Invited | Outcome::Scheduled => AnsiColor::Green,
            Outcome::AlreadyInvited | Outcome::Skipped => AnsiColor::BrightBlack,
            Outcome::Unknown => AnsiColor::Yellow,
            _ => AnsiColor::Red,
        };
        self.paint(&format!("{:<15}", outcome.as_str()), color)
    }

    /// Returns a text in a color, if colors are used.
    pub(crate) fn paint(&self, text: &str, color: AnsiColor) -> String {
        if !self.color {
            return text.to_owned();
        }
        let style = Style::new().fg_color(Some(color.into()));
        format!("{}{text}{}", style.render(), style.render_reset())
    }
}
