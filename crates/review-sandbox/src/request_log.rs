//! The record of all requests.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;

use serde_json::Value;

use crate::host::{Host, Vendor};

/// How many requests are kept by default; the oldest are dropped first.
pub(crate) const MAX_RECORDED_REQUESTS: usize = 100_000;

/// How large the recorded bodies can be in total, in bytes; the oldest requests are dropped first.
const MAX_BODY_BYTES: usize = 512 * 1024 * 1024;

/// A request that the sandbox received, and the status of the response.
///
/// Contains secrets and personal data on purpose, exactly as on the wire, so that tests can assert on them. `Debug`
/// prints no header values, no query and no body.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The host that was called; `None` if the path belongs to none of them.
    pub host: Option<Host>,
    /// The method, upper case.
    pub method: String,
    /// The path that the vendor would see, without the host's prefix, still percent-encoded.
    pub path: String,
    /// The query string without `?`, still percent-encoded.
    pub query: Option<String>,
    /// All headers in order of arrival, names in lower case. Bytes that are not UTF-8 are replaced.
    pub headers: Vec<(String, String)>,
    /// The body; empty if it was over the limit of 1 MiB (32 MiB for eTrusted's `POST /invites`) or incomplete.
    pub body: Vec<u8>,
    /// The status of the response; 0 if a [`Fault`](crate::Fault) left the request without one.
    pub status: u16,
}

impl RecordedRequest {
    /// Returns the vendor that was called.
    #[must_use]
    pub fn vendor(&self) -> Option<Vendor> {
        self.host.map(Host::vendor)
    }

    /// Returns the first header of this name, which must be in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Returns the body, if it is JSON.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

impl fmt::Debug for RecordedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<_> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("RecordedRequest")
            .field("host", &self.host)
            .field("method", &self.method)
            .field("path", &self.path)
            .field("status", &self.status)
            .field("headers", &headers)
            .field("body_len", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// The last requests, and how often each call was made and how it ended.
pub(crate) struct RequestLog {
    kept: VecDeque<RecordedRequest>,
    /// Of the bodies that are kept.
    bytes: usize,
    max_bytes: usize,
    keep: usize,
    /// Of all requests, kept or not.
    counts: BTreeMap<RequestKind, u64>,
}

/// The key that requests are counted by.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RequestKind {
    /// The prefix of the host; empty for a path that belongs to none.
    pub(crate) host: &'static str,
    pub(crate) path: String,
    pub(crate) method: String,
    pub(crate) status: u16,
}

impl RequestLog {
    pub(crate) fn new(keep: usize) -> Self {
        Self { kept: VecDeque::new(), bytes: 0, max_bytes: MAX_BODY_BYTES, keep, counts: BTreeMap::new() }
    }

    pub(crate) fn push(&mut self, recorded: RecordedRequest) {
        let kind = RequestKind {
            host: recorded.host.map_or("", Host::prefix),
            path: recorded.path.clone(),
            method: recorded.method.clone(),
            status: recorded.status,
        };
        *self.counts.entry(kind).or_default() += 1;
        if self.keep == 0 {
            return;
        }
        self.bytes += recorded.body.len();
        self.kept.push_back(recorded);
        while self.kept.len() > self.keep || self.bytes > self.max_bytes {
            let Some(dropped) = self.kept.pop_front() else { break };
            self.bytes -= dropped.body.len();
        }
    }

    pub(crate) fn all(&self) -> Vec<RecordedRequest> {
        self.kept.iter().cloned().collect()
    }

    pub(crate) fn counts(&self) -> &BTreeMap<RequestKind, u64> {
        &self.counts
    }

    pub(crate) fn total(&self) -> u64 {
        self.counts.values().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(status: u16) -> RecordedRequest {
        RecordedRequest {
            host: Some(Host::EtrustedApi),
            method: "POST".into(),
            path: "/events".into(),
            query: Some("q=secret".into()),
            headers: vec![("authorization".into(), "Bearer secret".into())],
            body: b"\"secret\"".to_vec(),
            status,
        }
    }

    #[test]
    fn debug_of_request_has_no_values() {
        let text = format!("{:?}", sample(202));
        assert!(text.contains("authorization") && !text.contains("secret"), "{text}");
        assert_eq!(sample(202).json(), Some(Value::from("secret")));
    }

    #[test]
    fn request_log_is_bounded() {
        let mut log = RequestLog::new(3);
        log.push(sample(1));
        for _ in 0..3 {
            log.push(sample(2));
        }
        assert_eq!(log.all().len(), 3);
        assert!(log.all().iter().all(|recorded| recorded.status == 2));
        assert_eq!((log.total(), log.counts().len()), (4, 2));
    }

    #[test]
    fn recorded_bodies_are_bounded_in_total() {
        let mut log = RequestLog::new(100);
        log.max_bytes = 3 * sample(1).body.len();
        for status in 1..=9 {
            log.push(sample(status));
        }
        let kept: Vec<_> = log.all().iter().map(|recorded| recorded.status).collect();
        assert_eq!((kept.as_slice(), log.total()), (&[7, 8, 9][..], 9));
    }

    #[test]
    fn request_log_of_size_zero_still_counts() {
        let mut log = RequestLog::new(0);
        log.push(sample(1));
        assert!(log.all().is_empty());
        assert_eq!(log.total(), 1);
    }
}
