//! Faults over HTTP/2, met by a client that knows frames and nothing of this workspace.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy.toml allows these in test functions, and these are their helpers"
)]

mod common;

use std::time::Duration;

use axum::http::{Request, StatusCode};
use bytes::Bytes;
use common::met::{LONG, bearer, connect, event_for, last};
use common::*;
use h2::Reason;
use h2::client::SendRequest;
use review_sandbox::{Host, Sandbox};
use tokio::time::timeout;

async fn http2() -> Sandbox {
    Sandbox::builder().http2(true).start().await.unwrap()
}

async fn client(sandbox: &Sandbox) -> SendRequest<Bytes> {
    let (client, connection) = h2::client::handshake(connect(sandbox).await).await.unwrap();
    tokio::spawn(connection);
    client.ready().await.unwrap()
}

/// Sends an event to a magic recipient, about an order of its name.
async fn magic(
    sandbox: &Sandbox,
    client: &mut SendRequest<Bytes>,
    name: &str,
) -> Result<(StatusCode, usize), h2::Error> {
    let token = bearer(sandbox).await;
    let url = format!("{}/events", sandbox.url(Host::EtrustedApi));
    let request = Request::post(url).header("content-type", "application/json");
    let request = request.header("authorization", format!("Bearer {token}")).body(()).unwrap();
    let (answer, mut body) = client.send_request(request, false)?;
    let event = event_for(sandbox, &format!("{name}@sandbox.test"), name).to_string();
    body.send_data(event.into(), true)?;
    let (head, mut body) = timeout(LONG, answer).await.unwrap()?.into_parts();
    let mut length = 0;
    while let Some(data) = timeout(LONG, body.data()).await.unwrap() {
        length += data.as_ref().map_or(0, Bytes::len);
        body.flow_control().release_capacity(data?.len())?;
    }
    Ok((head.status, length))
}

/// Asserts whether the last fault was committed, and what its client can know.
#[track_caller]
fn accounted(sandbox: &Sandbox, name: &str, committed: bool, unknown: bool) {
    let fault = last(sandbox);
    assert!(fault.http2 && fault.read && fault.fault.to_string().starts_with(name), "{name}: {fault:?}");
    assert_eq!((fault.committed, fault.leaves_unknown()), (committed, unknown), "{fault:?}");
    assert_eq!(sandbox.mails_for(name).len(), usize::from(committed), "{name}");
}

#[tokio::test]
async fn both_versions_are_served_on_the_port() {
    let sandbox = http2().await;
    etrusted(&sandbox, "GET /channels", "").await.is(200);
    let mut client = client(&sandbox).await;
    let (status, _) = magic(&sandbox, &mut client, "slow-1").await.unwrap();
    assert_eq!(status, 202);
    accounted(&sandbox, "slow-1", true, false);
    let (status, length) = magic(&sandbox, &mut client, "status-503").await.unwrap();
    assert!(status == 503 && length > 0);
    accounted(&sandbox, "status-503", false, true);
    drop(client);
    timeout(Duration::from_secs(1), sandbox.stop()).await.unwrap();
}

#[tokio::test]
async fn http2_is_off_by_default() {
    let sandbox = Sandbox::start().await.unwrap();
    let met = met::meet(&sandbox, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", None).await;
    // No frame of settings, which is how a server of HTTP/2 begins.
    assert!(met.bytes.is_empty() || met.status() == 400, "{met:?}");
}

#[tokio::test]
async fn streams_are_reset_and_the_connection_lives_on() {
    let sandbox = http2().await;
    let mut client = client(&sandbox).await;
    for (name, reason, committed, unknown) in [
        ("refused-stream", Reason::REFUSED_STREAM, false, false),
        ("stream-reset-before-commit", Reason::INTERNAL_ERROR, false, true),
        ("stream-reset-after-commit", Reason::INTERNAL_ERROR, true, true),
        // Of HTTP/1's bytes.
        ("half-header", Reason::INTERNAL_ERROR, true, true),
        ("garbage", Reason::INTERNAL_ERROR, true, true),
        ("cut-length", Reason::INTERNAL_ERROR, true, true),
    ] {
        let error = magic(&sandbox, &mut client, name).await.unwrap_err();
        assert!(error.is_reset() && error.is_remote() && error.reason() == Some(reason), "{name}: {error:?}");
        accounted(&sandbox, name, committed, unknown);
    }
    assert_eq!(magic(&sandbox, &mut client, "slow-1").await.unwrap().0, 202);
}

#[tokio::test]
async fn a_stream_stalls_and_the_connection_lives_on() {
    let sandbox = http2().await;
    let mut client = client(&sandbox).await;
    for name in ["stall", "half-header-stall", "stall-body"] {
        let call = magic(&sandbox, &mut client, name);
        let faults = sandbox.faults().len();
        let silence = async {
            met::noted(&sandbox, faults + 1).await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        tokio::select! {
            met = call => panic!("{name}: {met:?}"),
            () = silence => {}
        }
        accounted(&sandbox, name, true, true);
    }
    assert_eq!(magic(&sandbox, &mut client, "slow-1").await.unwrap().0, 202);
}

#[tokio::test]
async fn connections_go() {
    let sandbox = http2().await;
    for (name, committed) in [
        ("close-before-commit", false),
        ("close-after-commit", true),
        ("reset-after-commit", true),
        ("goaway-before-commit", false),
        ("goaway-after-commit", true),
    ] {
        let mut client = client(&sandbox).await;
        let error = magic(&sandbox, &mut client, name).await.unwrap_err();
        if name == "goaway-before-commit" {
            assert!(error.is_go_away() && error.reason() == Some(Reason::NO_ERROR), "{name}: {error:?}");
        } else {
            assert!(!error.is_reset(), "{name}: {error:?}");
        }
        accounted(&sandbox, name, committed, true);
        assert!(client.ready().await.is_err(), "{name}");
    }
}

/// Faults of HTTP/2 close the connection when the call came by HTTP/1.
#[tokio::test]
async fn http1_has_no_streams() {
    let sandbox = http2().await;
    for (name, committed) in [("refused-stream", false), ("stream-reset", true), ("goaway", true)] {
        let met = met::magic(&sandbox, name, None).await;
        assert_eq!((met.bytes.len(), met.end), (0, met::End::Closed), "{name}");
        met::accounted(&sandbox, name, committed, None);
        assert!(last(&sandbox).leaves_unknown());
    }
}

#[tokio::test]
async fn idle_connections_are_told_to_go() {
    let sandbox =
        Sandbox::builder().http2(true).idle_timeout(Duration::from_millis(50)).start().await.unwrap();
    let (client, connection) = h2::client::handshake(connect(&sandbox).await).await.unwrap();
    timeout(LONG, connection).await.unwrap().unwrap();
    assert!(client.ready().await.is_err());
}
