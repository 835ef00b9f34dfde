//! Raw bytes into the bytes of a text: gzip is unpacked, UTF-16 becomes UTF-8, byte order marks are removed.
//!
//! UTF-8 and Windows-1252 both contain ASCII, so the framers work on their bytes directly and
//! each record is decoded by itself.

use std::io::Write;

use encoding_rs::{Decoder, DecoderResult, UTF_16BE, UTF_16LE};
use flate2::write::MultiGzDecoder;

use crate::encoding::Encoding;

/// How many compressed bytes are unpacked in one step. Gzip reaches a ratio of 1,032, so one step yields 66 kB at
/// most.
const GZIP_STEP: usize = 64;
/// How much text is unpacked before its records are read.
const GZIP_TEXT: usize = 64 * 1024;
const GZIP_MAGIC: [u8; 2] = [0x1F, 0x8B];
const UTF8_MARK: [u8; 3] = [0xEF, 0xBB, 0xBF];

/// A byte that is invalid in UTF-8 and in JSON. It marks text that was invalid in UTF-16, so that only
/// its record is malformed.
const INVALID: u8 = 0xFF;

/// A streaming decoder: push raw bytes, receive text bytes.
pub(crate) struct Decode {
    gzip: Option<MultiGzDecoder<Vec<u8>>>,
    sniffed: bool,
    /// Raw bytes that are not decoded yet.
    raw: Vec<u8>,
    /// How many of them are decoded.
    done: usize,
    last: bool,
    text: Text,
    encoding: Encoding,
}

enum Text {
    /// The first bytes, which decide the encoding.
    Undecided(Vec<u8>),
    /// UTF-8 or Windows-1252.
    Ascii,
    Utf16(Box<Decoder>),
}

impl Decode {
    pub(crate) fn new(encoding: Encoding) -> Self {
        Self {
            gzip: None,
            sniffed: false,
            raw: Vec::new(),
            done: 0,
            last: false,
            text: Text::Undecided(Vec::new()),
            encoding,
        }
    }

    /// Adds raw bytes. `last` ends the input. Call [`Decode::pull`] next.
    pub(crate) fn push(&mut self, raw: &[u8], last: bool) {
        self.raw.drain(..self.done);
        self.done = 0;
        self.raw.extend_from_slice(raw);
        self.last |= last;
    }

    /// Returns whether all of the input was decoded.
    pub(crate) fn is_finished(&self) -> bool {
        self.last && self.sniffed && self.done == self.raw.len()
    }

    /// Decodes some of the raw bytes and appends the result to `out`. Returns whether there were any.
    ///
    /// The error describes damaged gzip data; what was readable is in `out`.
    pub(crate) fn pull(&mut self, out: &mut Vec<u8>) -> Result<bool, String> {
        if !self.sniffed {
            if self.raw.len() < GZIP_MAGIC.len() && !self.last {
                return Ok(false);
            }
            self.sniffed = true;
            if self.raw.starts_with(&GZIP_MAGIC) {
                self.gzip = Some(MultiGzDecoder::new(Vec::new()));
            }
        } else if self.done == self.raw.len() && !self.last {
            return Ok(false);
        }
        let raw = std::mem::take(&mut self.raw);
        let result = match self.gzip.take() {
            None => {
                self.decode(raw.get(self.done..).unwrap_or_default(), self.last, out);
                self.done = raw.len();
                Ok(true)
            }
            Some(gzip) => self.unpack(gzip, &raw, out),
        };
        self.raw = raw;
        result
    }

    fn unpack(
        &mut self,
        mut gzip: MultiGzDecoder<Vec<u8>>,
        raw: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<bool, String> {
        let start = out.len();
        let mut damage = None;
        while damage.is_none() && self.done < raw.len() && out.len() - start < GZIP_TEXT {
            let rest = raw.get(self.done..).unwrap_or_default();
            let step = rest.get(..GZIP_STEP).unwrap_or(rest);
            damage = gzip.write_all(step).err();
            self.done += step.len();
            let plain = std::mem::take(gzip.get_mut());
            self.decode(&plain, false, out);
        }
        let is_last = self.last && self.done == raw.len();
        if is_last && damage.is_none() {
            damage = gzip.try_finish().err();
        }
        let plain = std::mem::take(gzip.get_mut());
        self.decode(&plain, is_last || damage.is_some(), out);
        match damage {
            // The text of the library names no data.
            Some(error) => {
                self.done = raw.len();
                Err(format!("the gzip data is damaged or cut off ({error}); download the file again"))
            }
            None => {
                self.gzip = Some(gzip);
                Ok(true)
            }
        }
    }

    fn decode(&mut self, bytes: &[u8], last: bool, out: &mut Vec<u8>) {
        match &mut self.text {
            Text::Ascii => out.extend_from_slice(bytes),
            Text::Utf16(decoder) => decode_utf16(decoder, bytes, last, out),
            Text::Undecided(head) => {
                head.extend_from_slice(bytes);
                if head.len() < 4 && !last {
                    return;
                }
                let head = std::mem::take(head);
                let (text, mark) = sniff(&head, self.encoding);
                self.text = text;
                self.decode(head.get(mark..).unwrap_or_default(), last, out);
            }
        }
    }
}

/// Decides the encoding by the byte order mark. Without one, text that begins with an ASCII character
/// and a zero byte (in either order) is UTF-16. Returns the length of the mark too.
fn sniff(head: &[u8], encoding: Encoding) -> (Text, usize) {
    let utf16 = |encoding: &'static encoding_rs::Encoding| {
        Text::Utf16(Box::new(encoding.new_decoder_without_bom_handling()))
    };
    match (encoding, head) {
        (Encoding::Utf8 | Encoding::Windows1252, _) if head.starts_with(&UTF8_MARK) => (Text::Ascii, 3),
        (Encoding::Utf8 | Encoding::Windows1252, _) => (Text::Ascii, 0),
        (_, [0xFF, 0xFE, ..]) => (utf16(UTF_16LE), 2),
        (_, [0xFE, 0xFF, ..]) => (utf16(UTF_16BE), 2),
        (_, [first, 0, _, 0, ..]) if *first != 0 => (utf16(UTF_16LE), 0),
        (_, [0, first, 0, ..]) if *first != 0 => (utf16(UTF_16BE), 0),
        _ if head.starts_with(&UTF8_MARK) => (Text::Ascii, 3),
        _ => (Text::Ascii, 0),
    }
}

fn decode_utf16(decoder: &mut Decoder, mut bytes: &[u8], last: bool, out: &mut Vec<u8>) {
    loop {
        let room =
            decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(bytes.len() * 4 + 16);
        let old = out.len();
        out.resize(old + room, 0);
        let target = out.get_mut(old..).unwrap_or_default();
        let (result, read, written) = decoder.decode_to_utf8_without_replacement(bytes, target, last);
        out.truncate(old + written);
        bytes = bytes.get(read..).unwrap_or_default();
        match result {
            DecoderResult::InputEmpty => return,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => out.push(INVALID),
        }
    }
}
