//! For a terminal: the verdict first, then causes by weight with samples side by side.

use super::{SHOWN_MAX, curl, inert, sides};
use crate::told::{CauseReport, LatencyVerdict, Quantiles, RouteReport, StoreReport};
use crate::verdict::{percent, sure};
use crate::{Report, Verdict};
use std::fmt::Write as _;

/// Samples that are shown of a cause.
const SAMPLES_MAX: usize = 1;
/// Causes of which samples are shown.
const WITH_SAMPLES_MAX: usize = 5;

pub(super) fn render(report: &Report) -> String {
    let mut out = String::new();
    // Writing to a text never fails, here and below.
    let _ = writeln!(out, "{}: {} routes since {}", words(report.verdict), report.routes.len(), report.since);
    store(&mut out, &report.store);
    for route in &report.routes {
        out.push('\n');
        one(&mut out, route);
    }
    out
}

/// A verdict as people read it.
pub(super) fn words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Equivalent => "EQUIVALENT",
        Verdict::Different => "DIFFERENT",
        Verdict::NotEnough => "NOT ENOUGH",
    }
}

/// What is not as it should be with the store.
pub(super) fn troubles(store: &StoreReport) -> Vec<String> {
    let mut troubles = Vec::new();
    if !store.kept {
        troubles.push("nothing is kept: this is what one process counted since it began".to_owned());
    }
    if let Some(error) = &store.error {
        troubles.push(format!("the store is away, so others' counts may be missing: {}", inert::line(error)));
    }
    for (count, what) in [
        (store.lost, "compared requests were lost"),
        (store.thrown_away, "samples and hours of counts were thrown away for want of room"),
        (store.unreadable, "kept parts cannot be read: another report.key, or a later release"),
    ] {
        if count > 0 {
            troubles.push(format!("{count} {what}"));
        }
    }
    troubles
}

fn store(out: &mut String, store: &StoreReport) {
    for trouble in troubles(store) {
        let _ = writeln!(out, "! {trouble}");
    }
}

fn one(out: &mut String, route: &RouteReport) {
    let _ = writeln!(out, "{}: {}", inert::line(&route.route), words(route.verdict));
    let _ = writeln!(out, "  {}", route.reason);
    let _ = writeln!(out, "  {}", counted(route));
    let _ = writeln!(out, "  latency, ms      p50       p90       p99");
    for (side, of) in [("old", &route.latency_ms.old), ("new", &route.latency_ms.new)] {
        let Quantiles { p50, p90, p99, .. } = of;
        let _ = writeln!(out, "    {side}     {:>9} {:>9} {:>9}", ms(*p50), ms(*p90), ms(*p99));
    }
    let _ = writeln!(out, "    {}", latency(route));
    for (number, cause) in route.causes.iter().enumerate() {
        out.push('\n');
        cause_of(out, cause, number < WITH_SAMPLES_MAX);
    }
}

/// What was counted, on one line.
pub(super) fn counted(route: &RouteReport) -> String {
    let RouteReport { compared, same_asked, lagged, served_by_new, .. } = route;
    let mut line = format!(
        "{compared} compared ({served_by_new} answered by the new side), {same_asked} asked twice, \
         {lagged} gone when asked again"
    );
    if !route.dropped.is_empty() {
        let dropped = route.dropped.iter().map(|(cause, count)| format!("{} {count}", inert::line(cause)));
        let _ = write!(line, "; not compared: {}", dropped.collect::<Vec<_>>().join(", "));
    }
    if route.unjudged > 0 {
        let _ = write!(line, ": {} of these may differ", route.unjudged);
    }
    line
}

/// Which side is slower, in words.
pub(super) fn latency(route: &RouteReport) -> String {
    let of = &route.latency;
    let what = match of.verdict {
        LatencyVerdict::Slower => "the new side is slower",
        LatencyVerdict::Faster => "the new side is faster",
        LatencyVerdict::Alike => "neither side is slower",
        LatencyVerdict::NotEnough => return "too few to tell which side is slower".to_owned(),
    };
    let slower = of.slower.map(percent).unwrap_or_default();
    let sure = of.confidence.map(sure).unwrap_or_default();
    let ratio = match (of.p99_ratio_lower, of.p99_ratio_upper) {
        (Some(lower), Some(upper)) => format!("; p99 new/old {lower:.2} to {upper:.2}"),
        _ => String::new(),
    };
    format!("{what}: {slower} of its answers take longer than the old side's ({sure}){ratio}")
}

pub(super) fn ms(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.2}"))
}

fn cause_of(out: &mut String, cause: &CauseReport, with_samples: bool) {
    let CauseReport { path, kind, class, count, rate, sure, .. } = cause;
    let class = if *sure { class.name().to_uppercase() } else { format!("{}?", class.name()) };
    let _ = writeln!(out, "  {class:<9} {count:>7} ({})  {} ({kind})", percent(*rate), inert::line(path));
    let _ = writeln!(out, "    {}", inert::line(&cause.why));
    if !with_samples {
        return;
    }
    for sample in cause.samples.iter().take(SAMPLES_MAX) {
        let target = inert::short(&inert::line(&sample.target), 200);
        let _ = writeln!(
            out,
            "    {} {target}  {}",
            inert::line(&sample.method),
            inert::line(&sample.request_id)
        );
        for difference in super::shown(cause, sample).take(SHOWN_MAX) {
            let _ = writeln!(out, "    {}", inert::line(&difference.place));
            out.push_str(&sides::side_by_side(
                difference.old.as_deref(),
                difference.new.as_deref(),
                "      ",
            ));
        }
        for line in curl::both(sample).lines() {
            let _ = writeln!(out, "    {}", inert::line(line));
        }
    }
    if !cause.rule.is_empty() {
        let _ = writeln!(out, "    meant so? [routes.comparison] {}", inert::line(&cause.rule));
    }
}
