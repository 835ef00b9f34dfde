//! The templates of the account, as far as they are known.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// How long a list is certain enough to reject a template: a new one may be created at any time.
const VALID: TimeDelta = TimeDelta::hours(1);

/// The ids that a setup check has read. As long as there are none, or they are old, no template is rejected.
#[derive(Clone, Debug, Default)]
pub(crate) struct KnownTemplates(Arc<Mutex<Option<Read>>>);

#[derive(Debug)]
struct Read {
    at: DateTime<Utc>,
    ids: Vec<String>,
}

impl KnownTemplates {
    pub(crate) fn replace(&self, ids: Vec<String>, at: DateTime<Utc>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Read { at, ids });
    }

    /// Returns whether the account certainly does not have this template.
    pub(crate) fn lack(&self, id: &str, now: DateTime<Utc>) -> bool {
        let read = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let valid = read.as_ref().filter(|read| (TimeDelta::zero()..VALID).contains(&(now - read.at)));
        valid.is_some_and(|read| !read.ids.iter().any(|known| known == id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_recent_list_rejects_a_template() {
        let (known, now) = (KnownTemplates::default(), "2026-03-01T12:00:00Z".parse().unwrap());
        assert!(!known.lack("1", now));
        known.clone().replace(vec!["1".to_owned()], now);
        assert!(!known.lack("1", now) && known.lack("2", now));
        assert!(!known.lack("2", now + VALID) && !known.lack("2", now - TimeDelta::seconds(1)));
    }
}
