//! A step of a promotion as the audit log has it.

use crate::admin::audit::{Action, By, Entry, Who};
use promotion::{State, Step, Why};
use serde_json::{Value, json};

/// The entry of a step that no person made.
pub(super) fn entry(step: &Step) -> Entry {
    let by = match step.by {
        Why::Fleet => By::Fleet,
        Why::Evidence | Why::Person => By::Promotion,
    };
    let before = step.before.as_ref().map_or(Value::Null, shown);
    Entry::new(Who::local(by), Action::Promotion, format!("route {}", step.route))
        .change(before, shown(&step.after))
}

/// A state without what only machines need.
fn shown(state: &State) -> Value {
    json!({ "phase": state.phase, "percent": state.percent, "why": state.why })
}

#[cfg(test)]
mod tests {
    use super::*;
    use promotion::Phase;

    #[test]
    fn a_step_says_from_what_to_what_and_why() {
        let state =
            |phase, percent, why: &str| State { version: 1, phase, percent, since_ms: 0, why: why.into() };
        let step = Step {
            route: "r".into(),
            before: Some(state(Phase::Rising, 5, "all was well")),
            after: state(Phase::Back, 0, "5 of 100 answers differ"),
            by: Why::Evidence,
        };
        let entry = entry(&step);
        assert_eq!((entry.subject.as_str(), entry.who.by), ("route r", By::Promotion));
        assert_eq!(entry.after, json!({ "phase": "back", "percent": 0, "why": "5 of 100 answers differ" }));
        assert_eq!(entry.before["percent"], 5);
    }
}
