//! Who is asked what: a server for each load, so that what one leaves behind does not weigh on another.

use super::Kind;
use crate::banyan::Banyan;
use crate::error::BenchError;
use crate::floor::Floor;
use crate::http::Request;
use crate::monolith::Bench;
use crate::place::{Engine, Place};
use kernel::SystemClock;
use std::net::SocketAddr;

/// Turns ETags off: no hash over the answer.
const ETAG_OFF: (&str, &str) = ("BANYAN__HOST__ETAG", "false");
/// What the floor answers when no message was read before: about the size of one.
const BODY_BYTES: usize = 250;

/// One load: a request and who answers it.
pub(super) struct Target {
    pub(super) kind: Kind,
    pub(super) storage: Option<Engine>,
    pub(super) address: SocketAddr,
    pub(super) pid: u32,
    pub(super) request: Vec<u8>,
    pub(super) expected_status: u16,
    /// Bytes of the body that answers it.
    pub(super) body_bytes: usize,
}

/// A server of ours with the data it keeps; killed first, then its data goes.
struct Running {
    banyan: Banyan,
    target: Target,
    _place: Place,
}

/// Everybody who is asked.
pub(super) struct Targets {
    floor: Floor,
    floor_target: Target,
    running: Vec<Running>,
}

impl Targets {
    /// Starts the floor and a server for each load whose name begins with `only`.
    pub(super) fn start(bench: &Bench, only: Option<&str>) -> Result<Self, BenchError> {
        let mut running = Vec::new();
        for engine in &bench.engines {
            for kind in [Kind::Get, Kind::GetEtag, Kind::Post] {
                bench.interrupt.check()?;
                if only.is_none_or(|only| kind.name(Some(*engine)).starts_with(only)) {
                    running.push(Running::start(bench, *engine, kind)?);
                }
            }
        }
        let read = running.iter().find(|running| running.target.kind == Kind::Get);
        let body_bytes = read.map_or(BODY_BYTES, |running| running.target.body_bytes);
        let floor = Floor::start(body_bytes, &bench.clock)?;
        let floor_target = Target {
            kind: Kind::Floor,
            storage: None,
            address: floor.address,
            pid: floor.child.pid(),
            request: Banyan::read().bytes(),
            expected_status: 200,
            body_bytes,
        };
        Ok(Self { floor, floor_target, running })
    }

    /// The floor and all others.
    pub(super) fn all(&self) -> impl Iterator<Item = &Target> {
        std::iter::once(&self.floor_target).chain(self.running.iter().map(|running| &running.target))
    }

    /// The servers that are written to.
    pub(super) fn written(&self) -> impl Iterator<Item = (Engine, &Banyan)> {
        let written = self.running.iter().filter(|running| running.target.kind == Kind::Post);
        written.filter_map(|running| Some((running.target.storage?, &running.banyan)))
    }

    /// Asks all to stop, and sees that they do.
    pub(super) fn stop(self, clock: &SystemClock) -> Result<(), BenchError> {
        self.floor.child.stop(clock)?;
        self.running.into_iter().try_for_each(|running| running.banyan.child.stop(clock))
    }
}

impl Running {
    fn start(bench: &Bench, engine: Engine, kind: Kind) -> Result<Self, BenchError> {
        eprintln!("serve for: {}", kind.name(Some(engine)));
        let settings: &[(&str, &str)] = if kind == Kind::Get { &[ETAG_OFF] } else { &[] };
        let place = bench.place(engine)?;
        let banyan = bench.program.serve(&place, settings, &bench.clock)?;
        let authorization = banyan.sign_in()?;
        let post = Banyan::post(&authorization);
        let posted = post.send(banyan.public, 201)?;
        let read = Banyan::read().send(banyan.public, 200)?;
        let (request, expected_status, body): (Request, u16, &[u8]) =
            if kind == Kind::Post { (post, 201, &posted) } else { (Banyan::read(), 200, &read) };
        let target = Target {
            kind,
            storage: Some(engine),
            address: banyan.public,
            pid: banyan.child.pid(),
            request: request.bytes(),
            expected_status,
            body_bytes: body.len(),
        };
        Ok(Self { banyan, target, _place: place })
    }
}
