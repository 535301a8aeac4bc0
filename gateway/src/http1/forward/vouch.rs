//! What the upstream is told of the client: `X-Forwarded-For`, `-Proto`, `-Host` and `Forwarded` (RFC 7239). What came
//! with the request is believed, and added to, only where a trusted peer sent it.

use crate::http1::RequestHead;
use crate::http1::forward::trusted::FORWARDED_FOR;
use crate::http1::response::put_field;
use kernel::text::put_ip;
use std::cell::RefCell;
use std::net::IpAddr;

/// What is known of whoever sent a request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Client {
    /// The address that the connection comes from.
    pub(crate) peer: Option<IpAddr>,
    /// Whether what it says of others is believed.
    pub(crate) trusted: bool,
    /// Whether the connection is encrypted. Not before TLS is ended here.
    pub(crate) secure: bool,
}

impl Client {
    fn scheme(&self) -> &'static str {
        if self.secure { "https" } else { "http" }
    }
}

const FORWARDED_PROTO: &str = "x-forwarded-proto";
const FORWARDED_HOST: &str = "x-forwarded-host";

/// Whether the client itself speaks HTTPS, to us or to the trusted proxy in front.
pub(crate) fn is_https(head: &RequestHead<'_>, client: &Client) -> bool {
    match believed(head, client, FORWARDED_PROTO) {
        Some(scheme) => scheme.trim_ascii().eq_ignore_ascii_case(b"https"),
        None => client.secure,
    }
}

/// The host that the client itself asked.
pub(crate) fn host<'a>(head: &RequestHead<'a>, client: &Client) -> Option<&'a str> {
    let told = believed(head, client, FORWARDED_HOST).map(<[u8]>::trim_ascii);
    let told = told.filter(|host| crate::http1::target::is_host(host));
    told.and_then(|host| std::str::from_utf8(host).ok()).or(head.host)
}

fn believed<'a>(head: &RequestHead<'a>, client: &Client, name: &str) -> Option<&'a [u8]> {
    if client.trusted { head.header(name) } else { None }
}

/// What was written last on a connection: a client asks the same host again and again.
#[derive(Debug, Default)]
pub(crate) struct Kept(RefCell<Option<Written>>);

#[derive(Debug)]
struct Written {
    host: Box<str>,
    text: Box<[u8]>,
}

impl Kept {
    /// Writes the fields. All requests of a connection have the same client.
    pub(crate) fn put(&self, out: &mut Vec<u8>, head: &RequestHead<'_>, client: &Client) {
        let (Some(host), false, Ok(mut kept)) = (head.host, client.trusted, self.0.try_borrow_mut()) else {
            return put(out, head, client);
        };
        if let Some(written) = kept.as_ref().filter(|written| *written.host == *host) {
            return out.extend_from_slice(&written.text);
        }
        let begin = out.len();
        put(out, head, client);
        *kept = out.get(begin..).map(|text| Written { host: host.into(), text: text.into() });
    }
}

/// Writes the fields.
pub(crate) fn put(out: &mut Vec<u8>, head: &RequestHead<'_>, client: &Client) {
    put_list(out, head, client, FORWARDED_FOR, |out| match client.peer {
        Some(peer) => put_ip(out, peer),
        None => out.extend_from_slice(b"unknown"),
    });
    match believed(head, client, FORWARDED_PROTO) {
        Some(scheme) => put_field(out, FORWARDED_PROTO.as_bytes(), scheme),
        None => put_field(out, FORWARDED_PROTO.as_bytes(), client.scheme().as_bytes()),
    }
    if let Some(host) = believed(head, client, FORWARDED_HOST).or(head.host.map(str::as_bytes)) {
        put_field(out, FORWARDED_HOST.as_bytes(), host);
    }
    put_list(out, head, client, "forwarded", |out| put_element(out, head, client));
}

