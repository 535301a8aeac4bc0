//! Who was recorded as seen in which second, and whether recording works at all: both read without a lock.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// Users remembered at once; two that fall on one slot cost writes, nothing else. 128 KiB.
const SLOTS: u64 = 16 * 1024;
/// The second's part of a slot; it comes again after 194 days.
const SECOND_BITS: u32 = 24;

/// What is remembered of presence.
pub(super) struct Presence {
    slots: Box<[AtomicU64]>,
    away: AtomicBool,
    probing: AtomicBool,
}

impl Presence {
    pub(super) fn new() -> Self {
        let slots = (0..SLOTS).map(|_| AtomicU64::new(0)).collect();
        Self { slots, away: AtomicBool::new(false), probing: AtomicBool::new(false) }
    }

    /// The right to record that the user was seen in this second; `None` when that is done or being done.
    pub(super) fn claim(&self, user_id: i64, second: i64) -> Option<Claim<'_>> {
        let mark = mark(user_id, second);
        let before = self.slot(user_id)?.swap(mark, Relaxed);
        // Not `then_some`: a claim that is made and dropped forgets the mark.
        (before != mark).then(|| Claim { presence: self, user_id, kept: false })
    }

    /// The user may be recorded again in this second.
    pub(super) fn forget(&self, user_id: i64) {
        let Some(slot) = self.slot(user_id) else { return };
        let mark = slot.load(Relaxed);
        if mark >> SECOND_BITS == masked(user_id) {
            // Somebody else's mark, put here meanwhile, may stay.
            let _ = slot.compare_exchange(mark, 0, Relaxed, Relaxed);
        }
    }

    /// Whether the last recording failed, so that nobody should wait for one.
    pub(super) fn is_away(&self) -> bool {
        self.away.load(Relaxed)
    }

    /// Says whether recording works; gives whether that is a change.
    pub(super) fn set_away(&self, away: bool) -> bool {
        self.away.swap(away, Relaxed) != away
    }

    /// The right to try whether recording works again; one at a time.
    pub(super) fn probe(&self) -> bool {
        !self.probing.swap(true, Relaxed)
    }

    pub(super) fn probed(&self) {
        self.probing.store(false, Relaxed);
    }

    fn slot(&self, user_id: i64) -> Option<&AtomicU64> {
        self.slots.get(usize::try_from(user_id.cast_unsigned() % SLOTS).ok()?)
    }
}

/// A second that is being recorded; forgotten unless it is kept, also when its future is dropped.
pub(super) struct Claim<'a> {
    presence: &'a Presence,
    user_id: i64,
    kept: bool,
}

impl Claim<'_> {
    pub(super) fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        if !self.kept {
            self.presence.forget(self.user_id);
        }
    }
}

/// User and second in one word, so that they are read and written together.
fn mark(user_id: i64, second: i64) -> u64 {
    (masked(user_id) << SECOND_BITS) | (second.cast_unsigned() & ((1 << SECOND_BITS) - 1))
}

/// Ids are ascending from 1; those beyond 2^40 would share marks with others.
fn masked(user_id: i64) -> u64 {
    user_id.cast_unsigned() & ((1 << (u64::BITS - SECOND_BITS)) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_is_recorded_once() {
        let presence = Presence::new();
        presence.claim(7, 100).unwrap().keep();
        assert!(presence.claim(7, 100).is_none());
        assert!(presence.claim(7, 100).is_none(), "asking forgets nothing");
        presence.claim(8, 100).unwrap().keep();
        presence.claim(7, 101).unwrap().keep();
    }

    #[test]
    fn a_claim_that_is_not_kept_is_forgotten() {
        let presence = Presence::new();
        drop(presence.claim(7, 100).unwrap());
        presence.claim(7, 100).unwrap().keep();
        presence.forget(7);
        assert!(presence.claim(7, 100).is_some());
    }

    #[test]
    fn two_users_on_one_slot_do_not_stand_for_each_other() {
        let presence = Presence::new();
        let other = 7 + i64::try_from(SLOTS).unwrap();
        presence.claim(7, 100).unwrap().keep();
        presence.forget(other);
        assert!(presence.claim(7, 100).is_none(), "the other's mark was not there");
        presence.claim(other, 100).unwrap().keep();
        assert!(presence.claim(7, 100).is_some());
    }

    #[test]
    fn one_probe_at_a_time() {
        let presence = Presence::new();
        assert!(presence.probe());
        assert!(!presence.probe());
        presence.probed();
        assert!(presence.probe());
        assert!(presence.set_away(true));
        assert!(!presence.set_away(true));
        assert!(presence.is_away());
    }
}
