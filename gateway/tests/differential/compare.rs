//! Sends bytes to all servers and compares what they saw.

use crate::seen::{Log, Seen};
use crate::{actix, hyper_server, ours};
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::LazyLock;
use std::time::Duration;

/// Longest silence of a server: reached only where one hangs, which is a failure.
const SILENCE: Duration = Duration::from_secs(20);

/// A request that ends every input: whatever a server takes for something else of it is seen.
const LAST: &[u8] = b"GET /last HTTP/1.1\r\nHost: last\r\nConnection: close\r\n\r\n";

/// What one server made of the bytes.
#[derive(Debug)]
pub(crate) struct Reading {
    /// The requests that it accepted.
    pub(crate) requests: Vec<Seen>,
    /// The statuses that it sent, interim ones left out.
    pub(crate) statuses: Vec<u16>,
}

/// What all of them made of the bytes.
#[derive(Debug)]
pub(crate) struct Readings {
    pub(crate) ours: Reading,
    pub(crate) actix: Reading,
    pub(crate) hyper: Reading,
}

struct Server {
    address: SocketAddr,
    log: Log,
}

struct Servers {
    ours: Server,
    actix: Server,
    hyper: Server,
}

/// Started once a process, on a thread of their own. Listening already, so that nobody need wait for them.
static SERVERS: LazyLock<Servers> = LazyLock::new(|| {
    let (ours, for_ours) = Server::new();
    let (actix, for_actix) = Server::new();
    let (hyper, for_hyper) = Server::new();
    let logs = [&ours, &actix, &hyper].map(|server| server.log.clone());
    std::thread::spawn(move || {
        actix_rt::System::new().block_on(async {
            let [log, for_actix_log, for_hyper_log] = logs;
            ours::start(for_ours, log);
            actix::start(for_actix, for_actix_log);
            hyper_server::start(for_hyper, for_hyper_log);
            std::future::pending::<()>().await;
        });
    });
    Servers { ours, actix, hyper }
});

impl Server {
    fn new() -> (Self, TcpListener) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        (Self { address: listener.local_addr().unwrap(), log: Log::default() }, listener)
    }

    /// Sends the bytes, says that no more comes, and waits until the server closes.
    fn read(&self, bytes: &[u8]) -> Reading {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(SILENCE)).unwrap();
        let client = stream.local_addr().unwrap();
        // A server that has refused may close at once; what it saw is in its log.
        let _ = stream.write_all(bytes).and_then(|()| stream.shutdown(Shutdown::Write));
        let mut answers = Vec::new();
        if let Err(error) = stream.read_to_end(&mut answers) {
            assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{}", bytes.escape_ascii());
        }
        Reading { requests: self.log.take(client), statuses: statuses(&answers) }
    }
}

/// None of the bodies holds what a status line begins with.
fn statuses(answers: &[u8]) -> Vec<u16> {
    let answers = String::from_utf8_lossy(answers);
    let lines = answers.split("HTTP/1.").skip(1);
    lines.filter_map(|line| line.get(2..5)?.parse().ok()).filter(|status| *status >= 200).collect()
}

/// Sends `input`, and a last request behind it, to all.
pub(crate) fn read(input: &[u8]) -> Readings {
    let bytes = [input, LAST].concat();
    let Servers { ours, actix, hyper } = &*SERVERS;
    Readings { ours: ours.read(&bytes), actix: actix.read(&bytes), hyper: hyper.read(&bytes) }
}

impl Readings {
    /// What is wrong between them, if anything is.
    pub(crate) fn discrepancy(&self) -> Option<&'static str> {
        let mine = &self.ours.requests;
        let others = [&self.actix.requests, &self.hyper.requests];
        let refused = self.ours.statuses.iter().any(|status| *status >= 400);
        // What follows a request that closes the connection is nobody's request; actix-web answers it all the same.
        let closed = mine.last().is_some_and(|last| last.closes);
        if others.iter().any(|other| mine.iter().zip(*other).any(|(mine, theirs)| mine != theirs)) {
            return Some("another reads another request");
        }
        if mine.len() > others.iter().map(|other| other.len()).max().unwrap_or(0) {
            return Some("ours accepts what nobody else does");
        }
        if !refused && !closed && others.iter().any(|other| other.len() > mine.len()) {
            return Some("another reads more requests, and ours neither refused nor closed");
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seen::Line;

    fn seen(target: &str) -> Seen {
        let version = "HTTP/1.1".to_owned();
        let line = Line { method: "GET", authority: Some("h"), path: target, query: None, version };
        let closes = target == "/close";
        Seen { closes, ..Seen::new(line, std::iter::empty()) }
    }

    fn reading(requests: &[&str], statuses: &[u16]) -> Reading {
        Reading {
            requests: requests.iter().map(|target| seen(target)).collect(),
            statuses: statuses.to_vec(),
        }
    }

    #[test]
    fn every_kind_of_discrepancy_is_seen() {
        let readings = |ours, actix, hyper, statuses: &[u16]| Readings {
            ours: reading(ours, statuses),
            actix: reading(actix, &[]),
            hyper: reading(hyper, &[]),
        };
        for (ours, actix, hyper, statuses, wrong) in [
            (&["/a", "/b"][..], &["/a", "/b"][..], &["/a"][..], &[200, 200][..], false),
            (&["/a"], &["/a", "/b"], &["/a"], &[200, 400], false),
            (&["/a"], &["/a", "/b"], &["/a"], &[200], true),
            (&["/close"], &["/close", "/b"], &["/close"], &[200], false),
            (&["/a", "/b"], &["/a"], &["/a"], &[200, 200], true),
            (&["/a", "/b"], &["/a", "/b"], &["/a", "/c"], &[200, 200], true),
        ] {
            assert_eq!(
                readings(ours, actix, hyper, statuses).discrepancy().is_some(),
                wrong,
                "{ours:?} {actix:?}"
            );
        }
    }
}
