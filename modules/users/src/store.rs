//! Queries; the only file that knows Diesel. Times are epoch seconds.

use crate::schema::users;
use diesel::prelude::*;
use kernel::Context;
use storage::{AnyConnection, StorageError, Store, both};
use users_api::{Links, ListUsers, User};

/// An account without its password.
#[derive(Queryable, Selectable)]
#[diesel(table_name = users)]
pub(crate) struct UserRow {
    id: i64,
    nickname: String,
    created_at: i64,
    updated_at: i64,
    last_seen_at: i64,
    online: bool,
}

/// An account to make.
#[derive(Insertable)]
#[diesel(table_name = users)]
pub(crate) struct NewRow {
    pub(crate) nickname: String,
    pub(crate) password_hash: String,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) last_seen_at: i64,
    pub(crate) online: bool,
}

/// What a password is checked against.
#[derive(Queryable, Selectable)]
#[diesel(table_name = users)]
pub(crate) struct CredentialsRow {
    pub(crate) id: i64,
    pub(crate) password_hash: String,
    pub(crate) online: bool,
}

impl From<UserRow> for User {
    fn from(row: UserRow) -> Self {
        Self {
            id: row.id,
            created_at: row.created_at,
            updated_at: row.updated_at,
            last_seen_at: row.last_seen_at,
            nickname: row.nickname,
            online: row.online,
            links: Links::of(row.id),
        }
    }
}

/// The module's store.
#[derive(Clone)]
pub(crate) struct UserStore(pub(crate) Store);

impl UserStore {
    /// Makes an account; [`StorageError::Unique`] when the nickname is taken.
    pub(crate) async fn insert(&self, context: &Context, row: NewRow) -> Result<UserRow, StorageError> {
        self.0
            .write(context, move |connection| {
                let insert = diesel::insert_into(users::table).values(row);
                Ok(both!(connection, |c| insert.returning(UserRow::as_returning()).get_result(c)?))
            })
            .await
    }

    /// One account; [`StorageError::NotFound`].
    pub(crate) async fn get(&self, context: &Context, id: i64) -> Result<UserRow, StorageError> {
        self.0
            .read(context, move |connection| {
                Ok(users::table.find(id).select(UserRow::as_select()).get_result(connection)?)
            })
            .await
    }

    /// What the password of this nickname is checked against.
    pub(crate) async fn credentials(
        &self,
        context: &Context,
        nickname: String,
    ) -> Result<Option<CredentialsRow>, StorageError> {
        self.0
            .read(context, move |connection| {
                let row = users::table.filter(users::nickname.eq(nickname));
                Ok(row.select(CredentialsRow::as_select()).get_result(connection).optional()?)
            })
            .await
    }

    /// Accounts by `updated_at`, then nickname.
    pub(crate) async fn list(
        &self,
        context: &Context,
        filter: ListUsers,
        limit: i64,
    ) -> Result<Vec<UserRow>, StorageError> {
        self.0.read(context, move |connection| both!(connection, |c| Ok(list!(filter, limit).load(c)?))).await
    }

    /// Changes nickname and password hash, what is given of them. `updated_at` moves with the nickname only.
    pub(crate) async fn change(
        &self,
        context: &Context,
        id: i64,
        nickname: Option<String>,
        password_hash: Option<String>,
        now: i64,
    ) -> Result<(), StorageError> {
        self.0
            .write(context, move |connection| {
                if let Some(hash) = password_hash {
                    diesel::update(users::table.find(id))
                        .set(users::password_hash.eq(hash))
                        .execute(connection)?;
                }
                if let Some(nickname) = nickname {
                    let named_otherwise = users::table.find(id).filter(users::nickname.ne(nickname.clone()));
                    diesel::update(named_otherwise)
                        .set((users::nickname.eq(nickname), users::updated_at.eq(now)))
                        .execute(connection)?;
                }
                Ok(())
            })
            .await
    }

    /// The user was seen. Whether there is such a user.
    pub(crate) async fn touch(&self, context: &Context, id: i64, now: i64) -> Result<bool, StorageError> {
        self.0
            .write(context, move |connection| {
                // Mostly one statement: who is seen is mostly online already.
                Ok(see_online(connection, id, now)? || come_online(connection, id, now)?)
            })
            .await
    }

    /// The user goes offline; `updated_at` moves only if that changes anything.
    pub(crate) async fn leave(&self, context: &Context, id: i64, now: i64) -> Result<(), StorageError> {
        self.0
            .write(context, move |connection| {
                diesel::update(users::table.find(id).filter(users::online.eq(true)))
                    .set((users::online.eq(false), users::updated_at.eq(now)))
                    .execute(connection)?;
                Ok(())
            })
            .await
    }

    /// Those not seen since `seen_before` go offline. How many.
    pub(crate) async fn sweep(
        &self,
        context: &Context,
        seen_before: i64,
        now: i64,
    ) -> Result<usize, StorageError> {
        self.0
            .write(context, move |connection| {
                let gone =
                    users::table.filter(users::online.eq(true)).filter(users::last_seen_at.lt(seen_before));
                Ok(diesel::update(gone)
                    .set((users::online.eq(false), users::updated_at.eq(now)))
                    .execute(connection)?)
            })
            .await
    }
}

fn see_online(connection: &mut AnyConnection, id: i64, now: i64) -> Result<bool, StorageError> {
    let online = users::table.find(id).filter(users::online.eq(true));
    Ok(diesel::update(online).set(users::last_seen_at.eq(now)).execute(connection)? > 0)
}

fn come_online(connection: &mut AnyConnection, id: i64, now: i64) -> Result<bool, StorageError> {
    let changes = (users::online.eq(true), users::updated_at.eq(now), users::last_seen_at.eq(now));
    Ok(diesel::update(users::table.find(id)).set(changes).execute(connection)? > 0)
}

/// The list's query, as a macro: its type differs between the engines.
macro_rules! list {
    ($filter:ident, $limit:ident) => {{
        let mut query = users::table.select(UserRow::as_select()).into_boxed();
        if let Some(online) = $filter.online {
            query = query.filter(users::online.eq(online));
        }
        if let Some(since) = $filter.updated_since {
            query = query.filter(users::updated_at.gt(since));
        }
        if let Some((updated_at, nickname)) = $filter.after {
            query = query
                .filter(users::updated_at.ge(updated_at))
                .filter(users::updated_at.gt(updated_at).or(users::nickname.gt(nickname)));
        }
        query.order((users::updated_at, users::nickname)).limit($limit)
    }};
}
use list;
