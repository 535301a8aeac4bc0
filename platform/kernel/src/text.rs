//! Pieces of text that every request needs, written without the formatting machinery.

use std::io::Write;
use std::net::{IpAddr, SocketAddr};

/// The two digits of every byte: an id takes a look a byte.
#[expect(clippy::indexing_slicing, reason = "the compiler does it")]
const HEX: [[u8; 2]; 256] = {
    const fn digit(nibble: u8) -> u8 {
        nibble + if nibble > 9 { b'a' - 10 } else { b'0' }
    }
    let mut pairs = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        pairs[byte] = [digit((byte >> 4) as u8), digit((byte & 15) as u8)];
        byte += 1;
    }
    pairs
};

/// All hexadecimal digits of a number, in lower case.
pub(crate) fn hex(value: u128) -> [u8; 32] {
    let mut text = [0; 32];
    for (pair, byte) in text.as_chunks_mut().0.iter_mut().zip(value.to_be_bytes()) {
        *pair = HEX.get(usize::from(byte)).copied().unwrap_or_default();
    }
    text
}

/// Appends the lowest `digits` hexadecimal digits, in lower case.
pub fn put_hex(out: &mut Vec<u8>, value: u128, digits: u32) {
    let text = hex(value);
    let unwanted = text.len().saturating_sub(digits as usize);
    out.extend_from_slice(text.get(unwanted..).unwrap_or_default());
}

/// Appends a decimal number.
pub fn put_decimal(out: &mut Vec<u8>, value: u16) {
    let (mut text, mut first, mut rest) = ([0; 5], 5, value);
    for (index, digit) in text.iter_mut().enumerate().rev() {
        *digit = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
        first = index;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(text.get(first..).unwrap_or_default());
}

/// Appends an address as `Display` writes it.
pub fn put_ip(out: &mut Vec<u8>, ip: IpAddr) {
    let IpAddr::V4(ip) = ip else {
        // Writing to memory does not fail.
        let _ = write!(out, "{ip}");
        return;
    };
    for (index, octet) in ip.octets().into_iter().enumerate() {
        if index > 0 {
            out.push(b'.');
        }
        put_decimal(out, octet.into());
    }
}

/// Appends address and port as `Display` writes them.
pub fn put_address(out: &mut Vec<u8>, address: SocketAddr) {
    let SocketAddr::V4(address) = address else {
        // Writing to memory does not fail.
        let _ = write!(out, "{address}");
        return;
    };
    put_ip(out, IpAddr::V4(*address.ip()));
    out.push(b':');
    put_decimal(out, address.port());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn addresses_are_as_display_writes_them() {
        for text in ["0.0.0.0:0", "127.0.0.1:80", "10.200.30.105:65535", "[::1]:1000", "[2001:db8::a:0]:9"] {
            let address: SocketAddr = text.parse().unwrap();
            assert_eq!(written(|out| put_address(out, address)), text);
            assert_eq!(written(|out| put_ip(out, address.ip())), address.ip().to_string());
        }
    }

    #[test]
    fn numbers_have_their_digits() {
        for value in [0, 7, 10, 99, 100, 1_005, 10_000, u16::MAX] {
            assert_eq!(written(|out| put_decimal(out, value)), value.to_string());
        }
        assert_eq!(written(|out| put_hex(out, 0xab, 4)), "00ab");
        assert_eq!(written(|out| put_hex(out, u128::MAX - 1, 32)), format!("{:032x}", u128::MAX - 1));
    }
}
