//! What the transport says of a request when the other side misbehaves, over real sockets.
#![cfg(feature = "reqwest")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use review_core::Sent;
use review_http::{
    BodyEnd, HttpResponse, HttpTransport, Outcome, Problem, ReqwestTransport, TransportError,
    TransportOptions,
};

const BODY: &str = "{\"email\":\"jane@example.com\"}";

/// A server that takes connections one by one, does `then` to each and counts the whole requests it
/// has read. It stops after ten connections or when the test ends.
struct Server {
    port: u16,
    whole_requests: Arc<AtomicUsize>,
}

fn serve(then: fn(&mut TcpStream) -> bool) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let whole_requests = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&whole_requests);
    std::thread::spawn(move || {
        for stream in listener.incoming().take(10) {
            let mut stream = stream.unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
            if then(&mut stream) {
                counted.fetch_add(1, Ordering::SeqCst);
            }
        }
    });
    Server { port, whole_requests }
}

/// Reads one whole request.
fn read_all(stream: &mut TcpStream) -> bool {
    let mut read = Vec::new();
    let mut piece = [0; 4096];
    while !read.ends_with(BODY.as_bytes()) {
        match stream.read(&mut piece) {
            Ok(0) | Err(_) => return false,
            Ok(length) => read.extend_from_slice(&piece[..length]),
        }
    }
    true
}

fn read_and_answer(stream: &mut TcpStream, answer: &[u8]) -> bool {
    let read = read_all(stream);
    let _ = stream.write_all(answer);
    read
}

async fn post(port: u16, timeout: Duration) -> Result<HttpResponse, TransportError> {
    let options = TransportOptions::default().with_connect_timeout(timeout / 2);
    let transport = ReqwestTransport::new(options).unwrap();
    let request = http::Request::post(format!("http://127.0.0.1:{port}/x?query=canary"))
        .header("authorization", "Bearer canary")
        .body(Bytes::from_static(BODY.as_bytes()))
        .unwrap();
    transport.send(request, timeout).await
}

fn no_leak(error: &TransportError) {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("canary") && !shown.contains("jane"), "{shown}");
        cause = error.source();
    }
}

async fn expect_failure(
    then: fn(&mut TcpStream) -> bool,
    sent: Sent,
    problem: Problem,
    whole_requests: usize,
) {
    let server = serve(then);
    let error = post(server.port, Duration::from_millis(700)).await.unwrap_err();
    assert_eq!((error.sent(), error.problem()), (sent, problem), "{error:?}");
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(server.whole_requests.load(Ordering::SeqCst), whole_requests);
    no_leak(&error);
}

#[tokio::test]
async fn a_refused_connection_sent_nothing() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let error = post(port, Duration::from_secs(2)).await.unwrap_err();
    assert_eq!((error.sent(), error.problem()), (Sent::No, Problem::Connect));
    no_leak(&error);
}

#[tokio::test]
async fn all_read_then_closed_is_unknown_and_sent_once() {
    expect_failure(read_all, Sent::Maybe, Problem::Interrupted, 1).await;
}

#[tokio::test]
async fn all_read_then_silence_is_unknown_and_sent_once() {
    let stall = |stream: &mut TcpStream| {
        let read = read_all(stream);
        let kept = stream.try_clone().unwrap();
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_secs(3));
            drop(kept);
        });
        read
    };
    expect_failure(stall, Sent::Maybe, Problem::Timeout, 1).await;
}

#[tokio::test]
async fn half_a_head_is_unknown() {
    let half = |stream: &mut TcpStream| read_and_answer(stream, b"HTTP/1.1 202 Acc");
    expect_failure(half, Sent::Maybe, Problem::Interrupted, 1).await;
}

#[tokio::test]
async fn garbage_is_unknown() {
    let garbage = |stream: &mut TcpStream| read_and_answer(stream, b"SSH-2.0-canary\r\n\r\n");
    expect_failure(garbage, Sent::Maybe, Problem::Interrupted, 1).await;
}

#[tokio::test]
async fn an_accepted_head_counts_whatever_becomes_of_its_body() {
    for (answer, end) in [
        ("HTTP/1.1 202 Accepted\r\ncontent-length: 100\r\n\r\n{\"EventRef\":", BodyEnd::CutOff),
        ("HTTP/1.1 202 Accepted\r\ntransfer-encoding: chunked\r\n\r\n5\r\nabc", BodyEnd::CutOff),
        ("HTTP/1.1 202 Accepted\r\ncontent-length: 2\r\n\r\n{}", BodyEnd::Complete),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || read_and_answer(&mut listener.accept().unwrap().0, answer.as_bytes()));
        let result = post(port, Duration::from_secs(2)).await;
        assert_eq!(Outcome::of(&result), Outcome::Accepted);
        assert_eq!(result.unwrap().body_end, end, "{answer}");
    }
}

#[tokio::test]
async fn an_endless_body_is_cut_at_the_limit() {
    for (head, limit) in [("200 OK", 1024 * 1024), ("400 Bad Request", 64 * 1024)] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            let mut stream = listener.accept().unwrap().0;
            read_and_answer(&mut stream, format!("HTTP/1.1 {head}\r\n\r\n").as_bytes());
            while stream.write_all(&[b'x'; 65536]).is_ok() {}
        });
        let response = post(port, Duration::from_secs(5)).await.unwrap();
        assert_eq!((response.body_end, response.body.len()), (BodyEnd::TooLarge, limit));
    }
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_never_followed() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    other.set_nonblocking(true).unwrap();
    let target = other.local_addr().unwrap().port();
    for status in [301, 302, 303, 307, 308] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            let answer = format!(
                "HTTP/1.1 {status} Go\r\nlocation: http://127.0.0.1:{target}/\r\ncontent-length: 0\r\n\r\n"
            );
            read_and_answer(&mut listener.accept().unwrap().0, answer.as_bytes())
        });
        let response = post(port, Duration::from_secs(2)).await.unwrap();
        assert_eq!(response.status.as_u16(), status);
    }
    assert!(other.accept().is_err(), "somebody followed a redirect");
}
