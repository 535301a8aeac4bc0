//! The results as a person reads them, on a terminal or in Markdown: medians, and the range of the ratios.

use super::report::Report;
use super::rows::Row;
use super::target::Proxy;
use crate::range::Range;
use std::fmt::Write;

/// Everything.
pub(super) fn all(report: &Report) -> String {
    let mut text = rows(&report.loads);
    // Writing to a string cannot fail.
    if let Some(memory) = &report.memory {
        let mib = memory.rss_kib_at_connections as f64 / 1024.0;
        let _ = writeln!(text, "\nmemory with {} connections: {mib:.1} MiB", memory.connections);
    }
    text.push('\n');
    for goal in &report.goals {
        let _ = writeln!(text, "{goal}");
    }
    text
}

/// The loads.
pub(super) fn rows(rows: &[Row]) -> String {
    let mut text = String::from(
        "| answers, bytes | through | CPU µs a request | of HAProxy | of nginx | of the relay | requests/s | p50 µs | p99 µs |\n\
         |---|---|---|---|---|---|---|---|---|\n",
    );
    for row in rows {
        let of = |proxy: Proxy| row.cpu_of.get(proxy.name()).map_or_else(String::new, ratio);
        let _ = writeln!(
            text,
            "| {} | {} | {:.2} | {} | {} | {} | {:.0} | {:.0} | {:.0} |",
            row.scenario,
            row.proxy.name(),
            row.cpu_us_per_request.median,
            of(Proxy::Haproxy),
            of(Proxy::Nginx),
            of(Proxy::Relay),
            row.requests_per_s.median,
            row.p50_us.median,
            row.p99_us.median,
        );
    }
    for row in rows.iter().filter(|row| matches!(row.proxy, Proxy::Banyan | Proxy::BanyanManyRoutes)) {
        let _ = write!(text, "\n{} at {}:", row.proxy.name(), row.scenario);
        for (other, range) in &row.cpu_of {
            let _ = write!(text, " {} of {other};", ratio(range));
        }
    }
    text.push('\n');
    text
}

fn ratio(range: &Range) -> String {
    format!("{:.2} ({:.2}–{:.2})", range.median, range.min, range.max)
}