/// Writes a list on one line: what a trusted peer sent, on however many lines, and a member of our own behind.
fn put_list(
    out: &mut Vec<u8>,
    head: &RequestHead<'_>,
    client: &Client,
    name: &str,
    own: impl FnOnce(&mut Vec<u8>),
) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b": ");
    if client.trusted {
        for (_, value) in head.headers().filter(|(known, _)| known.eq_ignore_ascii_case(name)) {
            out.extend_from_slice(value);
            out.extend_from_slice(b", ");
        }
    }
    own(out);
    out.extend_from_slice(b"\r\n");
}

/// `for=192.0.2.1;host="a:80";proto=http`. Values with other than plain characters are quoted; a host has neither
/// quotes nor backslashes.
fn put_element(out: &mut Vec<u8>, head: &RequestHead<'_>, client: &Client) {
    out.extend_from_slice(b"for=");
    match client.peer {
        Some(peer @ IpAddr::V4(_)) => put_ip(out, peer),
        Some(peer @ IpAddr::V6(_)) => {
            out.extend_from_slice(b"\"[");
            put_ip(out, peer);
            out.extend_from_slice(b"]\"");
        }
        None => out.extend_from_slice(b"unknown"),
    }
    if let Some(host) = head.host {
        let plain = host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
        let quote: &[u8] = if plain { b"" } else { b"\"" };
        for part in [b";host=", quote, host.as_bytes(), quote] {
            out.extend_from_slice(part);
        }
    }
    out.extend_from_slice(b";proto=");
    out.extend_from_slice(client.scheme().as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http1::{field_slots, parse};

    fn written(peer: &str, trusted: bool, fields: &str) -> String {
        let raw = format!("GET / HTTP/1.1\r\nHost: a:80\r\n{fields}\r\n");
        let mut slots = field_slots();
        let head = parse(raw.as_bytes(), &mut slots, 100).unwrap();
        let mut out = Vec::new();
        put(&mut out, &head, &Client { peer: peer.parse().ok(), trusted, secure: false });
        String::from_utf8(out).unwrap().replace("\r\n", "\n")
    }

    #[test]
    fn a_stranger_is_told_of_as_he_is_seen() {
        let lies = "X-Forwarded-For: 1.1.1.1\r\nForwarded: for=1.1.1.1\r\nX-Forwarded-Proto: https\r\n";
        let expected = "x-forwarded-for: 192.0.2.1\nx-forwarded-proto: http\nx-forwarded-host: a:80\n\
                        forwarded: for=192.0.2.1;host=\"a:80\";proto=http\n";
        assert_eq!(written("192.0.2.1", false, lies), expected);
    }

    #[test]
    fn what_is_kept_is_written_for_the_same_host_only() {
        let (kept, stranger) = (Kept::default(), Client { peer: None, trusted: false, secure: false });
        let trusted = Client { trusted: true, ..stranger };
        let from = "x-forwarded-for: 1.1.1.1\r\n";
        for (host, client) in
            [("a", stranger), ("a", stranger), ("b:1", stranger), ("b:1", trusted), ("a", stranger)]
        {
            let raw = format!("GET / HTTP/1.1\r\nhost: {host}\r\n{from}\r\n");
            let mut slots = field_slots();
            let head = parse(raw.as_bytes(), &mut slots, 100).unwrap();
            let (mut expected, mut out) = (b"before ".to_vec(), b"before ".to_vec());
            put(&mut expected, &head, &client);
            kept.put(&mut out, &head, &client);
            assert_eq!(String::from_utf8(out), String::from_utf8(expected));
        }
    }

    #[test]
    fn a_trusted_peer_is_added_to() {
        let told = "X-Forwarded-For: 1.1.1.1\r\nX-forwarded-for: 2.2.2.2\r\nForwarded: for=1.1.1.1\r\n\
                    X-Forwarded-Proto: https\r\nX-Forwarded-Host: front\r\n";
        let expected = "x-forwarded-for: 1.1.1.1, 2.2.2.2, ::1\nx-forwarded-proto: https\n\
                        x-forwarded-host: front\nforwarded: for=1.1.1.1, for=\"[::1]\";host=\"a:80\";proto=http\n";
        assert_eq!(written("::1", true, told), expected);
    }
}
