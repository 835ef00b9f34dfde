//! Rules: which requests a fault hits.

use std::fmt;

use axum::http::{HeaderValue, Method};

use super::kind::Fault;
use crate::host::{Host, Vendor};

/// Which of the requests that match a rule are hit. Each rule counts from 1.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Trigger {
    /// All of them.
    Always,
    /// Only this one.
    Nth(u64),
    /// This many from the first.
    First(u64),
    /// Every nth: for 3 it is the third, the sixth and so on.
    Every(u64),
    /// At random. The same seed gives the same sequence.
    Probability {
        /// From 0 (none) to 1 (all).
        probability: f64,
        /// The seed of the sequence.
        seed: u64,
    },
}

/// A fault, the requests it is for, and when it is injected.
///
/// All conditions have to match; a rule without any matches every request, including those for tokens. A request that
/// an earlier rule has hit is neither matched nor counted by later rules.
///
/// ```
/// use review_sandbox::{Fault, FaultPhase, FaultRule, Trigger, Vendor};
///
/// // A tenth of all orders: the first request is reset, later ones are served.
/// let rule = FaultRule::new(Fault::Reset(FaultPhase::AfterCommit))
///     .with_vendor(Vendor::Etrusted)
///     .with_method("POST")
///     .with_path_prefix("/events")
///     .once_per_reference()
///     .with_trigger(Trigger::Probability { probability: 0.1, seed: 7 });
/// # let _ = rule;
/// ```
#[derive(Clone, PartialEq)]
#[must_use]
pub struct FaultRule {
    pub(super) fault: Fault,
    pub(super) vendor: Option<Vendor>,
    pub(super) host: Option<Host>,
    pub(super) method: Option<String>,
    pub(super) path_prefix: Option<String>,
    pub(super) path_contains: Option<String>,
    pub(super) recipient: Option<String>,
    pub(super) reference: Option<String>,
    pub(super) once_per_reference: bool,
    pub(super) trigger: Trigger,
    pub(super) max_hits: Option<u64>,
}

impl FaultRule {
    /// Creates a rule that hits every request.
    pub fn new(fault: Fault) -> Self {
        Self {
            fault,
            vendor: None,
            host: None,
            method: None,
            path_prefix: None,
            path_contains: None,
            recipient: None,
            reference: None,
            once_per_reference: false,
            trigger: Trigger::Always,
            max_hits: None,
        }
    }

    /// Matches only requests to this vendor.
    pub fn with_vendor(mut self, vendor: Vendor) -> Self {
        self.vendor = Some(vendor);
        self
    }

    /// Matches only requests to this host.
    pub fn with_host(mut self, host: Host) -> Self {
        self.host = Some(host);
        self
    }

    /// Matches only requests with this method, in upper case.
    pub fn with_method(mut self, method: impl Into<String>) -> Self {
        self.method = Some(method.into());
        self
    }

    /// Matches only paths with this prefix. The path is the one that the vendor would see, without the host's prefix
    /// and without the query.
    pub fn with_path_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.path_prefix = Some(prefix.into());
        self
    }

    /// Matches only paths that contain this.
    pub fn with_path_contains(mut self, part: impl Into<String>) -> Self {
        self.path_contains = Some(part.into());
        self
    }

    /// Matches only requests with this customer's address in the body, ignoring case.
    pub fn with_recipient(mut self, address: impl Into<String>) -> Self {
        self.recipient = Some(address.into());
        self
    }

    /// Matches only requests with this order reference in the body.
    pub fn with_reference(mut self, reference: impl Into<String>) -> Self {
        self.reference = Some(reference.into());
        self
    }

    /// Matches only the first request about each order: neither later requests about an order nor requests without a
    /// reference match. With [`Trigger::Probability`] the decision is made once for each order.
    pub fn once_per_reference(mut self) -> Self {
        self.once_per_reference = true;
        self
    }

    /// Sets which of the matched requests are hit; all by default.
    pub fn with_trigger(mut self, trigger: Trigger) -> Self {
        self.trigger = trigger;
        self
    }

    /// Sets how many requests are hit in total, at most.
    pub fn with_max_hits(mut self, calls: u64) -> Self {
        self.max_hits = Some(calls);
        self
    }

    /// Checks whether the rule is valid.
    pub(super) fn check(&self) -> Result<(), FaultRuleError> {
        let invalid = |part, wanted| Err(FaultRuleError { part, wanted });
        let narrowed = self.vendor.is_some()
            || self.host.is_some()
            || self.method.is_some()
            || self.path_prefix.is_some()
            || self.path_contains.is_some()
            || self.recipient.is_some()
            || self.reference.is_some()
            || self.once_per_reference;
        if self.fault.is_on_accept() && narrowed {
            return invalid(
                "fault",
                "a fault of requests, because connections have no vendor, path or order",
            );
        }
        match &self.fault {
            Fault::Status { code, .. } if !(200..=599).contains(code) => {
                return invalid("fault", "a status from 200 to 599");
            }
            Fault::Redirect { code, .. } if !matches!(code, 301 | 302 | 303 | 307 | 308) => {
                return invalid("fault", "a redirect by 301, 302, 303, 307 or 308");
            }
            Fault::Redirect { location: Some(location), .. } if HeaderValue::from_str(location).is_err() => {
                return invalid("fault", "a redirect to a location that fits into a header");
            }
            _ => {}
        }
        match &self.method {
            Some(method)
                if Method::from_bytes(method.as_bytes()).is_err() || *method != method.to_uppercase() =>
            {
                return invalid("method", "an HTTP method in upper case");
            }
            _ => {}
        }
        match self.trigger {
            Trigger::Nth(0) => invalid("nth", "1 or greater"),
            Trigger::Every(0) => invalid("every", "1 or greater"),
            Trigger::Probability { probability, .. } if !(0.0..=1.0).contains(&probability) => {
                invalid("probability", "a number from 0 to 1")
            }
            _ => Ok(()),
        }
    }
}

/// Leaves out the customer's address.
impl fmt::Debug for FaultRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaultRule")
            .field("fault", &self.fault)
            .field("vendor", &self.vendor)
            .field("host", &self.host)
            .field("method", &self.method)
            .field("path_prefix", &self.path_prefix)
            .field("path_contains", &self.path_contains)
            .field("reference", &self.reference)
            .field("once_per_reference", &self.once_per_reference)
            .field("trigger", &self.trigger)
            .field("max_hits", &self.max_hits)
            .finish_non_exhaustive()
    }
}

/// A [`FaultRule`] is invalid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{part}` of the fault rule must be {wanted}")]
pub struct FaultRuleError {
    part: &'static str,
    wanted: &'static str,
}
