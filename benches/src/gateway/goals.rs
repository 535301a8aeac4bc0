//! The goals of the gateway beside what was measured.

use super::growth::Growth;
use super::rows::Row;
use super::scenario::LARGE_BYTES;
use super::target::Proxy;
use crate::goal::Goal;

/// CPU time a request as a part of another's: of whom, for which sizes of answers, at most.
const CPU_OF: [(Proxy, std::ops::RangeInclusive<usize>, f64); 6] = [
    (Proxy::Haproxy, 0..=SMALL_MAX_BYTES, 0.75),
    (Proxy::HaproxyTuned, 0..=SMALL_MAX_BYTES, 0.75),
    (Proxy::Nginx, 0..=SMALL_MAX_BYTES, 0.85),
    (Proxy::NginxTuned, 0..=SMALL_MAX_BYTES, 0.85),
    (Proxy::Relay, 0..=SMALL_MAX_BYTES, 1.2),
    (Proxy::HaproxySplice, LARGE_BYTES..=LARGE_BYTES, 1.0),
];
const SMALL_MAX_BYTES: usize = 16 * 1_024;
/// CPU time a request with ten thousand routes, of that with ten.
const ROUTES: f64 = 1.1;
/// Memory with many connections open, MiB.
const MEMORY_MIB: f64 = 64.0;
/// What counts as no growth, MiB: allocators move by so much.
const GROWTH_MIB: f64 = 2.0;

/// Every goal that was measured.
pub(super) fn held_against(rows: &[Row], memory: &Option<Growth>) -> Vec<Goal> {
    let closed = || rows.iter().filter(|row| row.rate_per_s.is_none());
    let ours = closed().filter(|row| row.proxy == Proxy::Banyan);
    let cpu = ours.flat_map(|row| {
        let counts = CPU_OF.iter().filter(|(_, bytes, _)| bytes.contains(&row.body_bytes));
        counts.filter_map(|(other, _, goal)| {
            let measured = row.cpu_of.get(other.name())?.median;
            let name = format!("CPU a request, {} bytes, of {}", row.body_bytes, other.name());
            Some(Goal::at_most(name, *goal, measured, "times"))
        })
    });
    let routes = closed().filter(|row| row.proxy == Proxy::BanyanManyRoutes).filter_map(|row| {
        let measured = row.cpu_of.get(Proxy::Banyan.name())?.median;
        Some(Goal::at_most("CPU a request, 10,000 routes, of 10 routes", ROUTES, measured, "times"))
    });
    let memory = memory.iter().flat_map(|seen| {
        let mib = |kib: f64| (kib / 102.4).round() / 10.0;
        let open = mib(seen.rss_kib_at_connections as f64);
        let requests = seen.rss_kib_after_requests.last().map_or(0, |(requests, _)| *requests);
        let grown = mib(seen.growth_kib as f64);
        [
            Goal::at_most(format!("memory with {} connections", seen.connections), MEMORY_MIB, open, "MiB"),
            Goal::at_most(format!("growth over {requests} requests"), GROWTH_MIB, grown, "MiB"),
        ]
    });
    cpu.chain(routes).chain(memory).collect()
}
