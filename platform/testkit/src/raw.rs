//! Bytes to a socket and back, for what no HTTP client would send.

use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long to wait for the first byte.
const ANSWER_DEADLINE: Duration = Duration::from_secs(10);
/// How long to wait for the next byte before the answer counts as complete, when the peer keeps the connection open.
const QUIET: Duration = Duration::from_millis(500);

/// What came back.
#[derive(Debug)]
pub struct RawAnswer {
    /// Every byte that was received.
    pub bytes: Vec<u8>,
    /// Whether the peer closed the connection (else it fell silent for half a second).
    pub closed: bool,
}

impl RawAnswer {
    /// The bytes as text, for searching in it; bytes that are no UTF-8 are replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The status of the first answer; 0 when there is none.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.statuses().first().copied().unwrap_or(0)
    }

    /// The statuses of all answers in order: shows how many requests the peer saw in the bytes.
    #[must_use]
    pub fn statuses(&self) -> Vec<u16> {
        let text = self.text();
        let heads = text.split("HTTP/1.1 ").skip(1);
        heads.filter_map(|rest| rest.get(..3)?.parse().ok()).collect()
    }
}

/// Sends `bytes` as they are and reads until the peer closes or falls silent.
///
/// # Panics
/// When no connection can be made.
pub async fn raw(address: SocketAddr, bytes: &[u8]) -> RawAnswer {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    // A peer that refuses early closes while we write: what it said is still to be read.
    let _ = stream.write_all(bytes).await;
    let mut answer = RawAnswer { bytes: Vec::new(), closed: false };
    let mut buffer = vec![0; 16 * 1024];
    let mut patience = ANSWER_DEADLINE;
    while let Ok(read) = tokio::time::timeout(patience, stream.read(&mut buffer)).await {
        patience = QUIET;
        match read {
            Ok(count) if count > 0 => answer.bytes.extend_from_slice(buffer.get(..count).unwrap_or_default()),
            _ => {
                answer.closed = true;
                break;
            }
        }
    }
    answer
}
