//! The rules: who signs, what counts, and when it is forgotten.

mod keys;
mod known;

#[cfg(test)]
mod tests;

pub use keys::{KeyInfo, KeyRole};

use crate::errors::Failure;
use crate::settings::{EXPIRES_IN_MAX_S, TokensSettings};
use crate::store::TokenStore;
use arc_swap::ArcSwap;
use contract::BoxFuture;
use identity::{Claims, KeySet, Verifier};
use kernel::{Context, Sources, Timestamp};
use keys::Signers;
use known::Known;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use storage::Store;
use tokens_api::{Issue, Revoke, RevokeUser, Token, Tokens, TokensError};

/// How far back a reading looks for revocations: more than clocks of processes may differ and a commit may take.
const READ_BACK: Duration = Duration::from_secs(60);
/// Time between two readings of everything, for what the short look back may have missed.
const READ_ALL_EVERY: Duration = Duration::from_secs(60);
/// What clocks of processes may differ by when something is forgotten.
const CLOCK_SKEW_MAX: Duration = Duration::from_secs(60);

/// Makes and revokes tokens, and publishes what they are verified by.
pub struct Service {
    store: TokenStore,
    settings: TokensSettings,
    verifier: Verifier,
    sources: Sources,
    signers: ArcSwap<Signers>,
    /// Not on the request path, but for the moment of a revocation.
    known: Mutex<Known>,
    /// One reading at a time; when everything was read last.
    read_all_at: tokio::sync::Mutex<Option<Timestamp>>,
}

impl Service {
    /// Makes the first key if there is none, and publishes keys and revocations once. While the store is away that is
    /// left to the next refresh. For commands too: it needs no other module.
    ///
    /// # Errors
    /// [`TokensError`] when a stored key cannot be read, or the store refuses.
    pub async fn start(
        context: &Context,
        store: Store,
        settings: TokensSettings,
        verifier: Verifier,
        sources: Sources,
    ) -> Result<Self, TokensError> {
        let service = Self {
            store: TokenStore(store),
            settings,
            verifier,
            sources,
            signers: ArcSwap::default(),
            known: Mutex::default(),
            read_all_at: tokio::sync::Mutex::default(),
        };
        match service.refresh(context).await {
            Err(failure) if failure.passes() => {
                tracing::warn!(cause = %failure, "no token is made or taken before the store answers");
            }
            result => result?,
        }
        Ok(service)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.sources.clock.now()
    }

    pub(crate) fn keys(&self) -> KeySet {
        self.verifier.keys()
    }

    /// Makes a token for a user whose password was checked at `checked_at` or later. Refuses when the user's tokens
    /// were revoked since: it may have been the old password.
    pub(crate) async fn issue_since(
        &self,
        context: &Context,
        user_id: i64,
        checked_at: Timestamp,
    ) -> Result<Token, Failure> {
        let (generation, changed_at) =
            self.store.generation(context, user_id).await?.unwrap_or((0, i64::MIN));
        if changed_at > checked_at.0 {
            return Err(Failure::Overtaken);
        }
        let now = self.now();
        // What a dry run gives is a token in every way, but counts at no time.
        let life = if context.is_dry_run() { Duration::ZERO } else { self.settings.expires_in() };
        let claims = Claims {
            user_id,
            token_id: self.sources.random.uuid(now),
            issued_at: now.seconds(),
            expires_at: now.plus(life).seconds(),
            generation,
        };
        let signers = self.signers.load();
        let key = signers.at(now).ok_or(Failure::NoKey)?;
        Ok(Token { token: key.sign(&claims)? })
    }

    /// Revokes one token; once this answers, this process does not take it any more.
    pub(crate) async fn revoke_token(&self, context: &Context, request: Revoke) -> Result<(), Failure> {
        let token_id = request.token_id.parse()?;
        let now = self.now();
        if request.expires_at > now.seconds() {
            self.store.revoke(context, token_id, request.expires_at, now).await?;
            if !context.is_dry_run() {
                self.learn(|known| known.revoke(token_id, request.expires_at));
            }
        }
        Ok(())
    }

    async fn revoke_all(&self, context: &Context, user_id: i64) -> Result<(), Failure> {
        let now = self.now();
        let generation = self.store.raise_generation(context, user_id, now).await?;
        if !context.is_dry_run() {
            self.learn(|known| known.raise(user_id, generation, now.0));
        }
        Ok(())
    }

    /// Reads keys and revocations again and publishes them.
    pub(crate) async fn refresh(&self, context: &Context) -> Result<(), Failure> {
        let mut read_all_at = self.read_all_at.lock().await;
        let now = self.now();
        let all = read_all_at.is_none_or(|last| now >= last.plus(READ_ALL_EVERY) || now < last);
        let since = if all { Timestamp(i64::MIN) } else { now.minus(READ_BACK) };
        let mut reading = self.store.reading(context, now, since).await?;
        if reading.keys.is_empty() {
            reading.keys = self.make_first_key(context, now).await?;
        }
        self.take_signers(&reading.keys)?;
        self.learn(|known| known.take(reading));
        if all {
            *read_all_at = Some(now);
        }
        Ok(())
    }

    /// Forgets what no token needs any more.
    pub(crate) async fn clean(&self, context: &Context) -> Result<(), Failure> {
        let now = self.now();
        let forgotten = self.store.forget(context, now, generations_before(now)).await?;
        self.learn(|known| known.forget(now, generations_before(now)));
        if forgotten > 0 {
            tracing::debug!(rows = forgotten, "forgot keys, revocations and generations that no token needs");
        }
        Ok(())
    }

    /// Changes what is known, and publishes it before anybody else can change it.
    fn learn(&self, change: impl FnOnce(&mut Known) -> bool) {
        let mut known = self.known();
        if change(&mut known) {
            self.verifier.publish(known.state(self.signers.load().public()));
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tokens of generations that began before this have all expired, whatever the settings were.
fn generations_before(now: Timestamp) -> Timestamp {
    now.minus(Duration::from_secs(EXPIRES_IN_MAX_S) + CLOCK_SKEW_MAX)
}

impl Tokens for Service {
    fn issue<'a>(
        &'a self,
        context: &'a Context,
        request: Issue,
    ) -> BoxFuture<'a, Result<Token, TokensError>> {
        Box::pin(async move { Ok(self.issue_since(context, request.user_id, self.now()).await?) })
    }

    fn revoke<'a>(&'a self, context: &'a Context, request: Revoke) -> BoxFuture<'a, Result<(), TokensError>> {
        Box::pin(async move { Ok(self.revoke_token(context, request).await?) })
    }

    fn revoke_user<'a>(
        &'a self,
        context: &'a Context,
        request: RevokeUser,
    ) -> BoxFuture<'a, Result<(), TokensError>> {
        Box::pin(async move { Ok(self.revoke_all(context, request.user_id).await?) })
    }
}
