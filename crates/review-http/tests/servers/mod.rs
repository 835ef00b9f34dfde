//! Servers that misbehave, byte by byte, over real sockets on loopback.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic, and no test uses all of it"
)]

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// How many connections a server accepts before it stops.
const MOST_CONNECTIONS: usize = 8;

/// The longest wait, so that a defect fails a test instead of hanging it.
pub const LONG: Duration = Duration::from_secs(60);

/// What a server does to a connection.
pub type Deed = fn(&mut Peer);

/// A server that does its deeds to the connections in their order, and the last one to all others.
pub struct Server {
    pub port: u16,
    whole_requests: Arc<AtomicUsize>,
    connections: Arc<AtomicUsize>,
    /// Silent peers wait until this is dropped.
    _silence: Sender<()>,
}

impl Server {
    pub fn start(deeds: &'static [Deed]) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let whole_requests = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&whole_requests);
        let connections = Arc::new(AtomicUsize::new(0));
        let accepted = Arc::clone(&connections);
        let (silence, end) = channel();
        let end = Arc::new(Mutex::new(end));
        thread::spawn(move || {
            for (index, stream) in listener.incoming().take(MOST_CONNECTIONS).enumerate() {
                let stream = stream.unwrap();
                accepted.fetch_add(1, Ordering::SeqCst);
                stream.set_read_timeout(Some(LONG)).unwrap();
                let deed = deeds[index.min(deeds.len() - 1)];
                let mut peer = Peer { stream, whole_requests: Arc::clone(&counted), end: Arc::clone(&end) };
                thread::spawn(move || deed(&mut peer));
            }
        });
        Self { port, whole_requests, connections, _silence: silence }
    }

    /// How many connections were accepted so far.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// How many whole requests were read so far.
    pub fn whole_requests(&self) -> usize {
        self.whole_requests.load(Ordering::SeqCst)
    }
}

/// The other end of one connection.
pub struct Peer {
    stream: TcpStream,
    whole_requests: Arc<AtomicUsize>,
    end: Arc<Mutex<Receiver<()>>>,
}

impl Peer {
    /// Reads one whole request; one that ends before its time is not counted.
    pub fn read_all(&mut self) {
        let mut read = Vec::new();
        let mut piece = vec![0; 64 * 1024];
        loop {
            if let Some(head) = read.windows(4).position(|window| window == b"\r\n\r\n") {
                let text = String::from_utf8_lossy(&read[..head]).to_lowercase();
                let length =
                    text.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
                if read.len() >= head + 4 + length.unwrap_or(0) {
                    self.whole_requests.fetch_add(1, Ordering::SeqCst);
                    return;
                }
            }
            match self.stream.read(&mut piece) {
                Ok(0) | Err(_) => return,
                Ok(length) => read.extend_from_slice(&piece[..length]),
            }
        }
    }

    /// Reads so many bytes, more or less.
    pub fn read_some(&mut self, bytes: usize) {
        let mut piece = vec![0; bytes];
        let _ = self.stream.read_exact(&mut piece);
    }

    pub fn write(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.stream.write_all(bytes.as_ref()).is_ok()
    }

    /// Reads a whole request and responds with these bytes.
    pub fn respond(&mut self, bytes: impl AsRef<[u8]>) {
        self.read_all();
        self.write(bytes);
    }

    /// The connection ends with a reset as soon as it is dropped.
    pub fn reset(&mut self) {
        socket2::SockRef::from(&self.stream).set_linger(Some(Duration::ZERO)).unwrap();
    }

    /// Until the server is dropped.
    pub fn stay_silent(&mut self) {
        let _ = self.end.lock().unwrap().recv();
    }

    /// Waits until something can be read, and reads nothing.
    pub fn wait_for_bytes(&mut self) {
        let _ = self.stream.peek(&mut [0]);
    }

    /// Both directions, for a TLS server.
    pub fn stream(&mut self) -> &mut TcpStream {
        &mut self.stream
    }
}

/// A port without a listener.
pub fn closed_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// A port that accepts no connection: its queue is full, so the first packet of every other one is
/// dropped. Until what is given is dropped.
pub fn deaf_port() -> (u16, impl Sized) {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.bind(&std::net::SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).unwrap();
    socket.listen(0).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    let waiting: Vec<_> =
        (0..4).map_while(|_| TcpStream::connect_timeout(&address, Duration::from_millis(200)).ok()).collect();
    assert!((1..4).contains(&waiting.len()), "the queue did not fill: {} connections", waiting.len());
    (address.port(), (socket, waiting))
}
