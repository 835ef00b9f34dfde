//! The sandbox itself: life cycle, record, environment, limits.

mod common;

use std::time::Duration;

use common::*;
use review_sandbox::{Host, Sandbox, Vendor};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test]
async fn recorded_request_has_content_but_debug_has_none() {
    let sandbox = Sandbox::start().await.unwrap();
    let headers = [JSON, ("X-Mixed-Case", "secret")];
    send(&sandbox, Host::EtrustedApi, "POST /events?a=secret%20", &headers, "{\"secret\":1}").await.is(401);
    let recorded = sandbox.requests().pop().unwrap();
    assert_eq!((recorded.host, recorded.vendor()), (Some(Host::EtrustedApi), Some(Vendor::Etrusted)));
    assert_eq!((recorded.method.as_str(), recorded.path.as_str()), ("POST", "/events"));
    assert_eq!((recorded.query.as_deref(), recorded.status), (Some("a=secret%20"), 401));
    assert_eq!(recorded.header("x-mixed-case"), Some("secret"));
    assert_eq!(recorded.body, b"{\"secret\":1}");
    assert!(!format!("{recorded:?} {sandbox:?}").contains("secret"));
}

#[tokio::test]
async fn request_to_unknown_path_is_recorded() {
    let sandbox = Sandbox::start().await.unwrap();
    let response = raw(sandbox.port(), b"GET /events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    response.empty(404);
    let recorded = sandbox.requests().pop().unwrap();
    assert_eq!((recorded.host, recorded.path.as_str(), recorded.status), (None, "/events", 404));
}

#[tokio::test]
async fn body_above_one_mebibyte_is_rejected() {
    let sandbox = Sandbox::start().await.unwrap();
    let body = " ".repeat(1024 * 1024);
    send(&sandbox, Host::EtrustedApi, "POST /events", &[], &body).await.is(401);
    // One byte more.
    let announced = body.len() + 1;
    let request = format!(
        "POST /etrusted/api/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {announced}\r\n\r\n{body} "
    );
    raw(sandbox.port(), request.as_bytes()).await.is(413);
    assert_eq!(sandbox.requests().pop().unwrap().status, 413);
}

#[tokio::test]
async fn connections_are_kept_alive() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut socket = TcpStream::connect(("127.0.0.1", sandbox.port())).await.unwrap();
    for _ in 0..2 {
        socket.write_all(b"GET /etrusted/api/channels HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let mut bytes = [0; 1024];
        let read = socket.read(&mut bytes).await.unwrap();
        assert!(bytes[..read].starts_with(b"HTTP/1.1 401"));
    }
    // An idle connection must not hold up a graceful stop.
    tokio::time::timeout(Duration::from_secs(20), sandbox.stop()).await.unwrap();
    assert_eq!(socket.read(&mut [0; 1]).await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropped_sandbox_stops_serving() {
    let sandbox = Sandbox::start().await.unwrap();
    let port = sandbox.port();
    let mut socket = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    drop(sandbox);
    assert!(matches!(socket.read(&mut [0; 1]).await, Ok(0) | Err(_)));
    // The port is free again as soon as the aborted task is gone.
    for _ in 0..1000 {
        if let Ok(again) = Sandbox::builder().port(port).start().await {
            return again.stop().await;
        }
        tokio::task::yield_now().await;
    }
    panic!("port {port} is still taken");
}

#[tokio::test]
async fn start_on_port_in_use_fails() {
    let sandbox = Sandbox::start().await.unwrap();
    assert!(Sandbox::builder().port(sandbox.port()).start().await.is_err());
}

#[tokio::test]
async fn environment_urls_have_the_port() {
    let sandbox = Sandbox::start().await.unwrap();
    assert_eq!(var(&sandbox, "ETRUSTED_LOGIN_URL"), sandbox.url(Host::EtrustedLogin));
    assert_eq!(
        sandbox.url(Host::TrustpilotApi),
        format!("http://127.0.0.1:{}/trustpilot/api", sandbox.port())
    );
    assert_eq!(sandbox.env_var("OTHER"), None);
}

#[tokio::test]
async fn sandboxes_share_no_state() {
    let (one, two) = (Sandbox::start().await.unwrap(), Sandbox::start().await.unwrap());
    let token = login(&one).await.text("/access_token");
    invite(&two, &token, &serde_json::json!({})).await.is(401);
    assert_eq!((one.requests().len(), two.requests().len()), (1, 1));
}

/// Whatever the client has sent, the sandbox gives up on it after the timeout.
#[tokio::test]
async fn half_requests_end_after_the_request_timeout() {
    let timeout = Duration::from_secs(1);
    let sandbox = Sandbox::builder().request_timeout(timeout).start().await.unwrap();
    for head in ["GET /etrusted/api/channels HTTP/1.1\r\nHost: x", "GET /sandbox/em"] {
        let mut socket = TcpStream::connect(("127.0.0.1", sandbox.port())).await.unwrap();
        socket.write_all(head.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        // Closed or reset, without a response.
        let _ = socket.read_to_end(&mut bytes).await;
        assert_eq!(String::from_utf8_lossy(&bytes), "");
    }
    for path in ["/etrusted/api/events", "/sandbox/advance"] {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 9\r\n\r\n{{"
        );
        raw(sandbox.port(), request.as_bytes()).await.is(408);
    }
    assert_eq!(sandbox.requests().pop().unwrap().status, 408);
}
