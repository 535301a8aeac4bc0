//! What is kept has an end in time and in size.

use super::harness::{NOON, Place};
use crate::ReportSettings;
use kernel::{Context, Sources, Timestamp};
use std::time::Duration;
use testkit::{Backend, both_backends};

const HOUR: Duration = Duration::from_secs(3_600);

both_backends! {
    async fn what_is_too_old_goes(backend: Backend) {
        let place = Place::new(backend);
        let gateway = place.gateway_with(1, ReportSettings { keep_days: 2, ..ReportSettings::default() });
        for _ in 0..4 {
            gateway.differs("$.a", 1);
            gateway.recorder.save().await.unwrap();
            gateway.clock.advance(24 * HOUR);
        }
        gateway.recorder.save().await.unwrap();
        gateway.recorder.tidy().await.unwrap();
        let route = gateway.report(1_000 * HOUR).await.routes.remove(0);
        assert_eq!((route.compared, route.causes[0].samples.len()), (2, 2));
    }

    async fn without_room_the_oldest_samples_go_first_and_then_the_oldest_counts(backend: Backend) {
        let place = Place::new(backend);
        let settings = ReportSettings { size_max_bytes: 1024 * 1024, samples_per_cause: 1, ..ReportSettings::default() };
        let gateway = place.gateway_with(1, settings);
        let big = "x".repeat(16 * 1024);
        for hour in 0..60 {
            let mut observed = super::harness::observed(&format!("$.a{hour}"));
            observed.exchange.old.body = big.clone().into();
            observed.exchange.new.body = big.clone().into();
            gateway.recorder.differed(&observed);
            gateway.recorder.save().await.unwrap();
            gateway.clock.advance(HOUR);
        }
        gateway.recorder.tidy().await.unwrap();
        let report = gateway.report(1_000 * HOUR).await;
        let route = &report.routes[0];
        assert_eq!(route.compared, 60, "counts stay while samples can go");
        let sampled = |cause: &&crate::CauseReport| !cause.samples.is_empty();
        let kept = route.causes.iter().filter(sampled).count();
        assert!((10..32).contains(&kept), "{kept}");
        let oldest = route.causes.iter().find(|cause| cause.path == "$.a0").unwrap();
        let latest = route.causes.iter().find(|cause| cause.path == "$.a59").unwrap();
        assert!(oldest.samples.is_empty() && !latest.samples.is_empty());
        assert_eq!(report.store.thrown_away, 60 - kept as u64);
        // Less room than the counts take: the oldest of them go as well, and what is left is within it.
        let context = Context::background(&Sources::system(), Duration::from_secs(60));
        let now = Timestamp(NOON.0 + 60 * 3_600_000);
        let store = gateway.recorder.0.store.as_ref().unwrap();
        let left = store.tidy(&context, now, 30, 8 * 1024).await.unwrap();
        assert!(left.bytes <= 8 * 1024 && left.samples_gone == kept as u64, "{left:?}");
        let route = gateway.report(1_000 * HOUR).await.routes.remove(0);
        assert!((5..60).contains(&route.compared), "{}", route.compared);
        assert!(left.hours_gone >= 60 - route.compared, "{left:?}");
        let named = |path: &str| route.causes.iter().any(|cause| cause.path == path);
        assert!(named("$.a59") && !named("$.a0"), "the oldest went");
    }
}
