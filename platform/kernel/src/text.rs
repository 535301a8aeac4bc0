//! Pieces of text that every request needs, written without the formatting machinery.

use std::io::Write;
use std::net::{IpAddr, SocketAddr};

const HEX: &[u8; 16] = b"0123456789abcdef";

/// Appends the lowest `digits` hexadecimal digits, in lower case.
pub fn put_hex(out: &mut Vec<u8>, value: u128, digits: u32) {
    out.extend((0..digits).rev().map(|digit| {
        let nibble = (value >> (4 * digit)) & 15;
        HEX.get(nibble as usize).copied().unwrap_or(b'0')
    }));
}

/// Appends a decimal number.
pub fn put_decimal(out: &mut Vec<u8>, value: u16) {
    let mut started = false;
    for power in [10_000, 1_000, 100, 10, 1] {
        let digit = value / power % 10;
        started |= digit > 0 || power == 1;
        if started {
            out.push(b'0' + u8::try_from(digit).unwrap_or(0));
        }
    }
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
