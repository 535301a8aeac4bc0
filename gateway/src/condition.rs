//! What a route may ask of a request besides method and path: its host, its header fields, its query.

mod host;
mod query;
#[cfg(test)]
mod tests;

pub(crate) use host::{HOST_MAX_BYTES, bare_host};
pub use host::{HostFault, HostRule};

use crate::facts::Facts;
use std::fmt;

/// A field or a parameter that a request must have. Of several with one name the first counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Its name.
    pub name: Box<str>,
    /// The value it must have, to the letter; `None`: any.
    pub value: Option<Box<str>>,
}

/// What a route asks of a request besides method and path. All of it must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Conditions {
    /// The host.
    pub host: HostRule,
    /// Header fields; their names in any case.
    pub headers: Vec<Wanted>,
    /// Parameters of the query; names and values are compared after percent-decoding, with `+` as a space.
    pub query: Vec<Wanted>,
}

/// How much conditions ask, beyond the host; of two that hold on one path, the one that asks more goes first.
pub(crate) type Rank = (usize, usize, usize, usize);

impl Conditions {
    /// Whether fields and query are as they must be. The host is looked at before.
    pub(crate) fn hold(&self, facts: &Facts<'_>) -> bool {
        let field = |wanted: &Wanted| match (facts.fields.first(&wanted.name), &wanted.value) {
            (Some(given), Some(value)) => given == value.as_bytes(),
            (given, None) => given.is_some(),
            (None, Some(_)) => false,
        };
        let parameter = |wanted: &Wanted| query::has(facts.query.unwrap_or_default(), wanted);
        self.headers.iter().all(field) && self.query.iter().all(parameter)
    }

    /// Whether nothing is asked beyond the host.
    pub(crate) const fn is_host_only(&self) -> bool {
        self.headers.is_empty() && self.query.is_empty()
    }

    /// Headers count before parameters, and a value before mere presence.
    pub(crate) fn rank(&self) -> Rank {
        let exact = |list: &[Wanted]| list.iter().filter(|wanted| wanted.value.is_some()).count();
        (self.headers.len(), exact(&self.headers), self.query.len(), exact(&self.query))
    }

    /// Whether no request can satisfy both, hosts aside: they want different values of one name.
    pub(crate) fn exclude(&self, other: &Self) -> bool {
        differ(&self.headers, &other.headers, str::eq_ignore_ascii_case)
            || differ(&self.query, &other.query, |a, b| a == b)
    }
}

fn differ(these: &[Wanted], those: &[Wanted], same: impl Fn(&str, &str) -> bool) -> bool {
    let other_value =
        |this: &Wanted, that: &Wanted| matches!((&this.value, &that.value), (Some(a), Some(b)) if a != b);
    these.iter().any(|this| those.iter().any(|that| same(&this.name, &that.name) && other_value(this, that)))
}

/// As a person would say it: `host *.example.com, header x-beta = 1, query v`; empty when nothing is asked.
impl fmt::Display for Conditions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        if self.host != HostRule::Any {
            write!(f, "host {}", self.host)?;
            separator = ", ";
        }
        let kinds = [("header", &self.headers), ("query", &self.query)];
        for (kind, wanted) in
            kinds.iter().flat_map(|(kind, list)| list.iter().map(move |wanted| (kind, wanted)))
        {
            write!(f, "{separator}{kind} {}", wanted.name)?;
            if let Some(value) = &wanted.value {
                write!(f, " = {value}")?;
            }
            separator = ", ";
        }
        Ok(())
    }
}
