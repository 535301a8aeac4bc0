//! The servers and files that tests need: those that the environment does not give are started or fetched here, and
//! the tests are told by environment where they are.

use crate::failure::Failure;
use crate::postgres::{Durability, Postgres};
use crate::redis::Redis;
use crate::runner::Runner;
use crate::workspace::Workspace;
use crate::{needs, npm};
use std::process::Command;

/// URL of a superuser of a PostgreSQL server that tests may fill.
pub(crate) const POSTGRES: &str = "BANYAN_TEST_POSTGRES";
/// URL of a Redis that tests may write to.
const REDIS: &str = "BANYAN_TEST_REDIS";
/// The folder of the suites of Unleash's client specification.
const SPECIFICATION: &str = "BANYAN_TEST_UNLEASH_SPEC";
/// Tells tests that need any of these to skip.
const EMBEDDED_ONLY: &str = "BANYAN_TEST_EMBEDDED_ONLY";

/// What runs for the tests, stopped when dropped, and what they are told about it.
#[derive(Default)]
pub(crate) struct Services {
    told: Vec<(&'static str, String)>,
    _redis: Option<Redis>,
    _postgres: Option<Postgres>,
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
            services._postgres = Some(postgres);
        }
        if given(REDIS).is_none() {
            let redis = Redis::start(runner, &needs::REDIS.obtain(runner, may_install)?)?;
            services.told.push((REDIS, redis.url()));
            services._redis = Some(redis);
        }
        if given(SPECIFICATION).is_none() {
            let folder = npm::specification(runner, workspace, may_install)?;
            services.told.push((SPECIFICATION, folder.display().to_string()));
        }
        Ok(services)
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
