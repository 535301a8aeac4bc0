//! What this process knows of revocations. It only ever grows until something is forgotten, so that a reading that
//! began before a revocation cannot undo it.

use crate::store::Reading;
use identity::{KeySet, VerifierState};
use kernel::Timestamp;
use std::collections::HashMap;
use uuid::Uuid;

#[derive(Default)]
pub(super) struct Known {
    key_ids: Vec<String>,
    /// Kept as it is published: a copy of its sets is one copy of memory each.
    state: VerifierState,
    /// When a revoked token would have expired, epoch seconds.
    expiries: HashMap<Uuid, i64>,
    /// When a user's generation began, epoch milliseconds.
    beginnings: HashMap<i64, i64>,
}

impl Known {
    /// A token does not count any more. Whether that is new.
    pub(super) fn revoke(&mut self, token_id: Uuid, expires_at: i64) -> bool {
        self.expiries.insert(token_id, expires_at);
        self.state.revoked.insert(token_id)
    }

    /// A user's tokens of earlier generations do not count any more. Whether that is new.
    pub(super) fn raise(&mut self, user_id: i64, generation: i64, began_at: i64) -> bool {
        let is_new = self.state.generations.get(&user_id).is_none_or(|known| *known < generation);
        if is_new {
            self.state.generations.insert(user_id, generation);
            self.beginnings.insert(user_id, began_at);
        }
        is_new
    }

    /// Adds what was read. Whether anything of it is new.
    pub(super) fn take(&mut self, reading: Reading) -> bool {
        let key_ids: Vec<String> = reading.keys.into_iter().map(|key| key.kid).collect();
        let mut is_new = key_ids != self.key_ids;
        self.key_ids = key_ids;
        for (token_id, expires_at) in reading.revoked {
            is_new |= token_id.parse().is_ok_and(|id| self.revoke(id, expires_at));
        }
        for (user_id, generation, began_at) in reading.generations {
            is_new |= self.raise(user_id, generation, began_at);
        }
        is_new
    }

    /// Forgets what no token needs any more. Whether there was any.
    pub(super) fn forget(&mut self, now: Timestamp, generations_before: Timestamp) -> bool {
        let before = self.expiries.len() + self.beginnings.len();
        self.expiries.retain(|_, expires_at| *expires_at > now.seconds());
        self.beginnings.retain(|_, began_at| *began_at >= generations_before.0);
        let (expiries, beginnings) = (&self.expiries, &self.beginnings);
        self.state.revoked.retain(|token_id| expiries.contains_key(token_id));
        self.state.generations.retain(|user_id, _| beginnings.contains_key(user_id));
        before != self.expiries.len() + self.beginnings.len()
    }

    /// What tokens are verified by.
    pub(super) fn state(&self, keys: KeySet) -> VerifierState {
        VerifierState { keys, ..self.state.clone() }
    }
}
