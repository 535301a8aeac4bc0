//! The signing keys: the first one, rotation without signing anybody out, and which one signs now.

use super::{CLOCK_SKEW_MAX, Service};
use crate::errors::Failure;
use crate::store::KeyRow;
use identity::{KeySet, SigningKey};
use kernel::{Context, Timestamp};
use std::sync::Arc;
use std::time::Duration;
use tokens_api::TokensError;

/// A new key does not sign before every process has read it: this long at least, and some refreshes.
const LEAD_MIN: Duration = Duration::from_secs(5);
const LEAD_REFRESHES: u32 = 3;

/// What a key is for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyRole {
    /// Will sign once every process has read it.
    Next,
    /// Signs.
    Signing,
    /// Verifies what it signed, until that has expired.
    Retiring,
}

/// A key, without its private half.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyInfo {
    /// The key's id (`kid`).
    pub kid: String,
    /// What it is for now.
    pub role: KeyRole,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it begins to sign.
    pub signs_from: Timestamp,
    /// When it is removed; `None` before a newer one takes over.
    pub retires_at: Option<Timestamp>,
}

/// The keys that count, by ascending number.
#[derive(Default)]
pub(super) struct Signers {
    rows: Vec<KeyRow>,
    keys: Vec<(Timestamp, SigningKey)>,
    public: KeySet,
}

impl Signers {
    fn read(rows: &[KeyRow]) -> Result<Self, Failure> {
        let mut keys = Vec::with_capacity(rows.len());
        for row in rows {
            keys.push((Timestamp(row.signs_from), SigningKey::from_seed(&row.seed)?));
        }
        let public = KeySet::new(keys.iter().map(|(_, key)| key.public().clone()).collect());
        Ok(Self { rows: rows.to_vec(), keys, public })
    }

    /// The newest key whose time has come; the oldest where this machine's clock is behind.
    pub(super) fn at(&self, now: Timestamp) -> Option<&SigningKey> {
        let come = self.keys.iter().rev().find(|(signs_from, _)| *signs_from <= now);
        come.or(self.keys.first()).map(|(_, key)| key)
    }

    pub(super) fn public(&self) -> KeySet {
        self.public.clone()
    }
}

impl Service {
    /// Makes a new key. It signs in a few seconds, when every process has read it; the keys before it verify until
    /// what they signed has expired. Gives all of them, oldest first.
    ///
    /// # Errors
    /// [`TokensError`] when the store does not answer, or another process made a key at the same moment.
    pub async fn rotate_keys(&self, context: &Context) -> Result<Vec<KeyInfo>, TokensError> {
        self.rotate(context).await?;
        self.list_keys(context).await
    }

    /// The keys that count, oldest first.
    ///
    /// # Errors
    /// [`TokensError`] when the store does not answer.
    pub async fn list_keys(&self, context: &Context) -> Result<Vec<KeyInfo>, TokensError> {
        let now = self.now();
        let rows = self.store.keys(context, now).await.map_err(Failure::from)?;
        let signing = rows.iter().rev().find(|row| row.signs_from <= now.0).map(|row| row.number);
        Ok(rows.iter().map(|row| info(row, signing)).collect())
    }

    /// The first key, or that of another process that was first.
    pub(super) async fn make_first_key(
        &self,
        context: &Context,
        now: Timestamp,
    ) -> Result<Vec<KeyRow>, Failure> {
        self.store.add_first_key(context, self.new_key(now, now)?).await?;
        Ok(self.store.keys(context, now).await?)
    }

    async fn rotate(&self, context: &Context) -> Result<(), Failure> {
        let now = self.now();
        let signs_from = now.plus(LEAD_MIN.max(self.settings.refresh_every() * LEAD_REFRESHES));
        let others_retire_at = signs_from.plus(self.settings.expires_in() + CLOCK_SKEW_MAX);
        let key = self.new_key(now, signs_from)?;
        let row = self.store.rotate(context, key, others_retire_at).await?;
        tracing::info!(key_id = %row.kid, "made a new signing key");
        self.refresh(context).await
    }

    /// Takes the keys that were read; they change rarely.
    pub(super) fn take_signers(&self, rows: &[KeyRow]) -> Result<(), Failure> {
        if self.signers.load().rows != rows {
            self.signers.store(Arc::new(Signers::read(rows)?));
        }
        Ok(())
    }

    fn new_key(&self, now: Timestamp, signs_from: Timestamp) -> Result<KeyRow, Failure> {
        let key = SigningKey::generate(&*self.sources.random)?;
        Ok(KeyRow {
            number: 1,
            kid: key.public().key_id().to_owned(),
            seed: key.seed().to_vec(),
            created_at: now.0,
            signs_from: signs_from.0,
            retires_at: None,
        })
    }
}

fn info(row: &KeyRow, signing: Option<i64>) -> KeyInfo {
    let role = match signing {
        Some(number) if row.number == number => KeyRole::Signing,
        Some(number) if row.number < number => KeyRole::Retiring,
        _ => KeyRole::Next,
    };
    KeyInfo {
        kid: row.kid.clone(),
        role,
        created_at: Timestamp(row.created_at),
        signs_from: Timestamp(row.signs_from),
        retires_at: row.retires_at.map(Timestamp),
    }
}
