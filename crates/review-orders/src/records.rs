//! The records of a reader, one after the other.

use std::fmt;
use std::io::{self, ErrorKind, Read};

use crate::engine::{Engine, Polled};
use crate::record::OrderRecord;

/// How much is read in one step.
const READ_BYTES: usize = 64 * 1024;

/// The records of a reader. Created by [`OrderParser::parse`](crate::OrderParser::parse).
#[must_use = "records are parsed as the iterator is advanced"]
pub struct Records<R> {
    engine: Engine,
    reader: R,
    buffer: Vec<u8>,
}

impl<R: Read> Records<R> {
    pub(crate) fn new(engine: Engine, reader: R) -> Self {
        Self { engine, reader, buffer: vec![0; READ_BYTES] }
    }
}

impl<R: Read> Iterator for Records<R> {
    type Item = io::Result<OrderRecord>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.engine.poll() {
                Polled::Record(record) => return Some(Ok(record)),
                Polled::End => return None,
                Polled::More => match self.reader.read(&mut self.buffer) {
                    Ok(length) => self.engine.push(self.buffer.get(..length).unwrap_or_default()),
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(error) => {
                        self.engine.stop();
                        return Some(Err(error));
                    }
                },
            }
        }
    }
}

impl<R> fmt::Debug for Records<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Records").finish_non_exhaustive()
    }
}

/// The records of an asynchronous reader. Created by
/// [`OrderParser::parse_async`](crate::OrderParser::parse_async).
#[cfg(feature = "tokio")]
#[must_use = "records are parsed as `next` is called"]
pub struct AsyncRecords<R> {
    engine: Engine,
    reader: R,
    buffer: Vec<u8>,
}

#[cfg(feature = "tokio")]
impl<R: tokio::io::AsyncRead + Unpin> AsyncRecords<R> {
    pub(crate) fn new(engine: Engine, reader: R) -> Self {
        Self { engine, reader, buffer: vec![0; READ_BYTES] }
    }

    /// Returns the next record, or `None` at the end of the input. A reader that fails yields its error,
    /// and then `None`.
    ///
    /// Cancel safe: if the future is dropped, no record is lost.
    pub async fn next(&mut self) -> Option<io::Result<OrderRecord>> {
        loop {
            match self.engine.poll() {
                Polled::Record(record) => return Some(Ok(record)),
                Polled::End => return None,
                Polled::More => {
                    let mut buffer = tokio::io::ReadBuf::new(&mut self.buffer);
                    let reader = &mut self.reader;
                    let read = std::future::poll_fn(|context| {
                        std::pin::Pin::new(&mut *reader).poll_read(context, &mut buffer)
                    });
                    match read.await {
                        Ok(()) => self.engine.push(buffer.filled()),
                        Err(error) if error.kind() == ErrorKind::Interrupted => {}
                        Err(error) => {
                            self.engine.stop();
                            return Some(Err(error));
                        }
                    }
                }
            }
        }
    }
}

#[cfg(feature = "tokio")]
impl<R> fmt::Debug for AsyncRecords<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncRecords").finish_non_exhaustive()
    }
}
