//! The automata by the host that their routes ask for.

use super::automaton::Automaton;
use super::build::{Budget, TooManyStates};
use super::steps::Steps;
use super::{RouteIndex, Taken};
use crate::condition::{HOST_MAX_BYTES, HostRule, bare_host};
use crate::hash::NameHash;
use std::collections::HashMap;

/// By name, in lower case.
type ByName = HashMap<Box<[u8]>, Automaton, NameHash>;

/// The automata of all hosts.
#[derive(Debug, Default)]
pub(super) struct Hosts {
    /// Of routes that name a host.
    exact: ByName,
    /// Of routes that ask for `*.parent`, by the parent.
    below: ByName,
    /// Of routes for any host.
    any: Automaton,
}

impl Hosts {
    pub(super) fn new(routes: &[(RouteIndex, Taken<'_>)]) -> Result<Self, TooManyStates> {
        let mut groups: HashMap<&HostRule, Vec<(RouteIndex, &Taken<'_>)>> = HashMap::new();
        for (index, route) in routes {
            groups.entry(&route.conditions.host).or_default().push((*index, route));
        }
        let mut hosts = Self::default();
        let mut budget = Budget::default();
        for (host, routes) in groups {
            let patterns = routes.iter().map(|(index, route)| (*index, route.pattern));
            let automaton = Automaton::new(patterns, &mut budget)?;
            match host {
                HostRule::Any => hosts.any = automaton,
                HostRule::Exact(name) => drop(hosts.exact.insert(name.as_bytes().into(), automaton)),
                HostRule::Below(parent) => drop(hosts.below.insert(parent.as_bytes().into(), automaton)),
            }
        }
        Ok(hosts)
    }

    /// Asks the automata that concern the host, the most specific first, until one finds something.
    pub(super) fn first<R, S: Steps>(
        &self,
        host: Option<&str>,
        steps: &mut S,
        mut find: impl FnMut(&Automaton, &mut S) -> Option<R>,
    ) -> Option<R> {
        if let Some(host) = host.filter(|_| !self.exact.is_empty() || !self.below.is_empty()) {
            let mut buffer = [0; HOST_MAX_BYTES];
            let name = lower(bare_host(host), &mut buffer).unwrap_or_default();
            let mut named = self.named(name, steps);
            while let Some(automaton) = named.next(steps) {
                if let Some(found) = find(automaton, steps) {
                    return Some(found);
                }
            }
        }
        find(&self.any, steps)
    }

    fn named<'h>(&'h self, name: &'h [u8], steps: &mut impl Steps) -> Named<'h> {
        steps.step();
        Named { exact: self.exact.get(name), below: &self.below, rest: name }
    }
}

/// The automata of a host name: its own, and those of its parents, the longest first.
struct Named<'h> {
    exact: Option<&'h Automaton>,
    below: &'h ByName,
    /// What is left of the name, from which parents are still to be taken.
    rest: &'h [u8],
}

impl<'h> Named<'h> {
    fn next(&mut self, steps: &mut impl Steps) -> Option<&'h Automaton> {
        if let Some(exact) = self.exact.take() {
            return Some(exact);
        }
        while !self.below.is_empty()
            && let Some(dot) = memchr::memchr(b'.', self.rest)
        {
            let (label, parent) = self.rest.split_at_checked(dot)?;
            self.rest = parent.get(1..).unwrap_or_default();
            steps.step();
            // A dot at the very start is below nothing.
            if let Some(automaton) = self.below.get(self.rest).filter(|_| !label.is_empty()) {
                return Some(automaton);
            }
        }
        None
    }
}

/// The name in lower case; `None` when it is longer than any name may be.
fn lower<'b>(name: &str, buffer: &'b mut [u8; HOST_MAX_BYTES]) -> Option<&'b [u8]> {
    let lowered = buffer.get_mut(..name.len())?;
    lowered.copy_from_slice(name.as_bytes());
    lowered.make_ascii_lowercase();
    Some(lowered)
}

#[cfg(test)]
impl Hosts {
    /// How many states all automata have.
    pub(super) fn states(&self) -> usize {
        let named = self.exact.values().chain(self.below.values());
        named.chain([&self.any]).map(|automaton| automaton.states.len()).sum()
    }
}
