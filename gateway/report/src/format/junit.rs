//! For a build server: a test case a route, which fails where the route is different and is skipped where not enough was
//! compared (the XML that JUnit's Ant task writes).

use super::inert::markup;
use super::text::{counted, latency};
use crate::told::RouteReport;
use crate::verdict::percent;
use crate::{Report, Verdict};
use std::fmt::Write as _;

pub(super) fn render(report: &Report) -> String {
    let of = |verdict| report.routes.iter().filter(|route| route.verdict == verdict).count();
    let (tests, failures, skipped) = (report.routes.len(), of(Verdict::Different), of(Verdict::NotEnough));
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        out,
        "<testsuites>\n<testsuite name=\"parallel run\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" \
         skipped=\"{skipped}\" timestamp=\"{}\">",
        markup(&report.generated_at)
    );
    report.routes.iter().for_each(|route| one(&mut out, route));
    out.push_str("</testsuite>\n</testsuites>\n");
    out
}

fn one(out: &mut String, route: &RouteReport) {
    let _ = writeln!(out, "<testcase classname=\"banyan.report\" name=\"{}\">", markup(&route.route));
    let reason = markup(&route.reason);
    match route.verdict {
        Verdict::Different => {
            let _ =
                writeln!(out, "<failure message=\"{reason}\" type=\"different\">{}</failure>", causes(route));
        }
        Verdict::NotEnough => {
            let _ = writeln!(out, "<skipped message=\"{reason}\"/>");
        }
        Verdict::Equivalent => {}
    }
    let said = format!("{reason}\n{}\n{}", markup(&counted(route)), markup(&latency(route)));
    let _ = writeln!(out, "<system-out>{said}</system-out>\n</testcase>");
}

fn causes(route: &RouteReport) -> String {
    let line = |cause: &crate::CauseReport| {
        let line = format!("{} ({}) {}: {}", cause.count, percent(cause.rate), cause.path, cause.kind);
        markup(&super::inert::line(&line))
    };
    route.real().map(line).collect::<Vec<_>>().join("\n")
}
