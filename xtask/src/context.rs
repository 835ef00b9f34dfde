//! What a check uses and records.

use std::cell::RefCell;

use xshell::Shell;

pub(crate) struct Context {
    /// A shell at the root of the project.
    pub(crate) sh: Shell,
    skipped: RefCell<Vec<String>>,
    results: RefCell<Vec<String>>,
}

impl Context {
    pub(crate) fn new(sh: Shell) -> Self {
        Self { sh, skipped: RefCell::default(), results: RefCell::default() }
    }

    /// Records that this machine cannot run a part of a check.
    pub(crate) fn skip(&self, what: &str) {
        println!("SKIPPED: {what}");
        self.skipped.borrow_mut().push(format!("SKIPPED: {what}"));
    }

    /// Records a line that the summary repeats.
    pub(crate) fn result(&self, line: &str) {
        self.results.borrow_mut().push(line.to_owned());
    }

    /// Prints the recorded lines.
    pub(crate) fn print_summary(&self) {
        for line in self.results.borrow().iter().chain(self.skipped.borrow().iter()) {
            println!("{line}");
        }
    }
}
