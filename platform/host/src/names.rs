//! Under which names the admin side may be asked for, where no token is set.
//!
//! Whoever reaches loopback is believed then, and a browser on this machine reaches loopback for any page that it shows.
//! A page can have its own name lead to 127.0.0.1 (DNS rebinding) and would then be of the same origin. Its name is in
//! `Host`, which no browser leaves out, so only addresses, `localhost` and names from the settings are taken there. With
//! a token this is not needed: no page knows it, and a browser does not send it by itself.

use actix_web::http::header::{HOST, HeaderMap};
use kernel::Problem;
use std::net::IpAddr;

/// Whether a request asks for the admin side by a name of its own.
pub(crate) fn check(headers: &HeaderMap, names: &[String]) -> Result<(), Problem> {
    let Some(host) = headers.get(HOST) else { return Ok(()) };
    if host.to_str().is_ok_and(|host| is_own(host, names)) {
        return Ok(());
    }
    Err(Problem::new(421, "misdirected request").detail(
        "Host: the admin side is asked for by address, as localhost, or by a name from the settings (admin.names)",
    ))
}

fn is_own(host: &str, names: &[String]) -> bool {
    let name = without_port(host);
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    let known = || names.iter().any(|known| known.eq_ignore_ascii_case(name));
    address.parse::<IpAddr>().is_ok() || name.eq_ignore_ascii_case("localhost") || known()
}

/// The host of `host[:port]`; an IPv6 address stays in its brackets.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}
