//! What was counted comes back, adds up, and is told for the time that is asked for.

use super::harness::{LIMITS, Place};
use crate::{Keeper, ReportSettings, Verdict};
use std::time::Duration;
use testkit::{Backend, both_backends};

both_backends! {
    /// A process that is killed after a saving has lost nothing of before.
    async fn what_was_saved_is_told_by_the_next_process(backend: Backend) {
        let place = Place::new(backend);
        let killed = place.gateway(1);
        killed.recorder.set_limits([("r".into(), LIMITS)]);
        killed.equal(30);
        killed.differs("$.a", 10);
        killed.recorder.save().await.unwrap();
        let told = killed.day().await;
        drop(killed);

        let next = place.gateway(2).day().await;
        assert_eq!(next.routes, told.routes);
        let route = &next.routes[0];
        assert_eq!((route.compared, route.different, route.enough), (40, 10, 10));
        assert_eq!(route.verdict, Verdict::Equivalent);
        assert_eq!(route.causes[0].samples.len(), 3);
        assert!(!serde_json::to_string(&next).unwrap().contains("hunter2"));
    }

    async fn counts_of_a_fleet_add_up_and_what_is_not_saved_yet_is_told_too(backend: Backend) {
        let place = Place::new(backend);
        let (one, two) = (place.gateway(1), place.gateway(2));
        for round in 1..=3_u64 {
            one.equal(10);
            two.differs("$.a", 5);
            one.recorder.save().await.unwrap();
            two.recorder.save().await.unwrap();
            let route = one.day().await.routes.remove(0);
            assert_eq!((route.compared, route.different), (15 * round, 5 * round));
        }
        one.equal(7);
        assert_eq!(one.day().await.routes[0].compared, 52, "not saved yet");
        assert_eq!(two.day().await.routes[0].compared, 45);
        one.recorder.save().await.unwrap();
        one.recorder.save().await.unwrap();
        assert_eq!(two.day().await.routes[0].compared, 52, "saving twice counts once");
    }

    async fn since_goes_back_by_minutes_and_then_by_hours(backend: Backend) {
        let place = Place::new(backend);
        let gateway = place.gateway(1);
        let minute = Duration::from_secs(60);
        for _ in 0..8 {
            gateway.equal(10);
            gateway.recorder.save().await.unwrap();
            gateway.clock.advance(30 * minute);
        }
        let compared = async |since: Duration| {
            gateway.report(since).await.routes.first().map_or(0, |route| route.compared)
        };
        assert_eq!(compared(20 * minute).await, 0);
        assert_eq!(compared(45 * minute).await, 10);
        assert_eq!(compared(100 * minute).await, 30);
        assert_eq!(compared(150 * minute).await, 60, "from the beginning of the hour");
        assert_eq!(compared(1_000 * minute).await, 80);
    }

    async fn samples_are_sealed_where_a_key_is_set(backend: Backend) {
        let place = Place::new(backend);
        let sealed = || ReportSettings { key: Some([7; 32]), ..ReportSettings::default() };
        let gateway = place.gateway_with(1, sealed());
        gateway.differs("$.a", 1);
        gateway.recorder.save().await.unwrap();
        let with_key = place.gateway_with(2, sealed()).day().await;
        assert_eq!((with_key.routes[0].causes[0].samples.len(), with_key.store.unreadable), (1, 0));
        let without = place.gateway(3).day().await;
        assert_eq!((without.routes[0].causes[0].samples.len(), without.store.unreadable), (0, 1));
        assert_eq!(without.routes[0].compared, 1);
    }

    async fn the_last_second_is_saved_at_the_end(backend: Backend) {
        let place = Place::new(backend);
        let gateway = place.gateway(1);
        let keeper = Keeper::start(gateway.recorder.clone()).unwrap();
        gateway.equal(3);
        // Off the runtime: stopping waits.
        std::thread::spawn(move || keeper.stop()).join().unwrap();
        assert_eq!(place.gateway(2).day().await.routes[0].compared, 3);
    }
}
