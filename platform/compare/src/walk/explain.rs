//! Which rule, if any, explains that two values of one type differ.

use super::cursor::Cursor;
use crate::json::{Tree, number};
use crate::rules::{Action, RuleRef, Tolerance};
use crate::time::moment_ms;
use std::borrow::Cow;

/// The first rule here that explains it.
pub(super) fn values(cursor: &Cursor<'_>, old: (&Tree<'_>, u32), new: (&Tree<'_>, u32)) -> Option<RuleRef> {
    let mut rules = cursor.here().peekable();
    rules.peek()?;
    let (old, new) = (old.0.value_of(old.1), new.0.value_of(new.1));
    rules.find(|rule| rule.action.explains(&old, &new)).map(|rule| rule.reference.clone())
}

impl Action {
    /// Whether it explains that these two values differ.
    pub(crate) fn explains(&self, old: &str, new: &str) -> bool {
        match self {
            Self::Ignore | Self::Generated(None) => true,
            Self::Generated(Some(pattern)) => pattern.is_match(old) && pattern.is_match(new),
            Self::Tolerance(tolerance) => tolerance.covers(old, new),
            Self::Normalise(pattern, by) => {
                let normal = |value| -> Cow<'_, str> { pattern.replace_all(value, by.as_ref()) };
                normal(old) == normal(new)
            }
            Self::Unordered(_) => false,
        }
    }
}

impl Tolerance {
    /// Whether two values are close enough. A value that is neither a number nor a moment never is.
    fn covers(&self, old: &str, new: &str) -> bool {
        let near = |distance: Option<f64>, most: f64| distance.is_some_and(|distance| distance <= most);
        let apart = || number::distance(old.trim(), new.trim());
        let absolute = self.absolute.is_some_and(|most| near(apart(), most));
        let relative = || {
            let most = self.relative.zip(number::magnitude(old.trim(), new.trim()));
            most.is_some_and(|(share, magnitude)| near(apart(), share * magnitude))
        };
        let time = || {
            let moments = moment_ms(old).zip(moment_ms(new));
            self.time_ms.zip(moments).is_some_and(|(most, (old, new))| old.abs_diff(new) <= most)
        };
        absolute || relative() || time()
    }
}
