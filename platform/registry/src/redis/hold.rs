//! What went missing while Redis was away, or when it came back empty, is kept for one more time to live.

use super::listed::{Known, Name};
use crate::snapshot::Services;
use kernel::Monotonic;
use std::collections::BTreeMap;

/// The instances of the last look, and those that are only held.
#[derive(Default)]
pub(super) struct Hold {
    known: BTreeMap<Name, Known>,
    held: BTreeMap<Name, (Known, Monotonic)>,
}

impl Hold {
    /// Takes a new list. After an outage (`was_away`) what is missing in it is held for its time to live: it had no
    /// chance to be kept alive. Otherwise what is missing has left or died.
    pub(super) fn take(&mut self, listed: BTreeMap<Name, Known>, was_away: bool, now: Monotonic) {
        let before = std::mem::replace(&mut self.known, listed);
        if was_away {
            let held = before.into_iter().map(|(name, known)| {
                let until = now.plus(known.ttl);
                (name, (known, until))
            });
            self.held.extend(held);
        }
        self.held.retain(|name, _| !self.known.contains_key(name));
    }

    /// Lets go of what was held long enough; whether anything was.
    pub(super) fn expire(&mut self, now: Monotonic) -> bool {
        let before = self.held.len();
        self.held.retain(|_, (_, until)| *until > now);
        self.held.len() != before
    }

    /// All of them, by service.
    pub(super) fn services(&self) -> Services {
        let held = self.held.iter().map(|(name, (known, _))| (name, known));
        let mut services = Services::new();
        for (name, known) in self.known.iter().chain(held) {
            services.entry(name.0.clone()).or_default().push(known.instance.clone());
        }
        services
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Instance, Origin};
    use kernel::{Clock, ManualClock, Timestamp};
    use std::time::Duration;

    const TTL: Duration = Duration::from_secs(15);

    fn list(ids: &[&str]) -> BTreeMap<Name, Known> {
        let entry = |id: &&str| {
            let url = format!("http://{id}:1").into();
            let instance = Instance { id: (*id).into(), url, weight: 1, origin: Origin::Redis };
            (("m".into(), (*id).into()), Known { instance, ttl: TTL })
        };
        ids.iter().map(entry).collect()
    }

    fn ids(hold: &Hold) -> Vec<String> {
        hold.services().values().flatten().map(|instance| instance.id.to_string()).collect()
    }

    #[test]
    fn what_leaves_is_gone_at_once() {
        let (clock, mut hold) = (ManualClock::new(Timestamp(0)), Hold::default());
        hold.take(list(&["a", "b"]), false, clock.monotonic());
        hold.take(list(&["b"]), false, clock.monotonic());
        assert_eq!(ids(&hold), ["b"]);
    }

    #[test]
    fn what_an_outage_forgot_is_held_for_its_time_to_live() {
        let (clock, mut hold) = (ManualClock::new(Timestamp(0)), Hold::default());
        hold.take(list(&["a", "b"]), false, clock.monotonic());
        hold.take(list(&[]), true, clock.monotonic());
        assert_eq!(ids(&hold), ["a", "b"]);
        // One of them is heard of again; a look without news does not prolong the other.
        clock.advance(TTL / 2);
        hold.take(list(&["b"]), false, clock.monotonic());
        assert!(!hold.expire(clock.monotonic()));
        assert_eq!(ids(&hold), ["b", "a"]);
        clock.advance(TTL / 2);
        assert!(hold.expire(clock.monotonic()));
        assert_eq!(ids(&hold), ["b"]);
    }

    #[test]
    fn outages_again_and_again_do_not_keep_the_dead_for_ever() {
        let (clock, mut hold) = (ManualClock::new(Timestamp(0)), Hold::default());
        hold.take(list(&["a"]), false, clock.monotonic());
        for _ in 0..4 {
            hold.take(list(&[]), true, clock.monotonic());
            hold.expire(clock.monotonic());
            clock.advance(TTL / 4);
        }
        assert!(hold.expire(clock.monotonic()));
        assert!(ids(&hold).is_empty());
    }
}
