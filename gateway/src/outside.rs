//! How services and legacy upstreams fare, for the metrics: read when Prometheus asks.

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use std::fmt;
use telemetry::Metrics;
use upstream::{BreakerState, ServiceView, Upstreams};

/// Puts what is known of all upstreams into the process's metrics.
pub fn watch_upstreams(metrics: &Metrics, upstreams: &Upstreams) {
    metrics.register(|registry| registry.register_collector(Box::new(Outside(upstreams.clone()))));
}

#[derive(Debug)]
struct Outside(Upstreams);

type Figure = fn(&ServiceView) -> u64;

/// Why a request was not sent.
const REFUSED: [(&str, Figure); 4] = [
    ("breaker", |view| view.refused_by_breaker),
    ("bulkhead", |view| view.refused_by_bulkhead),
    ("shedding", |view| view.shedding.shed),
    ("timed_out", |view| view.timed_out),
];

const COUNTERS: [(&str, &str, Figure); 3] = [
    ("upstream_breaker_opened", "Times that the circuit breaker opened by itself", |view| {
        view.breaker.opened
    }),
    ("upstream_ejections", "Instances left out after failures", |view| view.ejections),
    ("upstream_retries", "Attempts after the first", |view| view.retries),
];

const GAUGES: [(&str, &str, Figure); 3] = [
    ("upstream_connections", "Connections in use", |view| u64::from(view.in_use)),
    ("upstream_concurrency_limit", "Requests that may wait for an answer, where load is shed", |view| {
        u64::from(view.shedding.limit.unwrap_or(u32::MAX))
    }),
    ("upstream_breaker_open", "1 while the circuit breaker refuses", |view| {
        u64::from(view.breaker.state == BreakerState::Open)
    }),
];

impl Collector for Outside {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let views = self.0.views();
        if views.is_empty() {
            return Ok(());
        }
        let help = "Requests that were not sent, by cause";
        let mut refused = encoder.encode_descriptor("upstream_refused", help, None, MetricType::Counter)?;
        for view in &views {
            for (cause, figure) in REFUSED {
                let labels = [("service", view.name.as_str()), ("cause", cause)];
                ConstCounter::new(figure(view)).encode(refused.encode_family(&labels)?)?;
            }
        }
        for (name, help, figure) in COUNTERS {
            let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
            for view in &views {
                let labels = [("service", view.name.as_str())];
                ConstCounter::new(figure(view)).encode(metric.encode_family(&labels)?)?;
            }
        }
        for (name, help, figure) in GAUGES {
            let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
            for view in &views {
                let labels = [("service", view.name.as_str())];
                let value = i64::try_from(figure(view)).unwrap_or(i64::MAX);
                ConstGauge::new(value).encode(metric.encode_family(&labels)?)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Sources;
    use upstream::{AdaptiveSettings, Policy, UpstreamSettings};

    #[test]
    fn each_service_is_told_by_its_name() {
        let upstreams = Upstreams::new(UpstreamSettings::default(), Sources::system());
        let metrics = Metrics::new();
        watch_upstreams(&metrics, &upstreams);
        assert!(!metrics.render().contains("banyan_upstream"));
        let shedding_limit = AdaptiveSettings { initial: 7, min: 1, ..AdaptiveSettings::default() };
        upstreams.define("orders", Policy { shedding_limit, ..Policy::default() });
        upstreams.define("users", Policy { shedding: false, ..Policy::default() });
        let text = metrics.render();
        for expected in [
            "banyan_upstream_refused_total{service=\"orders\",cause=\"shedding\"} 0\n",
            "banyan_upstream_refused_total{service=\"users\",cause=\"breaker\"} 0\n",
            "banyan_upstream_concurrency_limit{service=\"orders\"} 7\n",
            "banyan_upstream_breaker_open{service=\"users\"} 0\n",
        ] {
            assert!(text.contains(expected), "{expected} is not in\n{text}");
        }
    }
}
