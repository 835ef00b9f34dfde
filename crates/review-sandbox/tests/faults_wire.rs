//! Every fault as it is on the wire, and in the account: connections, heads and bodies that break.

mod common;

use std::io::ErrorKind;
use std::time::Duration;

use common::wire::*;
use common::*;
use review_sandbox::{Fault, FaultRule, Host, Sandbox, Trigger, Vendor};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test]
async fn accept_faults_close_or_reset_the_connection() {
    for (fault, end) in [(Fault::CloseOnAccept, End::Closed), (Fault::ResetOnAccept, End::Reset)] {
        let rule = FaultRule::new(fault.clone()).with_trigger(Trigger::First(2));
        let sandbox = Sandbox::builder().fault(rule).start().await.unwrap();
        for _ in 0..2 {
            let received = read(&mut connect(&sandbox).await, None).await;
            assert_eq!((received.bytes.len(), received.end), (0, end));
        }
        etrusted(&sandbox, "GET /channels", "").await.is(200);
        let found = last(&sandbox);
        assert_eq!((&found.fault, found.vendor, found.read, found.committed), (&fault, None, false, false));
        assert!(!found.leaves_unknown());
        let count = sandbox.fault_counts()[&fault.to_string()];
        assert_eq!((count.injected, count.read, count.unknown), (2, 0, 0));
    }
}

#[tokio::test]
async fn close_reset_and_stall_faults_send_nothing() {
    let sandbox = Sandbox::start().await.unwrap();
    for (name, silent_after, end) in
        [("close", None, End::Closed), ("reset", None, End::Reset), ("stall", Some(""), End::Open)]
    {
        for (phase, committed) in [("before", false), ("after", true)] {
            let name = format!("{name}-{phase}-commit");
            let received = send_to(&sandbox, &name, silent_after).await;
            assert_eq!((received.text().as_str(), received.end), ("", end), "{name}");
            assert_last_fault(&sandbox, &name, committed, None);
            assert!(last(&sandbox).leaves_unknown());
        }
    }
    assert!(sandbox.requests().iter().rev().take(1).all(|request| request.status == 0));
}

#[tokio::test]
async fn head_faults_send_partial_heads() {
    let sandbox = Sandbox::start().await.unwrap();
    for (name, silent_after, bytes, end) in [
        ("half-status-line", None, "HTTP/1.1 20", End::Closed),
        ("half-header", None, "HTTP/1.1 202 Accepted\r\ncontent-type: applic", End::Closed),
        ("half-header-stall", Some("applic"), "HTTP/1.1 202 Accepted\r\ncontent-type: applic", End::Open),
        ("continue-only", None, "HTTP/1.1 100 Continue\r\n\r\n", End::Closed),
        (
            "two-lengths",
            None,
            "HTTP/1.1 202 Accepted\r\ncontent-length: 2\r\ncontent-length: 40\r\n\r\n{}",
            End::Closed,
        ),
    ] {
        let received = send_to(&sandbox, name, silent_after).await;
        assert_eq!((received.text().as_str(), received.end), (bytes, end), "{name}");
        assert_last_fault(&sandbox, name, true, None);
        let before = format!("{name}-before-commit");
        let received = send_to(&sandbox, &before, silent_after).await;
        assert_eq!(
            (received.text().replace("500 Internal Server Error", "202 Accepted").as_str(), received.end),
            (bytes, end)
        );
        assert_last_fault(&sandbox, &before, false, None);
    }
    let received = send_to(&sandbox, "garbage", None).await;
    assert!(!received.text().contains("HTTP/") && received.text().contains("no HTTP"), "{received:?}");
    assert_last_fault(&sandbox, "garbage", true, None);
}

