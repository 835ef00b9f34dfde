//! The transport, over real sockets: what it reads of a response, that it follows no redirect, and which
//! connections it reuses.
#![cfg(feature = "reqwest")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod servers;

use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use review_core::SendState;
use review_http::{
    ApiResponse, AttemptOutcome, BodyStatus, HttpResponse, HttpTransport, ProxyOption, ReqwestTransport,
    TransportError, TransportErrorKind, TransportOptions, Verdict,
};
use servers::{Deed, LONG, Peer, Server};

fn request(port: u16) -> http::Request<Bytes> {
    http::Request::post(format!("http://127.0.0.1:{port}/x"))
        .body(Bytes::from_static(b"{\"email\":\"jane@example.com\"}"))
        .unwrap()
}

async fn post(port: u16) -> Result<HttpResponse, TransportError> {
    let transport = ReqwestTransport::new(TransportOptions::default()).unwrap();
    transport.send(request(port), LONG).await
}

/// The outcome of an accepting vendor.
fn outcome(result: &Result<HttpResponse, TransportError>) -> AttemptOutcome {
    let accepted = Verdict::Accepted { vendor_id: None };
    match result {
        Ok(response) => {
            AttemptOutcome::from_response(&ApiResponse::new("send_invite", response.clone()), &accepted)
        }
        Err(error) => AttemptOutcome::from_error(error),
    }
}

#[tokio::test]
async fn the_end_of_a_body_is_recorded() {
    let deeds: [(Deed, BodyStatus); 3] = [
        (
            |peer| peer.respond("HTTP/1.1 202 OK\r\ncontent-length: 100\r\n\r\n{\"EventRef\":"),
            BodyStatus::Truncated,
        ),
        (
            |peer| peer.respond("HTTP/1.1 202 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nabc"),
            BodyStatus::Truncated,
        ),
        (|peer| peer.respond("HTTP/1.1 202 OK\r\ncontent-length: 2\r\n\r\n{}"), BodyStatus::Complete),
    ];
    for (deed, end) in deeds {
        let result = post(Server::start(Box::leak(Box::new([deed]))).port).await;
        assert_eq!(outcome(&result), AttemptOutcome::Accepted);
        assert_eq!(result.unwrap().body_status, end);
    }
}

#[tokio::test]
async fn an_endless_body_is_cut_at_the_limit() {
    fn endless(peer: &mut Peer, head: &str) {
        peer.respond(head);
        while peer.write([b'x'; 65536]) {}
    }
    let deeds: [(Deed, usize); 2] = [
        (|peer| endless(peer, "HTTP/1.1 200 OK\r\n\r\n"), 1024 * 1024),
        (|peer| endless(peer, "HTTP/1.1 400 Bad Request\r\n\r\n"), 64 * 1024),
    ];
    for (deed, limit) in deeds {
        let response = post(Server::start(Box::leak(Box::new([deed]))).port).await.unwrap();
        assert_eq!((response.body_status, response.body.len()), (BodyStatus::TooLarge, limit));
    }
}

#[tokio::test]
async fn redirects_are_never_followed() {
    let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    other.set_nonblocking(true).unwrap();
    let target = other.local_addr().unwrap().port();
    for status in [301, 307, 308] {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            use std::io::{Read as _, Write as _};
            let mut stream = listener.accept().unwrap().0;
            let _ = stream.read(&mut [0; 4096]);
            let location = format!("location: http://127.0.0.1:{target}/\r\ncontent-length: 0\r\n\r\n");
            stream.write_all(format!("HTTP/1.1 {status} Go\r\n{location}").as_bytes()).unwrap();
        });
        let response = post(port).await.unwrap();
        assert_eq!(response.status.as_u16(), status);
        assert_eq!(outcome(&Ok(response)), AttemptOutcome::Intercepted);
    }
    assert!(other.accept().is_err(), "a redirect was followed");
}

/// A server that keeps connections and closes one that was idle for this long. Gives its port and the
/// number of whole requests it has read.
async fn keeps_connections(idle: Duration) -> (u16, Arc<AtomicUsize>) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let read = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&read);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let counted = Arc::clone(&counted);
            tokio::spawn(async move {
                let mut piece = [0; 4096];
                let mut text = Vec::new();
                // Idle is what has been used: a new connection is waited for.
                let mut limit = LONG;
                while let Ok(Ok(length @ 1..)) = tokio::time::timeout(limit, stream.read(&mut piece)).await {
                    text.extend_from_slice(&piece[..length]);
                    if text.ends_with(b"}") {
                        text.clear();
                        counted.fetch_add(1, Ordering::SeqCst);
                        limit = idle;
                        let _ = stream.write_all(b"HTTP/1.1 202 OK\r\ncontent-length: 0\r\n\r\n").await;
                    }
                }
            });
        }
    });
    (port, read)
}

