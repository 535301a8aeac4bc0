//! Queries; the only file that knows Diesel.

use crate::schema::messages;
use diesel::prelude::*;
use kernel::Context;
use messages_api::{Links, Message};
use storage::{AnyConnection, StorageError, Store};

/// A message as it is kept; times in epoch seconds.
#[derive(Clone, PartialEq, Eq, Queryable)]
pub(crate) struct Row {
    pub(crate) id: i64,
    pub(crate) user_id: i64,
    pub(crate) source: String,
    pub(crate) html: String,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

impl From<Row> for Message {
    fn from(row: Row) -> Self {
        let Row { id, user_id, source, html, created_at, updated_at } = row;
        Self { id, created_at, updated_at, source, html, user_id, links: Links::of(id, user_id) }
    }
}

/// A source with what it renders to, written at `at`, epoch seconds.
#[derive(Clone)]
pub(crate) struct Text {
    pub(crate) source: String,
    pub(crate) html: String,
    pub(crate) at: i64,
}

/// What became of an edit.
pub(crate) enum Edited {
    /// The message as it is now.
    Done(Row),
    /// Somebody else wrote it.
    Forbidden,
    /// There is none.
    NotFound,
}

/// A part of the list.
#[derive(Clone, Copy)]
pub(crate) struct Part {
    /// Changed strictly after this epoch second.
    pub(crate) since: i64,
    /// By this author.
    pub(crate) user_id: Option<i64>,
    /// Behind this `(updated_at, id)`.
    pub(crate) after: Option<(i64, i64)>,
    /// Most rows.
    pub(crate) limit: i64,
}

/// The module's store.
#[derive(Clone)]
pub(crate) struct MessageStore(pub(crate) Store);

impl MessageStore {
    /// Keeps a new message and gives it its id.
    pub(crate) async fn insert(
        &self,
        context: &Context,
        user_id: i64,
        text: Text,
    ) -> Result<Row, StorageError> {
        self.0
            .write(context, move |connection| {
                let Text { source, html, at } = text;
                let id = diesel::insert_into(messages::table)
                    .values((
                        messages::user_id.eq(user_id),
                        messages::source.eq(&source),
                        messages::html.eq(&html),
                        messages::created_at.eq(at),
                        messages::updated_at.eq(at),
                    ))
                    .returning(messages::id)
                    .get_result::<i64>(connection)?;
                Ok(Row { id, user_id, source, html, created_at: at, updated_at: at })
            })
            .await
    }

    /// One message.
    pub(crate) async fn get(&self, context: &Context, id: i64) -> Result<Option<Row>, StorageError> {
        self.0.read(context, move |connection| find(connection, id)).await
    }

    /// Gives a message a new text, if `author` wrote it.
    pub(crate) async fn edit(
        &self,
        context: &Context,
        id: i64,
        author: i64,
        text: Text,
    ) -> Result<Edited, StorageError> {
        self.0
            .write(context, move |connection| {
                let Some(row) = find(connection, id)? else { return Ok(Edited::NotFound) };
                if row.user_id != author {
                    return Ok(Edited::Forbidden);
                }
                let Text { source, html, at } = text;
                diesel::update(messages::table.find(id))
                    .set((
                        messages::source.eq(&source),
                        messages::html.eq(&html),
                        messages::updated_at.eq(at),
                    ))
                    .execute(connection)?;
                Ok(Edited::Done(Row { source, html, updated_at: at, ..row }))
            })
            .await
    }

    /// Gives the message `seen` a new html, if source and html are still those of `seen`; `false` when they are not.
    pub(crate) async fn replace_html(
        &self,
        context: &Context,
        seen: &Row,
        html: String,
        at: i64,
    ) -> Result<bool, StorageError> {
        let Row { id, source, html: old_html, .. } = seen.clone();
        self.0
            .write(context, move |connection| {
                let same = messages::table
                    .find(id)
                    .filter(messages::source.eq(source))
                    .filter(messages::html.eq(old_html));
                let changed = diesel::update(same)
                    .set((messages::html.eq(html), messages::updated_at.eq(at)))
                    .execute(connection)?;
                Ok(changed == 1)
            })
            .await
    }

    /// A part of the list, by `updated_at`, then id.
    pub(crate) async fn list(&self, context: &Context, part: Part) -> Result<Vec<Row>, StorageError> {
        self.0.read(context, move |connection| list(connection, part)).await
    }
}

fn find(connection: &mut AnyConnection, id: i64) -> Result<Option<Row>, StorageError> {
    Ok(messages::table.find(id).get_result(connection).optional()?)
}

fn list(connection: &mut AnyConnection, part: Part) -> Result<Vec<Row>, StorageError> {
    let mut query = messages::table.filter(messages::updated_at.gt(part.since)).into_boxed();
    if let Some(user_id) = part.user_id {
        query = query.filter(messages::user_id.eq(user_id));
    }
    if let Some((updated_at, id)) = part.after {
        // The first condition says nothing new, but an index can start there.
        query = query
            .filter(messages::updated_at.ge(updated_at))
            .filter(messages::updated_at.gt(updated_at).or(messages::id.gt(id)));
    }
    Ok(query.order((messages::updated_at, messages::id)).limit(part.limit).load(connection)?)
}
