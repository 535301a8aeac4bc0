//! One check: a `GET` over a connection of its own, of which only the status line is read (RFC 9112, section 4).

use crate::HealthPolicy;
use crate::instance::Instance;
use crate::pool::connect;
use crate::resolver::Resolver;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// `HTTP/1.1 200`: as much of a status line as is looked at.
const STATUS_LINE_BYTES: usize = 12;

/// Whether the instance answers within the policy's time with one of the policy's statuses.
pub(super) async fn is_well(resolver: &Resolver, instance: &Instance, policy: &HealthPolicy) -> bool {
    let wait = Duration::from_millis(policy.timeout_ms);
    let path = policy.path.as_deref().unwrap_or("/");
    let status = tokio::time::timeout(wait, ask(resolver, instance, path, wait)).await;
    matches!(status, Ok(Ok(status)) if (policy.status_min..=policy.status_max).contains(&status))
}

async fn ask(resolver: &Resolver, instance: &Instance, path: &str, wait: Duration) -> io::Result<u16> {
    let mut stream = connect::connect(resolver, instance.target(), wait, 0).await?;
    let (host, base) = (instance.authority(), instance.base_path());
    let request = format!(
        "GET {base}{path} HTTP/1.1\r\nhost: {host}\r\nuser-agent: banyan-health\r\naccept: */*\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    read_status(&mut stream).await
}

async fn read_status(stream: &mut TcpStream) -> io::Result<u16> {
    let mut line = [0; STATUS_LINE_BYTES];
    stream.read_exact(&mut line).await?;
    let garbage = || io::Error::new(io::ErrorKind::InvalidData, "the answer is not HTTP/1");
    let line = line.strip_prefix(b"HTTP/1.").ok_or_else(garbage)?;
    let digits = line.split_first().and_then(|(_, rest)| rest.strip_prefix(b" ")).ok_or_else(garbage)?;
    // `parse` alone would take a sign.
    let digits =
        std::str::from_utf8(digits).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    digits.and_then(|digits| digits.parse().ok()).ok_or_else(garbage)
}
