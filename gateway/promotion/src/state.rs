//! Where the promotion of a route stands. This is what is kept, and what gateways share.

use crate::Policy;
use kernel::Timestamp;
use serde::{Deserialize, Serialize};

/// The most bytes of a reason.
const WHY_MAX_BYTES: usize = 512;

/// Where the promotion of a route stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// Counts the changes, so that of two gateways that change the same one comes second.
    pub version: u64,
    /// Whether it goes up by itself.
    pub phase: Phase,
    /// The ceiling: the share of requests that the new side may answer at most, percent.
    pub percent: u8,
    /// Since when; epoch milliseconds.
    pub since_ms: i64,
    /// Why, in words.
    pub why: String,
}

/// Whether a promotion goes up by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// It does, step by step.
    Rising,
    /// It stays where it is until a person starts it again.
    Held,
    /// The old side answers everybody until a person clears it.
    Back,
}

/// What a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// Go on, from where it is held.
    Start,
    /// Stay where it is.
    Hold,
    /// The old side answers everybody, and it stays so.
    Back,
    /// What was wrong is mended: begin again with the first step.
    Clear,
}

/// An order that makes no sense now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OutOfOrder {
    /// It went back: first somebody has to say that what was wrong is mended.
    #[error("it went back and stays there until it is cleared")]
    NotCleared,
    /// There is nothing to clear.
    #[error("it did not go back: there is nothing to clear")]
    NothingToClear,
}

impl State {
    /// The first step, of a route that was never promoted before.
    #[must_use]
    pub fn first(policy: &Policy, now: Timestamp) -> Self {
        let why = format!("the first step: {} %", policy.first());
        Self { version: 1, phase: Phase::Rising, percent: policy.first(), since_ms: now.0, why }
    }

    /// The state after this one.
    #[must_use]
    pub fn next(&self, phase: Phase, percent: u8, now: Timestamp, why: impl Into<String>) -> Self {
        let mut why: String = why.into();
        why.truncate(why.floor_char_boundary(WHY_MAX_BYTES));
        Self { version: self.version.saturating_add(1), phase, percent, since_ms: now.0, why }
    }

    /// What a person's order makes of it.
    ///
    /// # Errors
    /// [`OutOfOrder`].
    pub fn ordered(
        &self,
        order: Order,
        policy: &Policy,
        now: Timestamp,
        who: &str,
    ) -> Result<Self, OutOfOrder> {
        let why = |what: &str| format!("{what} by {who}");
        match (order, self.phase) {
            (Order::Start, Phase::Back) => Err(OutOfOrder::NotCleared),
            (Order::Hold, Phase::Back) => Err(OutOfOrder::NotCleared),
            (Order::Start, _) => Ok(self.next(Phase::Rising, self.percent, now, why("started"))),
            (Order::Hold, _) => Ok(self.next(Phase::Held, self.percent, now, why("held"))),
            (Order::Back, _) => Ok(self.next(Phase::Back, 0, now, why("sent back"))),
            (Order::Clear, Phase::Back) => Ok(self.next(Phase::Rising, policy.first(), now, why("cleared"))),
            (Order::Clear, _) => Err(OutOfOrder::NothingToClear),
        }
    }

    /// Of two states that were made without knowing of each other, the one that is safer: gone back before held before
    /// rising, and a lower share before a higher one.
    #[must_use]
    pub fn safer(self, other: Self) -> Self {
        let caution = |state: &Self| match state.phase {
            Phase::Back => 2,
            Phase::Held => 1,
            Phase::Rising => 0,
        };
        let key = |state: &Self| (caution(state), u8::MAX - state.percent, state.version);
        if key(&other) > key(&self) { other } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000);

    fn at(phase: Phase, percent: u8) -> State {
        State { version: 7, phase, percent, since_ms: 5, why: String::new() }
    }

    #[test]
    fn orders_do_what_they_say() {
        let policy = Policy::default();
        let ordered = |state: State, order| {
            state.ordered(order, &policy, NOW, "alice").map(|next| (next.phase, next.percent))
        };
        let (rising, held, back) = (at(Phase::Rising, 25), at(Phase::Held, 25), at(Phase::Back, 0));
        for (state, order, expected) in [
            (&rising, Order::Hold, Ok((Phase::Held, 25))),
            (&held, Order::Start, Ok((Phase::Rising, 25))),
            (&rising, Order::Back, Ok((Phase::Back, 0))),
            (&held, Order::Back, Ok((Phase::Back, 0))),
            (&back, Order::Clear, Ok((Phase::Rising, 1))),
            (&back, Order::Start, Err(OutOfOrder::NotCleared)),
            (&back, Order::Hold, Err(OutOfOrder::NotCleared)),
            (&rising, Order::Clear, Err(OutOfOrder::NothingToClear)),
        ] {
            assert_eq!(ordered(state.clone(), order), expected, "{order:?} of {state:?}");
        }
        let held = rising.ordered(Order::Hold, &policy, NOW, "alice").unwrap();
        assert_eq!((held.version, held.since_ms, &*held.why), (8, 1_000, "held by alice"));
    }

    #[test]
    fn a_reason_is_cut_at_a_character() {
        let next = at(Phase::Rising, 1).next(Phase::Held, 1, NOW, "ä".repeat(1_000));
        assert_eq!(next.why.len(), WHY_MAX_BYTES);
    }

    #[test]
    fn of_two_states_the_safer_one_holds() {
        let (rising, higher, held, back) =
            (at(Phase::Rising, 5), at(Phase::Rising, 25), at(Phase::Held, 25), at(Phase::Back, 0));
        for (one, other, expected) in [
            (&rising, &higher, &rising),
            (&rising, &held, &held),
            (&held, &back, &back),
            (&higher, &back, &back),
        ] {
            assert_eq!(one.clone().safer(other.clone()), *expected);
            assert_eq!(other.clone().safer(one.clone()), *expected);
        }
    }
}
