//! What can go wrong.

/// Whether the vendor's end point gets to see a call that meets a [`Fault`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultPhase {
    /// The request is read in full, and the end point never sees it: no mail, no token, nothing.
    BeforeCommit,
    /// The end point does its work, a mail is counted, and then the answer is spoilt.
    AfterCommit,
}

/// When a client may try again: the header `Retry-After`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RetryAfter {
    /// So many seconds, as a number.
    Seconds(u32),
    /// So many seconds from now, as a date. The machine's time, not the sandbox's advanced one: a client has the former.
    Date(u32),
}

/// What can go wrong with a call or a connection. The README has a table of them.
///
/// Each has a name, which [`Display`](std::fmt::Display) prints and [`FromStr`](std::str::FromStr) and serde read:
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
/// A name without a phase means before commit for what answers ([`Status`](Self::Status), [`Html`](Self::Html),
/// [`Redirect`](Self::Redirect)), and after commit for the others.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// The connection is accepted, and closed before a byte is read.
    CloseOnAccept,
    /// The connection is accepted, and reset before a byte is read.
    ResetOnAccept,
    /// The call is served as ever, its connection closed, and for so long from then on the system refuses connections.
    /// Connections that are open live on.
    Refuse {
        /// How long, in milliseconds.
        millis: u32,
    },
    /// The connection is closed (FIN) where the answer should be.
    Close(FaultPhase),
    /// The connection is reset (RST) where the answer should be.
    Reset(FaultPhase),
    /// Silence where the answer should be, until the client goes.
    Stall(FaultPhase),
    /// Half a status line, then the connection is closed.
    HalfStatusLine(FaultPhase),
    /// Half a header, then the connection is closed.
    HalfHeader(FaultPhase),
    /// Half a header, then silence.
    HalfHeaderStall(FaultPhase),
    /// `100 Continue` and nothing else, then the connection is closed.
    ContinueOnly(FaultPhase),
    /// Bytes that are no HTTP, then the connection is closed.
    Garbage(FaultPhase),
    /// An answer with two different `Content-Length`.
    TwoLengths(FaultPhase),
    /// An answer with 150 headers: more than common clients take.
    ManyHeaders(FaultPhase),
    /// An answer with a header of 10 MB: more than common clients take.
    HugeHeader(FaultPhase),
    /// The right head, and half of the body it announces with a length.
    CutLength,
    /// The right head, and a chunked body that does not come to its end.
    CutChunked,
    /// The right head without a length, and half of the body: a client cannot tell from HTTP that it was cut.
    CutUntilClose,
    /// The right head, half of the body, then silence.
    StallBody,
    /// A status of its own.
    Status {
        /// From 200 to 599.
        code: u16,
        /// The header, if there is to be one.
        retry_after: Option<RetryAfter>,
        /// Without a body. With one, it is an error in the vendor's form.
        empty: bool,
        /// Before commit if not said otherwise.
        phase: FaultPhase,
    },
    /// 502 with a page of HTML, as gateways send it.
    Html(FaultPhase),
    /// A redirect.
    Redirect {
        /// 301, 302, 303, 307 or 308.
        code: u16,
        /// Where to; `None`: `/redirected` of the sandbox, where a client that followed is answered 404 and recorded.
        location: Option<String>,
        /// Before commit if not said otherwise.
        phase: FaultPhase,
    },
    /// The right answer, late.
    Slow {
        /// How late, in milliseconds.
        millis: u32,
    },
    /// The access token of the call is dead from now on, so that the end point answers its own 401. A call without a
    /// bearer is served as ever.
    ExpiredToken,
    /// The right head, with `Content-Encoding: gzip` and 1 MB that unpacks to 1 GiB of spaces.
    GzipBomb,
    /// The right head, and a chunked body of spaces that ends after 1 GiB.
    EndlessBody,
}

impl Fault {
    /// A status before commit, with an error in the vendor's form and without `Retry-After`.
    #[must_use]
    pub fn status(code: u16) -> Self {
        Self::Status { code, retry_after: None, empty: false, phase: FaultPhase::BeforeCommit }
    }

    /// Whether it hits connections: no request has been read then, and no rule can tell calls apart.
    #[must_use]
    pub fn is_on_accept(&self) -> bool {
        matches!(self, Self::CloseOnAccept | Self::ResetOnAccept)
    }

    /// Whether the end point gets to see the call. [`ExpiredToken`](Self::ExpiredToken) counts as after commit, as it is
    /// the end point that refuses.
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
