//! A module on a store of its own, and users that only note who was seen.

use crate::{Deps, MessagesSettings, Parts, start};
use contract::{BoxFuture, CallError, Context};
use egress::{EgressSettings, PageFetcher, ProxyRules};
use kernel::{ManualClock, Principal, Sources, Timestamp};
use messages_api::{EditMessage, GetMessage, Message, Messages, MessagesError, PostMessage};
use prometheus_client::{encoding::text, registry::Registry};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use storage::{Secrets, StorageSettings, StorageUrl, Store, StoreOptions};
use users_api::{
    Credentials, GetUser, Leave, ListUsers, NewUser, Seen, UpdateUser, User, UserId, Users, UsersError,
};

/// 2026-01-01T00:00:00Z in epoch seconds.
pub(crate) const START: i64 = 1_767_225_600;

/// A module on a store of its own.
pub(crate) struct Harness {
    pub(crate) parts: Parts,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) users: Arc<SeenUsers>,
    pub(crate) store: Store,
    sources: Sources,
    _directory: tempfile::TempDir,
}

impl Harness {
    pub(crate) fn new() -> Self {
        Self::with(MessagesSettings::default())
    }

    pub(crate) fn with(settings: MessagesSettings) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let (sources, clock) = Sources::fixed(Timestamp(START * 1000), 1);
        let store = open(&directory, &sources);
        let users = Arc::new(SeenUsers::default());
        let egress = EgressSettings { proxy: ProxyRules::Direct, ..settings.egress() };
        let parts = start(Deps {
            store: store.clone(),
            settings,
            users: users.clone(),
            fetcher: PageFetcher::new(egress, sources.clock.clone()),
            sources: sources.clone(),
        });
        Self { parts, clock, users, store, sources, _directory: directory }
    }

    pub(crate) fn visitor(&self) -> Context {
        Context::background(&self.sources, Duration::from_secs(60))
    }

    pub(crate) fn user(&self, user_id: i64) -> Context {
        self.visitor().with_principal(Principal { user_id })
    }

    pub(crate) async fn post(&self, user_id: i64, source: &str) -> Message {
        let request = PostMessage { source: source.to_owned() };
        Messages::post(&*self.parts.service, &self.user(user_id), request).await.unwrap()
    }

    pub(crate) async fn get(&self, id: i64) -> Result<Message, MessagesError> {
        Messages::get(&*self.parts.service, &self.visitor(), GetMessage { id }).await
    }

    pub(crate) async fn edit(
        &self,
        user_id: i64,
        id: i64,
        source: Option<&str>,
    ) -> Result<(), MessagesError> {
        let request = EditMessage { id, source: source.map(str::to_owned) };
        Messages::edit(&*self.parts.service, &self.user(user_id), request).await
    }

    /// A counter's value.
    pub(crate) fn counter(&self, name: &str) -> String {
        let mut registry = Registry::default();
        self.parts.service.register(&mut registry);
        let mut shown = String::new();
        text::encode(&mut shown, &registry).unwrap();
        let line = shown.lines().find_map(|line| line.strip_prefix(&format!("{name}_total ")));
        line.unwrap_or("none").to_owned()
    }
}

fn open(directory: &tempfile::TempDir, sources: &Sources) -> Store {
    let url = StorageUrl::Sqlite { directory: directory.path().to_owned() };
    // Not what is tested here: a slow machine must not fail.
    let settings = StorageSettings { url, answer_within_ms: 20_000, ..StorageSettings::default() };
    let options = StoreOptions {
        migrations: crate::migrations(),
        settings,
        secrets: Secrets::default(),
        sources: sources.clone(),
    };
    Store::open(options).unwrap()
}

/// Users that note who was seen, and fail at it when told to.
#[derive(Default)]
pub(crate) struct SeenUsers {
    pub(crate) seen: Mutex<Vec<i64>>,
    pub(crate) away: Mutex<bool>,
}

fn away<'a, T: 'a>() -> BoxFuture<'a, Result<T, UsersError>> {
    Box::pin(async {
        Err(CallError::Unavailable { contract: "users".to_owned(), reason: "away".to_owned() }.into())
    })
}

impl Users for SeenUsers {
    fn seen<'a>(&'a self, _: &'a Context, request: Seen) -> BoxFuture<'a, Result<(), UsersError>> {
        if *self.away.lock().unwrap() {
            return away();
        }
        self.seen.lock().unwrap().push(request.user_id);
        Box::pin(async { Ok(()) })
    }

    fn create<'a>(&'a self, _: &'a Context, _: NewUser) -> BoxFuture<'a, Result<User, UsersError>> {
        away()
    }

    fn get<'a>(&'a self, _: &'a Context, _: GetUser) -> BoxFuture<'a, Result<User, UsersError>> {
        away()
    }

    fn list<'a>(
        &'a self,
        _: &'a Context,
        _: ListUsers,
    ) -> BoxFuture<'a, Result<users_api::Page, UsersError>> {
        away()
    }

    fn update<'a>(&'a self, _: &'a Context, _: UpdateUser) -> BoxFuture<'a, Result<(), UsersError>> {
        away()
    }

    fn authenticate<'a>(
        &'a self,
        _: &'a Context,
        _: Credentials,
    ) -> BoxFuture<'a, Result<UserId, UsersError>> {
        away()
    }

    fn leave<'a>(&'a self, _: &'a Context, _: Leave) -> BoxFuture<'a, Result<(), UsersError>> {
        away()
    }
}
