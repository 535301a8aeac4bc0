//! What the gateway says of its own parallel run: how many pairs it compared, with which result, and what it dropped and
//! why. A load of which much was dropped did not do the work that is to be measured.

use crate::error::BenchError;
use crate::http::Request;
use kernel::{Deadline, SystemClock};
use serde::Serialize;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

/// How long what is left to be compared may take.
const SETTLE_WITHIN: Duration = Duration::from_secs(10);
/// Between two looks.
const POLL: Duration = Duration::from_millis(20);

/// The counters of all routes together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Counted {
    /// Pairs of answers of both sides, by result.
    pub(super) compared: BTreeMap<String, u64>,
    /// Pairs of answers of one side, which tell noise.
    pub(super) noise_pairs: u64,
    /// Exchanges that were to be compared and were not, by cause.
    pub(super) dropped: BTreeMap<String, u64>,
    /// Exchanges that wait, or are under way.
    #[serde(skip)]
    pending: u64,
}

impl Counted {
    /// As they are now, by the admin side's metrics.
    pub(super) fn now(admin: SocketAddr) -> Result<Self, BenchError> {
        // The admin side answers to its address only.
        let request = Request { host: Some(admin.to_string()), ..Request::get("/metrics") };
        let text = request.send(admin, 200)?;
        Ok(Self::read(&String::from_utf8_lossy(&text)))
    }

    /// As they are once nothing is left to be done: of `requests` since `earlier`, as many as were to be compared are
    /// accounted for.
    ///
    /// # Errors
    /// When they do not add up in time.
    pub(super) fn settled(
        admin: SocketAddr,
        earlier: &Self,
        all_of: Option<u64>,
        clock: &SystemClock,
    ) -> Result<Self, BenchError> {
        let deadline = Deadline::after(clock, SETTLE_WITHIN);
        let mut last = Self::now(admin)?;
        while !deadline.passed(clock) {
            let total = last.since(earlier).total();
            if last.pending == 0 && all_of.is_none_or(|requests| requests == total) {
                return Ok(last);
            }
            std::thread::sleep(POLL);
            last = Self::now(admin)?;
        }
        Err(BenchError::Unreadable {
            from: admin,
            reason: "what it compared and dropped is not what it was asked",
        })
    }

    /// What was counted since.
    pub(super) fn since(&self, earlier: &Self) -> Self {
        let less = |now: &BTreeMap<String, u64>, before: &BTreeMap<String, u64>| {
            let of = |(name, count): (&String, &u64)| {
                let count = count - before.get(name).copied().unwrap_or_default();
                (count > 0).then(|| (name.clone(), count))
            };
            now.iter().filter_map(of).collect()
        };
        Self {
            compared: less(&self.compared, &earlier.compared),
            noise_pairs: self.noise_pairs - earlier.noise_pairs,
            dropped: less(&self.dropped, &earlier.dropped),
            pending: self.pending,
        }
    }

    /// Both together.
    pub(super) fn plus(mut self, other: &Self) -> Self {
        for (name, count) in &other.compared {
            *self.compared.entry(name.clone()).or_default() += count;
        }
        for (name, count) in &other.dropped {
            *self.dropped.entry(name.clone()).or_default() += count;
        }
        self.noise_pairs += other.noise_pairs;
        self
    }

    /// Pairs of both sides that were compared.
    pub(super) fn compared(&self) -> u64 {
        self.compared.values().sum()
    }

    /// What was to be compared: what was, and what was dropped.
    pub(super) fn total(&self) -> u64 {
        self.compared() + self.dropped.values().sum::<u64>()
    }

    fn read(text: &str) -> Self {
        let mut counted = Self::default();
        for (name, labels, value) in text.lines().filter_map(sample) {
            match name {
                "banyan_parallel_compared_total" if label(labels, "asked") == "same" => {
                    counted.noise_pairs += value;
                }
                "banyan_parallel_compared_total" => {
                    *counted.compared.entry(label(labels, "result").to_owned()).or_default() += value;
                }
                "banyan_parallel_dropped_total" => {
                    *counted.dropped.entry(label(labels, "cause").to_owned()).or_default() += value;
                }
                "banyan_parallel_waiting" | "banyan_parallel_under_way" => counted.pending += value,
                _ => {}
            }
        }
        counted
    }
}

/// Name, labels and value of a line of metrics.
fn sample(line: &str) -> Option<(&str, &str, u64)> {
    let (series, value) = line.rsplit_once(' ')?;
    let (name, labels) = series.split_once('{').unwrap_or((series, ""));
    Some((name, labels, value.parse().ok()?))
}

fn label<'l>(labels: &'l str, name: &str) -> &'l str {
    let behind = labels.split_once(&format!("{name}=\"")).map_or("", |(_, behind)| behind);
    behind.split('"').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const METRICS: &str = r#"# TYPE banyan_parallel_compared counter
banyan_parallel_compared_total{route="a",asked="other",result="equal"} 90
banyan_parallel_compared_total{route="b",asked="other",result="equal"} 5
banyan_parallel_compared_total{route="a",asked="other",result="different"} 2
banyan_parallel_compared_total{route="a",asked="same",result="equal"} 4
banyan_parallel_dropped_total{route="a",cause="queue_full"} 3
banyan_parallel_dropped_total{route="a",cause="deadline"} 0
banyan_parallel_waiting 1
banyan_parallel_under_way 6
banyan_parallel_duration_seconds_sum{route="a"} 0.25
"#;

    #[test]
    fn the_metrics_of_all_routes_are_added_up() {
        let counted = Counted::read(METRICS);
        assert_eq!((counted.compared(), counted.total(), counted.noise_pairs), (97, 100, 4));
        assert_eq!(counted.pending, 7);
        let later = Counted::read(&METRICS.replace("} 90", "} 190"));
        let since = later.since(&counted);
        assert_eq!((since.compared(), since.noise_pairs, since.dropped.len()), (100, 0, 0));
        assert_eq!(since.clone().plus(&since).compared["equal"], 200);
    }
}
