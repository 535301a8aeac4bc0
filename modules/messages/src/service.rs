//! The rules; implements the contract.

#[cfg(test)]
pub(crate) mod tests;

use crate::jobs::Previews;
use crate::store::{Edited, MessageStore, Part, Row, Text};
use crate::{Deps, MessagesSettings, errors};
use contract::BoxFuture;
use host::PAGE_MAX;
use kernel::{Context, Principal, Sources};
use messages_api::{
    EditMessage, GetMessage, ListMessages, Message, Messages, MessagesError, Page, PostMessage,
};
use prometheus_client::registry::Registry;
use std::sync::Arc;
use users_api::{Seen, Users};

/// Longest source, in bytes of UTF-8.
pub(crate) const SOURCE_MAX_BYTES: usize = 16 * 1024;

/// The module's rules.
pub struct Service {
    store: MessageStore,
    settings: MessagesSettings,
    users: Arc<dyn Users>,
    previews: Previews,
    sources: Sources,
}

impl Service {
    pub(crate) fn new(deps: Deps) -> Self {
        let Deps { store, settings, users, fetcher, sources } = deps;
        let store = MessageStore(store);
        let previews = Previews::new(store.clone(), fetcher, settings.previews, sources.clone());
        Self { store, settings, users, previews, sources }
    }

    /// Puts the module's counters into a metrics registry.
    pub fn register(&self, registry: &mut Registry) {
        self.previews.register(registry);
    }

    /// Waits until no previews are under way: at the end of the process, so that none are lost.
    pub async fn settle(&self) {
        self.previews.settle().await;
    }

    async fn post(&self, context: &Context, request: PostMessage) -> Result<Message, MessagesError> {
        let author = self.signed_in(context).await?;
        let text = self.text(request.source)?;
        let row = self.store.insert(context, author.user_id, text).await.map_err(errors::from_store)?;
        Ok(self.shown(self.previews.added_in_time(context, row).await))
    }

    async fn get(&self, context: &Context, request: GetMessage) -> Result<Message, MessagesError> {
        self.seen(context).await;
        let row = self.store.get(context, request.id).await.map_err(errors::from_store)?;
        row.map(|row| self.shown(row)).ok_or(MessagesError::NotFound)
    }

    async fn list(&self, context: &Context, request: ListMessages) -> Result<Page, MessagesError> {
        self.seen(context).await;
        let limit = request.limit.unwrap_or(PAGE_MAX).clamp(1, PAGE_MAX);
        let day_ago = self.sources.clock.now().minus(self.settings.listed_for()).seconds();
        let part = Part {
            since: request.updated_since.unwrap_or(day_ago).max(day_ago),
            user_id: request.user_id,
            after: request.after,
            // One more than asked for tells whether there are more.
            limit: i64::from(limit) + 1,
        };
        let rows = self.store.list(context, part).await.map_err(errors::from_store)?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        Ok(Page { messages: rows.into_iter().take(limit).map(|row| self.shown(row)).collect(), more })
    }

    async fn edit(&self, context: &Context, request: EditMessage) -> Result<(), MessagesError> {
        let author = self.signed_in(context).await?;
        let Some(source) = request.source else { return self.may_edit(context, author, request.id).await };
        let text = self.text(source)?;
        let edited = self.store.edit(context, request.id, author.user_id, text).await;
        match edited.map_err(errors::from_store)? {
            Edited::NotFound => Err(MessagesError::NotFound),
            Edited::Forbidden => Err(MessagesError::Forbidden),
            Edited::Done(row) => {
                self.previews.added_in_time(context, row).await;
                Ok(())
            }
        }
    }

    async fn may_edit(&self, context: &Context, author: Principal, id: i64) -> Result<(), MessagesError> {
        let row = self.store.get(context, id).await.map_err(errors::from_store)?;
        match row {
            None => Err(MessagesError::NotFound),
            Some(row) if row.user_id != author.user_id => Err(MessagesError::Forbidden),
            Some(_) => Ok(()),
        }
    }

    fn text(&self, source: String) -> Result<Text, MessagesError> {
        check(&source)?;
        let html = markup::render(&source);
        Ok(Text { source, html, at: self.sources.clock.now().seconds() })
    }

    /// A message as it is given out.
    fn shown(&self, row: Row) -> Message {
        let message = Message::from(row);
        #[cfg(debug_assertions)]
        let message = Message { html: self.settings.faults.spoil(message.html), ..message };
        message
    }

    async fn signed_in(&self, context: &Context) -> Result<Principal, MessagesError> {
        let principal = context.principal.ok_or(MessagesError::Unauthenticated)?;
        self.seen(context).await;
        Ok(principal)
    }

    /// Tells users who is here. Presence is not what was asked for: the call goes on without it.
    async fn seen(&self, context: &Context) {
        let Some(Principal { user_id }) = context.principal else { return };
        if let Err(error) = self.users.seen(context, Seen { user_id }).await {
            tracing::debug!(request_id = %context.request_id, %error, "presence was not recorded");
        }
    }
}

fn check(source: &str) -> Result<(), MessagesError> {
    let reason = match source {
        "" => "must have 1 character at least".to_owned(),
        long if long.len() > SOURCE_MAX_BYTES => format!("may have {SOURCE_MAX_BYTES} bytes at most"),
        // PostgreSQL cannot keep it.
        nul if nul.contains('\0') => "must not hold the character U+0000".to_owned(),
        _ => return Ok(()),
    };
    Err(MessagesError::Invalid { field: "source".to_owned(), reason })
}

impl Messages for Service {
    fn post<'a>(
        &'a self,
        context: &'a Context,
        request: PostMessage,
    ) -> BoxFuture<'a, Result<Message, MessagesError>> {
        Box::pin(self.post(context, request))
    }

    fn get<'a>(
        &'a self,
        context: &'a Context,
        request: GetMessage,
    ) -> BoxFuture<'a, Result<Message, MessagesError>> {
        Box::pin(self.get(context, request))
    }

    fn list<'a>(
        &'a self,
        context: &'a Context,
        request: ListMessages,
    ) -> BoxFuture<'a, Result<Page, MessagesError>> {
        Box::pin(self.list(context, request))
    }

    fn edit<'a>(
        &'a self,
        context: &'a Context,
        request: EditMessage,
    ) -> BoxFuture<'a, Result<(), MessagesError>> {
        Box::pin(self.edit(context, request))
    }
}
