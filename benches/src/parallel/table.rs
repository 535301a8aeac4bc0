//! The results as a person reads them, on a terminal or in Markdown: medians, and the range of the ratios.

use super::report::Report;
use super::rows::Row;
use super::who::Who;
use crate::range::Range;
use std::fmt::Write;

/// Everything.
pub(super) fn all(report: &Report) -> String {
    let mut text = rows(&report.loads);
    // Writing to a string cannot fail.
    if !report.hung.is_empty() {
        text += "\n| shadow | p50 µs | p99 µs | p50 of none | p99 of none | CPU µs a request | memory, MiB | compared | dropped |\n\
                 |---|---|---|---|---|---|---|---|---|\n";
    }
    for row in &report.hung {
        let _ = writeln!(
            text,
            "| {} | {:.0} | {:.0} | {} | {} | {:.1} | {:.1} | {} | {} |",
            row.shadow.name(),
            row.p50_us.median,
            row.p99_us.median,
            ratio(&row.p50_of_none),
            ratio(&row.p99_of_none),
            row.cpu_us_per_request.median,
            row.rss_kib as f64 / 1024.0,
            row.counted.compared(),
            row.counted.total() - row.counted.compared(),
        );
    }
    text.push('\n');
    for goal in &report.goals {
        let _ = writeln!(text, "{goal}");
    }
    text
}

fn rows(rows: &[Row]) -> String {
    let mut text = String::from(
        "| answers, bytes | through | CPU µs a request | of HAProxy | of tuned HAProxy | of nginx, mirror | of Envoy, mirror | of Banyan, \
         plain | compared | requests/s |\n|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for row in rows {
        let of = |name: &str| row.cpu_of.get(name).map_or_else(String::new, ratio);
        let compared = row.compared_share.map_or_else(String::new, |share| format!("{:.1} %", share * 100.0));
        let _ = writeln!(
            text,
            "| {} | {} | {:.2} | {} | {} | {} | {} | {} | {compared} | {:.0} |",
            row.body_bytes,
            row.who.name(),
            row.cpu_us_per_request.median,
            of(Who::Haproxy.name()),
            of(Who::HaproxyTuned.name()),
            of(Who::NginxMirror.name()),
            of(Who::EnvoyMirror.name()),
            of("banyan"),
            row.requests_per_s.median,
        );
    }
    text
}

fn ratio(range: &Range) -> String {
    format!("{:.2} ({:.2}–{:.2})", range.median, range.min, range.max)
}
