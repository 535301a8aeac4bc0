//! A goal beside what was measured. One that is not reached fails nothing: it is read by people.

use serde::Serialize;

/// A goal and what was measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Goal {
    /// Of what.
    pub(crate) name: String,
    /// The bound, at least or at most.
    pub(crate) goal: f64,
    /// What was measured: the median, of several such the worst.
    pub(crate) measured: f64,
    /// Of both.
    pub(crate) unit: &'static str,
    /// Whether it was reached.
    pub(crate) reached: bool,
}

impl Goal {
    /// To be met from below.
    pub(crate) fn at_most(name: impl Into<String>, goal: f64, measured: f64, unit: &'static str) -> Self {
        Self { name: name.into(), goal, measured, unit, reached: measured <= goal }
    }

    /// To be met from above.
    pub(crate) fn at_least(name: impl Into<String>, goal: f64, measured: f64, unit: &'static str) -> Self {
        Self { name: name.into(), goal, measured, unit, reached: measured >= goal }
    }
}

impl std::fmt::Display for Goal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mark = if self.reached { "reached    " } else { "NOT REACHED" };
        write!(f, "{mark} {}: {} of {} {}", self.name, self.measured, self.goal, self.unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_itself_is_reached() {
        assert!(
            Goal::at_most("a", 40.0, 40.0, "MiB").reached && !Goal::at_most("a", 40.0, 40.1, "MiB").reached
        );
        assert!(Goal::at_least("a", 8.0, 8.0, "/s").reached && !Goal::at_least("a", 8.0, 7.9, "/s").reached);
    }
}
