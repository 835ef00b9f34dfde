//! Reads request bodies with a limit on their size and on the time they take.

use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::StatusCode;

/// Reads a whole body.
///
/// # Errors
///
/// The status to respond with: 413 for a body over the limit in bytes, or one that its client broke off (which gets no
/// response anyway); 408 for one that is not complete in time.
pub(crate) async fn read(body: Body, limit: usize, time: Duration) -> Result<Bytes, StatusCode> {
    match tokio::time::timeout(time, to_bytes(body, limit)).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(_)) => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
    }
}
