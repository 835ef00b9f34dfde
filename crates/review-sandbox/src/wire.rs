//! The socket, shared between HTTP and the faults that break it.

use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::net::Shutdown;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::abort::{Abort, ConnectionEnd};
use crate::activity::Activity;

/// A handle to a socket. Dropping the last one closes it, so the connection can stay open after HTTP has let go of
/// it.
#[derive(Clone)]
pub(crate) struct Wire {
    socket: Arc<TcpStream>,
    activity: Activity,
}

impl Wire {
    pub(crate) fn new(socket: TcpStream) -> Self {
        // Small responses must not wait for the peer's delayed acknowledgement. If this fails, they are only slower.
        let _ = socket.set_nodelay(true);
        Self { socket: Arc::new(socket), activity: Activity::new() }
    }

    pub(crate) fn activity(&self) -> &Activity {
        &self.activity
    }

    /// Sends the bytes and ends the connection. An error means that the client has gone first, which ends it too.
    pub(crate) async fn abort(self, abort: Abort) {
        let written = self.write_all(&abort.bytes).await;
        match abort.end {
            ConnectionEnd::Close => {}
            ConnectionEnd::Reset => self.reset(),
            ConnectionEnd::Stall => {
                if written.is_ok() {
                    self.until_closed().await;
                }
            }
        }
    }

    /// Ends the connection with a RST.
    pub(crate) fn reset(self) {
        // Without a linger time the system sends RST instead of FIN. If it cannot be set, the client sees a FIN,
        // which the tests would notice.
        let _ = SockRef::from(&*self.socket).set_linger(Some(Duration::ZERO));
    }

    async fn write_all(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let written = poll_fn(|context| self.poll_try(context, bytes)).await?;
            bytes = bytes.get(written..).unwrap_or_default();
        }
        Ok(())
    }

    async fn until_closed(&self) {
        let mut bytes = [0; 1024];
        loop {
            let ready = self.socket.readable().await;
            match ready.and_then(|()| self.socket.try_read(&mut bytes)) {
                Ok(0) => return,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => return,
            }
        }
    }

    fn poll_try(&self, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.socket.poll_write_ready(context))?;
            match self.socket.try_write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                done => return Poll::Ready(done),
            }
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            ready!(self.socket.poll_read_ready(context))?;
            match self.socket.try_read(buffer.initialize_unfilled()) {
                Ok(read) => {
                    buffer.advance(read);
                    if read > 0 {
                        self.activity.received();
                    }
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_try(context, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.socket.poll_write_ready(context))?;
            match self.socket.try_write_vectored(slices) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                done => return Poll::Ready(done),
            }
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(SockRef::from(&*self.socket).shutdown(Shutdown::Write))
    }
}
