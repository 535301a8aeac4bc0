//! Who is asked: everybody runs all the time on the same core, one is asked at a time.

use super::counted::Counted;
use super::who::{Compares, Who};
use super::{Bench, features};
use crate::banyan::Banyan;
use crate::error::BenchError;
use crate::http::Request;
use crate::proxy::backend::{self, Variant};
use crate::proxy::peer::mirror::Mirror;
use crate::proxy::peer::{Peer, RunningPeer};
use crate::proxy::serving::Serving;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

/// What a mirror may still do when its clients have their answers.
const MIRRORS_END_WITHIN: Duration = Duration::from_millis(50);

/// Kept for as long as it is asked.
enum Process {
    Backend(Serving),
    Peer(RunningPeer),
    Banyan(Banyan),
}

/// One of them, running.
pub(super) struct Target {
    pub(super) who: Who,
    pub(super) address: SocketAddr,
    pub(super) pids: Vec<u32>,
    process: Process,
}

/// Everybody.
pub(super) struct Targets {
    all: Vec<Target>,
    /// The second sides.
    _new: [Serving; 3],
}

impl Targets {
    /// Starts the two sides and everybody in front of them; their files lie in `folder`.
    pub(super) fn start(bench: &Bench, folder: &Path) -> Result<Self, BenchError> {
        let start = |variant: Variant| {
            let name = clap::ValueEnum::to_possible_value(&variant);
            let name = name.as_ref().map_or("", |name| name.get_name());
            Serving::start(&[backend::COMMAND, "--variant", name], None, &bench.clock)
        };
        let old = start(Variant::Usual)?;
        let sides = [start(Variant::Usual)?, start(Variant::OtherOrder)?, start(Variant::OneValue)?];
        let [equal, other_order, one_value] = sides.each_ref().map(|side| side.address);
        let (address, mut all) = (old.address, vec![Target::of(Who::Direct, Process::Backend(old))]);
        for who in Who::ALL {
            bench.interrupt.check()?;
            let new = match who {
                Who::Banyan(Compares::OtherOrder) => other_order,
                Who::Banyan(Compares::OneValue) => one_value,
                _ => equal,
            };
            let process = start_one(who, (address, new), bench, folder)?;
            all.extend(process.map(|process| Target::of(who, process)));
        }
        Ok(Self { all, _new: sides })
    }

    /// Those who run.
    pub(super) fn who(&self) -> Vec<Who> {
        self.all.iter().map(|target| target.who).collect()
    }

    /// The one.
    pub(super) fn get(&self, who: Who) -> Option<&Target> {
        self.all.iter().find(|target| target.who == who)
    }

    /// # Errors
    /// When somebody answers otherwise than the old side itself.
    pub(super) fn check(&self, request: &Request) -> Result<(), BenchError> {
        let mut expected = None;
        for target in &self.all {
            let body = request.send(target.address, 200)?;
            if *expected.get_or_insert_with(|| body.clone()) != body {
                let reason = "another body than the backend's";
                return Err(BenchError::Unreadable { from: target.address, reason });
            }
        }
        Ok(())
    }
}

impl Target {
    fn of(who: Who, process: Process) -> Self {
        let (address, pids) = match &process {
            Process::Backend(backend) => (backend.address, vec![backend.child.pid()]),
            Process::Peer(peer) => (peer.address, peer.pids.clone()),
            Process::Banyan(banyan) => (banyan.public, vec![banyan.child.pid()]),
        };
        Self { who, address, pids, process }
    }

    /// What was counted so far; nothing, where nobody counts.
    pub(super) fn counted(&self) -> Result<Counted, BenchError> {
        match &self.process {
            Process::Banyan(banyan) => Counted::now(banyan.admin),
            _ => Ok(Counted::default()),
        }
    }

    /// Waits until nothing is left to be done of so many requests; what was counted until then.
    pub(super) fn settled(
        &self,
        earlier: &Counted,
        requests: u64,
        bench: &Bench,
    ) -> Result<Counted, BenchError> {
        match (&self.process, self.who) {
            (Process::Banyan(banyan), Who::Banyan(compares)) => {
                let all_of = (compares.percent() == 100).then_some(requests);
                Counted::settled(banyan.admin, earlier, all_of, &bench.clock)
            }
            _ => {
                std::thread::sleep(MIRRORS_END_WITHIN);
                Ok(Counted::default())
            }
        }
    }
}

/// `None` where there is no such program.
fn start_one(
    who: Who,
    sides: (SocketAddr, SocketAddr),
    bench: &Bench,
    folder: &Path,
) -> Result<Option<Process>, BenchError> {
    let (cores, clock) = (bench.cores, &bench.clock);
    let peer = |peer: Peer| peer.start(sides.0, folder, cores, clock).map(Process::Peer).map(Some);
    let mirror = |mirror: Mirror<'_>| mirror.start(sides, folder, cores, clock).map(Process::Peer).map(Some);
    match (who, bench.envoy.as_deref()) {
        (Who::Direct, _) | (Who::EnvoyMirror, None) => Ok(None),
        (Who::Haproxy, _) => peer(Peer::Haproxy),
        (Who::HaproxyTuned, _) => peer(Peer::HaproxyTuned),
        (Who::NginxMirror, _) => mirror(Mirror::Nginx),
        (Who::EnvoyMirror, Some(program)) => mirror(Mirror::Envoy(program)),
        (Who::Banyan(compares), _) => {
            gateway(who.name(), sides, compares, bench, folder).map(Process::Banyan).map(Some)
        }
    }
}

/// A gateway in a folder of its own, because it keeps a report there.
pub(super) fn gateway(
    name: &str,
    (old, new): (SocketAddr, SocketAddr),
    compares: Compares,
    bench: &Bench,
    folder: &Path,
) -> Result<Banyan, BenchError> {
    let folder = folder.join(name);
    let failed = || BenchError::system(format!("write the features of {name}"));
    std::fs::create_dir_all(&folder).map_err(failed())?;
    let text = features::text(old, new, compares.percent());
    std::fs::write(folder.join("features.toml"), text).map_err(failed())?;
    bench.program.gateway(&folder, "features.toml", bench.cores, &bench.clock)
}
