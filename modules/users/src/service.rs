//! The rules: accounts, passwords, presence.

mod presence;
mod rules;
mod seen;

#[cfg(test)]
mod tests;

use crate::Deps;
use crate::errors::Failure;
use crate::settings::UsersSettings;
use crate::store::{NewRow, UserStore};
use contract::BoxFuture;
use identity::PasswordHasher;
use kernel::{Context, Sources};
use presence::Presence;
use std::sync::Arc;
use storage::StorageError;
use tokens_api::{RevokeUser, Tokens};
use users_api::{
    Changes, Credentials, GetUser, Leave, ListUsers, NewUser, Page, Seen, UpdateUser, User, UserId, Users,
    UsersError,
};

/// Keeps accounts and presence.
pub struct Service {
    store: UserStore,
    settings: UsersSettings,
    hasher: PasswordHasher,
    tokens: Arc<dyn Tokens>,
    sources: Sources,
    presence: Arc<Presence>,
}

impl Service {
    pub(crate) fn new(deps: Deps) -> Self {
        Self {
            store: UserStore(deps.store),
            settings: deps.settings,
            hasher: deps.hasher,
            tokens: deps.tokens,
            sources: deps.sources,
            presence: Arc::new(Presence::new()),
        }
    }

    /// Epoch seconds.
    fn now(&self) -> i64 {
        self.sources.clock.now().seconds()
    }

    /// Makes an account; offline until its user calls.
    pub(crate) async fn make(&self, context: &Context, new: NewUser) -> Result<User, Failure> {
        rules::nickname(&new.nickname)?;
        rules::password(&new.password, self.settings.min_password_length)?;
        let password_hash = self.hasher.hash(context, new.password).await?;
        let now = self.now();
        let row = NewRow {
            nickname: new.nickname,
            password_hash,
            created_at: now,
            updated_at: now,
            last_seen_at: now,
            online: false,
        };
        Ok(self.store.insert(context, row).await.map_err(Failure::of_naming)?.into())
    }

    /// One account.
    pub(crate) async fn user(&self, context: &Context, id: i64) -> Result<User, Failure> {
        match self.store.get(context, id).await {
            Ok(row) => Ok(row.into()),
            Err(StorageError::NotFound) => Err(Failure::NotFound),
            Err(error) => Err(error.into()),
        }
    }

    /// The caller's own account, online.
    pub(crate) async fn me(&self, context: &Context, id: i64) -> Result<User, Failure> {
        self.see(context, id).await;
        let user = self.user(context, id).await?;
        if user.online {
            return Ok(user);
        }
        // Recorded in this second already, but gone since by way of another process.
        self.touch(context, id).await?;
        self.user(context, id).await
    }

    /// A page of accounts.
    pub(crate) async fn page(&self, context: &Context, request: ListUsers) -> Result<Page, Failure> {
        let limit = rules::page(&request)? as usize;
        // One more than asked for tells whether there are more.
        let rows = self.store.list(context, request, i64::try_from(limit + 1).unwrap_or(i64::MAX)).await?;
        let more = rows.len() > limit;
        Ok(Page { users: rows.into_iter().take(limit).map(User::from).collect(), more })
    }

    /// Changes the caller's own account.
    pub(crate) async fn change(&self, context: &Context, id: i64, changes: Changes) -> Result<(), Failure> {
        // An account that is not there is told first: accounts are public.
        self.user(context, id).await?;
        if context.principal.map(|principal| principal.user_id) != Some(id) {
            return Err(Failure::Forbidden);
        }
        if let Some(nickname) = &changes.nickname {
            rules::nickname(nickname)?;
            self.check_is_free(context, nickname, id).await?;
        }
        match changes.password {
            None => self.write(context, id, changes.nickname, None).await,
            Some(password) => self.change_password(context, id, changes.nickname, password).await,
        }
    }

    /// Tokens are revoked before and after: none made with the old password outlives it, even one made in between,
    /// and no old token is left when the second revocation fails.
    async fn change_password(
        &self,
        context: &Context,
        id: i64,
        nickname: Option<String>,
        password: String,
    ) -> Result<(), Failure> {
        rules::password(&password, self.settings.min_password_length)?;
        let hash = self.hasher.hash(context, password).await?;
        self.tokens.revoke_user(context, RevokeUser { user_id: id }).await?;
        self.write(context, id, nickname, Some(hash)).await?;
        if context.is_dry_run() {
            // Nothing was revoked the first time that could be revoked again.
            return Ok(());
        }
        Ok(self.tokens.revoke_user(context, RevokeUser { user_id: id }).await?)
    }

