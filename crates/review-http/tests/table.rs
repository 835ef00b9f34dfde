//! What a request comes to when the other side misbehaves: every row of the table that was measured before
//! this crate was written, in the names it has there. A row whose outcome changes, with a new version of
//! reqwest or hyper for instance, fails here.
#![cfg(feature = "rustls")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may panic")]

mod servers;

use std::io::Read as _;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use base64::Engine as _;
use review_core::provider::ProviderInfo;
use review_core::{Error, ErrorKind, SendState};
use review_http::{
    ApiRequest, ApiResponse, AttemptOutcome, Classification, Client, ClientOptions, ReqwestTransport,
    RetryPolicy, TransportOptions,
};
use servers::{Deed, LONG, Peer, Server, closed_port, deaf_port};

/// The timeout of a connection.
const CONNECT: Duration = Duration::from_millis(300);
/// The timeouts of attempts that must end with one. A busy machine needs more than the first to send a request; a
/// defect has the wrong outcome with each.
const PATIENCE: [Duration; 3] = [Duration::from_millis(300), Duration::from_secs(3), Duration::from_secs(30)];

const SMALL: usize = 200;
/// More than the buffers of a connection hold.
const LARGE: usize = 16 * 1024 * 1024;

/// The status alone decides.
fn by_code(response: &ApiResponse) -> Classification {
    if response.status.is_success() { Classification::accepted(None) } else { Classification::rejected() }
}

fn client(options: TransportOptions, policy: RetryPolicy) -> Client {
    let transport = Arc::new(ReqwestTransport::new(options).unwrap());
    let options = ClientOptions::from(policy);
    Client::new(ProviderInfo::new("vendor", "test"), transport, &options, by_code)
}

fn usual() -> TransportOptions {
    TransportOptions::default().with_connect_timeout(CONNECT)
}

fn policy(timeout: Duration) -> RetryPolicy {
    RetryPolicy::no_retries()
        .with_attempt_timeout(timeout)
        .with_total_timeout(10 * timeout)
        .with_backoff(Duration::ZERO, Duration::ZERO)
}

/// An invitation of about this size.
fn invitation(base: &str, size: usize) -> ApiRequest {
    let url = format!("{base}/x?query=canary").parse().unwrap();
    let body = serde_json::json!({"email": "jane@example.com", "rest": "x".repeat(size)});
    ApiRequest::at_most_once("send_invite", http::Method::POST, url).json(&body).unwrap()
}

fn no_leak(error: &Error) {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("canary") && !shown.contains("jane"), "{shown}");
        cause = error.source();
    }
}

/// The outcome of a send, by its result alone.
fn outcome(result: &Result<(), Error>) -> AttemptOutcome {
    let Err(error) = result else { return AttemptOutcome::Accepted };
    no_leak(error);
    match (error.kind(), error.send_state()) {
        (ErrorKind::Transient, SendState::NotSent) => AttemptOutcome::NotSent,
        (ErrorKind::OutcomeUnknown, SendState::Unknown) => AttemptOutcome::Unknown,
        (_, SendState::Responded) => AttemptOutcome::Rejected,
        other => panic!("{other:?}: {error}"),
    }
}

async fn send(base: &str, size: usize, options: TransportOptions) -> AttemptOutcome {
    outcome(&client(options, policy(PATIENCE[0])).send(invitation(base, size)).await.map(|_| ()))
}

struct Row {
    name: &'static str,
    deed: Deed,
    size: usize,
    outcome: AttemptOutcome,
    /// Whether the server read the whole request.
    read: bool,
}

const fn row(name: &'static str, deed: Deed, size: usize, outcome: AttemptOutcome, read: bool) -> Row {
    Row { name, deed, size, outcome, read }
}

fn silent_after(peer: &mut Peer, bytes: &str) {
    peer.respond(bytes);
    peer.stay_silent();
}

const ACCEPTED: &str = "HTTP/1.1 202 Accepted\r\n";