#[tokio::test]
async fn header_faults_send_oversized_heads() {
    let sandbox = Sandbox::builder().max_recorded_requests(0).start().await.unwrap();
    let close = |name: &str, token: &str| {
        let body = event_for(&sandbox, &format!("{name}@sandbox.test"), name).to_string();
        let headers = [JSON, ("Authorization", &*format!("Bearer {token}")), ("Connection", "close")];
        request(Host::EtrustedApi, "POST /events", &headers, &body)
    };
    let token = bearer(&sandbox).await;
    for (name, committed, status) in [("many-headers", true, 202), ("many-headers-before-commit", false, 500)]
    {
        let received = exchange(&sandbox, &close(name, &token), None).await;
        assert_eq!((received.status(), received.halves().0.matches("\r\nx-filler-").count()), (status, 150));
        assert_last_fault(&sandbox, name, committed, None);
        assert!(last(&sandbox).leaves_unknown());
    }
    let received = exchange(&sandbox, &close("huge-header", &token), None).await;
    assert!(received.status() == 202 && received.halves().0.len() > 10_000_000);
    assert_last_fault(&sandbox, "huge-header", true, None);
}

#[tokio::test]
async fn cut_faults_send_half_the_body() {
    let sandbox = Sandbox::start().await.unwrap();
    for (name, silent_after, framing, end) in [
        ("cut-length", None, "content-length: ", End::Closed),
        ("cut-chunked", None, "transfer-encoding: chunked", End::Closed),
        ("cut-until-close", None, "connection: close", End::Closed),
        ("stall-body", Some("{\"Event"), "content-length: ", End::Open),
    ] {
        let received = send_to(&sandbox, name, silent_after).await;
        let (head, body) = received.halves();
        assert_eq!((received.status(), received.end), (202, end), "{name}");
        assert!(head.contains(framing) && head.contains("content-type: application/json"), "{head}");
        assert!(body.contains("{\"Event") && !body.contains('}'), "{body}");
        if let Some((_, length)) = head.split_once("content-length: ") {
            let length: usize = length.lines().next().unwrap().parse::<usize>().unwrap();
            assert!(body.len() < length, "{name}");
        }
        if name == "cut-chunked" {
            let (length, rest) = body.split_once("\r\n").unwrap();
            assert_eq!(usize::from_str_radix(length, 16).unwrap() + 2, rest.len());
        }
        assert_last_fault(&sandbox, name, true, Some(202));
        assert!(!last(&sandbox).leaves_unknown());
    }
}

/// Trustpilot's 202 has no body, so there is none to halve.
#[tokio::test]
async fn cut_fault_with_empty_body_announces_more() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = login(&sandbox).await.text("/access_token");
    let body = serde_json::json!({"consumerEmail": "cut-length@sandbox.test", "consumerName": "Jane Doe",
        "referenceNumber": "cut-length", "serviceReviewInvitation": {}});
    let headers = [JSON, ("Authorization", &*format!("Bearer {token}"))];
    let request =
        request(Host::TrustpilotInvitations, &invitation_path(&sandbox), &headers, &body.to_string());
    let received = exchange(&sandbox, &request, None).await;
    assert_last_fault(&sandbox, "cut-length", true, Some(202));
    assert_eq!(last(&sandbox).vendor, Some(Vendor::Trustpilot));
    let (head, sent) = received.halves();
    assert!(received.status() == 202 && head.contains("content-length: 64") && sent == "{", "{received:?}");
}

#[tokio::test]
async fn slow_fault_delays_the_response() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = bearer(&sandbox).await;
    let started = std::time::Instant::now();
    let mut socket = connect(&sandbox).await;
    socket.write_all(&post_event(&sandbox, &token, "slow-50@sandbox.test", "slow-50")).await.unwrap();
    let received = read(&mut socket, Some("EventRef")).await;
    assert!(received.status() == 202 && started.elapsed() >= Duration::from_millis(50));
    assert_last_fault(&sandbox, "slow-50", true, Some(202));
    // A client that does not wait: the email is counted, and the response is not.
    let mut socket = connect(&sandbox).await;
    socket.write_all(&post_event(&sandbox, &token, "slow-60000@sandbox.test", "slow-60000")).await.unwrap();
    wait_for_faults(&sandbox, 2).await;
    drop(socket);
    assert_last_fault(&sandbox, "slow-60000", true, None);
    let count = sandbox.fault_counts()["slow-60000"];
    assert_eq!((count.committed, count.responded, count.unknown), (1, 0, 1));
}

