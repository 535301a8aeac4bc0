//! The goals of the parallel run beside what was measured.

use super::hung::{self, Shadow};
use super::rows::Row;
use super::who::{Compares, Who};
use crate::goal::Goal;

/// CPU time a request as a part of another's: of what, of whom, at most.
const CPU_OF: [(Compares, Who, f64); 8] = [
    (Compares::Equal(100), Who::Haproxy, 1.0),
    (Compares::Equal(100), Who::HaproxyTuned, 1.0),
    (Compares::Equal(100), Who::NginxMirror, 0.35),
    (Compares::Equal(100), Who::EnvoyMirror, 0.35),
    (Compares::OtherOrder, Who::Haproxy, 1.3),
    (Compares::OtherOrder, Who::HaproxyTuned, 1.3),
    (Compares::OneValue, Who::Haproxy, 1.3),
    (Compares::OneValue, Who::HaproxyTuned, 1.3),
];
/// Share of the requests that has to be compared for a figure to count as one of a whole parallel run.
const WHOLE: f64 = 0.99;
/// Times of clients with a hung shadow, of those without one.
const HUNG: f64 = 1.05;
/// Memory that a hung shadow may cost, MiB: `parallel.memory_max_bytes` of one worker.
const HUNG_MIB: f64 = 32.0;

/// Every goal that was measured.
pub(super) fn held_against(rows: &[Row], hung: &[hung::Row]) -> Vec<Goal> {
    let cpu = rows.iter().flat_map(|row| {
        let counts = CPU_OF.iter().filter(|(compares, _, _)| row.who == Who::Banyan(*compares));
        counts.filter_map(|(_, other, goal)| of_other(row, *other, *goal))
    });
    let none = hung.iter().find(|row| row.shadow == Shadow::None).map_or(0, |row| row.rss_kib);
    let hung = hung.iter().filter(|row| row.shadow != Shadow::None).flat_map(move |row| {
        let name = |figure: &str| format!("{figure}, shadow {}, of none", row.shadow.name());
        let more_mib = (row.rss_kib.saturating_sub(none) as f64 / 102.4).round() / 10.0;
        [
            Goal::at_most(name("p50"), HUNG, row.p50_of_none.median, "times"),
            Goal::at_most(name("p99"), HUNG, row.p99_of_none.median, "times"),
            Goal::at_most(name("memory beyond that"), HUNG_MIB, more_mib, "MiB"),
        ]
    });
    cpu.chain(hung).collect()
}

fn of_other(row: &Row, other: Who, goal: f64) -> Option<Goal> {
    let measured = row.cpu_of.get(other.name())?.median;
    let name = format!("CPU a request, {}, {} bytes, of {}", row.who.name(), row.body_bytes, other.name());
    let share = row.compared_share.unwrap_or_default();
    if share < WHOLE {
        // What was not done cannot have been cheap.
        let name = format!("{name} (only {:.0} % compared)", share * 100.0);
        return Some(Goal { reached: false, ..Goal::at_most(name, goal, measured, "times") });
    }
    Some(Goal::at_most(name, goal, measured, "times"))
}
