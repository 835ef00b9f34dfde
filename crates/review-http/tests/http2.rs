//! HTTP/2: a stream that the server refused was not sent; whatever else ends after the body was taken is
//! of unknown outcome, and nothing is sent again by stealth.
#![cfg(feature = "http2")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use h2::Reason;
use review_http::{HttpTransport, HttpVersion, Outcome, ReqwestTransport, TransportOptions};

/// What becomes of a stream after its body was read.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Accept,
    Reset(Reason),
    GoAway,
    Close,
}

/// Serves one deed for every stream, and counts the streams that were read whole.
async fn serve(deed: Deed) -> (u16, Arc<AtomicUsize>) {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let streams = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&streams);
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let counted = Arc::clone(&counted);
            tokio::spawn(async move {
                let mut connection = h2::server::handshake(socket).await.unwrap();
                while let Some(Ok((request, mut respond))) = connection.accept().await {
                    let (_, mut body) = request.into_parts();
                    let read = async { while body.data().await.is_some() {} };
                    // The connection has to be driven while the body is read.
                    tokio::select! {
                        () = read => {}
                        _ = std::future::poll_fn(|context| connection.poll_closed(context)) => return,
                    }
                    counted.fetch_add(1, Ordering::SeqCst);
                    match deed {
                        Deed::Accept => {
                            let response = http::Response::builder().status(202).body(()).unwrap();
                            respond.send_response(response, true).unwrap();
                        }
                        Deed::Reset(reason) => respond.send_reset(reason),
                        Deed::GoAway => connection.abrupt_shutdown(Reason::NO_ERROR),
                        Deed::Close => return,
                    }
                }
            });
        }
    });
    (port, streams)
}

async fn send(port: u16) -> Outcome {
    let options = TransportOptions::default().with_http_version(HttpVersion::Http2);
    let transport = ReqwestTransport::new(options).unwrap();
    let request = http::Request::post(format!("http://127.0.0.1:{port}/x"))
        .body(Bytes::from_static(b"{\"email\":\"jane@example.com\"}"))
        .unwrap();
    Outcome::of(&transport.send(request, Duration::from_secs(5)).await)
}

#[tokio::test]
async fn only_a_refused_stream_was_not_sent() {
    for (deed, outcome) in [
        (Deed::Accept, Outcome::Accepted),
        (Deed::Reset(Reason::REFUSED_STREAM), Outcome::NotSent),
        (Deed::Reset(Reason::INTERNAL_ERROR), Outcome::Unknown),
        (Deed::Reset(Reason::CANCEL), Outcome::Unknown),
        (Deed::GoAway, Outcome::Unknown),
        (Deed::Close, Outcome::Unknown),
    ] {
        let (port, streams) = serve(deed).await;
        for number in 1..=20 {
            assert_eq!(send(port).await, outcome, "{deed:?}");
            assert_eq!(
                streams.load(Ordering::SeqCst),
                number,
                "{deed:?}: sent once each, not by stealth again"
            );
        }
    }
}
