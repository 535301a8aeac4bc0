//! The store goes away and comes back: nothing is lost that there was room for, and what is lost is counted.

use super::harness::{Gateway, Place};
use crate::{Recorder, ReportSettings};
use kernel::Sources;
use std::time::Duration;
use testkit::{Backend, FaultProxy, both_backends, eventually};

const HOUR: Duration = Duration::from_secs(3_600);

#[test]
fn what_was_counted_while_postgres_was_away_is_kept_when_it_is_back() {
    testkit::run(Backend::Postgres, |backend| async move {
        let place = Place::new(backend);
        let proxy = FaultProxy::start(place.database.server());
        let store = place.store_at(&place.database.url_at(proxy.address()));
        let gateway = Gateway::on(store, 1, ReportSettings::default());
        gateway.equal(1);
        gateway.recorder.save().await.unwrap();
        proxy.cut();
        gateway.equal(2);
        gateway.differs("$.a", 3);
        assert!(gateway.recorder.save().await.is_err());
        let report = gateway.day().await;
        assert!(report.store.error.is_some(), "it says so");
        assert!(report.routes[0].compared >= 5, "this process's own counts are told");
        proxy.heal();
        let saved = async || gateway.recorder.save().await.ok();
        eventually("the store is back", Duration::from_secs(10), saved).await;
        let report = place.gateway(2).day().await;
        assert_eq!((report.routes[0].compared, report.store.error), (6, None));
        assert_eq!(report.routes[0].causes[0].samples.len(), 3);
    });
}

/// Each row that is written is refused as by a disk without room.
const FULL_SQLITE: &str = "CREATE TRIGGER is_full BEFORE INSERT ON report_counts BEGIN \
     SELECT RAISE(FAIL, 'database or disk is full'); END";
const FULL_POSTGRES: &str = "CREATE FUNCTION gateway.is_full() RETURNS trigger LANGUAGE plpgsql AS \
     $$BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END$$; \
     CREATE TRIGGER is_full BEFORE INSERT ON gateway.report_counts FOR EACH ROW EXECUTE FUNCTION gateway.is_full()";

/// SQL from outside, as by somebody who does harm or mends it.
fn outside(place: &Place, backend: Backend, on_sqlite: &str, on_postgres: &str) {
    let mut sql = place.sql();
    sql.run(if backend == Backend::Sqlite { on_sqlite } else { on_postgres }).unwrap();
}

both_backends! {
    /// Full: nothing is lost while there is room in memory, it is said, and kept once there is room again.
    async fn what_a_full_store_refuses_waits_and_that_is_said(backend: Backend) {
        let place = Place::new(backend);
        let gateway = place.gateway(1);
        gateway.equal(1);
        gateway.recorder.save().await.unwrap();
        outside(&place, backend, FULL_SQLITE, FULL_POSTGRES);
        gateway.clock.advance(HOUR);
        gateway.equal(2);
        gateway.differs("$.a", 3);
        assert!(gateway.recorder.save().await.is_err());
        let report = gateway.day().await;
        assert_eq!((report.routes[0].compared, report.store.lost), (6, 0));
        let error = report.store.error.unwrap();
        assert!(error.contains("full") || error.contains("extend"), "{error}");
        outside(&place, backend, "DROP TRIGGER is_full", "DROP TRIGGER is_full ON gateway.report_counts");
        gateway.recorder.save().await.unwrap();
        let report = place.gateway(2).report(10 * HOUR).await;
        assert_eq!((report.routes[0].compared, report.store.error), (6, None), "of what the store has");
    }

    async fn what_waits_for_too_long_is_lost_and_counted(backend: Backend) {
        let place = Place::new(backend);
        let gateway = place.gateway(1);
        gateway.store.close();
        gateway.equal(5);
        assert!(gateway.recorder.save().await.is_err());
        assert_eq!(gateway.day().await.store.lost, 0, "it waits");
        gateway.clock.advance(50 * HOUR);
        gateway.equal(2);
        assert!(gateway.recorder.save().await.is_err());
        let report = gateway.day().await;
        assert_eq!((report.store.lost, report.routes[0].compared), (5, 2));
    }
}

/// Slow: whoever counts waits for nothing, also while a saving is under way.
#[test]
fn while_the_store_hangs_counting_goes_on() {
    testkit::run(Backend::Postgres, |backend| async move {
        let place = Place::new(backend);
        let proxy = FaultProxy::start(place.database.server());
        let store = place.store_at(&place.database.url_at(proxy.address()));
        let gateway = Gateway::on(store, 1, ReportSettings::default());
        gateway.equal(1);
        gateway.recorder.save().await.unwrap();
        proxy.hang();
        gateway.equal(2);
        let saving = gateway.recorder.save();
        let counting = async {
            tokio::task::yield_now().await;
            gateway.equal(3);
            gateway.differs("$.a", 4);
            gateway.recorder.totals("r").unwrap().compared
        };
        let (saved, compared) = tokio::join!(saving, counting);
        assert!(saved.is_err() && compared == 10, "{saved:?}, {compared}");
        proxy.heal();
        let saved = async || gateway.recorder.save().await.ok();
        eventually("the store answers", Duration::from_secs(10), saved).await;
        assert_eq!(place.gateway(2).day().await.routes[0].compared, 10);
    });
}

#[test]
fn without_a_store_the_last_hours_are_in_memory() {
    testkit::run(Backend::Sqlite, |_| async {
        let (sources, clock) = Sources::fixed(super::harness::NOON, 1);
        let recorder = Recorder::new(ReportSettings::default(), &sources).unwrap();
        recorder.differed(&super::harness::observed("$.a"));
        recorder.save().await.unwrap();
        let query = crate::ReportQuery::default();
        let report = recorder.report(&query).await;
        assert_eq!((report.routes[0].compared, report.store.kept, report.store.lost), (1, false, 0));
        assert_eq!(report.routes[0].causes[0].samples.len(), 1);
        clock.advance(50 * HOUR);
        recorder.save().await.unwrap();
        let report = recorder.report(&query).await;
        assert!(report.routes.is_empty() && report.store.lost == 0, "{report:?}");
    });
}
