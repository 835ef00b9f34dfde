//! Responses made to exhaust memory: none costs more than a few megabytes, and each ends in a clear error.
#![cfg(feature = "reqwest")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod servers;

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use peak_alloc::PeakAlloc;
use review_core::provider::ProviderInfo;
use review_core::{Error, ErrorKind};
use review_http::{
    ApiRequest, ApiResponse, Classification, Client, ClientOptions, ReqwestTransport, RetryPolicy,
    TransportOptions,
};
use servers::{Deed, Peer, Server};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const MOST: usize = 8 * 1024 * 1024;
const GIB: usize = 1024 * 1024 * 1024;

/// A gibibyte of zeros: one mebibyte, compressed, a thousand times over.
/// The status alone decides.
fn by_code(response: &ApiResponse) -> Classification {
    if response.status.is_success() { Classification::accepted(None) } else { Classification::rejected() }
}

fn bomb(peer: &mut Peer, status: &str) {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&vec![0; 1024 * 1024]).unwrap();
    let member = encoder.finish().unwrap();
    assert!(member.len() < 2048);
    let length = member.len() * 1024;
    peer.respond(format!("HTTP/1.1 {status}\r\ncontent-encoding: gzip\r\ncontent-length: {length}\r\n\r\n"));
    for _ in 0..1024 {
        peer.write(&member);
    }
}

fn endless(peer: &mut Peer, status: &str) {
    peer.respond(format!("HTTP/1.1 {status}\r\n\r\n"));
    let mut left = GIB;
    while left > 0 && peer.write([b'x'; 65536]) {
        left -= 65536;
    }
}

fn large_header(peer: &mut Peer, _: &str) {
    peer.respond("HTTP/1.1 202 Accepted\r\nx-large: ");
    for _ in 0..160 {
        peer.write([b'x'; 65536]);
    }
    peer.write("\r\ncontent-length: 0\r\n\r\n");
}

/// What an invitation comes to, and by how much memory grew at the most.
async fn invite(client: &Client, deed: Deed) -> (Result<(), Error>, usize) {
    let server = Server::start(Box::leak(Box::new([deed])));
    let url = format!("http://127.0.0.1:{}/x", server.port).parse().unwrap();
    let call = ApiRequest::at_most_once("send_invite", http::Method::POST, url).json(&"body").unwrap();
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let response = client.send(call).await;
    let result = response.and_then(|response| response.json::<serde_json::Value>().map(|_| ()));
    (result, MEMORY.peak_usage().saturating_sub(before))
}

#[tokio::test]
async fn hostile_responses_cost_little_and_end_in_an_error() {
    let transport = Arc::new(ReqwestTransport::new(TransportOptions::default()).unwrap());
    let options =
        ClientOptions::from(RetryPolicy::no_retries().with_attempt_timeout(Duration::from_secs(30)));
    let client = Client::new(ProviderInfo::new("vendor", "test"), transport, &options, by_code);
    // The size of the test itself is paid before anything is measured.
    let _ = invite(&client, |peer| peer.respond("HTTP/1.1 202 OK\r\ncontent-length: 2\r\n\r\n{}")).await;
    let large = "the response is larger than 1 MiB";
    let cases: [(&str, Deed, ErrorKind, &str); 5] = [
        ("bomb, accepted", |peer| bomb(peer, "202 Accepted"), ErrorKind::Unexpected, large),
        ("bomb, rejected", |peer| bomb(peer, "400 Bad"), ErrorKind::InvalidRequest, "invalid request"),
        ("endless, accepted", |peer| endless(peer, "202 Accepted"), ErrorKind::Unexpected, large),
        ("endless, rejected", |peer| endless(peer, "400 Bad"), ErrorKind::InvalidRequest, "invalid request"),
        (
            "a header of 10 MiB",
            |peer| large_header(peer, ""),
            ErrorKind::OutcomeUnknown,
            "no response received; the vendor may have accepted the request",
        ),
    ];
    for (name, deed, kind, message) in cases {
        let (result, grown) = invite(&client, deed).await;
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.message().as_ref()), (kind, message), "{name}: {error}");
        println!("{name}: {} KiB", grown / 1024);
        assert!(grown <= MOST, "{name}: memory grew by {grown} bytes");
    }
}
