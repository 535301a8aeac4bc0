//! Queries; the only file that knows Diesel.

use crate::schema::{generations, keys, revoked_tokens};
use diesel::dsl::{case_when, max};
use diesel::prelude::*;
use diesel::upsert::excluded;
use kernel::{Context, Timestamp};
use storage::{AnyConnection, StorageError, Store, both};
use uuid::Uuid;

/// Most keys that are read: rotations beyond this within the life of a token would be a mistake.
const KEYS_MAX: i64 = 1000;

/// A key as it is kept; times in epoch milliseconds.
#[derive(Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = keys)]
pub(crate) struct KeyRow {
    pub(crate) number: i64,
    pub(crate) kid: String,
    pub(crate) seed: Vec<u8>,
    pub(crate) created_at: i64,
    pub(crate) signs_from: i64,
    pub(crate) retires_at: Option<i64>,
}

/// What tokens are verified by.
pub(crate) struct Reading {
    /// The keys that count, by ascending number.
    pub(crate) keys: Vec<KeyRow>,
    /// Token id and expiry, epoch seconds.
    pub(crate) revoked: Vec<(String, i64)>,
    /// User id, generation, and when it began, epoch milliseconds.
    pub(crate) generations: Vec<(i64, i64, i64)>,
}

/// The module's store.
#[derive(Clone)]
pub(crate) struct TokenStore(pub(crate) Store);

impl TokenStore {
    /// Keys that have not retired by `now`, and what was revoked since `since`.
    pub(crate) async fn reading(
        &self,
        context: &Context,
        now: Timestamp,
        since: Timestamp,
    ) -> Result<Reading, StorageError> {
        self.0
            .read(context, move |connection| {
                Ok(Reading {
                    keys: live_keys(connection, now)?,
                    revoked: revoked_since(connection, now, since)?,
                    generations: generations_since(connection, since)?,
                })
            })
            .await
    }

    /// The keys that have not retired by `now`.
    pub(crate) async fn keys(&self, context: &Context, now: Timestamp) -> Result<Vec<KeyRow>, StorageError> {
        self.0.read(context, move |connection| live_keys(connection, now)).await
    }

    /// Adds the first key, unless there is one already.
    pub(crate) async fn add_first_key(&self, context: &Context, key: KeyRow) -> Result<(), StorageError> {
        let added = self.0.write(context, move |connection| match newest_number(connection)? {
            None => insert_key(connection, &key),
            Some(_) => Ok(()),
        });
        match added.await {
            // Another process was first.
            Err(StorageError::Unique { .. }) => Ok(()),
            result => result,
        }
    }

    /// Adds a key with the next number; the keys before it retire at `others_retire_at`.
    pub(crate) async fn rotate(
        &self,
        context: &Context,
        key: KeyRow,
        others_retire_at: Timestamp,
    ) -> Result<KeyRow, StorageError> {
        self.0
            .write(context, move |connection| {
                let number = newest_number(connection)?.unwrap_or_default().saturating_add(1);
                let key = KeyRow { number, ..key };
                diesel::update(keys::table.filter(keys::retires_at.is_null()))
                    .set(keys::retires_at.eq(others_retire_at.0))
                    .execute(connection)?;
                insert_key(connection, &key)?;
                Ok(key)
            })
            .await
    }

    /// Keeps that a token was revoked.
    pub(crate) async fn revoke(
        &self,
        context: &Context,
        token_id: Uuid,
        expires_at: i64,
        now: Timestamp,
    ) -> Result<(), StorageError> {
        self.0
            .write(context, move |connection| {
                let row = (
                    revoked_tokens::jti.eq(token_id.to_string()),
                    revoked_tokens::expires_at.eq(expires_at),
                    revoked_tokens::revoked_at.eq(now.0),
                );
                both!(connection, |c| diesel::insert_into(revoked_tokens::table)
                    .values(row)
                    .on_conflict_do_nothing()
                    .execute(c)?);
                Ok(())
            })
            .await
    }

    /// Begins a new generation of the user's tokens and gives its number: the time, or one more than the one before.
    pub(crate) async fn raise_generation(
        &self,
        context: &Context,
        user_id: i64,
        now: Timestamp,
    ) -> Result<i64, StorageError> {
        self.0
            .write(context, move |connection| {
                let row = (
                    generations::user_id.eq(user_id),
                    generations::generation.eq(now.0),
                    generations::changed_at.eq(now.0),
                );
                let (kept, proposed) = (generations::generation, excluded(generations::generation));
                both!(connection, |c| diesel::insert_into(generations::table)
                    .values(row)
                    .on_conflict(generations::user_id)
                    .do_update()
                    .set((
                        kept.eq(case_when(kept.ge(proposed), kept + 1).otherwise(proposed)),
                        generations::changed_at.eq(excluded(generations::changed_at)),
                    ))
                    .execute(c)?);
                Ok(generations::table.find(user_id).select(kept).get_result(connection)?)
            })
            .await
    }

    /// The user's generation and when it began, if there is one.
    pub(crate) async fn generation(
        &self,
        context: &Context,
        user_id: i64,
    ) -> Result<Option<(i64, i64)>, StorageError> {
        let columns = (generations::generation, generations::changed_at);
        self.0
            .read(context, move |connection| {
                Ok(generations::table.find(user_id).select(columns).get_result(connection).optional()?)
            })
            .await
    }

    /// Forgets retired keys, expired revocations, and generations that began before `generations_before`.
    pub(crate) async fn forget(
        &self,
        context: &Context,
        now: Timestamp,
        generations_before: Timestamp,
    ) -> Result<usize, StorageError> {
        self.0
            .write(context, move |connection| {
                let retired = diesel::delete(keys::table.filter(keys::retires_at.le(now.0)));
                let expired = revoked_tokens::table.filter(revoked_tokens::expires_at.le(now.seconds()));
                let old = generations::table.filter(generations::changed_at.lt(generations_before.0));
                Ok(retired.execute(connection)?
                    + diesel::delete(expired).execute(connection)?
                    + diesel::delete(old).execute(connection)?)
            })
            .await
    }
}

fn live_keys(connection: &mut AnyConnection, now: Timestamp) -> Result<Vec<KeyRow>, StorageError> {
    Ok(keys::table
        .filter(keys::retires_at.is_null().or(keys::retires_at.gt(now.0)))
        .order(keys::number)
        .limit(KEYS_MAX)
        .select(KeyRow::as_select())
        .load(connection)?)
}

fn revoked_since(
    connection: &mut AnyConnection,
    now: Timestamp,
    since: Timestamp,
) -> Result<Vec<(String, i64)>, StorageError> {
    Ok(revoked_tokens::table
        .filter(revoked_tokens::revoked_at.ge(since.0))
        .filter(revoked_tokens::expires_at.gt(now.seconds()))
        .select((revoked_tokens::jti, revoked_tokens::expires_at))
        .load(connection)?)
}

fn generations_since(
    connection: &mut AnyConnection,
    since: Timestamp,
) -> Result<Vec<(i64, i64, i64)>, StorageError> {
    Ok(generations::table.filter(generations::changed_at.ge(since.0)).load(connection)?)
}

fn newest_number(connection: &mut AnyConnection) -> Result<Option<i64>, StorageError> {
    Ok(keys::table.select(max(keys::number)).get_result(connection)?)
}

fn insert_key(connection: &mut AnyConnection, key: &KeyRow) -> Result<(), StorageError> {
    both!(connection, |c| diesel::insert_into(keys::table).values(key).execute(c)?);
    Ok(())
}
