//! Whose word about the client is believed: proxies in front of the gateway, by their networks.

use crate::http1::RequestHead;
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};

/// The field in which proxies list those who asked them.
pub(crate) const FORWARDED_FOR: &str = "x-forwarded-for";

/// The networks of the proxies in front.
#[derive(Debug, Clone, Default)]
pub(crate) struct TrustedPeers(Vec<IpNet>);

impl TrustedPeers {
    pub(crate) fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        // A dual-stack listener sees IPv4 peers as IPv6 ones.
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Who asks: the peer, or the last address that a trusted one vouches for. Addresses further back may be invented.
    pub(crate) fn client(&self, head: &RequestHead<'_>, peer: Option<SocketAddr>) -> Option<IpAddr> {
        let mut client = peer?.ip().to_canonical();
        if self.0.is_empty() || !self.contains(client) {
            return Some(client);
        }
        let lines = head
            .fields
            .iter()
            .rev()
            .filter(|field| field.name.eq_ignore_ascii_case(FORWARDED_FOR.as_bytes()));
        for address in lines.flat_map(|line| line.value.rsplit(|&b| b == b',')).map_while(address) {
            client = address;
            if !self.contains(client) {
                break;
            }
        }
        Some(client)
    }
}

/// An address of `X-Forwarded-For`, with or without a port; `None` for `unknown` and the like.
fn address(member: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(member).ok()?.trim();
    let parsed = text.parse().ok();
    let parsed = parsed.or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()));
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    parsed.or_else(bracketed).map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http1::{field_slots, parse};

    fn client(peer: &str, fields: &str) -> String {
        let trusted = TrustedPeers::new(vec!["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()]);
        let raw = format!("GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n");
        let mut slots = field_slots();
        let head = parse(raw.as_bytes(), &mut slots, 100).unwrap();
        trusted.client(&head, Some(peer.parse().unwrap())).unwrap().to_string()
    }

    #[test]
    fn a_stranger_is_himself() {
        assert_eq!(client("192.0.2.1:5", "X-Forwarded-For: 1.1.1.1\r\n"), "192.0.2.1");
    }

    #[test]
    fn a_trusted_peer_vouches_for_the_last_that_is_no_proxy() {
        for (peer, fields, expected) in [
            ("10.0.0.1:5", "", "10.0.0.1"),
            ("10.0.0.1:5", "x-forwarded-for: 6.6.6.6, 192.0.2.7, 10.0.0.9\r\n", "192.0.2.7"),
            ("10.0.0.1:5", "x-forwarded-for: 6.6.6.6\r\nX-Forwarded-For: 192.0.2.7:80\r\n", "192.0.2.7"),
            ("10.0.0.1:5", "x-forwarded-for: 6.6.6.6, unknown\r\n", "10.0.0.1"),
            ("10.0.0.1:5", "x-forwarded-for: 10.0.0.3\r\n", "10.0.0.3"),
            ("[::ffff:10.0.0.1]:5", "x-forwarded-for: [2001:db8::1]\r\n", "2001:db8::1"),
            ("[fd00::1]:5", "x-forwarded-for: [2001:db8::1]:44\r\n", "2001:db8::1"),
        ] {
            assert_eq!(client(peer, fields), expected, "{fields}");
        }
    }
}
