//! The meaning of a response body.

use std::time::Duration;

use chrono::{DateTime, Utc};

/// The meaning of a response body, as the vendor documents it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// The response is not in a form that this vendor uses: an intermediary may have sent it. This is the
    /// default, so that a classifier that forgets a case never reports an acceptance.
    #[default]
    NotFromVendor,
    /// The vendor accepted the request. Counts with a 2xx status only.
    Accepted {
        /// The vendor's id of what it created, if the body contains one.
        vendor_id: Option<String>,
    },
    /// This order was invited before.
    AlreadyInvited,
    /// This order was not invited, for example because the vendor invited this customer recently.
    Skipped {
        /// Why. Contains no personal data.
        reason: String,
        /// When the same request can succeed, if it is known.
        retry_at: Option<DateTime<Utc>>,
    },
    /// The vendor rejected the request for good. Counts with any status except a server error.
    Rejected,
    /// The vendor did not process the request and asks to send it later. Required for a 503, which gateways
    /// send too: only a body that the vendor documents proves that the request was not processed.
    Throttled(Option<Duration>),
    /// The vendor reports a failure of its own, and may have processed the request before. The outcome is unknown
    /// with every status except 401 and 429.
    Failed,
    /// The vendor did not accept the access token. A new one is fetched and the request sent once more. A 401 has this
    /// effect without the verdict. Use it for a 403 only if the body distinguishes it from a missing permission.
    TokenRejected,
}
