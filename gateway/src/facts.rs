//! What is known of a request when it is decided.

use crate::condition::bare_host;
use kernel::Timestamp;
use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;

/// What is known of a request when it is decided. Everything is borrowed from the request.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// The method, as sent.
    pub method: &'a str,
    /// The path, as sent, without the query; `*` for `OPTIONS *`.
    pub path: &'a str,
    /// What follows the question mark, as sent.
    pub query: Option<&'a str>,
    /// Host and port that the request is for; `None` only in HTTP/1.0.
    pub host: Option<&'a str>,
    /// The header fields.
    pub fields: &'a dyn Fields,
    /// Who asks.
    pub caller: &'a dyn Caller,
}

/// The header fields of a request.
pub trait Fields {
    /// The value of the first field of that name, in any case.
    fn first(&self, name: &str) -> Option<&[u8]>;
}

/// Who asks, and the circumstances, as far as a toggle may want to know. Asked only for what a toggle needs: to find
/// out may cost the check of a signature. Answers the same however often it is asked during one request.
pub trait Caller {
    /// The user, if the request says so in a way that is believed.
    fn user_id(&self) -> Option<Cow<'_, str>>;
    /// The session, by which somebody without a user id is told from others; one that was just begun, if need be.
    fn session_id(&self) -> Option<Cow<'_, str>>;
    /// The client's address.
    fn remote(&self) -> Option<IpAddr>;
    /// When the request came.
    fn now(&self) -> Timestamp;
    /// 64 random bits of the request's own, for rollouts that are sticky to nothing.
    fn chance(&self) -> u64;
}

/// Nothing: no fields, and somebody of whom nothing is known.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nothing;

impl<'a> Facts<'a> {
    /// The facts of a request of which only method and path are known.
    #[must_use]
    pub const fn of(method: &'a str, path: &'a str) -> Self {
        Self { method, path, query: None, host: None, fields: &Nothing, caller: &Nothing }
    }

    /// The host without its port.
    pub(crate) fn host_name(&self) -> Option<&'a str> {
        self.host.map(bare_host)
    }
}

/// Without fields and caller: they hold secrets.
impl fmt::Debug for Facts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, path, host, .. } = self;
        let mut shown = f.debug_struct("Facts");
        shown.field("method", method).field("path", path).field("host", host).finish_non_exhaustive()
    }
}

impl Fields for Nothing {
    fn first(&self, _name: &str) -> Option<&[u8]> {
        None
    }
}

/// Name and value each, as a person gives them.
impl Fields for Vec<(String, String)> {
    fn first(&self, name: &str) -> Option<&[u8]> {
        self.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_bytes())
    }
}

impl Caller for Nothing {
    fn user_id(&self) -> Option<Cow<'_, str>> {
        None
    }

    fn session_id(&self) -> Option<Cow<'_, str>> {
        None
    }

    fn remote(&self) -> Option<IpAddr> {
        None
    }

    fn now(&self) -> Timestamp {
        Timestamp(0)
    }

    fn chance(&self) -> u64 {
        0
    }
}
