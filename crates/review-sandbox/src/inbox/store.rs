//! The entries kept, with bounds on their number and on their memory.

use std::collections::VecDeque;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::draft::{Delivery, Draft};
use super::entry::{InboxEntry, InboxState};
use super::exchange::RawExchange;

/// How many entries are kept by default; the oldest are dropped first.
pub(crate) const MAX_INBOX_ENTRIES: usize = 20_000;

/// How much memory the entries can take, in bytes, roughly; the oldest are dropped first.
const MAX_BYTES: usize = 128 * 1024 * 1024;

/// All entries kept, oldest first.
pub(crate) struct Inbox {
    kept: VecDeque<Kept>,
    max_entries: usize,
    max_bytes: usize,
    bytes: usize,
    last_id: u64,
}

/// An entry as it is kept.
pub(crate) struct Kept {
    id: u64,
    draft: Draft,
    received_at: DateTime<Utc>,
    exchange: Arc<RawExchange>,
    /// Of the draft, and of the exchange if this is its first entry.
    bytes: usize,
}

impl Inbox {
    pub(crate) fn new(max_entries: usize) -> Self {
        Self { kept: VecDeque::new(), max_entries, max_bytes: MAX_BYTES, bytes: 0, last_id: 0 }
    }

    /// Whether nothing is kept anyway.
    pub(super) fn is_off(&self) -> bool {
        self.max_entries == 0
    }

    pub(super) fn add(&mut self, drafts: Vec<Draft>, received_at: DateTime<Utc>, exchange: RawExchange) {
        let mut shared = exchange.size();
        let exchange = Arc::new(exchange);
        for draft in drafts {
            self.last_id += 1;
            let bytes = draft.size() + std::mem::take(&mut shared);
            let exchange = Arc::clone(&exchange);
            self.kept.push_back(Kept { id: self.last_id, draft, received_at, exchange, bytes });
            self.bytes += bytes;
        }
        while self.kept.len() > self.max_entries || self.bytes > self.max_bytes {
            let Some(dropped) = self.kept.pop_front() else { break };
            self.bytes -= dropped.bytes;
        }
    }

    /// How many entries there were so far, kept or not.
    pub(crate) fn total(&self) -> u64 {
        self.last_id
    }

    /// The entries after this number, oldest first.
    pub(crate) fn after(&self, id: u64, now: DateTime<Utc>) -> impl DoubleEndedIterator<Item = InboxEntry> {
        let start = self.kept.partition_point(|kept| kept.id <= id);
        self.kept.range(start..).map(move |kept| kept.entry(now))
    }

    /// All entries kept, newest first.
    pub(crate) fn newest(&self) -> impl Iterator<Item = &Kept> {
        self.kept.iter().rev()
    }

    pub(crate) fn get(&self, id: u64, now: DateTime<Utc>) -> Option<InboxEntry> {
        let place = self.kept.binary_search_by_key(&id, |kept| kept.id).ok()?;
        self.kept.get(place).map(|kept| kept.entry(now))
    }
}

impl Kept {
    pub(crate) fn draft(&self) -> &Draft {
        &self.draft
    }

    /// The state, and when an email goes out.
    pub(crate) fn state(&self, now: DateTime<Utc>) -> (InboxState, Option<DateTime<Utc>>) {
        match &self.draft.result {
            Delivery::Email(Some(at)) if *at <= now => (InboxState::Sent, Some(*at)),
            Delivery::Email(at) => (InboxState::Scheduled, *at),
            Delivery::Link => (InboxState::Link, None),
            Delivery::NoEmail(reason) => (InboxState::NoEmail(reason.clone()), None),
            Delivery::NotAccepted(reason) => (InboxState::NotAccepted(reason.clone()), None),
        }
    }

    pub(crate) fn entry(&self, now: DateTime<Utc>) -> InboxEntry {
        let draft = self.draft.clone();
        let (state, send_at) = self.state(now);
        InboxEntry {
            id: self.id,
            vendor: draft.vendor,
            kind: draft.kind,
            recipient: draft.recipient,
            name: draft.name,
            shop: draft.shop,
            shop_name: draft.shop_name,
            reference: draft.reference,
            products: draft.products,
            locale: draft.locale,
            template: draft.template,
            received_at: self.received_at,
            send_at,
            review_link: draft.review_link,
            setup: draft.setup,
            state,
            exchange: Arc::clone(&self.exchange),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Vendor;

    fn draft(reference: &str) -> Draft {
        Draft {
            vendor: Vendor::Etrusted,
            kind: None,
            recipient: "jane@example.com".to_owned(),
            name: None,
            shop: String::new(),
            shop_name: None,
            reference: reference.to_owned(),
            products: Vec::new(),
            locale: None,
            template: None,
            review_link: None,
            setup: Vec::new(),
            result: Delivery::Link,
        }
    }

    fn references(inbox: &Inbox) -> Vec<String> {
        inbox.after(0, Utc::now()).map(|entry| entry.reference).collect()
    }

    #[test]
    fn oldest_entries_are_dropped_at_the_limit() {
        let mut inbox = Inbox::new(2);
        for reference in ["1", "2", "3"] {
            inbox.add(vec![draft(reference)], Utc::now(), RawExchange::default());
        }
        assert_eq!(references(&inbox), ["2", "3"]);
        assert_eq!(inbox.total(), 3);
        assert!(inbox.get(1, Utc::now()).is_none());
        assert_eq!(inbox.get(3, Utc::now()).map(|entry| entry.reference).as_deref(), Some("3"));
        assert_eq!(inbox.after(2, Utc::now()).count(), 1);
    }

    #[test]
    fn memory_is_bounded_whatever_the_number() {
        let mut inbox = Inbox::new(1000);
        inbox.max_bytes = 10_000;
        for reference in 0..50 {
            let mut exchange = RawExchange::default();
            exchange.set_request_body(&[b'x'; 1000]);
            inbox.add(vec![draft(&reference.to_string()), draft("shared")], Utc::now(), exchange);
            assert!(inbox.bytes <= 10_000);
        }
        let counted: usize = inbox.kept.iter().map(|kept| kept.bytes).sum();
        assert_eq!(inbox.bytes, counted);
        assert!((2..20).contains(&references(&inbox).len()));
        // One that is too large alone is not kept, and leaves nothing behind.
        let mut exchange = RawExchange::default();
        exchange.set_request_body(&[b'x'; 20_000]);
        inbox.add(vec![draft("large")], Utc::now(), exchange);
        assert_eq!((inbox.kept.len(), inbox.bytes), (0, 0));
    }
}
