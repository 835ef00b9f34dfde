//! Any bytes as they are, as UTF-16 and as gzip: the first byte chooses.
#![no_main]

use libfuzzer_sys::fuzz_target;
use review_invites_fuzz::{assert_same_in_pieces, check_orders};

fuzz_target!(|input: &[u8]| {
    let Some((choice, bytes)) = input.split_first() else { return };
    let bytes = match choice % 4 {
        0 => bytes.to_vec(),
        1 => [b"\xFF\xFE", bytes].concat(),
        2 => [b"\xFE\xFF", bytes].concat(),
        _ => [b"\x1F\x8B\x08\x00\x00\x00\x00\x00\x00\xFF", bytes].concat(),
    };
    let records = check_orders(&bytes);
    // Of damaged gzip data, the end that is lost depends on the pieces.
    if choice % 4 != 3 {
        assert_same_in_pieces(&bytes, &records);
    }
});
