//! The results as a person reads them on a terminal: medians.

use super::loads::LoadRow;
use super::report::Report;
use std::fmt::Write;

/// Everything.
pub(super) fn all(report: &Report) -> String {
    let mut text = loads(&report.loads);
    // Writing to a string cannot fail.
    let _ = writeln!(text, "\nstart, ms           listening  first answer      live      stop");
    for row in &report.start {
        let name = format!("{} {:?}", row.storage.name(), row.data).to_lowercase();
        let _ = writeln!(
            text,
            "{name:<18} {:>10.1} {:>13.1} {:>9.1} {:>9.1}",
            row.listening_ms.median,
            row.public_answer_ms.median,
            row.live_answer_ms.median,
            row.stop_ms.median
        );
    }
    let _ = writeln!(text, "\nidle, MiB                         RSS       PSS   threads");
    for row in &report.memory {
        let name = format!("{} {:?}", row.storage.name(), row.when).to_lowercase();
        let mib = |kib: u64| kib as f64 / 1024.0;
        let (rss, pss) = (mib(row.memory.rss_kib), mib(row.memory.pss_kib));
        let _ = writeln!(text, "{name:<27} {rss:>9.1} {pss:>9.1} {:>9}", row.memory.threads);
    }
    if let Some(disk) = report.disk {
        let (rate, p50, p99) = (disk.syncs_per_s.median, disk.p50_us.median, disk.p99_us.median);
        let _ = writeln!(text, "\ndisk alone: {rate:.0} syncs/s, p50 {p50:.0} µs, p99 {p99:.0} µs");
    }
    text.push('\n');
    for goal in &report.goals {
        let _ = writeln!(text, "{goal}");
    }
    for skipped in &report.skipped {
        let _ = writeln!(text, "skipped     {skipped}");
    }
    text
}

/// The loads.
pub(super) fn loads(rows: &[LoadRow]) -> String {
    let mut text = String::from(
        "load              conns  requests/s    p50 µs    p99 µs  CPU µs/req  load µs  others µs  rate×floor  CPU×floor\n",
    );
    for row in rows {
        let _ = writeln!(
            text,
            "{:<18}{:>5} {:>11.0} {:>9.0} {:>9.0} {:>11.1} {:>8.1} {:>10.1} {:>11.2} {:>10.2}",
            row.kind.name(row.storage),
            row.connections,
            row.requests_per_s.median,
            row.p50_us.median,
            row.p99_us.median,
            row.cpu_us_per_request.median,
            row.load_cpu_us_per_request.median,
            row.others_cpu_us_per_request.median,
            row.requests_of_floor.median,
            row.cpu_of_floor.median,
        );
    }
    text
}
