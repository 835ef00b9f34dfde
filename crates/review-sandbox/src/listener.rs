//! The listening port: accepts connections, or lets the system refuse them.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::oneshot;
use tokio::time::Instant;

/// The length of the queue of connections that are not accepted yet.
const BACKLOG: u32 = 1024;

/// The wait before the next attempt if the port could not be opened again.
const RETRY: Duration = Duration::from_millis(5);

/// A command to refuse connections for a while; `done` is notified when it takes effect.
pub(crate) struct RefuseConnections {
    pub(crate) duration: Duration,
    pub(crate) done: oneshot::Sender<()>,
}

/// The port.
pub(crate) enum Listener {
    Accepting(TcpListener),
    Refusing {
        address: SocketAddr,
        /// Holds the port without listening, so that it stays reserved. `None`: binding it has failed so far.
        holder: Option<TcpSocket>,
        until: Instant,
    },
}

impl Listener {
    /// Waits for the next connection. While connections are refused, it waits until the port has to be opened, and
    /// opens it.
    ///
    /// Cancel safe: nothing is lost if the future is dropped.
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

    /// Refuses connections from now on. Open connections stay open. If they are refused already, the later end
    /// counts.
    pub(crate) fn refuse(&mut self, command: RefuseConnections) {
        let end = Instant::now() + command.duration;
        match self {
            Self::Refusing { until, .. } => *until = end.max(*until),
            Self::Accepting(listener) => {
                if let Ok(address) = listener.local_addr() {
                    // The listener has to be dropped before another socket can bind its port.
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

/// Binds a socket to the port, without listening.
fn bind(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    // Earlier connections still use the port. On Windows this option would let other programs bind it, and is not
    // needed.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}
