//! The bytes of one record into a text.

use std::borrow::Cow;

use encoding_rs::CoderResult;

use crate::encoding::Encoding;

/// Decodes single records, by the encoding that was set or that the beginning of the file shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RecordText {
    windows_1252: bool,
}

impl RecordText {
    /// Decides by the first bytes of the file. Spreadsheets write CSV files in Windows-1252, so one
    /// character of it is enough there. JSON is UTF-8 by definition, so a single odd byte is an error
    /// of its record, and only several without any valid UTF-8 character are taken for Windows-1252.
    pub(crate) fn detect(encoding: Encoding, head: &[u8], is_json: bool) -> Self {
        let windows_1252 = match encoding {
            Encoding::Windows1252 => true,
            Encoding::Utf8 => false,
            Encoding::Detect => {
                let (valid, invalid) = count(head);
                valid == 0 && invalid >= if is_json { 2 } else { 1 }
            }
        };
        Self { windows_1252 }
    }

    /// Decodes a record. A record that is valid UTF-8 is UTF-8 in any file.
    ///
    /// The error is the position of the first invalid byte.
    pub(crate) fn decode(self, bytes: &[u8]) -> Result<Cow<'_, str>, usize> {
        match str::from_utf8(bytes) {
            Ok(text) => Ok(Cow::Borrowed(text)),
            Err(_) if self.windows_1252 => Ok(Cow::Owned(windows_1252(bytes))),
            Err(error) => Err(error.valid_up_to()),
        }
    }
}

/// Counts the characters beyond ASCII that are valid UTF-8, and the bytes that are a letter in
/// Windows-1252 but invalid UTF-8. A byte that is no letter there rules Windows-1252 out.
fn count(head: &[u8]) -> (usize, usize) {
    let (mut valid, mut invalid) = (0, 0);
    for chunk in head.utf8_chunks() {
        valid += chunk.valid().bytes().filter(|byte| *byte >= 0xC0).count();
        match chunk.invalid() {
            [] => {}
            // A character that is cut off by the end of the head.
            bytes if bytes.len() > 1 => {}
            [byte] if is_letter(*byte) => invalid += 1,
            _ => valid += 1,
        }
    }
    (valid, invalid)
}

fn is_letter(byte: u8) -> bool {
    matches!(byte, 0xC0..=0xFE | 0x8A | 0x8C | 0x8E | 0x9A | 0x9C | 0x9E | 0x9F | 0x80 | 0x91..=0x97 | 0xA0..=0xBF)
        && !matches!(byte, 0xD7 | 0xF7)
}

/// Decodes Windows-1252, in which every byte is a character.
fn windows_1252(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 3);
    let mut decoder = encoding_rs::WINDOWS_1252.new_decoder_without_bom_handling();
    let (result, ..) = decoder.decode_to_string(bytes, &mut text, true);
    debug_assert!(matches!(result, CoderResult::InputEmpty), "three bytes hold every character");
    text
}
