//! Where states are kept: in the gateway's own store, or in a Redis that a fleet shares, and then in the store as well, so that a
//! gateway that starts while Redis is away knows where it stood.

mod own;
mod shared;

pub use shared::SharedRedis;

use crate::{KeepError, State};
use kernel::Context;
use own::Own;
use shared::Line;
use std::collections::HashMap;
use storage::Store;

/// The most routes whose promotions are kept.
const ROUTES_MAX: usize = 4_096;

/// States by route.
pub(crate) type States = HashMap<String, State>;

/// Where states are kept.
pub struct Keep {
    own: Option<Own>,
    redis: Option<Line>,
}

impl Keep {
    /// In `store`, and in `redis` for the fleet; without both in memory only.
    ///
    /// # Errors
    /// [`KeepError::Setting`] for a Redis that cannot be.
    pub fn new(store: Option<Store>, redis: Option<SharedRedis>) -> Result<Self, KeepError> {
        let redis = redis.map(Line::new).transpose()?;
        Ok(Self { own: store.map(Own), redis })
    }

    /// What this gateway knew last, whatever became of it in the fleet since.
    ///
    /// # Errors
    /// [`KeepError`].
    pub(crate) async fn last_known(&self, context: &Context) -> Result<States, KeepError> {
        match &self.own {
            Some(own) => own.all(context).await,
            None => Ok(States::new()),
        }
    }

    /// What holds now for everybody; `None` where there is nothing but this process.
    ///
    /// # Errors
    /// [`KeepError`]: nothing is known of the others then.
    pub(crate) async fn now(&mut self, context: &Context) -> Result<Option<States>, KeepError> {
        match (&mut self.redis, &self.own) {
            (Some(redis), _) => redis.all().await.map(Some),
            (None, Some(own)) => own.all(context).await.map(Some),
            (None, None) => Ok(None),
        }
    }

    /// Writes a state down in place of the one with the version `expected` (0: of none). Gives whether it was still there.
    ///
    /// # Errors
    /// [`KeepError`]: it may have been written all the same.
    pub(crate) async fn put(
        &mut self,
        context: &Context,
        route: &str,
        expected: u64,
        state: &State,
    ) -> Result<bool, KeepError> {
        match (&mut self.redis, &self.own) {
            (Some(redis), _) => redis.put(route, expected, state).await,
            (None, Some(own)) => own.put(context, route, expected, state).await,
            (None, None) => Ok(true),
        }
    }

    /// Remembers what a fleet holds, for the next start.
    ///
    /// # Errors
    /// [`KeepError`].
    pub(crate) async fn remember(
        &self,
        context: &Context,
        route: &str,
        state: &State,
    ) -> Result<(), KeepError> {
        match (&self.redis, &self.own) {
            (Some(_), Some(own)) => own.remember(context, route, state).await,
            _ => Ok(()),
        }
    }
}
