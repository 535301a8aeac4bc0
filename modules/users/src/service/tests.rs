//! The service on an SQLite file, with a clock that stands and a tokens' module that only takes notes.

mod accounts;
mod engines;
mod lists;
mod presence;

use super::*;
use identity::{Cost, PasswordOptions};
use kernel::{ManualClock, Principal, Timestamp};
use std::sync::Mutex;
use std::time::Duration;
use storage::{Secrets, StorageSettings, StorageUrl, Store, StoreOptions};
use testkit::{Backend, TestDatabase};
use tokens_api::{Issue, Revoke, Token, TokensError};

const START_S: i64 = 1_700_000_000;
const PASSWORD: &str = "correct horse";

/// Revokes nothing; `fails_at` makes one call fail.
#[derive(Default)]
struct Notes {
    revoked: Mutex<Vec<i64>>,
    fails_at: Option<usize>,
}

impl Tokens for Notes {
    fn issue<'a>(&'a self, _: &'a Context, _: Issue) -> BoxFuture<'a, Result<Token, TokensError>> {
        Box::pin(async { Err(TokensError::Internal { reason: "users make no tokens".into() }) })
    }

    fn revoke<'a>(&'a self, _: &'a Context, _: Revoke) -> BoxFuture<'a, Result<(), TokensError>> {
        Box::pin(async { Err(TokensError::Internal { reason: "users revoke no single token".into() }) })
    }

    fn revoke_user<'a>(&'a self, _: &'a Context, r: RevokeUser) -> BoxFuture<'a, Result<(), TokensError>> {
        let mut revoked = self.revoked.lock().unwrap();
        revoked.push(r.user_id);
        let fails = Some(revoked.len()) == self.fails_at;
        Box::pin(async move {
            if fails { Err(TokensError::Unavailable { reason: "away".into() }) } else { Ok(()) }
        })
    }
}

struct World {
    _database: TestDatabase,
    clock: Arc<ManualClock>,
    context: Context,
    store: Store,
    service: Service,
    tokens: Arc<Notes>,
}

impl World {
    fn new() -> Self {
        Self::with(Notes::default(), Backend::Sqlite)
    }

    fn with(notes: Notes, backend: Backend) -> Self {
        let (sources, clock) = Sources::fixed(Timestamp(START_S * 1000), 7);
        let database = TestDatabase::new(backend);
        let url = StorageUrl::try_from(database.url()).unwrap();
        let secrets = database.admin_url().map_or_else(Secrets::default, |admin| {
            let empty = Secrets::default();
            storage::provision(admin.as_str(), &url, &[crate::NAME], empty, &*sources.random).unwrap().secrets
        });
        let store = Store::open(StoreOptions {
            migrations: crate::migrations(),
            settings: StorageSettings { url, ..StorageSettings::default() },
            secrets,
            sources: sources.clone(),
        })
        .unwrap();
        let options = PasswordOptions { cost: Cost::LEAST, ..UsersSettings::default().hashing() };
        let tokens = Arc::new(notes);
        let service = Service::new(Deps {
            store: store.clone(),
            settings: UsersSettings::default(),
            hasher: PasswordHasher::start(sources.clone(), options).unwrap(),
            tokens: tokens.clone(),
            sources: sources.clone(),
        });
        let context = Context::background(&sources, Duration::from_secs(24 * 3600));
        Self { _database: database, clock, context, store, service, tokens }
    }

    /// The same request, asked by this user.
    fn by(&self, user_id: i64) -> Context {
        self.context.clone().with_principal(Principal { user_id })
    }

    async fn try_create(&self, nickname: &str, password: &str) -> Result<User, UsersError> {
        let new = NewUser { nickname: nickname.to_owned(), password: password.to_owned() };
        self.service.create(&self.context, new).await
    }

    async fn create(&self, nickname: &str) -> User {
        self.try_create(nickname, PASSWORD).await.unwrap()
    }

    async fn get(&self, id: i64) -> User {
        self.service.get(&self.context, GetUser { id }).await.unwrap()
    }

    async fn sign_in(&self, nickname: &str, password: &str) -> Result<UserId, UsersError> {
        let sent = Credentials { nickname: nickname.to_owned(), password: password.to_owned() };
        self.service.authenticate(&self.context, sent).await
    }

    fn advance_s(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}
