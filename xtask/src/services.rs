//! The servers and files that tests need: those that the environment does not give are started or fetched here, and
//! the tests are told by environment where they are.

use crate::failure::Failure;
use crate::postgres::{Durability, Postgres};
use crate::redis::Redis;
use crate::runner::Runner;
use crate::unleash::Unleash;
use crate::workspace::Workspace;
use crate::{needs, npm};
use std::process::Command;

/// URL of a superuser of a PostgreSQL server that tests may fill.
pub(crate) const POSTGRES: &str = "BANYAN_TEST_POSTGRES";
/// URL of a Redis that tests may write to.
const REDIS: &str = "BANYAN_TEST_REDIS";
/// The folder of the suites of Unleash's client specification.
const SPECIFICATION: &str = "BANYAN_TEST_UNLEASH_SPEC";
/// The folder of the npm package `ws`.
const WS: &str = "BANYAN_TEST_WS";
/// The API of an Unleash server that tests may change: `http://host:port/api`.
const UNLEASH: &str = "BANYAN_TEST_UNLEASH";
/// A backend token of it, for its environment `development`.
const UNLEASH_TOKEN: &str = "BANYAN_TEST_UNLEASH_TOKEN";
/// An admin token of it.
const UNLEASH_ADMIN_TOKEN: &str = "BANYAN_TEST_UNLEASH_ADMIN_TOKEN";
/// Tells tests that need any of these to skip.
const EMBEDDED_ONLY: &str = "BANYAN_TEST_EMBEDDED_ONLY";

/// What runs for the tests, stopped when dropped, and what they are told about it.
#[derive(Default)]
pub(crate) struct Services {
    told: Vec<(&'static str, String)>,
    /// Stopped before its PostgreSQL: fields are dropped in this order.
    unleash: Option<Unleash>,
    redis: Option<Redis>,
    postgres: Option<Postgres>,
}

impl Services {
    /// None at all: tests that need one skip.
    pub(crate) fn none() -> Self {
        Self { told: vec![(EMBEDDED_ONLY, "1".into())], ..Self::default() }
    }

    /// Starts and fetches what every run needs and the environment does not give.
    ///
    /// # Errors
    /// When something is missing and may not be installed, or does not start.
    pub(crate) fn start(runner: &Runner, workspace: &Workspace, may_install: bool) -> Result<Self, Failure> {
        let mut services = Self::default();
        if given(POSTGRES).is_none() {
            let programs = needs::POSTGRES.obtain(runner, may_install)?;
            let postgres = Postgres::start(runner, &programs, Durability::None)?;
            services.told.push((POSTGRES, postgres.url()));
            services.postgres = Some(postgres);
        }
        if given(REDIS).is_none() {
            let redis = Redis::start(runner, &needs::REDIS.obtain(runner, may_install)?)?;
            services.told.push((REDIS, redis.url()));
            services.redis = Some(redis);
        }
        if given(SPECIFICATION).is_none() {
            let folder = npm::specification(runner, workspace, may_install)?;
            services.told.push((SPECIFICATION, folder.display().to_string()));
        }
        if given(WS).is_none() {
            let folder = npm::ws(runner, workspace, may_install)?;
            services.told.push((WS, folder.display().to_string()));
        }
        for need in needs::CLIENTS {
            need.obtain(runner, may_install)?;
        }
        Ok(services)
    }

    /// Starts an Unleash server, unless the environment gives one: it takes a quarter of a minute, and few tests need it.
    ///
    /// # Errors
    /// When something is missing and may not be installed, or does not start.
    pub(crate) fn add_unleash(
        &mut self,
        runner: &Runner,
        workspace: &Workspace,
        may_install: bool,
    ) -> Result<(), Failure> {
        if given(UNLEASH).is_some() {
            return Ok(());
        }
        let postgres = self.postgres.as_ref().map(Postgres::url).or_else(|| given(POSTGRES));
        let postgres = postgres.ok_or_else(|| Failure::Wanted("Unleash needs PostgreSQL".into()))?;
        let unleash = Unleash::start(runner, workspace, &postgres, may_install)?;
        self.told.push((UNLEASH, unleash.url()));
        self.told.push((UNLEASH_TOKEN, Unleash::backend_token()));
        self.told.push((UNLEASH_ADMIN_TOKEN, Unleash::admin_token()));
        self.unleash = Some(unleash);
        Ok(())
    }

    /// A command that knows where they are.
    pub(crate) fn tell(&self, mut command: Command) -> Command {
        command.envs(self.told.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// What the environment gives.
#[expect(clippy::disallowed_methods, reason = "test servers come by environment")]
pub(crate) fn given(variable: &str) -> Option<String> {
    std::env::var(variable).ok().filter(|value| !value.is_empty())
}