#[tokio::test]
async fn without_a_pool_idle_closes_leave_nothing_unknown() {
    let (port, read) = keeps_connections(Duration::from_millis(1)).await;
    let options = TransportOptions::default().with_idle_timeout(Duration::ZERO);
    let transport = ReqwestTransport::new(options).unwrap();
    for _ in 0..4000 {
        assert_eq!(outcome(&transport.send(request(port), LONG).await), AttemptOutcome::Accepted);
    }
    assert_eq!(read.load(Ordering::SeqCst), 4000, "a request was seen twice");
}

#[tokio::test]
async fn connections_that_were_idle_too_long_are_not_reused() {
    // The pause is longer than the first timeout and shorter than the second, on any machine.
    for (idle, connections) in [(Duration::from_millis(1), 5), (LONG, 1)] {
        let server = Server::start(&[|peer| {
            for _ in 0..5 {
                peer.respond("HTTP/1.1 202 OK\r\ncontent-length: 0\r\n\r\n");
            }
        }]);
        let transport = ReqwestTransport::new(TransportOptions::default().with_idle_timeout(idle)).unwrap();
        for _ in 0..5 {
            let result = transport.send(request(server.port), LONG).await;
            assert_eq!(outcome(&result), AttemptOutcome::Accepted);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!((server.connections(), server.whole_requests()), (connections, 5));
    }
}

#[test]
fn an_invalid_request_is_not_sent() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let transport = ReqwestTransport::new(TransportOptions::default()).unwrap();
    let request = http::Request::post("/no-host").body(Bytes::new()).unwrap();
    let error = runtime.block_on(transport.send(request, Duration::from_secs(1))).unwrap_err();
    assert_eq!((error.send_state(), error.kind()), (SendState::NotSent, TransportErrorKind::InvalidRequest));
}

#[tokio::test]
async fn unlimited_timeouts_do_not_overflow() {
    let (port, _) = keeps_connections(Duration::from_secs(60)).await;
    let endless = Duration::MAX;
    let options = TransportOptions::default().with_idle_timeout(endless).with_connect_timeout(endless);
    let transport = ReqwestTransport::new(options).unwrap();
    for _ in 0..3 {
        assert_eq!(outcome(&transport.send(request(port), endless).await), AttemptOutcome::Accepted);
    }
}

#[tokio::test]
async fn an_explicit_proxy_is_used_and_its_407_is_explained() {
    let deeds: &'static [Deed] = &[|peer| {
        peer.respond("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n");
    }];
    let proxy = format!("http://user:canary@127.0.0.1:{}", Server::start(deeds).port);
    let options = TransportOptions::default().with_proxy(ProxyOption::Url(proxy));
    assert!(!format!("{options:?}").contains("canary"));
    let transport = ReqwestTransport::new(options).unwrap();
    let request = http::Request::post("https://vendor.example/x").body(Bytes::from_static(b"{}")).unwrap();
    let error = transport.send(request, LONG).await.unwrap_err();
    assert_eq!((error.kind(), error.send_state()), (TransportErrorKind::Proxy, SendState::NotSent));
    assert!(error.help().unwrap().contains("credentials"), "{error:?}");
    assert!(!format!("{error:?}").contains("canary"), "{error:?}");
}

#[test]
fn invalid_options_are_configuration_errors() {
    let certificate = TransportOptions::default().add_root_certificates("no PEM");
    let proxy = TransportOptions::default().with_proxy(ProxyOption::Url("http://canary:x@".to_owned()));
    for options in [certificate, proxy] {
        let error = ReqwestTransport::new(options).unwrap_err();
        assert_eq!(error.kind(), review_core::ErrorKind::InvalidConfig, "{error}");
        assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
    }
}

/// Runs itself again with the variable set, since a test must not change its own environment.
#[tokio::test]
async fn an_unused_proxy_variable_is_named_if_no_connection_exists() {
    const CHILD: &str = "an_unused_proxy_variable_is_named_if_no_connection_exists";
    if std::env::var("HTTPS_PROXY").as_deref() != Ok("http://proxy.example:3128") {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", CHILD]).env("HTTPS_PROXY", "http://proxy.example:3128");
        let output = child.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        return;
    }
    let error = post(servers::closed_port()).await.unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Connect);
    assert!(error.help().unwrap().contains("HTTPS_PROXY is set"), "{error:?}");
}
