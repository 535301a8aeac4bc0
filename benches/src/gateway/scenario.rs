//! What is asked of whom: sizes of answers, as fast as it goes or at a fixed rate.

use super::target::Proxy;
use crate::http::Request;

/// Kept connections of every load.
pub(super) const CONNECTIONS: usize = 64;
/// The sizes of answers, bytes, and the requests a second of the loads at a fixed rate.
const BODIES: [(usize, f64); 4] =
    [(200, 4_000.0), (1_024, 4_000.0), (16 * 1_024, 4_000.0), (LARGE_BYTES, 200.0)];
/// From here on buffers decide, and peers with larger ones take part.
const BUFFERS_MATTER_BYTES: usize = 16 * 1_024;
/// The size of the answers that may pass by the process.
pub(super) const LARGE_BYTES: usize = 1024 * 1024;
/// The size of the answers with which numbers of routes are compared.
pub(super) const USUAL_BYTES: usize = 1_024;

/// Everybody answers the same.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scenario {
    /// The size of the answers.
    pub(super) body_bytes: usize,
    /// Requests a second; `None`: as many as go.
    pub(super) rate_per_s: Option<f64>,
    /// Who takes part.
    pub(super) proxies: Vec<Proxy>,
}

impl Scenario {
    /// All of them.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        BODIES.into_iter().flat_map(|(body_bytes, rate)| {
            [None, Some(rate)].map(|rate_per_s| Self {
                body_bytes,
                rate_per_s,
                proxies: proxies(body_bytes, rate_per_s.is_some()),
            })
        })
    }

    /// As it stands in tables: "1024" or "1024 at 4000/s".
    pub(super) fn name(&self) -> String {
        let bytes = self.body_bytes;
        self.rate_per_s.map_or_else(|| bytes.to_string(), |rate| format!("{bytes} at {rate}/s"))
    }

    /// What is asked: what a browser says, and who the user is.
    pub(super) fn request(&self) -> Request {
        let fields = "User-Agent: bench/1.0\r\nAccept-Language: en\r\nX-User: 1234\r\n\
                      Cookie: sid=0123456789abcdef0123456789abcdef\r\n";
        Request { fields, ..Request::get(super::features::path(self.body_bytes)) }
    }
}

fn proxies(body_bytes: usize, at_rate: bool) -> Vec<Proxy> {
    let mut proxies = vec![Proxy::Direct, Proxy::Relay, Proxy::Haproxy, Proxy::Nginx, Proxy::Banyan];
    if body_bytes == USUAL_BYTES && !at_rate {
        proxies.push(Proxy::BanyanManyRoutes);
    }
    if body_bytes >= BUFFERS_MATTER_BYTES {
        proxies.extend([Proxy::RelaySplice, Proxy::HaproxyTuned, Proxy::HaproxySplice, Proxy::NginxTuned]);
    }
    proxies
}
