//! The latency of both sides as an inline SVG: how many answers took how long, on a logarithmic axis.

use crate::told::{Bar, Sides};
use std::fmt::Write as _;

/// Size of the plot, in its own units.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 120.0;
/// Columns that durations are gathered in.
const COLUMNS: usize = 80;

/// The plot; empty where there is nothing to plot.
pub(super) fn plot(of: &Sides<Vec<Bar>>) -> String {
    let all = || of.old.iter().chain(&of.new);
    let (Some(least), Some(most)) =
        (all().map(|b| b.from_us.max(1)).min(), all().map(|b| b.to_us.max(2)).max())
    else {
        return String::new();
    };
    let (low, high) = ((least as f64).ln(), (most as f64).ln().max((least as f64).ln() + 0.1));
    let place = |us: f64| ((us.max(1.0).ln() - low) / (high - low)).clamp(0.0, 1.0);
    let (old, new) = (shares(&of.old, place), shares(&of.new, place));
    let top = old.iter().chain(&new).copied().fold(f64::MIN_POSITIVE, f64::max);
    let mut out = format!(
        "<svg class=\"plot\" viewBox=\"0 0 {WIDTH} {}\" role=\"img\" aria-label=\"latency of both sides\">",
        HEIGHT + 18.0
    );
    for (class, side) in [("old", &old), ("new", &new)] {
        let _ = write!(out, "<polyline class=\"{class}\" points=\"{}\"/>", points(side, top));
    }
    for tick in ticks(least, most) {
        let (x, label) = (place(tick as f64) * WIDTH, label(tick));
        let _ = write!(
            out,
            "<line class=\"tick\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"0\" y2=\"{HEIGHT}\"/>\
             <text x=\"{x:.1}\" y=\"{:.1}\">{label}</text>",
            HEIGHT + 14.0
        );
    }
    out.push_str("</svg>");
    out
}

/// The share of answers in each column.
fn shares(bars: &[Bar], place: impl Fn(f64) -> f64) -> Vec<f64> {
    let total: u64 = bars.iter().map(|bar| bar.count).sum();
    let mut shares = vec![0.0; COLUMNS];
    for bar in bars {
        let middle = bar.from_us.midpoint(bar.to_us) as f64;
        let column = ((place(middle) * COLUMNS as f64) as usize).min(COLUMNS - 1);
        if let Some(share) = shares.get_mut(column) {
            *share += bar.count as f64 / total.max(1) as f64;
        }
    }
    shares
}

fn points(shares: &[f64], top: f64) -> String {
    let point = |(column, share): (usize, &f64)| {
        let x = (column as f64 + 0.5) / COLUMNS as f64 * WIDTH;
        format!("{x:.1},{:.1}", HEIGHT - share / top * (HEIGHT - 4.0))
    };
    shares.iter().enumerate().map(point).collect::<Vec<_>>().join(" ")
}

/// Powers of ten in between, microseconds.
fn ticks(least: u64, most: u64) -> impl Iterator<Item = u64> {
    (0..10).map(|power| 10_u64.pow(power)).filter(move |tick| (least..=most).contains(tick))
}

fn label(us: u64) -> String {
    match us {
        0..1_000 => format!("{us} µs"),
        1_000..1_000_000 => format!("{} ms", us / 1_000),
        _ => format!("{} s", us / 1_000_000),
    }
}
