//! The goals of the monolith beside what was measured. A goal that is not reached fails nothing: it is read by people.

use super::loads::{Kind, Loads};
use super::memory::When;
use super::start::StartRow;
use crate::goal::Goal;
use crate::place::Engine;

/// Start to first answer, milliseconds.
const START_MS: f64 = 150.0;
/// Memory of the idle process, MiB.
const IDLE_MIB: f64 = 40.0;
/// `GET /api/messages/1` a second, ETag off.
const READS_PER_S: f64 = 30_000.0;
/// Durable `POST /api/messages` a second on SQLite.
const POSTS_PER_S: f64 = 8_000.0;
/// The connections of the loads that count.
const GOAL_CONNECTIONS: usize = 64;

/// Every goal that was measured.
pub(super) fn held_against(start: &[StartRow], loads: &Loads) -> Vec<Goal> {
    let starts = start.iter().map(|row| {
        let data = if row.data == super::start::Data::Fresh { "fresh" } else { "existing" };
        let name = format!("start to first answer, {} {data}", row.storage.name());
        Goal::at_most(name, START_MS, row.public_answer_ms.median, "ms")
    });
    let idle = loads.memory.iter().filter(|row| row.when == When::AfterStart).map(|row| {
        let name = format!("idle memory (RSS), {}", row.storage.name());
        let mib = (row.memory.rss_kib as f64 / 1024.0 * 10.0).round() / 10.0;
        Goal::at_most(name, IDLE_MIB, mib, "MiB")
    });
    let rate = |kind: Kind| {
        let counts = |kind_of_row: Kind, storage| kind_of_row == kind && storage == Some(Engine::Sqlite);
        let mut rows = loads.rows.iter();
        let row = rows.find(|row| counts(row.kind, row.storage) && row.connections == GOAL_CONNECTIONS)?;
        Some(row.requests_per_s.median)
    };
    let reads = rate(Kind::Get).map(|rate| {
        Goal::at_least(
            "GET /api/messages/1, sqlite, ETag off, 64 connections",
            READS_PER_S,
            rate,
            "requests/s",
        )
    });
    let posts = rate(Kind::Post).map(|rate| {
        Goal::at_least("POST /api/messages, sqlite, durable, 64 connections", POSTS_PER_S, rate, "requests/s")
    });
    starts.chain(idle).chain(reads).chain(posts).collect()
}
