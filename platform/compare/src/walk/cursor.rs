//! Follows the paths of all rules while the walk goes down and up: which rules hold where it is.

use crate::rules::{Action, Part, Rule, RuleRef, Target};

/// Containers that most bodies have inside each other.
const DEPTH_USUALLY: usize = 16;

/// A rule, and how many segments of its path lead here.
type State = (u16, u16);

/// The rules' paths as one automaton, with a stack of its states.
pub(super) struct Cursor<'t> {
    rules: &'t [Rule],
    states: Vec<State>,
    /// Where the states of each level begin.
    levels: Vec<usize>,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(rules: &'t [Rule]) -> Self {
        let about_paths = rules.iter().enumerate().filter(|(_, rule)| matches!(rule.target, Target::Path(_)));
        let states = about_paths.map(|(index, _)| (index as u16, 0)).collect();
        let mut levels = Vec::with_capacity(DEPTH_USUALLY);
        levels.push(0);
        Self { rules, states, levels }
    }

    /// Whether no rule can hold here or below.
    pub(super) fn is_idle(&self) -> bool {
        self.level_start() == self.states.len()
    }

    /// Goes down to a part.
    pub(super) fn enter(&mut self, part: Part<'_>) {
        let (start, end) = (self.level_start(), self.states.len());
        self.levels.push(end);
        for index in start..end {
            let Some(&(rule, position)) = self.states.get(index) else { continue };
            let Some(Target::Path(path)) = self.rules.get(rule as usize).map(|rule| &rule.target) else {
                continue;
            };
            let Some(segment) = path.segment(position as usize) else { continue };
            if segment.descendant {
                self.add(end, (rule, position));
            }
            if segment.selects(part) {
                self.add(end, (rule, position + 1));
            }
        }
    }

    /// Goes up again.
    pub(super) fn leave(&mut self) {
        if let Some(start) = self.levels.pop() {
            self.states.truncate(start);
        }
    }

    /// The rules that hold here.
    pub(super) fn here(&self) -> impl Iterator<Item = &'t Rule> {
        let states = self.states.get(self.level_start()..).unwrap_or_default();
        states.iter().filter_map(|&(rule, position)| {
            let rule = self.rules.get(rule as usize)?;
            matches!(&rule.target, Target::Path(path) if path.len() == position as usize).then_some(rule)
        })
    }

    /// The rule that ignores what is here.
    pub(super) fn ignored(&self) -> Option<RuleRef> {
        self.find(|action| matches!(action, Action::Ignore)).map(|rule| rule.reference.clone())
    }

    /// The rule for which the type of a container is enough.
    pub(super) fn generated_container(&self) -> Option<RuleRef> {
        self.find(|action| matches!(action, Action::Generated(None))).map(|rule| rule.reference.clone())
    }

    /// The rule that says that the order here means nothing.
    pub(super) fn unordered(&self) -> Option<&'t Rule> {
        self.find(|action| matches!(action, Action::Unordered(_)))
    }

    fn find(&self, wanted: impl Fn(&Action) -> bool) -> Option<&'t Rule> {
        self.here().find(|rule| wanted(&rule.action))
    }

    fn level_start(&self) -> usize {
        self.levels.last().copied().unwrap_or_default()
    }

    /// Adds a state to the level that begins at `start`, once.
    fn add(&mut self, start: usize, state: State) {
        if !self.states.get(start..).unwrap_or_default().contains(&state) {
            self.states.push(state);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{RuleSet, Rules};

    #[test]
    fn rules_hold_at_their_places_and_nowhere_else() {
        let ignore = ["$.a[*].b", "$..b", "$", "$.a[0]"].map(String::from).to_vec();
        let rules = Rules::compile(&RuleSet { ignore, ..RuleSet::default() }).unwrap();
        let mut cursor = Cursor::new(&rules.rules);
        let here = |cursor: &Cursor<'_>| cursor.here().map(|rule| rule.reference.index).collect::<Vec<_>>();
        assert_eq!(here(&cursor), [2]);
        cursor.enter(Part::Name("a"));
        assert!(here(&cursor).is_empty());
        cursor.enter(Part::Index(0));
        assert_eq!(here(&cursor), [3]);
        cursor.enter(Part::Name("b"));
        assert_eq!(here(&cursor), [0, 1]);
        cursor.leave();
        cursor.leave();
        cursor.enter(Part::Index(1));
        assert!(here(&cursor).is_empty());
        cursor.leave();
        cursor.leave();
        assert_eq!(here(&cursor), [2]);
    }

    #[test]
    fn descendants_of_descendants_do_not_multiply() {
        let rules =
            Rules::compile(&RuleSet { ignore: vec!["$..a..a..a..a".into()], ..RuleSet::default() }).unwrap();
        let mut cursor = Cursor::new(&rules.rules);
        (0..100).for_each(|_| cursor.enter(Part::Name("a")));
        assert!(cursor.states.len() <= 100 * 5 + 1);
        assert_eq!(cursor.here().count(), 1);
    }
}
