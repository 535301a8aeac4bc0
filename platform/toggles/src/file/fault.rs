//! What is wrong with the toggles of a file, and where.

use std::fmt;
use std::ops::Range;

/// How alike two names must be (0 to 1, Jaro-Winkler) for one to be offered in place of the other.
const LIKENESS_MIN: f64 = 0.8;
/// The most names that a message lists.
const LISTED_MAX: usize = 12;

/// One thing that is wrong. Displays as `toggle "a.b": strategies[0].name: reason`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The toggle; `None` for what concerns segments or the file as a whole.
    pub toggle: Option<String>,
    /// Where in the toggle: `strategies[0].constraints[1].operator`. Empty for the whole of it.
    pub path: String,
    /// The place in the text, in bytes.
    pub span: Option<Range<usize>>,
    /// What is wrong, for people.
    pub reason: String,
}

impl Fault {
    pub(crate) fn new(
        toggle: Option<String>,
        path: impl Into<String>,
        span: Option<Range<usize>>,
        reason: impl Into<String>,
    ) -> Self {
        Self { toggle, path: path.into(), span, reason: reason.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(toggle) = &self.toggle {
            write!(f, "toggle \"{toggle}\": ")?;
        }
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.reason)
    }
}

/// Faults as they are found.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Fault>);

impl Faults {
    pub(super) fn add(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    /// Something outside of any toggle.
    pub(super) fn of_file(&mut self, path: impl Into<String>, at: Range<usize>, reason: impl Into<String>) {
        self.add(Fault::new(None, path, Some(at), reason));
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn in_order(mut self) -> Vec<Fault> {
        self.0.sort_by_key(|fault| fault.span.as_ref().map(|span| span.start));
        self.0
    }
}

/// `; did you mean …?` when one of the names is much like the one given, and otherwise what there is.
pub(crate) fn hint<'n>(given: &str, names: impl Iterator<Item = &'n str> + Clone) -> String {
    let likeness = |name: &str| strsim::jaro_winkler(&given.to_lowercase(), &name.to_lowercase());
    match names.clone().max_by(|a, b| likeness(a).total_cmp(&likeness(b))) {
        Some(name) if likeness(name) >= LIKENESS_MIN => format!("; did you mean `{name}`?"),
        Some(_) => {
            let listed: Vec<_> = names.clone().take(LISTED_MAX).map(|name| format!("`{name}`")).collect();
            let more = if names.count() > LISTED_MAX { ", …" } else { "" };
            format!("; there are {}{more}", listed.join(", "))
        }
        None => String::new(),
    }
}
