//! How fast two answers are compared, on one core: equal ones by their bytes, others by their structure.

mod bodies;

use crate::cli::Options;
use crate::error::BenchError;
use crate::machine::{self, Machine};
use crate::output::{own_bytes, write};
use crate::range::Range;
use ::compare::{Answer, Rules, compare};
use bodies::{Case, Shape, pair};
use kernel::{Clock, SystemClock};
use serde::Serialize;
use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Duration;

/// Sizes of the bodies, in KiB.
const SIZES_KIB: [usize; 4] = [1, 16, 256, 1024];
/// What equal bodies have to reach, in MB/s of one side's body.
const GOAL_EQUAL: f64 = 500.0;
/// What bodies have to reach that differ.
const GOAL_DIFFERING: f64 = 150.0;

/// What one kind of pair took.
#[derive(Debug, Serialize)]
struct Row {
    /// Of what the bodies are lists.
    shape: &'static str,
    case: &'static str,
    body_bytes: usize,
    /// Of one side's body, though both are read.
    mb_per_second: Option<Range>,
    us_per_pair: Option<Range>,
    differences: usize,
    goal_mb_per_second: f64,
    reached: bool,
}

/// The results as they are written.
#[derive(Debug, Serialize)]
struct Report {
    benchmark: &'static str,
    quick: bool,
    machine: Machine,
    rounds: usize,
    seconds: f64,
    rows: Vec<Row>,
}

/// Measures all, prints a table, writes the results.
pub(crate) fn run(options: &Options) -> Result<(), BenchError> {
    let load_average = machine::load_average();
    let clock = SystemClock::new();
    let rounds = options.rounds.unwrap_or(if options.quick { 2 } else { 5 }).max(1);
    let seconds = options.seconds.unwrap_or(if options.quick { 0.1 } else { 0.5 }).clamp(0.01, 60.0);
    let mut rows = Vec::new();
    let only = options.only.as_deref().unwrap_or_default();
    for shape in Shape::ALL {
        for (kib, case) in SIZES_KIB.iter().flat_map(|kib| Case::ALL.map(|case| (kib, case))) {
            if format!("{} {kib} {}", shape.name(), case.name()).starts_with(only) {
                rows.push(row(&clock, (shape, case, kib * 1024), rounds, seconds));
            }
        }
    }
    let machine = Machine::look(&clock, load_average, own_bytes(), "not used".to_owned());
    let report = Report { benchmark: "compare", quick: options.quick, machine, rounds, seconds, rows };
    print!("{}", table(&report));
    if options.only.is_some() {
        return Ok(());
    }
    write(&options.out, if options.quick { "compare.quick.json" } else { "compare.json" }, &report)
}

fn row(clock: &SystemClock, (shape, case, bytes): (Shape, Case, usize), rounds: usize, seconds: f64) -> Row {
    let (old, new) = pair(shape, case, bytes);
    let headers: [(&str, &[u8]); 1] = [("content-type", b"application/json")];
    let rules = Rules::default();
    let old = Answer { status: 200, headers: &headers, body: old.as_bytes(), trailers: &[] };
    let new = Answer { body: new.as_bytes(), ..old };
    let differences = compare(&rules, &old, &new).differences.len();
    let seconds: Vec<f64> = (0..rounds).map(|_| once(clock, &rules, &old, &new, seconds)).collect();
    let speed = Range::of(seconds.iter().map(|seconds| old.body.len() as f64 / seconds / 1e6));
    let goal = if case == Case::Equal { GOAL_EQUAL } else { GOAL_DIFFERING };
    Row {
        shape: shape.name(),
        case: case.name(),
        body_bytes: old.body.len(),
        mb_per_second: speed,
        us_per_pair: Range::of(seconds.iter().map(|seconds| seconds * 1e6)),
        differences,
        goal_mb_per_second: goal,
        reached: speed.is_some_and(|speed| speed.median >= goal),
    }
}

/// Seconds of this thread's processor that one comparison takes, as the mean of as many as fit into the time. Neighbours that
/// take the core away are not in it.
fn once(clock: &SystemClock, rules: &Rules, old: &Answer<'_>, new: &Answer<'_>, seconds: f64) -> f64 {
    let end = clock.monotonic().plus(Duration::from_secs_f64(seconds));
    let used = thread_cpu();
    let mut pairs = 0_u32;
    while pairs == 0 || clock.monotonic() < end {
        for _ in 0..16 {
            black_box(compare(rules, black_box(old), black_box(new)));
        }
        pairs += 16;
    }
    (thread_cpu().saturating_sub(used)).as_secs_f64() / f64::from(pairs)
}

/// What this thread has used so far: the first figure of `schedstat`, in nanoseconds.
fn thread_cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split(' ').next().and_then(|figure| figure.parse().ok()).unwrap_or_default())
}

fn table(report: &Report) -> String {
    let mut table = String::from(
        "| body | of | pair | MB/s (median, least) | µs a pair | differences listed | goal | reached |\n|---|---|---|---|---|---|---|---|\n",
    );
    for row in &report.rows {
        let (Some(speed), Some(took)) = (row.mb_per_second, row.us_per_pair) else { continue };
        let _ = writeln!(
            table,
            "| {} KiB | {} | {} | {:.0}, {:.0} | {:.2} | {} | {} | {} |",
            row.body_bytes.div_ceil(1024),
            row.shape,
            row.case,
            speed.median,
            speed.min,
            took.median,
            row.differences,
            row.goal_mb_per_second,
            if row.reached { "yes" } else { "no" }
        );
    }
    table
}
