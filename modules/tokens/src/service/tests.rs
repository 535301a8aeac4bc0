//! Tokens count from their making to their end, in every process on one database.

mod dry_run;
mod engines;

use super::*;
use identity::TokenError;
use kernel::{ManualClock, Principal};
use std::sync::Arc;
use storage::{Secrets, StorageSettings, StorageUrl, StoreOptions};
use testkit::{Backend, TestDatabase};

const START: Timestamp = Timestamp(1_700_000_000_000);

/// One database, a clock, and as many processes as a test wants.
struct World {
    _database: TestDatabase,
    url: StorageUrl,
    secrets: Secrets,
    sources: Sources,
    clock: Arc<ManualClock>,
    context: Context,
}

struct Process {
    service: Service,
    verifier: Verifier,
}

impl World {
    fn new() -> Self {
        Self::on(Backend::Sqlite)
    }

    fn on(backend: Backend) -> Self {
        let (sources, clock) = Sources::fixed(START, 7);
        // A day: the tests move the clock, and jobs get a new context in production.
        let context = Context::background(&sources, Duration::from_secs(100 * 24 * 3600));
        let database = TestDatabase::new(backend);
        let url = StorageUrl::try_from(database.url()).unwrap();
        let secrets = database.admin_url().map_or_else(Secrets::default, |admin| {
            let empty = Secrets::default();
            storage::provision(admin.as_str(), &url, &[crate::NAME], empty, &*sources.random).unwrap().secrets
        });
        Self { _database: database, url, secrets, sources, clock, context }
    }

    async fn process(&self) -> Process {
        let store = Store::open(StoreOptions {
            migrations: crate::migrations(),
            settings: StorageSettings { url: self.url.clone(), ..StorageSettings::default() },
            secrets: self.secrets.clone(),
            sources: self.sources.clone(),
        });
        let verifier = Verifier::new();
        let (settings, sources) = (TokensSettings::default(), self.sources.clone());
        let service =
            Service::start(&self.context, store.unwrap(), settings, verifier.clone(), sources).await;
        Process { service: service.unwrap(), verifier }
    }

    async fn token(&self, process: &Process, user_id: i64) -> String {
        process.service.issue(&self.context, Issue { user_id }).await.unwrap().token
    }

    fn check(&self, process: &Process, token: &str) -> Result<i64, TokenError> {
        process.verifier.verify(token, self.sources.clock.now()).map(|verified| verified.principal.user_id)
    }

    fn revoke_request(&self, process: &Process, token: &str) -> Revoke {
        let verified = process.verifier.verify(token, self.sources.clock.now()).unwrap();
        Revoke { token_id: verified.token_id, expires_at: verified.expires_at }
    }

    async fn rows(&self, process: &Process) -> (usize, usize, usize) {
        let since = Timestamp(i64::MIN);
        // As of the epoch, so that nothing is left out for having expired.
        let all = process.service.store.reading(&self.context, Timestamp(0), since).await.unwrap();
        (all.keys.len(), all.revoked.len(), all.generations.len())
    }
}

#[tokio::test]
async fn a_token_counts_until_it_expires() {
    let world = World::new();
    let process = world.process().await;
    let token = world.token(&process, 7).await;
    let verified = process.verifier.verify(&token, START).unwrap();
    assert_eq!(verified.principal, Principal { user_id: 7 });
    assert_eq!(verified.expires_at, START.seconds() + 3600);
    world.clock.advance(Duration::from_secs(3599));
    assert_eq!(world.check(&process, &token), Ok(7));
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(world.check(&process, &token), Err(TokenError::Expired));
}

#[tokio::test]
async fn a_second_process_uses_the_first_ones_key() {
    let world = World::new();
    let (one, other) = (world.process().await, world.process().await);
    assert_eq!(one.service.keys(), other.service.keys());
    assert_eq!(world.check(&other, &world.token(&one, 7).await), Ok(7));
    assert_eq!(world.rows(&one).await.0, 1);
}

#[tokio::test]
async fn a_revoked_token_is_refused_here_at_once_and_elsewhere_after_a_refresh() {
    let world = World::new();
    let (one, other) = (world.process().await, world.process().await);
    let (token, stays) = (world.token(&one, 7).await, world.token(&one, 7).await);
    let request = world.revoke_request(&one, &token);
    one.service.revoke(&world.context, request.clone()).await.unwrap();
    one.service.revoke(&world.context, request).await.unwrap();
    assert_eq!(world.check(&one, &token), Err(TokenError::Revoked));
    assert_eq!(world.check(&other, &token), Ok(7), "not read yet");
    other.service.refresh(&world.context).await.unwrap();
    assert_eq!(world.check(&other, &token), Err(TokenError::Revoked));
    assert_eq!(world.check(&other, &stays), Ok(7));
}

#[tokio::test]
async fn revoking_a_user_ends_every_token_there_was_and_none_that_comes() {
    let world = World::new();
    let (one, other) = (world.process().await, world.process().await);
    let (token, of_another) = (world.token(&one, 7).await, world.token(&one, 8).await);
    // Twice in one millisecond: what was made in between ends too.
    one.service.revoke_user(&world.context, RevokeUser { user_id: 7 }).await.unwrap();
    let between = world.token(&one, 7).await;
    one.service.revoke_user(&world.context, RevokeUser { user_id: 7 }).await.unwrap();
    let fresh = world.token(&one, 7).await;
    other.service.refresh(&world.context).await.unwrap();
    for process in [&one, &other] {
        assert_eq!(world.check(process, &token), Err(TokenError::Revoked));
        assert_eq!(world.check(process, &between), Err(TokenError::Revoked));
        assert_eq!(world.check(process, &fresh), Ok(7));
        assert_eq!(world.check(process, &of_another), Ok(8));
    }
}

