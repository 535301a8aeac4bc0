//! Figures that somebody else keeps, read when Prometheus asks.

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;

/// Gives a figure when it is asked.
pub type Source = Box<dyn Fn() -> u64 + Send + Sync>;

/// Whether a figure only grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
}

/// One metric whose figures somebody else keeps.
pub struct Reading {
    /// Name without the prefix `banyan_` and the suffix `_total`.
    pub name: &'static str,
    /// What it is, in words.
    pub help: &'static str,
    /// Whether it only grows.
    pub kind: Kind,
    /// Name of its label.
    pub label: &'static str,
    /// The label's values and their figures.
    pub sources: Vec<(&'static str, Source)>,
}

impl std::fmt::Debug for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reading").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Collector for Reading {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let metric_type = match self.kind {
            Kind::Counter => MetricType::Counter,
            Kind::Gauge => MetricType::Gauge,
        };
        let mut metric = encoder.encode_descriptor(self.name, self.help, None, metric_type)?;
        for (value, source) in &self.sources {
            let labels = [(self.label, *value)];
            let encoder = metric.encode_family(&labels)?;
            match self.kind {
                Kind::Counter => ConstCounter::new(source()).encode(encoder)?,
                Kind::Gauge => {
                    ConstGauge::new(i64::try_from(source()).unwrap_or(i64::MAX)).encode(encoder)?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Metrics;

    #[test]
    fn figures_are_read_when_they_are_asked_for() {
        let metrics = Metrics::new();
        metrics.read(Reading {
            name: "store_queued",
            help: "Waiting",
            kind: Kind::Gauge,
            label: "module",
            sources: vec![("users", Box::new(|| 3)), ("messages", Box::new(|| 4))],
        });
        metrics.read(Reading {
            name: "log_lines_dropped",
            help: "Dropped",
            kind: Kind::Counter,
            label: "cause",
            sources: vec![("queue_full", Box::new(|| 5))],
        });
        let text = metrics.render();
        for expected in [
            "banyan_store_queued{module=\"users\"} 3\n",
            "banyan_store_queued{module=\"messages\"} 4\n",
            "banyan_log_lines_dropped_total{cause=\"queue_full\"} 5\n",
        ] {
            assert!(text.contains(expected), "{expected} is not in\n{text}");
        }
    }
}
