//! The proxies of others, with settings that they could be run with: HAProxy and nginx from PATH.

use crate::child::Child;
use crate::cores::Cores;
use crate::error::BenchError;
use crate::usage::family;
use kernel::{Deadline, SystemClock};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
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
        let file = folder.join(format!("{}.conf", address.port()));
        let failed = || BenchError::system(format!("write {}", file.display()));
        std::fs::write(&file, self.settings(address, upstream, folder)).map_err(failed())?;
        let mut command = Command::new(self.program());
        match self {
            Self::Haproxy | Self::HaproxyTuned | Self::HaproxySplice => command.args(["-db", "-f"]),
            Self::Nginx | Self::NginxTuned => command.arg("-c"),
        };
        let mut child = Child::start_on_proxy_core(command.arg(&file), cores, clock)?;
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

    /// The program, to be found on PATH.
    pub(crate) fn program(self) -> &'static str {
        match self {
            Self::Haproxy | Self::HaproxyTuned | Self::HaproxySplice => "haproxy",
            Self::Nginx | Self::NginxTuned => "nginx",
        }
    }

    fn settings(self, address: SocketAddr, upstream: SocketAddr, folder: &Path) -> String {
        const BUFFERS: &str = "proxy_buffer_size 64k; proxy_buffers 8 64k; proxy_busy_buffers_size 128k;";
        match self {
            Self::Haproxy => haproxy(address, upstream, "", "http-reuse safe"),
            Self::HaproxyTuned => haproxy(address, upstream, "tune.bufsize 65536", "http-reuse always"),
            Self::HaproxySplice => {
                let splice = "http-reuse always\n    option splice-auto";
                haproxy(address, upstream, "tune.bufsize 65536", splice)
            }
            Self::Nginx => nginx(address, upstream, folder, ""),
            Self::NginxTuned => nginx(address, upstream, folder, BUFFERS),
        }
    }
}

fn haproxy(address: SocketAddr, upstream: SocketAddr, global: &str, defaults: &str) -> String {
    format!(
        "global
    nbthread 1
    maxconn 4096
    {global}
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
    option forwardfor
    {defaults}
frontend public
    bind {address}
    default_backend application
backend application
    server one {upstream} pool-max-conn 512
"
    )
}

fn nginx(address: SocketAddr, upstream: SocketAddr, folder: &Path, http: &str) -> String {
    let (folder, port) = (folder.display(), address.port());
    // Without it the worker may not read the folder of whoever started it.
    let user = if rustix::process::geteuid().is_root() { "user root root;" } else { "" };
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("    {kind}_temp_path {folder}/{port}-{kind};\n"))
        .concat();
    format!(
        "{user}
worker_processes 1;
daemon off;
pid {folder}/{port}.pid;
error_log {folder}/{port}.log error;
events {{ worker_connections 8192; multi_accept on; }}
http {{
    access_log off;
    keepalive_requests 100000000;
{temporary}    {http}
    upstream application {{ server {upstream}; keepalive 512; keepalive_requests 100000000; }}
    server {{
        listen {address} backlog=4096;
        location / {{
            proxy_pass http://application;
            proxy_http_version 1.1;
            proxy_set_header Connection \"\";
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        }}
    }}
}}
"
    )
}

/// A port that nobody listens on; whoever is started next gets it.
fn free_address() -> Result<SocketAddr, BenchError> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(BenchError::system("find a free port"))?;
    listener.local_addr().map_err(BenchError::system("find a free port"))
}