#[tokio::test]
async fn body_faults_send_bomb_and_endless_body() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = bearer(&sandbox).await;
    let mut socket = connect(&sandbox).await;
    socket.write_all(&post_event(&sandbox, &token, "gzip-bomb@sandbox.test", "gzip-bomb")).await.unwrap();
    let mut bytes = Vec::new();
    let (head, length) = loop {
        assert!(socket.read_buf(&mut bytes).await.unwrap() > 0);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            let length = head
                .split_once("content-length: ")
                .unwrap()
                .1
                .lines()
                .next()
                .unwrap()
                .parse::<usize>()
                .unwrap();
            break (head.to_owned(), length);
        }
    };
    assert!(head.starts_with("HTTP/1.1 202 ") && head.contains("content-encoding: gzip"), "{head}");
    assert!((500_000..2_000_000).contains(&length), "{length}");
    while bytes.len() < head.len() + 4 + length {
        assert!(socket.read_buf(&mut bytes).await.unwrap() > 0);
    }
    assert_eq!(bytes[head.len() + 4..][..3], [0x1f, 0x8b, 8]);
    assert_last_fault(&sandbox, "gzip-bomb", true, Some(202));

    let mut socket = connect(&sandbox).await;
    socket
        .write_all(&post_event(&sandbox, &token, "endless-body@sandbox.test", "endless-body"))
        .await
        .unwrap();
    let mut bytes = vec![0; 5_000_000];
    socket.read_exact(&mut bytes).await.unwrap();
    assert!(String::from_utf8_lossy(&bytes).contains("transfer-encoding: chunked"));
    assert_last_fault(&sandbox, "endless-body", true, Some(202));
}

#[tokio::test]
async fn refused_connections_are_accepted_later() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = bearer(&sandbox).await;
    let refused = async || match TcpStream::connect(("127.0.0.1", sandbox.port())).await {
        Ok(_) => false,
        Err(error) => error.kind() == ErrorKind::ConnectionRefused,
    };
    let mut open = connect(&sandbox).await;
    // Seen by the server, so that it is not still on its way to be accepted.
    open.write_all(&request(Host::EtrustedApi, "GET /channels", &[], "")).await.unwrap();
    assert_eq!(read(&mut open, Some("401")).await.end, End::Open);
    let started = std::time::Instant::now();
    sandbox.set_refuse_connections(Duration::from_secs(2)).await;
    assert!(refused().await && refused().await);
    // What is open lives on.
    open.write_all(&request(Host::EtrustedApi, "GET /channels", &[], "")).await.unwrap();
    assert_eq!(read(&mut open, Some("401")).await.end, End::Open);
    drop(connect_when_open(&sandbox).await);
    assert!(started.elapsed() >= Duration::from_millis(1990));

    // By a recipient: the call is served, what comes after it is refused.
    let received =
        exchange(&sandbox, &post_event(&sandbox, &token, "refuse-2000@sandbox.test", "refuse-2000"), None)
            .await;
    assert!(received.status() == 202 && received.end == End::Closed);
    assert!(refused().await);
    assert_last_fault(&sandbox, "refuse-2000", true, Some(202));
    drop(connect_when_open(&sandbox).await);
    etrusted(&sandbox, "GET /channels", "").await.is(200);
}

#[tokio::test]
async fn stop_ends_stalled_connections() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = bearer(&sandbox).await;
    let mut socket = connect(&sandbox).await;
    socket.write_all(&post_event(&sandbox, &token, "stall@sandbox.test", "stall")).await.unwrap();
    wait_for_faults(&sandbox, 1).await;
    tokio::time::timeout(LONG, sandbox.stop()).await.unwrap();
    assert_eq!(read(&mut socket, None).await.end, End::Closed);
}

#[tokio::test]
async fn idle_timeout_closes_connections() {
    let sandbox = Sandbox::builder().idle_timeout(Duration::from_millis(100)).start().await.unwrap();
    let token = bearer(&sandbox).await;
    let mut socket = connect(&sandbox).await;
    // A call in flight is no idle time.
    socket.write_all(&post_event(&sandbox, &token, "slow-300@sandbox.test", "slow-300")).await.unwrap();
    let received = read(&mut socket, None).await;
    assert!(
        received.status() == 202 && received.text().ends_with('}') && received.end == End::Closed,
        "{received:?}"
    );
}
