//! A fleet for tests: gateways with clocks that are moved by hand, and what they are to have seen.

use crate::{Ceilings, Keep, Off, Order, OrderError, Policy, Promoter, Seen, State, Step, Witness};
use diesel_migrations::EmbeddedMigrations;
use kernel::{Context, ManualClock, Sources, Timestamp};
use statistics::{Count, Histogram};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use storage::{Migrations, Secrets, StorageSettings, StorageUrl, Store, StoreOptions};
use testkit::{Backend, TestDatabase};

const ON_SQLITE: EmbeddedMigrations = storage::embed_migrations!("../../migrations/gateway/sqlite");
const ON_POSTGRES: EmbeddedMigrations = storage::embed_migrations!("../../migrations/gateway/postgres");

pub(crate) const START: Timestamp = Timestamp(1_700_000_000_000);
pub(crate) const ROUTE: &str = "messages.read";

/// A database of the gateway's own, to be opened as often as one likes.
pub(crate) struct Database {
    database: TestDatabase,
    secrets: Secrets,
    sources: Sources,
}

impl Database {
    pub(crate) fn new(backend: Backend) -> Self {
        let (sources, _) = Sources::fixed(START, 7);
        let database = TestDatabase::new(backend);
        let url = StorageUrl::try_from(database.url()).unwrap();
        let secrets = database.admin_url().map_or_else(Secrets::default, |admin| {
            let empty = Secrets::default();
            storage::provision(admin.as_str(), &url, &["gateway"], empty, &*sources.random).unwrap().secrets
        });
        Self { database, secrets, sources }
    }

    pub(crate) fn open(&self) -> Store {
        let url = StorageUrl::try_from(self.database.url()).unwrap();
        let options = StoreOptions {
            migrations: Migrations { module: "gateway", sqlite: || ON_SQLITE, postgres: || ON_POSTGRES },
            settings: StorageSettings { url, ..StorageSettings::default() },
            secrets: self.secrets.clone(),
            sources: self.sources.clone(),
        };
        Store::open(options).unwrap()
    }
}

/// What a gateway is to have seen.
#[derive(Default)]
pub(crate) struct Told {
    seen: HashMap<&'static str, Seen>,
    off: Off,
}

impl Witness for Told {
    fn seen(&self, route: &str) -> Seen {
        self.seen.get(route).cloned().unwrap_or_default()
    }

    fn off(&self, _route: &str) -> Off {
        self.off.clone()
    }
}

/// One gateway.
pub(crate) struct Gateway {
    pub(crate) promoter: Promoter,
    pub(crate) ceilings: Ceilings,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) policy: Policy,
    told: Told,
    context: Context,
}

impl Gateway {
    pub(crate) fn new(keep: Keep) -> Self {
        let (sources, clock) = Sources::fixed(START, 7);
        let ceilings = Ceilings::default();
        let promoter = Promoter::new(keep, ceilings.clone(), &sources);
        let context = Context::background(&sources, Duration::from_secs(1_000_000));
        Self { promoter, ceilings, clock, policy: Policy::default(), told: Told::default(), context }
    }

    pub(crate) fn alone() -> Self {
        Self::new(Keep::new(None, None).unwrap())
    }

    pub(crate) async fn look(&mut self) -> Vec<Step> {
        let policies = [(Arc::from(ROUTE), Arc::new(self.policy.clone()))];
        self.promoter.look(&self.context, &policies, &self.told).await
    }

    pub(crate) async fn order(&mut self, order: Order) -> Result<State, OrderError> {
        let step = self.promoter.order(&self.context, ROUTE, order, "alice", &self.told).await?;
        Ok(step.after)
    }

    /// More requests, all of them well, and time for a step.
    pub(crate) fn see_well(&mut self) {
        self.see(0);
        self.clock.advance(self.policy.every);
    }

    /// 5,000 compared requests, so many of which differ; a tenth is answered by the new side.
    pub(crate) fn see(&mut self, differing: u64) {
        let seen = self.told.seen.entry(ROUTE).or_default();
        seen.differing += Count::new(differing, 5_000);
        seen.surely_differing += Count::new(differing, 5_000);
        seen.old_errors += Count::new(0, 4_500);
        seen.new_errors += Count::new(0, 500);
        for took in [&mut seen.old_took, &mut seen.new_took] {
            let mut more = Histogram::default();
            (0..500).for_each(|number| more.record_us(10_000 + number));
            took.merge(&more);
        }
    }

    /// 1,000 compared requests, all alike, for which the new side takes so many times as long.
    pub(crate) fn see_slow(&mut self, times: u64) {
        let seen = self.told.seen.entry(ROUTE).or_default();
        seen.differing += Count::new(0, 1_000);
        seen.surely_differing += Count::new(0, 1_000);
        for (took, times) in [(&mut seen.old_took, 1), (&mut seen.new_took, times)] {
            let mut more = Histogram::default();
            (0..1_000).for_each(|number| more.record_us(times * (10_000 + number)));
            took.merge(&more);
        }
    }

    /// Requests that the new side answered, none of them compared.
    pub(crate) fn see_served(&mut self) {
        self.told.seen.entry(ROUTE).or_default().new_errors += Count::new(0, 100);
    }

    /// Switches the toggle `serve` of the route.
    pub(crate) fn switch(&mut self, on: bool) {
        self.told.off.serve = (!on).then(|| format!("{ROUTE}.serve").into());
    }

    /// Switches the toggle `compare` of the route.
    pub(crate) fn switch_compare(&mut self, on: bool) {
        self.told.off.compare = (!on).then(|| format!("{ROUTE}.compare").into());
    }

    /// What the next step waits for.
    pub(crate) fn waits_for(&self) -> String {
        self.promoter.standings().pop().unwrap().waits_for.unwrap_or_default()
    }

    pub(crate) fn ceiling(&self) -> u8 {
        self.ceilings.of(ROUTE)
    }

    pub(crate) fn state(&self) -> State {
        self.promoter.standings().pop().unwrap().state
    }
}
