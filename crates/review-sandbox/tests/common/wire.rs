//! What a client receives on the wire: the bytes, and how the connection ends.

use std::io::ErrorKind;
use std::time::Duration;

use review_sandbox::{Host, InjectedFault, Sandbox};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{etrusted_fields, etrusted_token, event, with};

/// Longer than any wait of a test.
pub(crate) const LONG: Duration = Duration::from_secs(20);

/// Long enough to distinguish silence from a response that is on its way.
const SILENCE: Duration = Duration::from_millis(100);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Closed,
    Reset,
    Open,
}

#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) bytes: Vec<u8>,
    pub(crate) end: End,
}

impl Received {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// Head and body.
    pub(crate) fn halves(&self) -> (String, String) {
        let text = self.text();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no whole head: {text}"));
        (head.to_owned(), body.to_owned())
    }

    pub(crate) fn status(&self) -> u16 {
        self.text().split(' ').nth(1).unwrap().parse().unwrap()
    }
}

pub(crate) async fn connect(sandbox: &Sandbox) -> TcpStream {
    TcpStream::connect(("127.0.0.1", sandbox.port())).await.unwrap()
}

/// A connection, as soon as the port is open.
pub(crate) async fn connect_when_open(sandbox: &Sandbox) -> TcpStream {
    let connected = async {
        loop {
            if let Ok(socket) = TcpStream::connect(("127.0.0.1", sandbox.port())).await {
                return socket;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(LONG, connected).await.unwrap()
}

/// Waits until the account has so many faults.
pub(crate) async fn wait_for_faults(sandbox: &Sandbox, faults: usize) {
    let noted = async {
        while sandbox.faults().len() < faults {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(LONG, noted).await.unwrap();
}

/// Reads until the connection ends, or until there is silence after a text.
pub(crate) async fn read(socket: &mut TcpStream, silent_after: Option<&str>) -> Received {
    let mut bytes = Vec::new();
    let mut part = vec![0; 64 * 1024];
    loop {
        let quiet = silent_after.is_some_and(|text| String::from_utf8_lossy(&bytes).contains(text));
        let end = match timeout(if quiet { SILENCE } else { LONG }, socket.read(&mut part)).await {
            Ok(Ok(0)) => End::Closed,
            Ok(Ok(read)) => {
                bytes.extend_from_slice(&part[..read]);
                continue;
            }
            Ok(Err(error)) if error.kind() == ErrorKind::ConnectionReset => End::Reset,
            Ok(Err(error)) => panic!("{error}"),
            Err(_) if quiet => End::Open,
            Err(_) => panic!("nothing comes after {}", String::from_utf8_lossy(&bytes)),
        };
        return Received { bytes, end };
    }
}

/// One call on a connection of its own.
pub(crate) async fn exchange(sandbox: &Sandbox, request: &[u8], silent_after: Option<&str>) -> Received {
    let mut socket = connect(sandbox).await;
    socket.write_all(request).await.unwrap();
    read(&mut socket, silent_after).await
}

/// A call as bytes. It does not ask for the connection to be closed.
pub(crate) fn request(host: Host, line: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let (method, path) = line.split_once(' ').unwrap();
    let mut text = format!("{method} {}{path} HTTP/1.1\r\nHost: localhost\r\n", host.prefix());
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
    text.into_bytes()
}

/// An event for a recipient and an order, as JSON.
pub(crate) fn event_for(sandbox: &Sandbox, recipient: &str, reference: &str) -> Value {
    let event = with(&event(sandbox), "/customer/email", json!(recipient));
    with(&event, "/transaction/reference", json!(reference))
}

/// `POST /events` for a recipient and an order, as bytes.
pub(crate) fn post_event(sandbox: &Sandbox, token: &str, recipient: &str, reference: &str) -> Vec<u8> {
    let headers = [super::JSON, ("Authorization", &*format!("Bearer {token}"))];
    request(
        Host::EtrustedApi,
        "POST /events",
        &headers,
        &event_for(sandbox, recipient, reference).to_string(),
    )
}

pub(crate) async fn bearer(sandbox: &Sandbox) -> String {
    etrusted_token(sandbox, &etrusted_fields(sandbox)).await.text("/access_token")
}

/// Sends an event to a recipient that names a fault, and returns what the client receives.
pub(crate) async fn send_to(sandbox: &Sandbox, name: &str, silent_after: Option<&str>) -> Received {
    let token = bearer(sandbox).await;
    let request = post_event(sandbox, &token, &format!("{name}@sandbox.test"), name);
    exchange(sandbox, &request, silent_after).await
}

/// The last fault of the account.
pub(crate) fn last(sandbox: &Sandbox) -> InjectedFault {
    sandbox.faults().pop().unwrap()
}

/// Asserts the recorded data of the last fault: its name, whether it was committed (which the emails confirm), and the
/// status.
#[track_caller]
pub(crate) fn assert_last_fault(sandbox: &Sandbox, name: &str, committed: bool, status: Option<u16>) {
    let fault = last(sandbox);
    assert_eq!(Ok(&fault.fault), name.parse().as_ref());
    assert!(fault.read, "{fault:?}");
    assert_eq!((fault.committed, fault.status), (committed, status), "{fault:?}");
    assert_eq!(fault.reference.as_deref(), Some(name));
    assert_eq!(sandbox.emails_for(name).len(), usize::from(committed), "emails of {name}");
}
