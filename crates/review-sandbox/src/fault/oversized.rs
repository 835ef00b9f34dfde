//! Oversized bodies.

use std::convert::Infallible;
use std::io::Write as _;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use flate2::{Compress, Compression, Crc, FlushCompress};
use http_body::{Frame, SizeHint};

/// The total size, in bytes, after decompression.
const TOTAL: usize = 1024 * 1024 * 1024;

/// A body that repeats one piece.
pub(super) struct RepeatedBody {
    first: Option<Bytes>,
    piece: Bytes,
    /// How many pieces are left.
    left: usize,
    last: Option<Bytes>,
    /// Whether the length is announced.
    sized: bool,
}

impl RepeatedBody {
    /// 1 GiB of spaces, which JSON allows before a value. Without a length, so that it is sent in chunks.
    pub(super) fn endless() -> Self {
        const PIECE: usize = 64 * 1024;
        Self { first: None, piece: vec![b' '; PIECE].into(), left: TOTAL / PIECE, last: None, sized: false }
    }

    /// The same, compressed by gzip into 1 MB.
    ///
    /// A compressed block after a full flush does not depend on earlier ones, so it can be repeated, and building the
    /// body takes no time. It is one gzip member, because not all clients read several.
    pub(super) fn gzip_bomb() -> Option<Self> {
        const PIECE: usize = 1024 * 1024;
        let plain = vec![b' '; PIECE];
        let mut pieces = Compress::new(Compression::best(), false);
        let mut piece = Vec::with_capacity(64 * 1024);
        pieces.compress_vec(&plain, &mut piece, FlushCompress::Full).ok()?;
        let mut of_piece = Crc::new();
        of_piece.update(&plain);
        let mut checksum = Crc::new();
        for _ in 0..TOTAL / PIECE {
            checksum.combine(&of_piece);
        }
        // No name, no time, unknown system.
        let first = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255];
        // An empty last block, checksum and length.
        let mut last = vec![3, 0];
        last.write_all(&checksum.sum().to_le_bytes()).ok()?;
        last.write_all(&u32::try_from(TOTAL).ok()?.to_le_bytes()).ok()?;
        Some(Self {
            first: Some(Bytes::copy_from_slice(&first)),
            piece: piece.into(),
            left: TOTAL / PIECE,
            last: Some(last.into()),
            sized: true,
        })
    }

    fn length(&self) -> usize {
        let part = |part: &Option<Bytes>| part.as_ref().map_or(0, Bytes::len);
        part(&self.first) + self.piece.len() * self.left + part(&self.last)
    }
}

impl http_body::Body for RepeatedBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let data = if let Some(first) = self.first.take() {
            Some(first)
        } else if let Some(left) = self.left.checked_sub(1) {
            self.left = left;
            Some(self.piece.clone())
        } else {
            self.last.take()
        };
        Poll::Ready(data.map(|data| Ok(Frame::data(data))))
    }

    fn size_hint(&self) -> SizeHint {
        if self.sized {
            SizeHint::with_exact(u64::try_from(self.length()).unwrap_or(u64::MAX))
        } else {
            SizeHint::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;
    use std::task::Waker;

    use http_body::Body as _;

    use super::*;

    fn pieces(body: RepeatedBody) -> impl Iterator<Item = Bytes> {
        let mut body = Box::pin(body);
        std::iter::from_fn(move || match body.as_mut().poll_frame(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(frame) => frame.map(|frame| frame.unwrap().into_data().unwrap()),
            Poll::Pending => panic!("it waits for nothing"),
        })
    }

    #[test]
    fn gzip_bomb_is_valid_and_large() {
        let body = RepeatedBody::gzip_bomb().unwrap();
        let length = body.size_hint().exact().unwrap();
        let packed: Vec<u8> = pieces(body).flatten().collect();
        assert!(length == packed.len() as u64 && length < 2_000_000, "{length}");
        // The reader checks the checksum.
        let mut reader = flate2::read::GzDecoder::new(&*packed);
        let (mut total, mut plain) = (0, vec![0; 1024 * 1024]);
        loop {
            match reader.read(&mut plain).unwrap() {
                0 => break,
                read => total += read,
            }
        }
        assert_eq!((total, plain[0]), (TOTAL, b' '));
    }

    #[test]
    fn endless_body_ends_at_its_total() {
        let body = RepeatedBody::endless();
        assert_eq!(body.size_hint().exact(), None);
        assert_eq!(pieces(body).map(|piece| piece.len()).sum::<usize>(), TOTAL);
    }
}
