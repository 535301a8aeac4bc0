//! The report's own figures, in the metrics.

use crate::Recorder;
use std::sync::atomic::Ordering::Relaxed;
use telemetry::{Kind, Metrics, Reading, Source};

impl Recorder {
    /// Shows in the metrics how keeping fares. To be called once.
    pub fn watch(&self, metrics: &Metrics) {
        let source = |label: &'static str, read: fn(&Recorder) -> u64| -> (&'static str, Source) {
            let recorder = self.clone();
            (label, Box::new(move || read(&recorder)))
        };
        metrics.read(Reading {
            name: "report_lost",
            help: "What was counted for the report and is not kept any more, or could not be",
            kind: Kind::Counter,
            label: "cause",
            sources: vec![
                source("store_away", |recorder| recorder.0.keeping.lost.load(Relaxed)),
                source("no_room_for_route", |recorder| recorder.0.book().lost),
                source("no_room_for_samples", |recorder| recorder.0.keeping.samples_gone.load(Relaxed)),
                source("no_room_for_hours", |recorder| recorder.0.keeping.hours_gone.load(Relaxed)),
            ],
        });
        metrics.read(Reading {
            name: "report_saves_failed",
            help: "Attempts to keep the report that the store did not take",
            kind: Kind::Counter,
            label: "cause",
            sources: vec![source("store", |recorder| recorder.0.keeping.failed.load(Relaxed))],
        });
        metrics.read(Reading {
            name: "report_bytes",
            help: "Bytes of counts and samples that the report keeps",
            kind: Kind::Gauge,
            label: "in",
            sources: vec![source("store", |recorder| recorder.0.keeping.bytes.load(Relaxed))],
        });
    }
}
