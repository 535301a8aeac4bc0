//! For a merge request: the verdict, a table of causes, and a sample of each that is real.

use super::text::{counted, latency, ms, troubles, words};
use super::{SHOWN_MAX, curl, inert, sides};
use crate::Report;
use crate::told::{CauseReport, RouteReport};
use crate::verdict::percent;
use std::fmt::Write as _;

/// Causes of which a sample is shown.
const WITH_SAMPLES_MAX: usize = 10;

pub(super) fn render(report: &Report) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "# Parallel run: {}\n", words(report.verdict).to_lowercase());
    let _ = writeln!(out, "{} routes since {}.\n", report.routes.len(), report.since);
    for trouble in troubles(&report.store) {
        let _ = writeln!(out, "- {}", inert::code(&trouble));
    }
    for route in &report.routes {
        one(&mut out, route);
    }
    out
}

fn one(out: &mut String, route: &RouteReport) {
    let _ = writeln!(out, "\n## {}: {}\n", inert::code(&route.route), words(route.verdict).to_lowercase());
    let _ = writeln!(out, "{}\n\n{}\n", route.reason, counted(route));
    let _ = writeln!(out, "| latency, ms | p50 | p90 | p99 |\n|---|--:|--:|--:|");
    for (side, of) in [("old", &route.latency_ms.old), ("new", &route.latency_ms.new)] {
        let _ = writeln!(out, "| {side} | {} | {} | {} |", ms(of.p50), ms(of.p90), ms(of.p99));
    }
    let _ = writeln!(out, "\n{}", latency(route));
    if route.causes.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n| class | requests | share | where | kind | why |\n|---|--:|--:|---|---|---|");
    for cause in &route.causes {
        let CauseReport { path, kind, class, count, rate, sure, why, .. } = cause;
        let (class, doubt) = (class.name(), if *sure { "" } else { "?" });
        let (path, why) = (inert::code(path), inert::code(why));
        let _ = writeln!(
            out,
            "| {class}{doubt} | {count} | {} | {path} | {} | {why} |",
            percent(*rate),
            inert::code(kind)
        );
    }
    for cause in route.real().take(WITH_SAMPLES_MAX) {
        sample(out, cause);
    }
}

fn sample(out: &mut String, cause: &CauseReport) {
    let Some(sample) = cause.samples.first() else { return };
    let _ = writeln!(out, "\n### {} {}\n", inert::code(&cause.path), inert::code(&cause.kind));
    for difference in super::shown(cause, sample).take(SHOWN_MAX) {
        let _ = writeln!(out, "{}\n", inert::code(&difference.place));
        let pair = sides::side_by_side(difference.old.as_deref(), difference.new.as_deref(), "");
        out.push_str(&inert::fenced(pair.trim_end()));
        out.push('\n');
    }
    out.push_str("Ask both sides again:\n\n");
    out.push_str(&inert::fenced(curl::both(sample).trim_end()));
    if !cause.rule.is_empty() {
        out.push_str("\nIf it is meant, in `[routes.comparison]`:\n\n");
        out.push_str(&inert::fenced(&cause.rule));
    }
}
