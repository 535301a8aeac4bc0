//! The results for people.

use super::{Report, Row};
use std::fmt::Write as _;

/// A table of all rates.
pub(super) fn of(report: &Report) -> String {
    let mut table = String::from(
        "| rate | scenarios | recall, ours | false alarms | asked again | recall, Diffy's algorithm | false alarms | asked again |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    for row in report.rows.iter().chain([&report.without_faults]) {
        let _ = writeln!(
            table,
            "| {} | {} | {} | {} | {:.0} ‰ | {} | {} | {:.0} ‰ |",
            rate(row.rate),
            row.scenarios,
            recall(row.ours.found, row),
            row.ours.false_alarms,
            row.ours.asked_again_per_1000,
            recall(row.diffy.found, row),
            row.diffy.false_alarms,
            row.diffy.asked_again_per_1000,
        );
    }
    let reached = if report.goal_reached { "reached" } else { "not reached" };
    let _ =
        writeln!(table, "\nGoal, recall 100 % without a false alarm at rates of 1 % and more: {reached}.");
    table
}

fn rate(rate: f64) -> String {
    if rate == 0.0 { "nothing seeded".to_owned() } else { format!("{} %", (rate * 1e6).round() / 1e4) }
}

fn recall(found: u32, row: &Row) -> String {
    if row.scenarios == 0 {
        return "–".to_owned();
    }
    format!("{:.1} %", f64::from(found) * 100.0 / f64::from(row.scenarios))
}
