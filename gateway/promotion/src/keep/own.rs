//! States in the gateway's own store. The only file that knows Diesel, with `schema.rs`.

use super::{ROUTES_MAX, States};
use crate::schema::promotions;
use crate::{KeepError, State};
use diesel::prelude::*;
use kernel::Context;
use storage::{StorageError, Store, both};

/// The gateway's own store.
pub(super) struct Own(pub(super) Store);

impl Own {
    /// All states.
    pub(super) async fn all(&self, context: &Context) -> Result<States, KeepError> {
        let rows = self.0.read(context, |connection| {
            let columns = (promotions::route, promotions::state);
            let most = i64::try_from(ROUTES_MAX).unwrap_or(i64::MAX);
            let rows = promotions::table.order(promotions::route).limit(most).select(columns);
            Ok::<Vec<(String, String)>, StorageError>(rows.load(connection)?)
        });
        let states = rows.await?.into_iter().map(|(route, state)| match serde_json::from_str(&state) {
            Ok(state) => Ok((route, state)),
            Err(source) => Err(KeepError::Malformed { route, source }),
        });
        states.collect()
    }

    /// Writes a state in place of the one with that version; one statement, so that of two writers one comes second.
    pub(super) async fn put(
        &self,
        context: &Context,
        route: &str,
        expected: u64,
        state: &State,
    ) -> Result<bool, KeepError> {
        let row = row(route, state)?;
        let expected = version(expected);
        let written = self.0.write(context, move |connection| {
            if expected == 0 {
                let fresh = diesel::insert_into(promotions::table).values(row).on_conflict_do_nothing();
                return Ok::<usize, StorageError>(both!(connection, |c| fresh.execute(c)?));
            }
            let (route, version, state) = row;
            let held = promotions::table.filter(route).filter(promotions::version.eq(expected));
            Ok(diesel::update(held).set((version, state)).execute(connection)?)
        });
        Ok(written.await? == 1)
    }

    /// Writes a state whatever was there.
    pub(super) async fn remember(
        &self,
        context: &Context,
        route: &str,
        state: &State,
    ) -> Result<(), KeepError> {
        let row = row(route, state)?;
        let (_, version, text) = row.clone();
        let written = self.0.write(context, move |connection| {
            both!(connection, |c| diesel::insert_into(promotions::table)
                .values(row)
                .on_conflict(promotions::route)
                .do_update()
                .set((version, text))
                .execute(c)?);
            Ok::<(), StorageError>(())
        });
        Ok(written.await?)
    }
}

type Row = (
    diesel::dsl::Eq<promotions::route, String>,
    diesel::dsl::Eq<promotions::version, i64>,
    diesel::dsl::Eq<promotions::state, String>,
);

fn row(route: &str, state: &State) -> Result<Row, KeepError> {
    let malformed = |source| KeepError::Malformed { route: route.to_owned(), source };
    let text = serde_json::to_string(state).map_err(malformed)?;
    let route = promotions::route.eq(route.to_owned());
    Ok((route, promotions::version.eq(version(state.version)), promotions::state.eq(text)))
}

fn version(version: u64) -> i64 {
    i64::try_from(version).unwrap_or(i64::MAX)
}
