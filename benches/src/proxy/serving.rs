//! A reference server as a process of its own: this program, started again under a hidden command.

use crate::child::Child;
use crate::cores::Cores;
use crate::error::BenchError;
use kernel::SystemClock;
use std::net::{SocketAddr, TcpListener};
use std::process::Command;

/// Connections that may wait to be accepted. The standard library's 128 overflow when several hundred come at once, and who is not
/// taken in tries again after a second only.
const BACKLOG: i32 = 4_096;

/// A running one. Killed when dropped.
pub(crate) struct Serving {
    /// The process.
    pub(crate) child: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
}

impl Serving {
    /// Starts this program with these arguments; on the proxy's core, or else on the one of the caller.
    pub(crate) fn start(
        arguments: &[&str],
        on_proxy_core: Option<Cores>,
        clock: &SystemClock,
    ) -> Result<Self, BenchError> {
        let own = std::env::current_exe().map_err(BenchError::system("find this program"))?;
        let mut command = Command::new(own);
        command.args(arguments);
        let mut child = match on_proxy_core {
            Some(cores) => Child::start_on_proxy_core(&mut command, cores, clock)?,
            None => Child::start(&mut command, clock)?,
        };
        let address = child.wait_for(|line| line.strip_prefix("listening public=")?.parse().ok())?;
        Ok(Self { child, address })
    }
}

/// Listens on a free port and says where.
pub(super) fn listen() -> Result<TcpListener, BenchError> {
    let failed = || BenchError::system("listen");
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(failed())?;
    listener.set_nonblocking(true).map_err(failed())?;
    rustix::net::listen(&listener, BACKLOG).map_err(BenchError::system("listen"))?;
    println!("listening public={}", listener.local_addr().map_err(failed())?);
    Ok(listener)
}
