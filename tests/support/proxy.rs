//! A proxy between a provider and the sandbox that drops responses.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the proxy does with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Forwards it and returns the response.
    Pass,
    /// Forwards it, drops the response and closes the connection.
    DropResponse,
    /// Forwards it, drops the response and leaves the connection open.
    Hang,
}

/// A proxy on loopback with one request per connection. It ends with the runtime of the test.
pub struct Proxy {
    /// Where it listens.
    pub port: u16,
    passed_on: Arc<AtomicUsize>,
}

impl Proxy {
    /// A proxy before a port; the rule looks at the first line of a request.
    pub async fn start(before: u16, rule: fn(&str) -> Verdict) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let passed_on = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&passed_on);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(serve(client, before, rule, Arc::clone(&counted)));
            }
        });
        Self { port, passed_on }
    }

    /// Returns how many requests were forwarded whose responses were dropped.
    pub fn lost(&self) -> usize {
        self.passed_on.load(Ordering::SeqCst)
    }
}

async fn serve(mut client: TcpStream, before: u16, rule: fn(&str) -> Verdict, lost: Arc<AtomicUsize>) {
    let Some(request) = read_request(&mut client).await else {
        return;
    };
    let mut server = TcpStream::connect(("127.0.0.1", before)).await.unwrap();
    server.write_all(&request).await.unwrap();
    let mut response = Vec::new();
    server.read_to_end(&mut response).await.unwrap();
    let first_line = String::from_utf8_lossy(&request).lines().next().unwrap_or_default().to_owned();
    match rule(&first_line) {
        Verdict::Pass => client.write_all(&response).await.unwrap(),
        Verdict::DropResponse => {
            lost.fetch_add(1, Ordering::SeqCst);
        }
        Verdict::Hang => {
            lost.fetch_add(1, Ordering::SeqCst);
            // Until the client closes.
            let _ = client.read_u8().await;
        }
    }
}

/// Reads one whole request and asks the server behind to close after it.
async fn read_request(client: &mut TcpStream) -> Option<Vec<u8>> {
    let mut read = Vec::new();
    let head = loop {
        if let Some(end) = read.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if client.read_buf(&mut read).await.ok()? == 0 {
            return None;
        }
    };
    let text = String::from_utf8_lossy(&read[..head]).to_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse().ok());
    while read.len() < head + 4 + length.unwrap_or(0) {
        if client.read_buf(&mut read).await.ok()? == 0 {
            return None;
        }
    }
    let close = b"\r\nconnection: close";
    read.splice(head..head, close.iter().copied());
    Some(read)
}
