//! What a gateway knows of one route's promotion beside its state: what was seen on this step.

use crate::judge::{Judgement, Missing, judge};
use crate::{Figures, Off, OnBreach, Phase, Policy, Seen, State};
use kernel::Timestamp;
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;

/// One route's promotion, as this gateway sees it.
#[derive(Debug, Clone)]
pub(crate) struct Watch {
    pub(crate) policy: Arc<Policy>,
    pub(crate) state: State,
    /// Whether the fleet does not know of the state yet.
    pub(crate) unsent: bool,
    /// What had been seen when the step began, or this gateway did, or the last good stretch of the last step ended.
    baseline: Seen,
    /// When that was.
    stretch_from: Timestamp,
    /// What was seen since.
    seen: Seen,
    /// What is missing for the next step, in words.
    waits_for: Option<String>,
    /// Whether the toggle `serve` was off at the last look.
    is_off: bool,
}

/// How a promotion stands, for people.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Standing {
    /// The route.
    pub route: String,
    /// How it is promoted.
    pub policy: Policy,
    /// Where it stands.
    #[serde(flatten)]
    pub state: State,
    /// What is missing for the next step; `null` where it does not rise.
    pub waits_for: Option<String>,
    /// What this gateway has seen on this step.
    pub seen: Figures,
    /// Whether the state could not be shared with the fleet yet.
    pub unsent: bool,
}

impl Watch {
    pub(crate) fn new(policy: Arc<Policy>, state: State, total: Seen, now: Timestamp) -> Self {
        Self {
            policy,
            stretch_from: Timestamp(state.since_ms.min(now.0)),
            state,
            unsent: false,
            baseline: total,
            seen: Seen::default(),
            waits_for: None,
            is_off: false,
        }
    }

    /// Takes over another state; what was seen before is no evidence for or against it.
    pub(crate) fn take(&mut self, state: State, total: Seen, now: Timestamp) {
        *self = Self { unsent: self.unsent, ..Self::new(self.policy.clone(), state, total, now) };
    }

    /// Judges what was seen up to now; gives the state that should follow. `off`: its toggles that are off.
    pub(crate) fn judge(&mut self, total: &Seen, off: &Off, now: Timestamp) -> Option<State> {
        self.seen = total.since(&self.baseline);
        self.waits_for = None;
        if self.state.phase == Phase::Back {
            return None;
        }
        if let Some(serve) = &off.serve {
            return self.wait_for(serve, off, now);
        }
        if std::mem::take(&mut self.is_off) {
            // A step begins when somebody can be served: what was mended before that is no breach of it.
            self.begin_stretch(total, now);
        }
        match (self.judgement(now), self.state.phase) {
            (Judgement::Breach(breach), phase) => self.after_breach(phase, now, &breach.to_string()),
            (Judgement::Raise(Some(next)), Phase::Rising) => {
                let why = format!(
                    "all was well on {} %: {} requests compared",
                    self.state.percent, self.seen.differing.of
                );
                Some(self.state.next(Phase::Rising, next, now, why))
            }
            (Judgement::Raise(None), Phase::Rising) => {
                // Old evidence must not outweigh what goes wrong later: the last step is judged in stretches.
                self.begin_stretch(total, now);
                None
            }
            (Judgement::Wait(missing), Phase::Rising) => {
                self.waits_for = Some(in_words(&missing, off));
                None
            }
            _ => None,
        }
    }

    fn judgement(&self, now: Timestamp) -> Judgement {
        let on_step = now.0.saturating_sub(self.stretch_from.0);
        let on_step = Duration::from_millis(u64::try_from(on_step).unwrap_or_default());
        judge(&self.policy, self.state.percent, &self.seen, on_step)
    }

    /// While `serve` is off nobody is served, so there is nothing to go back from and nothing to raise.
    fn wait_for(&mut self, serve: &str, off: &Off, now: Timestamp) -> Option<State> {
        self.is_off = true;
        if self.state.phase == Phase::Rising {
            let found = match self.judgement(now) {
                Judgement::Breach(breach) => format!(", and it would go back: {breach}"),
                _ => String::new(),
            };
            let comparing = off.comparing().map(|why| format!("; {why}")).unwrap_or_default();
            self.waits_for =
                Some(format!("its toggle {serve} is off: the new side answers nobody{comparing}{found}"));
        }
        None
    }

    fn after_breach(&self, phase: Phase, now: Timestamp, why: &str) -> Option<State> {
        match (self.policy.on_breach, phase) {
            (OnBreach::Back, _) => Some(self.state.next(Phase::Back, 0, now, why)),
            (OnBreach::Hold, Phase::Rising) => {
                Some(self.state.next(Phase::Held, self.state.percent, now, why))
            }
            (OnBreach::Hold, _) => None,
        }
    }

    fn begin_stretch(&mut self, total: &Seen, now: Timestamp) {
        self.baseline = total.clone();
        self.stretch_from = now;
        self.seen = Seen::default();
    }

    pub(crate) fn standing(&self, route: &str) -> Standing {
        Standing {
            route: route.to_owned(),
            policy: (*self.policy).clone(),
            state: self.state.clone(),
            waits_for: self.waits_for.clone(),
            seen: self.seen.figures(),
            unsent: self.unsent,
        }
    }
}

/// What is missing, and why more of it does not come.
fn in_words(missing: &Missing, off: &Off) -> String {
    let wants_more = matches!(missing, Missing::Compared { .. } | Missing::DifferenceRate { .. });
    match off.comparing().filter(|_| wants_more) {
        Some(why) => format!("{why}; {missing}"),
        None => missing.to_string(),
    }
}
