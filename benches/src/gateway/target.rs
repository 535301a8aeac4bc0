//! Who is asked: every proxy runs all the time on the same core, one is asked at a time.

use super::{Bench, features};
use crate::banyan::Banyan;
use crate::error::BenchError;
use crate::http::Request;
use crate::proxy::peer::{Peer, RunningPeer};
use crate::proxy::serving::Serving;
use crate::proxy::{backend, relay};
use std::net::SocketAddr;
use std::path::Path;

/// Routes of the gateway that is held against others.
const FEW_ROUTES: usize = 10;
/// Routes of the one that is held against it.
const MANY_ROUTES: usize = 10_000;

/// Who stands between load and backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Proxy {
    /// Nobody: the CPU time is the backend's.
    Direct,
    /// A relay that reads no HTTP.
    Relay,
    /// The same, past the process.
    RelaySplice,
    /// HAProxy, as it comes.
    Haproxy,
    /// With larger buffers.
    HaproxyTuned,
    /// And bodies past the process.
    HaproxySplice,
    /// nginx, as it comes.
    Nginx,
    /// With larger buffers.
    NginxTuned,
    /// The gateway, with ten routes.
    Banyan,
    /// With ten thousand.
    BanyanManyRoutes,
}

impl Proxy {
    const ALL: [Self; 10] = [
        Self::Direct,
        Self::Relay,
        Self::RelaySplice,
        Self::Haproxy,
        Self::HaproxyTuned,
        Self::HaproxySplice,
        Self::Nginx,
        Self::NginxTuned,
        Self::Banyan,
        Self::BanyanManyRoutes,
    ];

    /// As it stands in results.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Relay => "relay",
            Self::RelaySplice => "relay-splice",
            Self::Haproxy => "haproxy",
            Self::HaproxyTuned => "haproxy-tuned",
            Self::HaproxySplice => "haproxy-splice",
            Self::Nginx => "nginx",
            Self::NginxTuned => "nginx-tuned",
            Self::Banyan => "banyan",
            Self::BanyanManyRoutes => "banyan-many-routes",
        }
    }

    fn peer(self) -> Option<Peer> {
        match self {
            Self::Haproxy => Some(Peer::Haproxy),
            Self::HaproxyTuned => Some(Peer::HaproxyTuned),
            Self::HaproxySplice => Some(Peer::HaproxySplice),
            Self::Nginx => Some(Peer::Nginx),
            Self::NginxTuned => Some(Peer::NginxTuned),
            _ => None,
        }
    }
}

/// Kept for as long as it is asked.
enum Process {
    Serving(Serving),
    Peer(RunningPeer),
    Banyan(Banyan),
}

/// One of them, running.
pub(super) struct Target {
    pub(super) proxy: Proxy,
    pub(super) address: SocketAddr,
    pub(super) pids: Vec<u32>,
    _process: Process,
}

/// Everybody.
pub(super) struct Targets(Vec<Target>);

impl Targets {
    /// Starts the backend and everybody in front of it; their files lie in `folder`.
    pub(super) fn start(bench: &Bench, folder: &Path) -> Result<Self, BenchError> {
        let backend = Serving::start(&[backend::COMMAND], None, &bench.clock)?;
        let address = backend.address;
        let mut targets = vec![Target::of(Proxy::Direct, Process::Serving(backend))];
        for proxy in Proxy::ALL.into_iter().skip(1) {
            bench.interrupt.check()?;
            targets.push(Target::of(proxy, start(proxy, address, bench, folder)?));
        }
        Ok(Self(targets))
    }

    /// The one that is this proxy.
    pub(super) fn get(&self, proxy: Proxy) -> Option<&Target> {
        self.0.iter().find(|target| target.proxy == proxy)
    }

    /// # Errors
    /// When somebody answers otherwise than the backend itself.
    pub(super) fn check(&self, request: &Request) -> Result<(), BenchError> {
        let mut bodies = self.0.iter().map(|target| Ok((target, request.send(target.address, 200)?)));
        let Some((_, expected)) = bodies.next().transpose()? else { return Ok(()) };
        bodies.try_for_each(|body: Result<_, BenchError>| match body? {
            (_, body) if body == expected => Ok(()),
            (target, _) => Err(BenchError::Unreadable {
                from: target.address,
                reason: "another body than the backend's",
            }),
        })
    }
}

impl Target {
    fn of(proxy: Proxy, process: Process) -> Self {
        let (address, pids) = match &process {
            Process::Serving(serving) => (serving.address, vec![serving.child.pid()]),
            Process::Peer(peer) => (peer.address, peer.pids.clone()),
            Process::Banyan(banyan) => (banyan.public, vec![banyan.child.pid()]),
        };
        Self { proxy, address, pids, _process: process }
    }
}

fn start(proxy: Proxy, backend: SocketAddr, bench: &Bench, folder: &Path) -> Result<Process, BenchError> {
    let (cores, clock) = (bench.cores, &bench.clock);
    if let Some(peer) = proxy.peer() {
        return peer.start(backend, folder, cores, clock).map(Process::Peer);
    }
    let upstream = backend.to_string();
    let arguments: &[&str] = match proxy {
        Proxy::Banyan => return gateway(FEW_ROUTES, backend, bench, folder),
        Proxy::BanyanManyRoutes => return gateway(MANY_ROUTES, backend, bench, folder),
        Proxy::RelaySplice => &[relay::COMMAND, &upstream, "--splice"],
        _ => &[relay::COMMAND, &upstream],
    };
    Serving::start(arguments, Some(cores), clock).map(Process::Serving)
}

fn gateway(routes: usize, backend: SocketAddr, bench: &Bench, folder: &Path) -> Result<Process, BenchError> {
    let name = format!("features-{routes}.toml");
    let failed = BenchError::system(format!("write {name}"));
    std::fs::write(folder.join(&name), features::text(routes, backend)).map_err(failed)?;
    bench.program.gateway(folder, &name, bench.cores, &bench.clock).map(Process::Banyan)
}
