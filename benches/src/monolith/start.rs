//! How long from the start of the process to its first answers, on an empty place and on one that has been used.

use super::Bench;
use crate::banyan::Banyan;
use crate::error::BenchError;
use crate::http::Request;
use crate::place::{Engine, Place};
use crate::range::Range;
use kernel::Clock;
use std::time::Duration;

/// A public call that goes through gateway and module to the database, and succeeds in an empty one.
const PUBLIC: &str = "/api/users";
/// The admin side's word that the process lives.
const LIVE: &str = "/health/live";

/// What several starts gave.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct StartRow {
    /// Where the data is.
    pub(crate) storage: Engine,
    /// Whether the modules find nothing of theirs and make it: files or tables, keys. Database and roles are there.
    pub(crate) data: Data,
    /// How many starts.
    pub(crate) starts: usize,
    /// From the start of the process to the line that says where it listens.
    pub(crate) listening_ms: Range,
    /// From there to the first 200 of `GET /api/users`.
    pub(crate) public_answer_ms: Range,
    /// From there to the first 200 of `GET /health/live`, asked right after.
    pub(crate) live_answer_ms: Range,
    /// From SIGTERM to the end.
    pub(crate) stop_ms: Range,
}

/// What the process finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Data {
    /// An empty directory or database.
    Fresh,
    /// What an earlier start has left.
    Existing,
}

/// One start, milliseconds.
struct Times {
    listening: f64,
    public: f64,
    live: f64,
    stop: f64,
}

/// Starts and stops it, on each engine.
pub(super) fn run(bench: &Bench) -> Result<Vec<StartRow>, BenchError> {
    let mut rows = Vec::new();
    for engine in &bench.engines {
        eprintln!("start {}", engine.name());
        let (mut fresh, mut existing) = (Vec::new(), Vec::new());
        for _ in 0..bench.method.starts {
            bench.interrupt.check()?;
            let place = bench.place(*engine)?;
            fresh.push(once(bench, &place)?);
            existing.push(once(bench, &place)?);
        }
        rows.extend(row(*engine, Data::Fresh, &fresh));
        rows.extend(row(*engine, Data::Existing, &existing));
    }
    Ok(rows)
}

fn once(bench: &Bench, place: &Place) -> Result<Times, BenchError> {
    let clock = &bench.clock;
    let banyan: Banyan = bench.program.serve(place, &[], clock)?;
    let started = banyan.child.started();
    let so_far = || ms(clock.monotonic().since(started));
    let listening = so_far();
    Request::get(PUBLIC).send(banyan.public, 200)?;
    let public = so_far();
    Request::get(LIVE).send(banyan.admin, 200)?;
    let live = so_far();
    let asked = clock.monotonic();
    banyan.child.stop(clock)?;
    Ok(Times { listening, public, live, stop: ms(clock.monotonic().since(asked)) })
}

fn row(storage: Engine, data: Data, times: &[Times]) -> Option<StartRow> {
    let range = |figure: fn(&Times) -> f64| Range::of(times.iter().map(figure));
    Some(StartRow {
        storage,
        data,
        starts: times.len(),
        listening_ms: range(|times| times.listening)?,
        public_answer_ms: range(|times| times.public)?,
        live_answer_ms: range(|times| times.live)?,
        stop_ms: range(|times| times.stop)?,
    })
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
