//! Small pieces of JSON text.

use super::window::Window;

/// Skips whitespace, commas, and the marks that joined files have between their parts. Returns whether there
/// was a comma.
pub(crate) fn skip_blank(window: &mut Window) -> bool {
    let bytes = window.bytes();
    let mut length = 0;
    let mut comma = false;
    loop {
        let rest = bytes.get(length..).unwrap_or_default();
        match rest {
            [b' ' | b'\n' | b'\r' | b'\t' | 0x1E, ..] => length += 1,
            [b',', ..] => {
                length += 1;
                comma = true;
            }
            [0xEF, 0xBB, 0xBF, ..] => length += 3,
            _ => break,
        }
    }
    window.consume(length);
    comma
}

/// Returns the name of the member at the start of the bytes and the position of its value.
pub(crate) fn member_start(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    let rest = bytes.strip_prefix(b"\"")?;
    let end = memchr::memchr(b'"', rest)?;
    let name = rest.get(..end)?.to_vec();
    let mut position = end + 2;
    let mut colon = false;
    loop {
        match bytes.get(position)? {
            b' ' | b'\n' | b'\r' | b'\t' => {}
            b':' if !colon => colon = true,
            _ if colon => return Some((name, position)),
            _ => return None,
        }
        position += 1;
    }
}

/// PHP writes a list whose indexes have a gap as an object with these members.
pub(crate) fn is_index(name: &[u8]) -> bool {
    !name.is_empty() && name.iter().all(u8::is_ascii_digit)
}

/// Finds the beginning of an object or a list of objects. Notices of PHP contain brackets too, but
/// not these pairs.
pub(crate) fn document_start(bytes: &[u8]) -> Option<usize> {
    memchr::memchr2_iter(b'{', b'[', bytes).find(|start| {
        let rest = bytes.get(start + 1..).unwrap_or_default().trim_ascii_start();
        match bytes.get(*start) {
            Some(b'{') => matches!(rest.first(), Some(b'"' | b'}')),
            _ => rest.first() == Some(&b'{'),
        }
    })
}

/// Returns whether the value of a member is a list or an object. `end` is the position of the quote behind
/// its name.
pub(crate) fn begins_container(bytes: &[u8], end: usize) -> bool {
    let rest = bytes.get(end + 1..).unwrap_or_default().trim_ascii_start();
    let value = rest.strip_prefix(b":").unwrap_or_default().trim_ascii_start();
    matches!(value.first(), Some(b'{' | b'['))
}

/// Returns the position of the first of two bytes. Most texts are shorter than the preparation of a search by SIMD is
/// worth, so the first bytes are compared eight at a time.
#[inline]
pub(crate) fn find_either(bytes: &[u8], one: u8, other: u8) -> Option<usize> {
    const ONES: u64 = u64::from_ne_bytes([0x01; 8]);
    let (one_word, other_word) = (ONES * u64::from(one), ONES * u64::from(other));
    // The highest bit of the first byte that is zero; of bytes behind it, it may be wrong.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & (ONES << 7);
    let (words, _) = bytes.as_chunks::<8>();
    let mut searched = 0;
    for word in words.iter().take(4) {
        let word = u64::from_le_bytes(*word);
        let found = zeros(word ^ one_word) | zeros(word ^ other_word);
        if found != 0 {
            return Some(searched + found.trailing_zeros() as usize / 8);
        }
        searched += 8;
    }
    Some(memchr::memchr2(one, other, bytes.get(searched..)?)? + searched)
}
