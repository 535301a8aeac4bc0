//! The proxies of others, with settings that they could be run with: HAProxy and nginx from PATH.

pub(crate) mod mirror;
mod settings;

use crate::child::Child;
use crate::cores::Cores;
use crate::error::BenchError;
use crate::usage::family;
use kernel::{Deadline, SystemClock};
use settings::{Extra, LARGE_BUFFERS, haproxy, nginx};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// How long it may take until it accepts connections.
const START_WITHIN: Duration = Duration::from_secs(10);
/// Between two attempts to connect.
const POLL: Duration = Duration::from_millis(20);

/// Which proxy, and how it is set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Peer {
    /// One thread, else as it comes.
    Haproxy,
    /// With buffers of 64 KiB and connections shared by all.
    HaproxyTuned,
    /// The same, and bodies past the process (`splice-auto`).
    HaproxySplice,
    /// One worker, upstream connections kept, else as it comes.
    Nginx,
    /// With buffers of 64 KiB.
    NginxTuned,
}

/// A running one. Stopped when dropped.
pub(crate) struct RunningPeer {
    child: Child,
    clock: SystemClock,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// Its processes.
    pub(crate) pids: Vec<u32>,
}

impl Drop for RunningPeer {
    fn drop(&mut self) {
        // Not killed at once: nginx's worker would outlive its master.
        self.child.dismiss(&self.clock);
    }
}

impl Peer {
    /// Starts it on the proxy's core, in front of `upstream`; its files lie in `folder`.
    pub(crate) fn start(
        self,
        upstream: SocketAddr,
        folder: &Path,
        cores: Cores,
        clock: &SystemClock,
    ) -> Result<RunningPeer, BenchError> {
        let address = free_address()?;
        let file = write(folder, address, &self.settings(address, upstream, folder))?;
        let mut command = Command::new(self.program());
        match self {
            Self::Haproxy | Self::HaproxyTuned | Self::HaproxySplice => command.args(["-db", "-f"]),
            Self::Nginx | Self::NginxTuned => command.arg("-c"),
        };
        launch(command.arg(&file), address, cores, clock)
    }

    /// The program, to be found on PATH.
    pub(crate) fn program(self) -> &'static str {
        match self {
            Self::Haproxy | Self::HaproxyTuned | Self::HaproxySplice => "haproxy",
            Self::Nginx | Self::NginxTuned => "nginx",
        }
    }

    fn settings(self, address: SocketAddr, upstream: SocketAddr, folder: &Path) -> String {
        match self {
            Self::Haproxy => haproxy(address, upstream, "", "http-reuse safe"),
            Self::HaproxyTuned => haproxy(address, upstream, "tune.bufsize 65536", "http-reuse always"),
            Self::HaproxySplice => {
                let splice = "http-reuse always\n    option splice-auto";
                haproxy(address, upstream, "tune.bufsize 65536", splice)
            }
            Self::Nginx => nginx(address, upstream, folder, &Extra::default()),
            Self::NginxTuned => nginx(
                address,
                upstream,
                folder,
                &Extra { http: LARGE_BUFFERS.to_owned(), ..Extra::default() },
            ),
        }
    }
}

/// The settings of a proxy, as a file.
fn write(folder: &Path, address: SocketAddr, settings: &str) -> Result<PathBuf, BenchError> {
    let file = folder.join(format!("{}.conf", address.port()));
    let failed = BenchError::system(format!("write {}", file.display()));
    std::fs::write(&file, settings).map_err(failed)?;
    Ok(file)
}

/// Starts a proxy on the proxy's core and waits until it accepts connections.
fn launch(
    command: &mut Command,
    address: SocketAddr,
    cores: Cores,
    clock: &SystemClock,
) -> Result<RunningPeer, BenchError> {
    let mut child = Child::start_on_proxy_core(command, cores, clock)?;
    let deadline = Deadline::after(clock, START_WITHIN);
    while TcpStream::connect(address).is_err() {
        if deadline.passed(clock) {
            child.dismiss(clock);
            return Err(child.failed("does not accept connections"));
        }
        std::thread::sleep(POLL);
    }
    let pids = family(child.pid())?;
    Ok(RunningPeer { child, clock: SystemClock::new(), address, pids })
}

/// A port that nobody listens on; whoever is started next gets it.
fn free_address() -> Result<SocketAddr, BenchError> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(BenchError::system("find a free port"))?;
    listener.local_addr().map_err(BenchError::system("find a free port"))
}
