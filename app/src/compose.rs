//! Puts the house together: which modules there are, what each is given, and who calls whom.

use crate::error::AppError;
use crate::settings::Settings;
use contract::Late;
use egress::PageFetcher;
use host::{About, AdminExtension, Contract, Dispatch, Module, Mounted};
use identity::{DryRunKey, PasswordHasher, Verifier};
use kernel::{Context, Sources};
use std::sync::Arc;
use std::time::Duration;
use storage::{Migrations, Secrets, StorageUrl, Store, StoreOptions};
use telemetry::Metrics;
use tokens_api::Tokens;
use users_api::Users;

/// Longest that work in the background may take to end.
const SETTLE_WITHIN: Duration = Duration::from_secs(6);
/// Longest that the modules may take to start.
const START_WITHIN: Duration = Duration::from_secs(30);

/// The modules, running.
pub(crate) struct House {
    /// The modules, `stats` among them.
    pub(crate) modules: Arc<[Module]>,
    /// Verifies the callers' tokens.
    pub(crate) verifier: Verifier,
    /// The tokens module, for the commands on keys.
    pub(crate) tokens: Arc<tokens::Service>,
    dry_run: Option<DryRunKey>,
    messages: Arc<messages::Service>,
    users: Arc<users::Service>,
    stores: Vec<Store>,
}

/// What is known of every module before it runs.
pub(crate) fn about() -> Vec<About> {
    vec![users::about(), tokens::about(), messages::about(), crate::stats::about()]
}

/// The migrations of every module that keeps something.
fn of_modules() -> [Migrations; 3] {
    [users::migrations(), tokens::migrations(), messages::migrations()]
}

/// All migrations: the modules', and the gateway's own.
pub(crate) fn migrations() -> [Migrations; 4] {
    let [users, tokens, messages] = of_modules();
    [users, tokens, messages, report::migrations()]
}

/// The passwords of the modules' roles; SQLite needs none.
pub(crate) fn secrets(settings: &Settings) -> Result<Secrets, AppError> {
    match settings.storage.url {
        StorageUrl::Sqlite { .. } => Ok(Secrets::default()),
        StorageUrl::Postgres { .. } => Ok(Secrets::load(&settings.secrets)?),
    }
}

impl House {
    /// Opens the stores (migrating them) and starts the modules.
    pub(crate) async fn start(
        settings: &Settings,
        sources: &Sources,
        metrics: &Metrics,
    ) -> Result<Self, AppError> {
        let context = Context::background(sources, START_WITHIN);
        let secrets = secrets(settings)?;
        let open = |migrations: Migrations| {
            Store::open(StoreOptions {
                migrations,
                settings: settings.storage.clone(),
                secrets: secrets.clone(),
                sources: sources.clone(),
            })
        };
        let [of_users, of_tokens, of_messages] = of_modules();
        let stores = [open(of_users)?, open(of_tokens)?, open(of_messages)?];
        let [users_store, tokens_store, messages_store] = stores.clone();

        let verifier = Verifier::new();
        // Users and tokens call each other: users get the tokens' contract before the tokens are there.
        let late_tokens = Late::<dyn Tokens>::unbound();
        let hasher = PasswordHasher::start(sources.clone(), settings.users.hashing())
            .map_err(|error| AppError::Module { module: users::NAME, reason: error.to_string() })?;
        let users = users::start(users::Deps {
            store: users_store,
            settings: settings.users,
            hasher,
            tokens: late_tokens.clone(),
            sources: sources.clone(),
        });
        let tokens = tokens::start(
            &context,
            tokens::Deps {
                store: tokens_store,
                settings: settings.tokens,
                verifier: verifier.clone(),
                users: users.service.clone(),
                sources: sources.clone(),
            },
        )
        .await
        .map_err(|error| AppError::Module { module: tokens::NAME, reason: error.to_string() })?;
        late_tokens.bind(tokens.service.clone());
        let fetcher = PageFetcher::new(settings.messages.egress(), sources.clock.clone());
        metrics.register(|registry| fetcher.register(registry));
        let messages = messages::start(messages::Deps {
            store: messages_store,
            settings: settings.messages,
            users: users.service.clone(),
            fetcher,
            sources: sources.clone(),
        });
        metrics.register(|registry| messages.service.register(registry));
        let stats = crate::stats::module(metrics.rate());
        let modules: Arc<[Module]> = Arc::new([users.module, tokens.module, messages.module, stats]);
        host::watch_stores(metrics, &modules);
        Ok(Self {
            modules,
            verifier,
            tokens: tokens.service,
            dry_run: settings.dry_run.key().map_err(AppError::Setting)?,
            messages: messages.service,
            users: users.service,
            stores: stores.into(),
        })
    }

    /// What other processes of the house may ask on the admin side: keys and revocations, and contracts.
    pub(crate) fn extensions(&self, sources: &Sources) -> Vec<AdminExtension> {
        let users: Arc<dyn Users> = self.users.clone();
        let dispatch: Dispatch = Arc::new(move |context, operation, body| {
            let users = users.clone();
            Box::pin(async move { users.dispatch(&context, &operation, &body).await })
        });
        let contracts = vec![Contract { name: <dyn Users>::NAME, dispatch }];
        vec![
            host::published(self.verifier.clone()),
            host::contracts(contracts, sources.clone(), self.dry_run.clone()),
        ]
    }

    /// What the host needs to serve the modules.
    pub(crate) fn mounted(&self, settings: &Settings, sources: &Sources) -> Mounted {
        Mounted {
            modules: self.modules.clone(),
            verifier: self.verifier.clone(),
            sources: sources.clone(),
            settings: settings.host.clone(),
            dry_run: self.dry_run.clone(),
        }
    }

    /// Ends what the modules still do in the background, finishes what is queued in the stores, and closes them.
    pub(crate) async fn close(&self) {
        if tokio::time::timeout(SETTLE_WITHIN, self.messages.settle()).await.is_err() {
            tracing::warn!(module = messages::NAME, "link previews under way were dropped");
        }
        for store in &self.stores {
            if !store.close() {
                tracing::warn!(module = store.module(), "the store was closed with work unfinished");
            }
        }
    }
}
