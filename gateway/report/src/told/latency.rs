//! How long both sides took, and whether one is really slower.

use serde::{Deserialize, Serialize};
use statistics::Histogram;
use statistics::latency::{mann_whitney, ratio_interval};
use utoipa::ToSchema;

/// How sure it must be, 0 to 1, before a side is called slower.
const CONFIDENCE: f64 = 0.95;
/// The probability that an answer of the new side is slower than one of the old, how far from one half it must be to be
/// worth a word: with many requests the smallest difference is certain.
const WORTH_A_WORD: f64 = 0.05;

/// One value for each side.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, ToSchema)]
pub struct Sides<T> {
    /// The monolith or legacy application.
    pub old: T,
    /// The service.
    pub new: T,
}

/// Durations of one side, milliseconds; `null` before the first.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, ToSchema)]
pub struct Quantiles {
    /// Half of the answers took at most this.
    pub p50: Option<f64>,
    /// 90 % did.
    pub p90: Option<f64>,
    /// 99 % did.
    pub p99: Option<f64>,
    /// The mean.
    pub mean: Option<f64>,
}

/// Answers that took so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Bar {
    /// The shortest of them, microseconds.
    pub from_us: u64,
    /// The longest of them.
    pub to_us: u64,
    /// How many.
    pub count: u64,
}

/// Which side is slower.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LatencyVerdict {
    /// The new side.
    Slower,
    /// The old side.
    Faster,
    /// Neither, as far as it is worth a word.
    Alike,
    /// Too few were asked to tell.
    NotEnough,
}

/// Whether the new side is slower.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Latency {
    /// Of the new side, by the test of Mann and Whitney.
    pub verdict: LatencyVerdict,
    /// The probability that an answer of the new side takes longer than one of the old, 0 to 1.
    pub slower: Option<f64>,
    /// How sure it is that this is not one half, 0 to 1.
    pub confidence: Option<f64>,
    /// The 99th percentile of the new side divided by that of the old: at 95 % confidence not below this.
    pub p99_ratio_lower: Option<f64>,
    /// And not above this; `null`: nobody knows yet.
    pub p99_ratio_upper: Option<f64>,
    /// All durations.
    pub histogram: Sides<Vec<Bar>>,
}

pub(super) fn quantiles(of: &Histogram) -> Quantiles {
    let ms = |us: Option<f64>| us.map(|us| (us / 10.0).round() / 100.0);
    let at = |share| ms(of.quantile_us(share));
    Quantiles { p50: at(0.5), p90: at(0.9), p99: at(0.99), mean: ms(of.mean_us()) }
}

pub(super) fn judge(old: &Histogram, new: &Histogram) -> Latency {
    let test = mann_whitney(new, old);
    let ratio = ratio_interval(new, old, 0.99, CONFIDENCE);
    let known = |ratio: f64| (ratio.is_finite() && ratio > 0.0).then_some(ratio);
    let verdict = match test {
        None => LatencyVerdict::NotEnough,
        Some(test) if (test.slower - 0.5).abs() < WORTH_A_WORD => LatencyVerdict::Alike,
        Some(test) if test.confidence < CONFIDENCE => LatencyVerdict::NotEnough,
        Some(test) if test.slower > 0.5 => LatencyVerdict::Slower,
        Some(_) => LatencyVerdict::Faster,
    };
    Latency {
        verdict,
        slower: test.map(|test| test.slower),
        confidence: test.map(|test| test.confidence),
        p99_ratio_lower: known(ratio.lower),
        p99_ratio_upper: known(ratio.upper),
        histogram: Sides { old: bars(old), new: bars(new) },
    }
}

fn bars(of: &Histogram) -> Vec<Bar> {
    of.bars().map(|(from_us, to_us, count)| Bar { from_us, to_us, count }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `count` durations around `us`, each of its own.
    fn around(us: u64, count: u64) -> Histogram {
        let mut histogram = Histogram::default();
        (0..count).for_each(|number| histogram.record_us(us + number * us / count));
        histogram
    }

    #[test]
    fn a_side_is_slower_when_it_is_shown() {
        for (old, new, verdict) in [
            (around(1_000, 500), around(1_300, 500), LatencyVerdict::Slower),
            (around(1_300, 500), around(1_000, 500), LatencyVerdict::Faster),
            (around(1_000, 500), around(1_000, 500), LatencyVerdict::Alike),
            (around(1_000, 3), around(1_300, 3), LatencyVerdict::NotEnough),
            (Histogram::default(), around(1_000, 500), LatencyVerdict::NotEnough),
        ] {
            assert_eq!(judge(&old, &new).verdict, verdict);
        }
        let judged = judge(&around(1_000, 5_000), &around(10_000, 5_000));
        assert!(
            judged.p99_ratio_lower.unwrap() > 5.0 && judged.p99_ratio_upper.unwrap() < 20.0,
            "{judged:?}"
        );
    }
}
