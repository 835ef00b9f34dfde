//! Replaces a response when a connection has to break.
//!
//! A handler cannot break a connection, because it only returns a response. It puts an [`Abort`] into the extensions
//! of a response that is never written, and the connection does the rest.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

/// The bytes to send instead of a response, and how the connection ends after them.
#[derive(Clone, Debug)]
pub(crate) struct Abort {
    pub(crate) bytes: Bytes,
    pub(crate) end: ConnectionEnd,
    /// The status in `bytes`, if a client can read it.
    pub(crate) status: Option<u16>,
}

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConnectionEnd {
    /// FIN.
    Close,
    /// RST.
    Reset,
    /// Not at all: silence until the client closes it.
    Stall,
}

impl IntoResponse for Abort {
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Returns the status that the client can read, or `None` if there is none.
pub(crate) fn readable_status(response: &Response) -> Option<u16> {
    match response.extensions().get::<Abort>() {
        None => Some(response.status().as_u16()),
        Some(abort) => abort.status,
    }
}
