//! Walks two trees side by side and gathers where they differ. Subtrees of equal bytes are stepped over.

mod align;
mod alike;
mod anchors;
mod cursor;
mod elements;
mod explain;
mod hash;
mod keyed;
mod likeness;
mod matching;
mod members;
mod multiset;
mod trail;

use crate::bound::Bound;
use crate::comparison::{Difference, Kind};
use crate::found::Found;
use crate::json::{Token, TokenKind, Tree, number};
use crate::limits::STEPS_MAX;
use crate::rules::{RuleRef, Rules};
use crate::shown::Shown;
use alike::Alike;
use cursor::Cursor;
use hash::Hashes;
use members::Candidate;
use trail::Trail;

/// One of the two answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Old,
    New,
}

/// The walk over one pair of trees.
pub(crate) struct Walk<'t> {
    old: &'t Tree<'t>,
    new: &'t Tree<'t>,
    cursor: Cursor<'t>,
    trail: Trail<'t>,
    alike: Alike,
    hashes: Hashes,
    /// Members of the new side that are looked for by name, of all objects that the walk is in.
    candidates: Vec<Candidate>,
    found: &'t mut Found,
    steps: usize,
}

impl<'t> Walk<'t> {
    pub(crate) fn new(rules: &'t Rules, old: &'t Tree<'t>, new: &'t Tree<'t>, found: &'t mut Found) -> Self {
        Self {
            old,
            new,
            cursor: Cursor::new(&rules.rules),
            trail: Trail::default(),
            alike: Alike::default(),
            hashes: Hashes::default(),
            candidates: Vec::new(),
            found,
            steps: 0,
        }
    }

    /// Compares the roots.
    pub(crate) fn run(mut self) {
        self.pair(0, 0);
    }

    /// Compares two values at the place where the walk is.
    fn pair(&mut self, old: u32, new: u32) {
        let (was, is) = (self.old.token(old), self.new.token(new));
        if self.same_bytes(was, is) {
            return;
        }
        if !self.step(1) {
            return self.differ(Kind::Value, old, new, None);
        }
        if let Some(rule) = self.cursor.ignored() {
            if !self.same_value(old, new) {
                self.differ(Kind::Value, old, new, Some(rule));
            }
            return;
        }
        match (was.kind, is.kind) {
            (TokenKind::Object | TokenKind::Array, kind) if kind == was.kind => self.containers(old, new),
            (TokenKind::Number, TokenKind::Number) => {
                if !number::same(self.old.text_of(old), self.new.text_of(new)) {
                    self.scalars(old, new);
                }
            }
            (TokenKind::Plain | TokenKind::Escaped, TokenKind::Plain | TokenKind::Escaped) => {
                if !self.old.same_text(old, self.new, new) {
                    self.scalars(old, new);
                }
            }
            (TokenKind::True, TokenKind::False) | (TokenKind::False, TokenKind::True) => {
                self.scalars(old, new);
            }
            (TokenKind::Deep, TokenKind::Deep) => {
                self.found.met(Bound::Depth);
                self.differ(Kind::Value, old, new, None);
            }
            _ => self.differ(Kind::Type, old, new, None),
        }
    }

    fn containers(&mut self, old: u32, new: u32) {
        if let Some(rule) = self.cursor.generated_container() {
            if !self.same_value(old, new) {
                self.differ(Kind::Value, old, new, Some(rule));
            }
        } else if self.old.token(old).kind == TokenKind::Object {
            self.members(old, new);
        } else {
            self.elements(old, new);
        }
    }

    /// Two values of one type that are not equal.
    fn scalars(&mut self, old: u32, new: u32) {
        let explained = explain::values(&self.cursor, (self.old, old), (self.new, new));
        self.differ(Kind::Value, old, new, explained);
    }

    /// Whether two values are the same to the byte: then they are equal under any rule.
    fn same_bytes(&mut self, was: Token, is: Token) -> bool {
        if was.end - was.start != is.end - is.start {
            return false;
        }
        let (old, new) = (self.old.text.as_bytes(), self.new.text.as_bytes());
        let length = (was.end - was.start) as usize;
        let (same, scanned) = self.alike.same(old, new, was.start as usize, is.start as usize, length);
        self.steps += scanned / 64;
        same
    }

    /// Takes so many steps, if they are left.
    fn step(&mut self, steps: usize) -> bool {
        self.steps = self.steps.saturating_add(steps);
        let left = self.steps <= STEPS_MAX;
        if !left {
            self.found.met(Bound::Steps);
        }
        left
    }

    /// Reports that both have a value here, and that they differ.
    fn differ(&mut self, kind: Kind, old: u32, new: u32, explained: Option<RuleRef>) {
        self.report(kind, Some(self.old.text_of(old)), Some(self.new.text_of(new)), explained);
    }

    /// Reports that only one side has a value here.
    fn one_sided(&mut self, side: Side, value: u32) {
        let explained = self.cursor.ignored();
        match side {
            Side::Old => self.report(Kind::Missing, Some(self.old.text_of(value)), None, explained),
            Side::New => self.report(Kind::Extra, None, Some(self.new.text_of(value)), explained),
        }
    }

    /// Reports a difference at the place where the walk is.
    fn report(&mut self, kind: Kind, old: Option<&str>, new: Option<&str>, explained: Option<RuleRef>) {
        self.steps = self.steps.saturating_add(self.trail.depth());
        let (trail, cause) = (&self.trail, self.trail.cause(kind));
        self.found.add(cause, explained.is_some(), || Difference {
            place: trail.place(),
            kind,
            old: old.map(|text| Shown::of(text.as_bytes())),
            new: new.map(|text| Shown::of(text.as_bytes())),
            explained,
        });
    }

    fn tree(&self, side: Side) -> &'t Tree<'t> {
        match side {
            Side::Old => self.old,
            Side::New => self.new,
        }
    }
}
