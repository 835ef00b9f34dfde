//! The port: open, or shut so that the system refuses connections.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::oneshot;
use tokio::time::Instant;

/// How many connections may wait to be accepted.
const BACKLOG: u32 = 1024;

/// How long until the next try, when the port could not be opened again.
const RETRY: Duration = Duration::from_millis(5);

/// Asks to shut the port for a while, and tells when it is shut.
pub(crate) struct RefuseConnections {
    pub(crate) duration: Duration,
    pub(crate) done: oneshot::Sender<()>,
}

/// The port.
pub(crate) enum Listener {
    Accepting(TcpListener),
    Refusing {
        address: SocketAddr,
        /// Holds the port without listening, so that nobody else gets it. `None`: it could not be had yet.
        holder: Option<TcpSocket>,
        until: Instant,
    },
}

impl Listener {
    /// The next connection. While the port is shut it waits until it has to be opened, and opens it.
    ///
    /// Cancel safe: nothing is lost when the future is dropped.
    pub(crate) async fn next(&mut self) -> io::Result<TcpStream> {
        loop {
            match self {
                Self::Accepting(listener) => return listener.accept().await.map(|(socket, _)| socket),
                Self::Refusing { address, holder, until } => {
                    tokio::time::sleep_until(*until).await;
                    match holder
                        .take()
                        .map_or_else(|| bind(*address), Ok)
                        .and_then(|bound| bound.listen(BACKLOG))
                    {
                        Ok(listener) => *self = Self::Accepting(listener),
                        Err(_) => *until = Instant::now() + RETRY,
                    }
                }
            }
        }
    }

    /// Connections are refused from now on. Those that are open live on; shut again, the later end counts.
    pub(crate) fn refuse(&mut self, command: RefuseConnections) {
        let end = Instant::now() + command.duration;
        match self {
            Self::Refusing { until, .. } => *until = end.max(*until),
            Self::Accepting(listener) => {
                if let Ok(address) = listener.local_addr() {
                    // The listener has to go before its port can be bound by another socket.
                    *self = Self::Refusing { address, holder: None, until: end };
                    if let Self::Refusing { holder, .. } = self {
                        *holder = bind(address).ok();
                    }
                }
            }
        }
        // It fails only if the caller no longer waits.
        let _ = command.done.send(());
    }
}

/// A socket that has the port and does not listen on it.
fn bind(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    // Connections of before are still on the port. On Windows this would let others have it too, and is not needed.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}