    async fn write(
        &self,
        context: &Context,
        id: i64,
        nickname: Option<String>,
        hash: Option<String>,
    ) -> Result<(), Failure> {
        self.store.change(context, id, nickname, hash, self.now()).await.map_err(Failure::of_naming)
    }

    /// Before tokens are revoked for a change that cannot be made. The unique index has the last word.
    async fn check_is_free(&self, context: &Context, nickname: &str, id: i64) -> Result<(), Failure> {
        match self.store.credentials(context, nickname.to_owned()).await? {
            Some(row) if row.id != id => Err(Failure::invalid("nickname", "is taken already")),
            _ => Ok(()),
        }
    }

    /// Checks nickname and password. Takes as long for a nickname that nobody has.
    pub(crate) async fn check(&self, context: &Context, sent: Credentials) -> Result<i64, Failure> {
        if rules::nickname(&sent.nickname).is_err() || sent.password.len() > rules::PASSWORD_MAX_BYTES {
            return Err(Failure::WrongCredentials);
        }
        let row = self.store.credentials(context, sent.nickname).await?;
        let stored = row.as_ref().map(|row| row.password_hash.clone());
        let fits = self.hasher.verify(context, sent.password, stored).await?;
        let row = row.filter(|_| fits).ok_or(Failure::WrongCredentials)?;
        if row.online {
            self.see(context, row.id).await;
        } else {
            self.touch(context, row.id).await?;
        }
        Ok(row.id)
    }

    /// The user goes offline at once, and may come online again in this very second.
    pub(crate) async fn go(&self, context: &Context, user_id: i64) -> Result<(), Failure> {
        let left = self.store.leave(context, user_id, self.now()).await;
        if !context.is_dry_run() {
            self.presence.forget(user_id);
        }
        Ok(left?)
    }

    /// Those who were not seen for a while go offline.
    pub(crate) async fn sweep(&self, context: &Context) -> Result<(), Failure> {
        let now = self.sources.clock.now();
        let seen_before = now.minus(self.settings.offline_after()).seconds();
        let gone = self.store.sweep(context, seen_before, now.seconds()).await?;
        if gone > 0 {
            tracing::debug!(users = gone, "went offline");
        }
        Ok(())
    }
}

impl Users for Service {
    fn create<'a>(&'a self, context: &'a Context, new: NewUser) -> BoxFuture<'a, Result<User, UsersError>> {
        Box::pin(async move { Ok(self.make(context, new).await?) })
    }

    fn get<'a>(&'a self, context: &'a Context, request: GetUser) -> BoxFuture<'a, Result<User, UsersError>> {
        Box::pin(async move { Ok(self.user(context, request.id).await?) })
    }

    fn list<'a>(
        &'a self,
        context: &'a Context,
        request: ListUsers,
    ) -> BoxFuture<'a, Result<Page, UsersError>> {
        Box::pin(async move { Ok(self.page(context, request).await?) })
    }

    fn update<'a>(
        &'a self,
        context: &'a Context,
        request: UpdateUser,
    ) -> BoxFuture<'a, Result<(), UsersError>> {
        Box::pin(async move { Ok(self.change(context, request.id, request.changes).await?) })
    }

    fn authenticate<'a>(
        &'a self,
        context: &'a Context,
        request: Credentials,
    ) -> BoxFuture<'a, Result<UserId, UsersError>> {
        Box::pin(async move { Ok(UserId { user_id: self.check(context, request).await? }) })
    }

    fn seen<'a>(&'a self, context: &'a Context, request: Seen) -> BoxFuture<'a, Result<(), UsersError>> {
        Box::pin(async move {
            self.see(context, request.user_id).await;
            Ok(())
        })
    }

    fn leave<'a>(&'a self, context: &'a Context, request: Leave) -> BoxFuture<'a, Result<(), UsersError>> {
        Box::pin(async move { Ok(self.go(context, request.user_id).await?) })
    }
}
