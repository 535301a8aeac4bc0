//! Sixteen bytes at once: which of them are of a kind. A bit for each, the first byte's the lowest.

use wide::u8x16;

const ALL: u32 = 0xffff;

/// Bytes between these two.
fn within(bytes: u8x16, after: u8, before: u8) -> u8x16 {
    bytes.simd_gt(u8x16::splat(after)) & bytes.simd_lt(u8x16::splat(before))
}

fn is(bytes: u8x16, byte: u8) -> u8x16 {
    bytes.simd_eq(u8x16::splat(byte))
}

/// Control characters.
pub(super) fn controls(bytes: &[u8; 16]) -> u32 {
    let bytes = u8x16::new(*bytes);
    (bytes.simd_lt(u8x16::splat(b' ')) | is(bytes, 0x7f)).to_bitmask()
}

/// Whatever no target is made of.
pub(super) fn beyond_target(bytes: &[u8; 16]) -> u32 {
    let bytes = u8x16::new(*bytes);
    (within(bytes, b' ', 0x7f).to_bitmask() ^ ALL) | is(bytes, b'#').to_bitmask()
}

/// Whatever is neither a letter nor a hyphen: names have little else.
pub(super) fn beyond_letters(bytes: &[u8; 16]) -> u32 {
    let bytes = u8x16::new(*bytes);
    let lower = bytes | u8x16::splat(0x20);
    (within(lower, b'a' - 1, b'z' + 1) | is(bytes, b'-')).to_bitmask() ^ ALL
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn each(bytes: &[u8; 16], kind: impl Fn(u8) -> bool) -> u32 {
        bytes.iter().rev().fold(0, |bits, &byte| (bits << 1) | u32::from(kind(byte)))
    }

    fn check(bytes: &[u8; 16]) {
        let control = |byte: u8| byte.is_ascii_control();
        let no_target = |byte: u8| !byte.is_ascii_graphic() || byte == b'#';
        let no_letter = |byte: u8| !byte.is_ascii_alphabetic() && byte != b'-';
        let expected = [each(bytes, control), each(bytes, no_target), each(bytes, no_letter)];
        assert_eq!([controls(bytes), beyond_target(bytes), beyond_letters(bytes)], expected, "{bytes:?}");
    }

    #[test]
    fn every_byte_in_every_place() {
        for byte in 0..=u8::MAX {
            for place in 0..16 {
                let mut bytes = *b"Accept-Encodings";
                bytes[place] = byte;
                check(&bytes);
                bytes[(place + 1) % 16] = byte.wrapping_add(1);
                check(&bytes);
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes(bytes in any::<[u8; 16]>()) {
            check(&bytes);
        }
    }
}
