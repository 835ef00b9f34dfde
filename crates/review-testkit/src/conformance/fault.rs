//! The faults that the suite injects.

use std::time::Duration;

use review_core::ErrorScope;

/// A fault between a provider and its vendor. It applies to the request that invites, unless its description
/// names another one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum VendorFault {
    /// The vendor accepts the invitation, but the connection is closed before the response arrives.
    DropResponse,
    /// The vendor accepts the invitation, but does not respond before the timeout of the provider.
    Hang,
    /// The connection cannot be established. Nothing is sent. If the provider retries, this applies to each of
    /// its attempts for one invitation.
    RefuseConnection,
    /// The vendor rejects the request for this time (HTTP 429 with `Retry-After`).
    Throttle(Duration),
    /// The vendor rejects the request permanently (HTTP 400) and quotes the headers and the body of the request.
    Reject,
    /// The vendor rejects the request permanently (HTTP 400), and its message quotes this value, with a space
    /// before and after it.
    RejectQuoting(String),
    /// The vendor rejects the request in the body of a response with a 2xx status, and its message quotes this
    /// value as above. For vendors that do so.
    RejectInSuccess(String),
    /// A captive portal responds: a 2xx status and an HTML page.
    ForeignResponse,
    /// The vendor no longer accepts the token or the credentials (HTTP 401).
    Unauthorized,
    /// The credentials are valid, but lack the permission (HTTP 403).
    Forbidden,
    /// The vendor fails (HTTP 500). It may or may not have accepted the invitation.
    ServerError,
    /// The vendor rejects the **request for a token** (HTTP 401) and quotes this value.
    RejectToken(String),
    /// The vendor rejects the **first request before the invitation** (HTTP 400) that concerns this: an order, such
    /// as an upload of its products, or the account, such as a lookup of its id.
    RejectPreparation(ErrorScope),
}
