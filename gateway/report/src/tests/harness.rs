//! A gateway's recorder on a fresh database, with a clock that is moved by hand.

use crate::{
    Asked, Cause, Exchange, Finding, Limits, Observed, Recorded, Recorder, Report, ReportQuery,
    ReportSettings, Serving, Taken, WorkerTally,
};
use kernel::{ManualClock, OsRandom, Sources, Timestamp};
use std::sync::Arc;
use std::time::Duration;
use storage::{Secrets, StorageSettings, Store, StoreOptions};
use testkit::{Backend, Sql, TestDatabase};

/// 2026-11-21T12:00:00Z.
pub(crate) const NOON: Timestamp = Timestamp(1_795_262_400_000);

/// A fresh database, and what opens the gateway's store in it.
pub(crate) struct Place {
    pub(crate) database: TestDatabase,
    secrets: Secrets,
}

impl Place {
    pub(crate) fn new(backend: Backend) -> Self {
        let database = TestDatabase::new(backend);
        let secrets = match database.admin_url() {
            None => Secrets::default(),
            Some(admin) => {
                let url = database.url().parse().unwrap();
                let made =
                    storage::provision(admin.as_str(), &url, &[crate::STORE], Secrets::default(), &OsRandom);
                made.unwrap().secrets
            }
        };
        Self { database, secrets }
    }

    pub(crate) fn store_at(&self, url: &str) -> Store {
        let settings = StorageSettings { url: url.parse().unwrap(), ..StorageSettings::default() };
        let options = StoreOptions {
            migrations: crate::migrations(),
            settings,
            secrets: self.secrets.clone(),
            sources: Sources::system(),
        };
        Store::open(options).unwrap()
    }

    /// SQL past the product: as the superuser of the server, or in the file.
    pub(crate) fn sql(&self) -> Sql {
        match self.database.admin_url() {
            Some(_) => self.database.admin(),
            None => Sql::open(&self.database.directory().join("data").join("gateway.db")),
        }
    }

    pub(crate) fn gateway(&self, seed: u64) -> Gateway {
        self.gateway_with(seed, ReportSettings::default())
    }

    pub(crate) fn gateway_with(&self, seed: u64, settings: ReportSettings) -> Gateway {
        Gateway::on(self.store_at(&self.database.url()), seed, settings)
    }
}

/// One gateway of a fleet.
pub(crate) struct Gateway {
    pub(crate) recorder: Recorder,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) store: Store,
    worker: WorkerTally,
}

impl Gateway {
    pub(crate) fn on(store: Store, seed: u64, settings: ReportSettings) -> Self {
        let (sources, clock) = Sources::fixed(NOON, seed);
        let recorder = Recorder::with_store(settings, &sources, store.clone()).unwrap();
        let worker = recorder.worker();
        Self { recorder, clock, store, worker }
    }

    pub(crate) fn equal(&self, count: usize) {
        let ms = Duration::from_millis;
        for _ in 0..count {
            self.worker.equal(&"r".into(), Serving::Old, ms(2), ms(3), Asked::Other);
        }
    }

    pub(crate) fn differs(&self, path: &str, count: usize) {
        (0..count).for_each(|_| self.recorder.differed(&observed(path)));
    }

    pub(crate) async fn report(&self, since: Duration) -> Report {
        self.recorder.report(&ReportQuery { since, ..ReportQuery::default() }).await
    }

    pub(crate) async fn day(&self) -> Report {
        self.report(Duration::from_secs(86_400)).await
    }
}

pub(crate) fn observed(path: &str) -> Observed {
    let taken = Taken { duration: Duration::from_millis(2), status: 200 };
    let answer = |body: &'static str| Recorded { status: 200, headers: Vec::new(), body: body.into() };
    Observed {
        route: "r".into(),
        asked: Asked::Other,
        serving: Serving::Old,
        old: taken,
        new: taken,
        findings: vec![Finding {
            cause: Cause::new(path, "value"),
            place: path.into(),
            old: Some("1".into()),
            new: Some("2".into()),
            explained: None,
        }],
        lag: false,
        again: Some(Vec::new()),
        exchange: Exchange {
            method: "GET".into(),
            target: "/a?token=hunter2".into(),
            old: answer("{\"a\":1,\"password\":\"hunter2\"}"),
            new: answer("{\"a\":2,\"password\":\"hunter2\"}"),
            ..Exchange::default()
        },
    }
}

/// Limits other than the defaults.
pub(crate) const LIMITS: Limits = Limits { enough: 10, allowed_difference: 0.5 };
