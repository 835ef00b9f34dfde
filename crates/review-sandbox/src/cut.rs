//! What stands in the place of an answer when a connection or a stream is to break.
//!
//! A handler cannot break a connection, as it only gives back an answer. It puts a [`Cut`] into the extensions of one
//! that is never written, and the connection does the rest.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use h2::Reason;

/// How a call ends without an answer of the HTTP library's making.
#[derive(Clone, Debug)]
pub(crate) enum Cut {
    /// HTTP is taken off the connection, which then plays this.
    Script(Script),
    /// The stream is reset and the connection lives on. HTTP/2 only.
    Stream(Reason),
    /// The stream stays open and silent. HTTP/2 only.
    Silence,
}

/// Bytes, and what becomes of the connection after them.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    pub(crate) bytes: Bytes,
    pub(crate) end: End,
    /// The status in `bytes`, if a client can read it.
    pub(crate) status: Option<u16>,
}

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// FIN.
    Close,
    /// RST.
    Reset,
    /// Not at all: silence until the client goes.
    Stall,
}

impl Script {
    /// Ends the connection without a byte.
    pub(crate) fn silent(end: End) -> Self {
        Self { bytes: Bytes::new(), end, status: None }
    }
}

impl IntoResponse for Cut {
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The status the client gets to read. `None`: it gets none.
pub(crate) fn answered(response: &Response) -> Option<u16> {
    match response.extensions().get::<Cut>() {
        None => Some(response.status().as_u16()),
        Some(Cut::Script(script)) => script.status,
        Some(Cut::Stream(_) | Cut::Silence) => None,
    }
}
