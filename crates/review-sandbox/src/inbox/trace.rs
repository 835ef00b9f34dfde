//! What is found out about a request while it is processed.

use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use super::draft::Draft;

/// Travels with a request, in its extensions. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Trace(Arc<Mutex<Notes>>);

/// What was noted.
#[derive(Default)]
pub(super) struct Notes {
    pub(super) drafts: Vec<Draft>,
    pub(super) faults: Vec<String>,
}

impl Trace {
    /// An endpoint has processed an invitation.
    pub(crate) fn invitation(&self, draft: Draft) {
        self.with(|notes| notes.drafts.push(draft));
    }

    /// A fault was injected.
    pub(crate) fn fault(&self, name: String) {
        self.with(|notes| notes.faults.push(name));
    }

    pub(super) fn take(&self) -> Notes {
        self.with(mem::take)
    }

    fn with<T>(&self, change: impl FnOnce(&mut Notes) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