/// The rows with a connection and one outcome every time.
static ROWS: &[Row] = &[
    row(
        "b3 accepts, closes a little later without having read",
        Peer::wait_for_bytes,
        SMALL,
        AttemptOutcome::Unknown,
        false,
    ),
    row("c reads all, closes", Peer::read_all, SMALL, AttemptOutcome::Unknown, true),
    row(
        "c2 reads all, resets",
        |peer| {
            peer.read_all();
            peer.reset();
        },
        SMALL,
        AttemptOutcome::Unknown,
        true,
    ),
    row(
        "c3 reads the beginning of a large request, resets",
        |peer| {
            peer.read_some(100_000);
            peer.reset();
        },
        LARGE,
        AttemptOutcome::NotSent,
        false,
    ),
    row(
        "c4 reads the beginning of a large request, responds 413",
        |peer| {
            peer.read_some(100_000);
            peer.write("HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            peer.stay_silent();
        },
        LARGE,
        AttemptOutcome::Rejected,
        false,
    ),
    row("d reads all, stays silent", |peer| silent_after(peer, ""), SMALL, AttemptOutcome::Unknown, true),
    row("d2 never reads a large request", Peer::stay_silent, LARGE, AttemptOutcome::NotSent, false),
    row("d3 never reads a small request", Peer::stay_silent, SMALL, AttemptOutcome::Unknown, false),
    row(
        "e half a status line",
        |peer| peer.respond("HTTP/1.1 202 Acc"),
        SMALL,
        AttemptOutcome::Unknown,
        true,
    ),
    row(
        "e half a header",
        |peer| peer.respond(format!("{ACCEPTED}content-le")),
        SMALL,
        AttemptOutcome::Unknown,
        true,
    ),
    row(
        "e 100 and nothing else",
        |peer| peer.respond("HTTP/1.1 100 Continue\r\n\r\n"),
        SMALL,
        AttemptOutcome::Unknown,
        true,
    ),
    row("e3 garbage", |peer| peer.respond("SSH-2.0-canary\r\n\r\n"), SMALL, AttemptOutcome::Unknown, true),
    row(
        "e3 two lengths",
        |peer| peer.respond(format!("{ACCEPTED}content-length: 2\r\ncontent-length: 3\r\n\r\n{{}}")),
        SMALL,
        AttemptOutcome::Unknown,
        true,
    ),
    row(
        "e3 150 headers",
        |peer| {
            let headers: String = (0..150).map(|number| format!("x-{number}: canary\r\n")).collect();
            peer.respond(format!("{ACCEPTED}{headers}content-length: 0\r\n\r\n"));
        },
        SMALL,
        AttemptOutcome::Unknown,
        true,
    ),
    row(
        "e7 half a header, then silence",
        |peer| silent_after(peer, "HTTP/1.1 202 Accepted\r\ncontent-le"),
        SMALL,
        AttemptOutcome::Unknown,
        true,
    ),
    row(
        "f accepted, the body is shorter than its length",
        |peer| peer.respond(format!("{ACCEPTED}content-length: 100\r\n\r\n{{\"EventRef\":")),
        SMALL,
        AttemptOutcome::Accepted,
        true,
    ),
    row(
        "f accepted, a chunk is cut",
        |peer| peer.respond(format!("{ACCEPTED}transfer-encoding: chunked\r\n\r\n5\r\nabc")),
        SMALL,
        AttemptOutcome::Accepted,
        true,
    ),
    row(
        "f accepted, a chunk is none",
        |peer| peer.respond(format!("{ACCEPTED}transfer-encoding: chunked\r\n\r\nzz\r\nabc\r\n")),
        SMALL,
        AttemptOutcome::Accepted,
        true,
    ),
    row(
        "f accepted, bad gzip",
        |peer| peer.respond(format!("{ACCEPTED}content-encoding: gzip\r\ncontent-length: 4\r\n\r\nnope")),
        SMALL,
        AttemptOutcome::Accepted,
        true,
    ),
    row(
        "f3 accepted, the body stalls",
        |peer| silent_after(peer, "HTTP/1.1 202 Accepted\r\ncontent-length: 100\r\n\r\n{"),
        SMALL,
        AttemptOutcome::Accepted,
        true,
    ),
    row(
        "f6 accepted, a body without a length is cut",
        |peer| peer.respond(format!("{ACCEPTED}\r\n{{\"EventRef\":")),
        SMALL,
        AttemptOutcome::Accepted,
        true,
    ),
];

#[tokio::test]
async fn every_row_has_its_outcome() {
    for row in ROWS {
        let expected = (row.outcome, usize::from(row.read));
        assert_eq!(meet(row, &[row.deed], 1, expected).await, expected, "{}", row.name);
    }
}

/// Sends to a server that does this to its connections. Returns the outcome and the number of whole requests that
/// were read: the expected ones, or those of the most patient try.
async fn meet(
    row: &Row,
    deeds: &[Deed],
    attempts: u32,
    expected: (AttemptOutcome, usize),
) -> (AttemptOutcome, usize) {
    let deeds: &'static [Deed] = Box::leak(deeds.to_vec().into_boxed_slice());
    let mut found = None;
    for timeout in PATIENCE {
        let server = Server::start(deeds);
        let client = client(usual(), policy(timeout).with_max_attempts(attempts));
        let base = format!("http://127.0.0.1:{}", server.port);
        let outcome = outcome(&client.send(invitation(&base, row.size)).await.map(|_| ()));
        let whole = server.whole_requests();
        assert!(whole <= 1, "{}: it was sent twice", row.name);
        assert!(whole == 0 || outcome != AttemptOutcome::NotSent, "{}: it was sent", row.name);
        if found.insert((outcome, whole)) == &expected {
            break;
        }
    }
    found.unwrap()
}

#[tokio::test]
async fn no_row_is_sent_twice() {
    // The second connection and all that follow accept whatever comes.
    let accept: Deed =
        |peer| peer.respond("HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    for row in ROWS {
        let is_retried = row.outcome == AttemptOutcome::NotSent;
        let outcome = if is_retried { AttemptOutcome::Accepted } else { row.outcome };
        let expected = (outcome, usize::from(row.read || is_retried));
        assert_eq!(meet(row, &[row.deed, accept], 3, expected).await, expected, "{}", row.name);
    }
}

/// b and b2 are races: whether hyper took the body before it saw the end is a matter of microseconds.
#[tokio::test]
async fn the_two_races_never_end_in_a_second_email() {
    let accept: Deed =
        |peer| peer.respond("HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    let races: [Deed; 2] = [|_| {}, Peer::reset];
    for race in races {
        let deeds: &'static [Deed] = Box::leak(Box::new([race, accept]));
        for _ in 0..30 {
            let server = Server::start(deeds);
            let client = client(usual(), policy(LONG).with_max_attempts(3));
            let base = format!("http://127.0.0.1:{}", server.port);
            match outcome(&client.send(invitation(&base, SMALL)).await.map(|_| ())) {
                AttemptOutcome::Accepted => {
                    assert_eq!(server.whole_requests(), 1, "not sent, then sent once");
                }
                AttemptOutcome::Unknown => assert_eq!(server.whole_requests(), 0),
                other => panic!("{other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn without_a_connection_nothing_was_sent() {
    let closed = format!("http://127.0.0.1:{}", closed_port());
    assert_eq!(send(&closed, SMALL, usual()).await, AttemptOutcome::NotSent, "a connection refused");
    let (deaf, _queue) = deaf_port();
    let deaf = format!("http://127.0.0.1:{deaf}");
    assert_eq!(
        send(&deaf, SMALL, usual()).await,
        AttemptOutcome::NotSent,
        "a2 no response to the first packet"
    );
    let patient = usual().with_connect_timeout(Duration::from_secs(60));
    assert_eq!(
        send(&deaf, SMALL, patient).await,
        AttemptOutcome::NotSent,
        "a2' the same, and the attempt ends first"
    );
    assert_eq!(
        send("http://nowhere.invalid", SMALL, usual()).await,
        AttemptOutcome::NotSent,
        "a3 no such name"
    );
}

#[tokio::test]
async fn without_tls_nothing_was_sent() {
    let deeds: [(&str, Deed); 3] = [
        ("a4 no TLS there", |peer| {
            peer.read_some(5);
            peer.write("HTTP/1.1 400 Bad Request\r\n\r\n");
        }),
        ("a4 a reset within the handshake", |peer| {
            peer.read_some(5);
            peer.reset();
        }),
        ("a5 the handshake stalls", Peer::stay_silent),
    ];
    for (name, deed) in deeds {
        let server = Server::start(Box::leak(Box::new([deed])));
        let base = format!("https://127.0.0.1:{}", server.port);
        assert_eq!(send(&base, SMALL, usual()).await, AttemptOutcome::NotSent, "{name}");
    }
}

/// A certificate that is valid, one that has expired, and one for another host.
static CERTIFICATES: LazyLock<[rcgen::CertifiedKey<rcgen::KeyPair>; 3]> = LazyLock::new(|| {
    let make = |host: &str, last_year: i32| {
        let mut parameters = rcgen::CertificateParams::new([host.to_owned()]).unwrap();
        parameters.not_before = rcgen::date_time_ymd(2000, 1, 1);
        parameters.not_after = rcgen::date_time_ymd(last_year, 1, 1);
        let signing_key = rcgen::KeyPair::generate().unwrap();
        rcgen::CertifiedKey { cert: parameters.self_signed(&signing_key).unwrap(), signing_key }
    };
    [make("127.0.0.1", 4000), make("127.0.0.1", 2001), make("other.example", 4000)]
});

#[tokio::test]
async fn untrusted_certificates_are_config_errors() {
    let deeds: [(usize, &'static [Deed], bool, &str); 4] = [
        (0, &[|peer| shake_hands(peer, 0)], false, "root certificates"),
        (1, &[|peer| shake_hands(peer, 1)], true, "expired"),
        (2, &[|peer| shake_hands(peer, 2)], true, "another host"),
        (0, &[|peer| shake_hands(peer, 0)], true, ""),
    ];
    for (index, deed, is_added, help) in deeds {
        let server = Server::start(deed);
        let base = format!("https://127.0.0.1:{}", server.port);
        let der = base64::engine::general_purpose::STANDARD.encode(CERTIFICATES[index].cert.der());
        let pem = format!("-----BEGIN CERTIFICATE-----\n{der}\n-----END CERTIFICATE-----\n");
        let options = if is_added { usual().add_root_certificates(pem) } else { usual() };
        let error = client(options, RetryPolicy::default()).send(invitation(&base, SMALL)).await.unwrap_err();
        no_leak(&error);
        if help.is_empty() {
            assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "trusted, but without a response: {error}");
            continue;
        }
        assert_eq!((error.kind(), error.send_state()), (ErrorKind::InvalidConfig, SendState::NotSent));
        assert!(error.help().unwrap().contains(help), "{error:?}");
        assert_eq!(server.connections(), 1, "it is not retried");
    }
}

/// Serves TLS with a certificate, reads a request and closes.
fn shake_hands(peer: &mut Peer, index: usize) {
    let rcgen::CertifiedKey { cert, signing_key } = &CERTIFICATES[index];
    let key = rustls::pki_types::PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let mut connection = rustls::ServerConnection::new(Arc::new(config)).unwrap();
    while connection.is_handshaking() && connection.complete_io(peer.stream()).is_ok() {}
    let _ = rustls::Stream::new(&mut connection, peer.stream()).read(&mut [0; 4096]);
}

/// Each way to stall ends with the deadline, and not before.
#[tokio::test]
async fn every_stall_ends_with_the_deadline() {
    const DEADLINE: Duration = Duration::from_millis(500);
    let stalls = [
        "d reads all, stays silent",
        "d2 never reads a large request",
        "e7 half a header, then silence",
        "f3 accepted, the body stalls",
    ];
    let (deaf, _queue) = deaf_port();
    let server = |deed: Deed| Server::start(Box::leak(Box::new([deed])));
    let tls = server(Peer::stay_silent);
    let mut cases = vec![
        ("a2", format!("http://127.0.0.1:{deaf}"), SMALL),
        ("a5", format!("https://127.0.0.1:{}", tls.port), SMALL),
    ];
    let rows: Vec<_> = ROWS.iter().filter(|row| stalls.contains(&row.name)).collect();
    let servers: Vec<_> = rows.iter().map(|row| server(row.deed)).collect();
    for (row, server) in rows.iter().zip(&servers) {
        cases.push((row.name, format!("http://127.0.0.1:{}", server.port), row.size));
    }
    assert_eq!(cases.len(), 6);
    let day = Duration::from_secs(24 * 3600);
    let policy = RetryPolicy::no_retries().with_total_timeout(DEADLINE).with_attempt_timeout(day);
    let client = client(usual().with_connect_timeout(day), policy);
    for (name, base, size) in cases {
        let began = std::time::Instant::now();
        let request = invitation(&base, size).redact([]);
        let ended = tokio::time::timeout(LONG, client.send(request)).await;
        assert!(ended.is_ok() && began.elapsed() >= DEADLINE, "{name}: it hung, or ended early");
    }
}
