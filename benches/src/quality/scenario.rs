//! One scenario: a kind of real difference at a rate, under noise, over so many requests.

use super::answers::{NOISY, Noise, answer};
use super::diffy::Diffy;
use super::ours::Ours;
use crate::dice::Dice;
use compare::{Answer, Comparison, Kind, Rules, compare};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Share of all requests that ours asks the serving side twice, whether they differ or not.
const SAMPLE: f64 = 0.05;

/// A real difference, of a kind of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Value,
    Type,
    Missing,
    Extra,
    Order,
    Length,
}

/// What is seeded, and how often.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scenario {
    pub(super) fault: Fault,
    pub(super) rate: f64,
    pub(super) noise: f64,
    pub(super) requests: usize,
    pub(super) seed: u64,
}

/// What a method made of a scenario.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Outcome {
    pub(super) found: bool,
    pub(super) false_alarms: u32,
    pub(super) asked_again_per_1000: f64,
}

/// A place without indices, and what differs there.
pub(super) type Cause = (String, Kind);

impl Fault {
    pub(super) const ALL: [Self; 6] =
        [Self::Value, Self::Type, Self::Missing, Self::Extra, Self::Order, Self::Length];

    /// The cause under which it is to be found.
    pub(super) fn cause(self) -> Cause {
        let (place, kind) = match self {
            Self::Value => ("$.messages[*].text", Kind::Value),
            Self::Type => ("$.total", Kind::Type),
            Self::Missing => ("$.meta.note", Kind::Missing),
            Self::Extra => ("$.meta.debug", Kind::Extra),
            Self::Order => ("$.meta.roles", Kind::Order),
            Self::Length => ("$.meta.items", Kind::Length),
        };
        (place.to_owned(), kind)
    }

    /// Makes an answer wrong.
    fn into(self, answer: &mut Value) {
        let (place, value) = match self {
            Self::Value => ("/messages/3/text", json!("message rendered wrongly")),
            Self::Type => ("/total", json!("many")),
            Self::Missing => ("/meta/note", Value::Null),
            Self::Extra => ("/meta/debug", json!(true)),
            Self::Order => ("/meta/roles", json!(["reader", "editor", "owner"])),
            Self::Length => ("/meta/items", json!((1..40).collect::<Vec<_>>())),
        };
        match (self, answer.get_mut("meta").and_then(Value::as_object_mut)) {
            (Self::Missing, Some(meta)) => drop(meta.remove("note")),
            (Self::Extra, Some(meta)) => drop(meta.insert("debug".to_owned(), value)),
            _ => {
                if let Some(old) = answer.pointer_mut(place) {
                    *old = value;
                }
            }
        }
    }
}

impl Scenario {
    /// Asks both sides and the old one again, and tells what ours and Diffy make of it.
    pub(super) fn run(self) -> (Outcome, Outcome) {
        let mut dice = Dice::new(self.own_seed());
        let noisy = self.noisy(&mut dice);
        let faulty = self.faulty(&mut dice);
        let (mut ours, mut diffy) = (Ours::default(), Diffy::default());
        for request in 0..self.requests {
            let mut ask = || answer(request as u64 ^ (self.seed << 32), &noisy, &mut dice);
            let (old, mut new, again) = (ask(), ask(), ask());
            if faulty.contains(&request) {
                self.fault.into(&mut new);
            }
            let (ab, aa) = (compared(&old, &new), compared(&old, &again));
            ours.asked(&ab, &aa, dice.happens(SAMPLE));
            diffy.asked(&ab, &aa);
        }
        (ours.outcome(&self.fault.cause()), diffy.outcome(&self.fault.cause()))
    }

    /// Another one for each scenario, so that no two see the same noise.
    fn own_seed(&self) -> u64 {
        let parts = [self.seed, self.fault as u64, self.rate.to_bits(), self.noise.to_bits()];
        parts.into_iter().fold(0, |seed, part| Dice::new(seed ^ part).next())
    }

    fn noisy(&self, dice: &mut Dice) -> Vec<Noise> {
        let mut noisy = NOISY.to_vec();
        dice.shuffle(&mut noisy);
        noisy.truncate((NOISY.len() as f64 * self.noise).round() as usize);
        noisy
    }

    /// The requests that are answered wrongly: exactly the rate, at least one unless the rate is 0.
    fn faulty(&self, dice: &mut Dice) -> BTreeSet<usize> {
        let mut all: Vec<usize> = (0..self.requests).collect();
        dice.shuffle(&mut all);
        all.truncate((self.requests as f64 * self.rate).ceil() as usize);
        all.into_iter().collect()
    }
}

/// The causes at which two answers differ.
fn compared(old: &Value, new: &Value) -> BTreeSet<Cause> {
    let headers: [(&str, &[u8]); 1] = [("content-type", b"application/json")];
    let (old, new) = (old.to_string(), new.to_string());
    let old = Answer { status: 200, headers: &headers, body: old.as_bytes(), trailers: &[] };
    let found: Comparison = compare(&Rules::default(), &old, &Answer { body: new.as_bytes(), ..old });
    found.unexplained().map(|difference| (difference.place.cause(), difference.kind)).collect()
}