#[tokio::test]
async fn a_password_that_was_checked_before_a_revocation_makes_no_token() {
    let world = World::new();
    let process = world.process().await;
    let checked_at = process.service.now();
    world.clock.advance(Duration::from_millis(1));
    process.service.revoke_user(&world.context, RevokeUser { user_id: 7 }).await.unwrap();
    let late = process.service.issue_since(&world.context, 7, checked_at).await;
    assert!(matches!(late, Err(Failure::Overtaken)));
    assert!(process.service.issue_since(&world.context, 7, process.service.now()).await.is_ok());
}

#[tokio::test]
async fn a_reading_that_began_before_a_revocation_does_not_undo_it() {
    let world = World::new();
    let process = world.process().await;
    let token = world.token(&process, 7).await;
    let reading = process.service.store.reading(&world.context, START, Timestamp(i64::MIN)).await.unwrap();
    let request = world.revoke_request(&process, &token);
    process.service.revoke(&world.context, request).await.unwrap();
    process.service.revoke_user(&world.context, RevokeUser { user_id: 7 }).await.unwrap();
    process.service.learn(|known| {
        known.take(reading);
        true
    });
    assert_eq!(world.check(&process, &token), Err(TokenError::Revoked));
}

#[tokio::test]
async fn a_rotation_signs_nobody_out() {
    let world = World::new();
    let (one, other) = (world.process().await, world.process().await);
    let before = world.token(&one, 7).await;
    let keys = one.service.rotate_keys(&world.context).await.unwrap();
    assert_eq!(keys.iter().map(|key| key.role).collect::<Vec<_>>(), [KeyRole::Signing, KeyRole::Next]);

    // Until the new key signs, the other process has read it: nobody ever sees a token of a key that is not known.
    world.clock.advance(Duration::from_millis(4_999));
    other.service.refresh(&world.context).await.unwrap();
    let last_of_old = world.token(&one, 7).await;
    world.clock.advance(Duration::from_millis(1));
    let first_of_new = world.token(&one, 7).await;
    for token in [&before, &last_of_old, &first_of_new] {
        assert_eq!(world.check(&other, token), Ok(7));
    }
    let kid = |token: &str| token.split('.').next().unwrap().to_owned();
    assert_eq!(kid(&before), kid(&last_of_old));
    assert_ne!(kid(&before), kid(&first_of_new));

    // The old key goes when the last token that it signed has expired, not before.
    world.clock.advance(Duration::from_secs(3599));
    one.service.clean(&world.context).await.unwrap();
    one.service.refresh(&world.context).await.unwrap();
    assert_eq!(world.check(&one, &last_of_old), Err(TokenError::Expired), "but its key still counts");
    world.clock.advance(Duration::from_secs(61));
    one.service.clean(&world.context).await.unwrap();
    one.service.refresh(&world.context).await.unwrap();
    assert_eq!(world.check(&one, &last_of_old), Err(TokenError::Invalid));
    let keys = one.service.list_keys(&world.context).await.unwrap();
    assert_eq!(keys.iter().map(|key| key.role).collect::<Vec<_>>(), [KeyRole::Signing]);
}

#[tokio::test]
async fn what_no_token_needs_is_forgotten() {
    let world = World::new();
    let process = world.process().await;
    let token = world.token(&process, 7).await;
    let request = world.revoke_request(&process, &token);
    process.service.revoke(&world.context, request).await.unwrap();
    process.service.revoke_user(&world.context, RevokeUser { user_id: 7 }).await.unwrap();
    let young = world.token(&process, 7).await;

    world.clock.advance(Duration::from_secs(3599));
    process.service.clean(&world.context).await.unwrap();
    assert_eq!(world.rows(&process).await, (1, 1, 1));
    assert_eq!(world.check(&process, &young), Ok(7));

    world.clock.advance(Duration::from_secs(31 * 24 * 3600));
    process.service.clean(&world.context).await.unwrap();
    assert_eq!(world.rows(&process).await, (1, 0, 0));
    // A generation that was forgotten never comes again: the next is later than any before.
    let forgotten = world.token(&process, 7).await;
    process.service.revoke_user(&world.context, RevokeUser { user_id: 7 }).await.unwrap();
    assert_eq!(world.check(&process, &forgotten), Err(TokenError::Revoked));
    assert_eq!(world.check(&process, &world.token(&process, 7).await), Ok(7));
}

#[tokio::test]
async fn an_id_that_is_none_of_ours_is_not_kept() {
    let world = World::new();
    let process = world.process().await;
    let foreign = Revoke { token_id: "x".into(), expires_at: i64::MAX };
    let answer = process.service.revoke(&world.context, foreign).await;
    assert!(matches!(answer, Err(TokensError::Internal { .. })), "{answer:?}");
    let expired = Revoke { token_id: uuid::Uuid::nil().to_string(), expires_at: START.seconds() };
    process.service.revoke(&world.context, expired).await.unwrap();
    assert_eq!(world.rows(&process).await.1, 0);
}
