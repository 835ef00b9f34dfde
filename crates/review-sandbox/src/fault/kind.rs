//! The faults.

/// Whether the vendor's endpoint processes a request before a [`Fault`] is injected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultPhase {
    /// The request is read in full, and the endpoint never sees it: no email, no token.
    BeforeCommit,
    /// The endpoint processes the request, an email is counted, and then the fault replaces or breaks the response.
    AfterCommit,
}

/// When a client can retry: the header `Retry-After`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RetryAfter {
    /// A number of seconds.
    Seconds(u32),
    /// A date this many seconds from now, by the machine's time, which clients use, not by the sandbox's advanced
    /// time.
    Date(u32),
}

/// A fault that a request or a connection can meet. The README lists all of them.
///
/// Each has a name, which [`Display`](std::fmt::Display) prints and [`FromStr`](std::str::FromStr) and serde parse:
///
/// ```
/// use review_sandbox::{Fault, FaultPhase};
///
/// let fault: Fault = "reset-after-commit".parse()?;
/// assert_eq!(fault, Fault::Reset(FaultPhase::AfterCommit));
/// assert_eq!("status-503".parse::<Fault>()?, Fault::status(503));
/// # Ok::<(), review_sandbox::ParseFaultError>(())
/// ```
///
/// A name without a phase means before commit for faults that respond ([`Status`](Self::Status),
/// [`Html`](Self::Html), [`Redirect`](Self::Redirect)), and after commit for the others.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// Accepts the connection, and closes it before a byte is read.
    CloseOnAccept,
    /// Accepts the connection, and resets it before a byte is read.
    ResetOnAccept,
    /// Serves the request normally and closes its connection. Then the system refuses new connections for a while.
    /// Open connections stay open.
    Refuse {
        /// How long, in milliseconds.
        millis: u32,
    },
    /// Closes the connection (FIN) instead of responding.
    Close(FaultPhase),
    /// Resets the connection (RST) instead of responding.
    Reset(FaultPhase),
    /// Sends nothing, and keeps the connection open until the client closes it.
    Stall(FaultPhase),
    /// Sends half a status line, then closes the connection.
    HalfStatusLine(FaultPhase),
    /// Sends half a header, then closes the connection.
    HalfHeader(FaultPhase),
    /// Sends half a header, then nothing.
    HalfHeaderStall(FaultPhase),
    /// Sends `100 Continue` only, then closes the connection.
    ContinueOnly(FaultPhase),
    /// Sends bytes that are not HTTP, then closes the connection.
    Garbage(FaultPhase),
    /// Responds with two different `Content-Length` headers.
    TwoLengths(FaultPhase),
    /// Responds with 150 headers: more than common clients accept.
    ManyHeaders(FaultPhase),
    /// Responds with a header of 10 MB: more than common clients accept.
    HugeHeader(FaultPhase),
    /// Sends the right head, and half of the body that it announces with a length.
    CutLength,
    /// Sends the right head, and a chunked body without an end.
    CutChunked,
    /// Sends the right head without a length, and half of the body: HTTP does not show the client that it was cut.
    CutUntilClose,
    /// Sends the right head and half of the body, then nothing.
    StallBody,
    /// Responds with another status.
    Status {
        /// From 200 to 599.
        code: u16,
        /// The header, if any.
        retry_after: Option<RetryAfter>,
        /// Whether the body is empty. Otherwise it is an error in the vendor's form.
        empty: bool,
        /// Before commit by default.
        phase: FaultPhase,
    },
    /// Responds with 502 and an HTML page, as gateways do.
    Html(FaultPhase),
    /// Redirects.
    Redirect {
        /// 301, 302, 303, 307 or 308.
        code: u16,
        /// The target; `None`: `/redirected` of the sandbox, where a client that follows gets 404 and is recorded.
        location: Option<String>,
        /// Before commit by default.
        phase: FaultPhase,
    },
    /// Sends the right response late.
    Slow {
        /// How late, in milliseconds.
        millis: u32,
    },
    /// Expires the access token of the request, so that the endpoint responds with its own 401. A request without a
    /// bearer token is served normally.
    ExpiredToken,
    /// Sends the right head, with `Content-Encoding: gzip` and 1 MB that decompresses to 1 GiB of spaces.
    GzipBomb,
    /// Sends the right head, and a chunked body of spaces that ends after 1 GiB.
    EndlessBody,
}

impl Fault {
    /// Returns a status before commit, with an error in the vendor's form and without `Retry-After`.
    #[must_use]
    pub fn status(code: u16) -> Self {
        Self::Status { code, retry_after: None, empty: false, phase: FaultPhase::BeforeCommit }
    }

    /// Returns whether it hits connections. No request has been read then, so a rule cannot have conditions on
    /// requests.
    #[must_use]
    pub fn is_on_accept(&self) -> bool {
        matches!(self, Self::CloseOnAccept | Self::ResetOnAccept)
    }

    /// Returns whether the endpoint processes the request. [`ExpiredToken`](Self::ExpiredToken) counts as after
    /// commit, because the endpoint rejects the request itself.
    #[must_use]
    pub fn phase(&self) -> FaultPhase {
        match self {
            Self::CloseOnAccept | Self::ResetOnAccept => FaultPhase::BeforeCommit,
            Self::Close(phase)
            | Self::Reset(phase)
            | Self::Stall(phase)
            | Self::HalfStatusLine(phase)
            | Self::HalfHeader(phase)
            | Self::HalfHeaderStall(phase)
            | Self::ContinueOnly(phase)
            | Self::Garbage(phase)
            | Self::TwoLengths(phase)
            | Self::ManyHeaders(phase)
            | Self::HugeHeader(phase)
            | Self::Status { phase, .. }
            | Self::Html(phase)
            | Self::Redirect { phase, .. } => *phase,
            Self::Refuse { .. }
            | Self::CutLength
            | Self::CutChunked
            | Self::CutUntilClose
            | Self::StallBody
            | Self::Slow { .. }
            | Self::ExpiredToken
            | Self::GzipBomb
            | Self::EndlessBody => FaultPhase::AfterCommit,
        }
    }
}
