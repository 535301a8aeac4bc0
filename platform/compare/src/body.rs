//! Bodies: which structure both have, and the comparison by it. What has no common structure differs as a whole.

use crate::answer::Answer;
use crate::bound::Bound;
use crate::comparison::{Difference, Form, Kind};
use crate::fields::{add, explain};
use crate::form::{self, Both, Read};
use crate::found::Found;
use crate::place::Place;
use crate::rules::{Action, Rules, Target};
use crate::shown::Shown;
use crate::walk::Walk;

/// Compares the bodies; says as what.
pub(crate) fn compare(rules: &Rules, old: &Answer<'_>, new: &Answer<'_>, found: &mut Found) -> Form {
    if old.body == new.body && old.content_type() == new.content_type() {
        return Form::Same;
    }
    if covered_as_a_whole(rules, old, new, found) {
        return Form::Opaque;
    }
    let one_is_empty = match (old.body.is_empty(), new.body.is_empty()) {
        (true, true) => return Form::Same,
        (false, true) => Some(Kind::Missing),
        (true, false) => Some(Kind::Extra),
        _ => None,
    };
    if let Some(kind) = one_is_empty {
        whole(rules, kind, old, new, found);
        return Form::Opaque;
    }
    let (was, is) = match form::read(old, new) {
        Both::Same(form) => return form,
        Both::Read(was, is) => (was, is),
    };
    match (was, is) {
        (Read::Tree(form, was), Read::Tree(other, is)) if form == other => {
            Walk::new(rules, &was, &is, found).run();
            return form;
        }
        (Read::Opaque, Read::Opaque) if old.body == new.body => {}
        (Read::Opaque, Read::Opaque) if old.body.len() == new.body.len() => {
            whole(rules, Kind::Value, old, new, found);
        }
        (Read::Opaque, Read::Opaque) => whole(rules, Kind::Length, old, new, found),
        (Read::TooLarge, _) | (_, Read::TooLarge) => {
            found.met(Bound::Size);
            if old.body != new.body {
                whole(rules, Kind::Value, old, new, found);
            }
        }
        _ => whole(rules, Kind::Type, old, new, found),
    }
    Form::Opaque
}

/// Whether a rule about the body as a whole covers the difference, whatever it is inside.
fn covered_as_a_whole(rules: &Rules, old: &Answer<'_>, new: &Answer<'_>, found: &mut Found) -> bool {
    let covers = |action: &Action| match action {
        Action::Ignore => true,
        Action::Normalise(..) | Action::Generated(_) => {
            let texts = std::str::from_utf8(old.body).ok().zip(std::str::from_utf8(new.body).ok());
            let same_type = old.body.is_empty() == new.body.is_empty() && form::of(old) == form::of(new);
            texts.is_some_and(|(old, new)| action.explains(old, new)) && same_type
        }
        _ => false,
    };
    let rule = rules.rules.iter().find(|rule| rule.target == Target::Body && covers(&rule.action));
    if let Some(rule) = rule
        && old.body != new.body
    {
        let (old, new) = (Some(Shown::of(old.body)), Some(Shown::of(new.body)));
        let explained = Some(rule.reference.clone());
        add(found, Difference { place: Place::Body, kind: Kind::Value, old, new, explained });
    }
    rule.is_some()
}

/// Reports that the bodies differ as a whole.
fn whole(rules: &Rules, kind: Kind, old: &Answer<'_>, new: &Answer<'_>, found: &mut Found) {
    // Of bytes the hash says more than their beginning; of two kinds of text the beginning shows what happened.
    let shown = |body: &[u8]| match (body.is_empty(), kind) {
        (true, _) => None,
        (false, Kind::Value | Kind::Length) => Some(Shown::hash_of(body)),
        (false, _) => Some(Shown::of(body)),
    };
    let explained = explain(rules, &Target::Body, None, None);
    let (old, new) = (shown(old.body), shown(new.body));
    add(found, Difference { place: Place::Body, kind, old, new, explained });
}
