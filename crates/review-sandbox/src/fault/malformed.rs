//! Responses that break off, stall, or are not HTTP.

use axum::body::to_bytes;
use axum::http::header::{CONNECTION, CONTENT_LENGTH, DATE, TRANSFER_ENCODING};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::kind::Fault;
use crate::abort::{Abort, ConnectionEnd};

/// The smallest length that a cut body announces, because some responses have no body.
const ANNOUNCED: usize = 64;

/// Sent instead of half a body if there is none.
const HALF: &[u8] = b"{";

/// Not HTTP.
const GARBAGE: &[u8] = b"\x00\xfe\x15\x03 no HTTP at all\r\n\r\n";

/// Returns what replaces a response, for a fault at the level of bytes; for all other faults the response is returned
/// unchanged. `response` is the endpoint's, if the fault comes after commit.
pub(super) async fn abort(fault: &Fault, response: Option<Response>) -> Result<Abort, Option<Response>> {
    let end = match fault {
        Fault::Close(_)
        | Fault::HalfStatusLine(_)
        | Fault::HalfHeader(_)
        | Fault::ContinueOnly(_)
        | Fault::Garbage(_)
        | Fault::TwoLengths(_)
        | Fault::CutLength
        | Fault::CutChunked
        | Fault::CutUntilClose => ConnectionEnd::Close,
        Fault::Reset(_) => ConnectionEnd::Reset,
        Fault::Stall(_) | Fault::HalfHeaderStall(_) | Fault::StallBody => ConnectionEnd::Stall,
        _ => return Err(response),
    };
    Ok(build(fault, end, response).await)
}

async fn build(fault: &Fault, end: ConnectionEnd, response: Option<Response>) -> Abort {
    let status = response.as_ref().map_or(StatusCode::INTERNAL_SERVER_ERROR, Response::status);
    let line = status_line(status);
    let bytes = match fault {
        Fault::HalfStatusLine(_) => b"HTTP/1.1 20".to_vec(),
        Fault::HalfHeader(_) | Fault::HalfHeaderStall(_) => {
            format!("{line}content-type: applic").into_bytes()
        }
        Fault::ContinueOnly(_) => b"HTTP/1.1 100 Continue\r\n\r\n".to_vec(),
        Fault::Garbage(_) => GARBAGE.to_vec(),
        Fault::TwoLengths(_) => {
            format!("{line}content-length: 2\r\ncontent-length: 40\r\n\r\n{{}}").into_bytes()
        }
        Fault::CutLength | Fault::CutChunked | Fault::CutUntilClose | Fault::StallBody => {
            let bytes = half(fault, &line, response).await;
            return Abort { bytes: bytes.into(), end, status: Some(status.as_u16()) };
        }
        _ => Vec::new(),
    };
    Abort { bytes: bytes.into(), end, status: None }
}

/// The head of the response, and half of its body.
async fn half(fault: &Fault, line: &str, response: Option<Response>) -> Vec<u8> {
    let (headers, body) = match response {
        Some(response) => {
            let (parts, body) = response.into_parts();
            // It is in memory already, so reading it cannot fail.
            (parts.headers, to_bytes(body, usize::MAX).await.unwrap_or_default())
        }
        None => Default::default(),
    };
    let sent = body.get(..body.len() / 2).filter(|half| !half.is_empty()).unwrap_or(HALF);
    let mut bytes = line.as_bytes().to_vec();
    print(&headers, &mut bytes);
    match fault {
        Fault::CutChunked => {
            bytes.extend(format!("transfer-encoding: chunked\r\n\r\n{:x}\r\n", sent.len()).into_bytes());
            bytes.extend_from_slice(sent);
            bytes.extend_from_slice(b"\r\n");
        }
        Fault::CutUntilClose => {
            bytes.extend_from_slice(b"connection: close\r\n\r\n");
            bytes.extend_from_slice(sent);
        }
        _ => {
            let announced = body.len().max(ANNOUNCED);
            bytes.extend(format!("content-length: {announced}\r\n\r\n").into_bytes());
            bytes.extend_from_slice(sent);
        }
    }
    bytes
}

fn status_line(status: StatusCode) -> String {
    format!("HTTP/1.1 {} {}\r\n", status.as_u16(), status.canonical_reason().unwrap_or_default())
}

/// Prints all headers except those that describe how the body is sent.
fn print(headers: &HeaderMap, bytes: &mut Vec<u8>) {
    let framing = [CONTENT_LENGTH, TRANSFER_ENCODING, CONNECTION, DATE];
    for (name, value) in headers.iter().filter(|(name, _)| !framing.contains(name)) {
        bytes.extend_from_slice(name.as_str().as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
}
