//! What a server understood of the bytes that it was sent.

use std::collections::HashMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

/// A request that reached a handler with its whole body.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    /// Whom the request is for: of an absolute-form target, else of `Host` (RFC 9112 section 3.2.2).
    pub(crate) authority: String,
    /// Whether the request asks for the connection to be closed behind it (RFC 9112 section 9.3).
    pub(crate) closes: bool,
    /// Sorted: those of one name keep no order in actix-http's map. Without those that are understood above, and those
    /// that only frame the message, which whoever decodes the body may replace.
    pub(crate) fields: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

/// The first line as a server's library gives it.
pub(crate) struct Line<'a> {
    pub(crate) method: &'a str,
    pub(crate) authority: Option<&'a str>,
    pub(crate) path: &'a str,
    pub(crate) query: Option<&'a str>,
    /// As its `Debug` says.
    pub(crate) version: String,
}

/// What is not compared as it came.
const UNDERSTOOD: [&str; 5] = ["content-length", "transfer-encoding", "host", "expect", "connection"];

impl Seen {
    pub(crate) fn new<'f>(line: Line<'_>, fields: impl Iterator<Item = (&'f str, &'f [u8])>) -> Self {
        let mut fields: Vec<_> =
            fields.map(|(name, value)| (name.to_ascii_lowercase(), value.to_vec())).collect();
        let values = |wanted| fields.iter().filter(move |(name, _)| name == wanted).map(|(_, value)| value);
        let host = values("host").next().map(|value| value.escape_ascii().to_string());
        let wants = |option: &str| {
            let mut options = values("connection").flat_map(|value| value.split(|&byte| byte == b','));
            options.any(|one| one.trim_ascii().eq_ignore_ascii_case(option.as_bytes()))
        };
        let closes = wants("close") || (line.version == "HTTP/1.0" && !wants("keep-alive"));
        fields.retain(|(name, _)| !UNDERSTOOD.contains(&&**name));
        fields.sort();
        Self {
            method: line.method.to_owned(),
            target: line.query.map_or(line.path.to_owned(), |query| format!("{}?{query}", line.path)),
            authority: line.authority.map(str::to_owned).or(host).unwrap_or_default(),
            closes,
            fields,
            body: Vec::new(),
        }
    }
}

/// On one line, with bytes to be read.
impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, target, authority, closes, fields, body } = self;
        write!(f, "{method} {target} for {authority}, closes: {closes}, body \"{}\"", body.escape_ascii())?;
        fields.iter().try_for_each(|(name, value)| write!(f, ", {name}: {}", value.escape_ascii()))
    }
}

/// The requests of each connection, by the client's address, in the order of their arrival.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<HashMap<SocketAddr, Vec<Seen>>>>);

impl Log {
    pub(crate) fn add(&self, client: SocketAddr, seen: Seen) {
        self.0.lock().unwrap().entry(client).or_default().push(seen);
    }

    pub(crate) fn take(&self, client: SocketAddr) -> Vec<Seen> {
        self.0.lock().unwrap().remove(&client).unwrap_or_default()
    }
}
