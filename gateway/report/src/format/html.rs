//! One self-contained page: no script, nothing from elsewhere, and a policy that would not let any run.

use super::inert::{line, markup};
use super::marked::{Parts, parts};
use super::text::{counted, latency, ms, troubles, words};
use super::{SHOWN_MAX, curl, plot, style};
use crate::told::{CauseReport, RouteReport};
use crate::verdict::percent;
use crate::{Report, Sample, SampleAnswer};
use std::fmt::Write as _;

pub(super) fn render(report: &Report) -> String {
    let (verdict, since, at) = (report.verdict, markup(&report.since), markup(&report.generated_at));
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>Parallel run: {0}</title>\
         <style>{1}</style></head><body>\n<h1>Parallel run: <span class=\"{2}\">{0}</span></h1>\n\
         <p class=\"dim\">{3} routes, since {since}; made at {at}</p>\n",
        words(verdict).to_lowercase(),
        style::STYLE,
        verdict.name(),
        report.routes.len()
    );
    for trouble in troubles(&report.store) {
        let _ = writeln!(out, "<p class=\"warn\">{}</p>", markup(&trouble));
    }
    report.routes.iter().for_each(|route| one(&mut out, route));
    out.push_str("</body></html>\n");
    out
}

fn one(out: &mut String, route: &RouteReport) {
    let _ = writeln!(
        out,
        "<section><h2><code>{}</code>: <span class=\"{}\">{}</span></h2>\n<p>{}</p>\n<p class=\"dim\">{}</p>",
        markup(&line(&route.route)),
        route.verdict.name(),
        words(route.verdict).to_lowercase(),
        markup(&route.reason),
        markup(&counted(route)),
    );
    out.push_str(
        "<table><tr><th>latency, ms</th><th class=\"n\">p50</th><th class=\"n\">p90</th>\
                  <th class=\"n\">p99</th><th class=\"n\">mean</th></tr>",
    );
    for (side, of) in [("old", &route.latency_ms.old), ("new", &route.latency_ms.new)] {
        let _ = write!(out, "<tr><td class=\"key-{side}\">{side}</td>");
        for value in [of.p50, of.p90, of.p99, of.mean] {
            let _ = write!(out, "<td class=\"n\">{}</td>", ms(value));
        }
        out.push_str("</tr>");
    }
    let _ = writeln!(
        out,
        "</table>\n{}\n<p class=\"dim\">{}</p>",
        plot::plot(&route.latency.histogram),
        markup(&latency(route))
    );
    for cause in &route.causes {
        cause_of(out, cause);
    }
    out.push_str("</section>\n");
}

fn cause_of(out: &mut String, cause: &CauseReport) {
    let CauseReport { path, kind, class, count, rate, sure, .. } = cause;
    let _ = writeln!(
        out,
        "<details><summary><span class=\"{0}\">{0}{1}</span> · {count} ({2}) · <code>{3}</code> ({4})</summary>\n\
         <p class=\"dim\">{5}; first {6}, last {7}</p>",
        class.name(),
        if *sure { "" } else { "?" },
        percent(*rate),
        markup(&line(path)),
        markup(&line(kind)),
        markup(&cause.why),
        markup(&cause.first),
        markup(&cause.last)
    );
    cause.samples.iter().for_each(|sample| sample_of(out, cause, sample));
    if !cause.rule.is_empty() {
        let _ = writeln!(
            out,
            "<p>If it is meant, in <code>[routes.comparison]</code>:</p><pre>{}</pre>",
            markup(&cause.rule)
        );
    }
    out.push_str("</details>\n");
}

fn sample_of(out: &mut String, cause: &CauseReport, sample: &Sample) {
    let _ = writeln!(
        out,
        "<p><code>{} {}</code> <span class=\"dim\">{}</span></p>",
        markup(&line(&sample.method)),
        markup(&line(&sample.target)),
        markup(&line(&sample.request_id))
    );
    for difference in super::shown(cause, sample).take(SHOWN_MAX) {
        let _ = writeln!(out, "<p><code>{}</code></p>", markup(&line(&difference.place)));
        let (old, new) = (difference.old.as_deref(), difference.new.as_deref());
        pair(out, old.unwrap_or_default(), new.unwrap_or_default(), (old.is_none(), new.is_none()));
    }
    out.push_str("<details><summary>both answers</summary>");
    pair(out, &whole(&sample.old), &whole(&sample.new), (false, false));
    let _ = writeln!(
        out,
        "</details>\n<details><summary>ask both sides again</summary><pre>{}</pre></details>",
        markup(&curl::both(sample))
    );
}

/// Both texts, with what differs marked.
fn pair(out: &mut String, old: &str, new: &str, nothing: (bool, bool)) {
    let (a, b) = parts(old, new);
    out.push_str("<div class=\"sides\">");
    for (side, text, nothing) in [("old", a, nothing.0), ("new", b, nothing.1)] {
        let _ = write!(out, "<div class=\"{side}\"><span class=\"key-{side}\">{side}</span>");
        if nothing {
            out.push_str("<p class=\"dim\">nothing</p></div>");
        } else {
            let Parts { before, differs, behind } = text;
            let (before, differs, behind) = (markup(before), markup(differs), markup(behind));
            let _ = write!(out, "<pre>{before}<mark>{differs}</mark>{behind}</pre></div>");
        }
    }
    out.push_str("</div>\n");
}

/// An answer as it is read: status, fields, body.
fn whole(answer: &SampleAnswer) -> String {
    let SampleAnswer { status, headers, body } = answer;
    let fields: String =
        headers.iter().map(|(name, value)| format!("{}: {}\n", line(name), line(value))).collect();
    let cut = if body.cut { format!("\n… ({} bytes)", body.bytes) } else { String::new() };
    format!("{status}\n{fields}\n{}{cut}", body.text)
}
