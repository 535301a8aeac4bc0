//! What holds for all values: equal to itself, one change found once at its place, sides may change places.

use super::{JSON, answer, with};
use crate::{Bound, Comparison, Kind, compare};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

fn value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-1000_i64..1000).prop_map(Value::from),
        "[a-z\"\\\\ä\n]{0,6}".prop_map(Value::from),
    ];
    scalar.prop_recursive(4, 48, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::btree_map("[a-e]{1,2}", inner, 0..6)
                .prop_map(|members: BTreeMap<_, _>| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn compared(rules: &str, old: &str, new: &str) -> Comparison {
    compare(&with(rules), &answer(&JSON, old), &answer(&JSON, new))
}

/// The same value written otherwise: members turned around, spaces, escapes, other spellings of numbers.
fn rewritten(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members: Vec<_> = members
                .iter()
                .rev()
                .map(|(name, value)| format!("{} : {}", json!(name), rewritten(value)))
                .collect();
            format!("{{ {} }}", members.join(" , "))
        }
        Value::Array(elements) => {
            format!("[{} ]", elements.iter().map(rewritten).collect::<Vec<_>>().join(",\n"))
        }
        Value::Number(number) => format!("{number}.0e0"),
        Value::String(text) => {
            let units: Vec<_> = text.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect();
            format!("\"{}\"", units.concat())
        }
        other => other.to_string(),
    }
}

/// Every scalar's place.
fn scalars(value: &Value, place: String, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| scalars(value, format!("{place}/{name}"), found));
        }
        Value::Array(elements) => {
            elements
                .iter()
                .enumerate()
                .for_each(|(index, value)| scalars(value, format!("{place}/{index}"), found));
        }
        _ => found.push(place),
    }
}

/// A JSON pointer as the JSONPath in which a place is shown.
fn shown(pointer: &str) -> String {
    let steps = pointer.split('/').skip(1);
    let shown =
        steps.map(|step| if step.parse::<u32>().is_ok() { format!("[{step}]") } else { format!(".{step}") });
    format!("${}", shown.collect::<String>())
}

fn counts(comparison: &Comparison, swapped: bool) -> BTreeMap<(Kind, String), usize> {
    let mut counts = BTreeMap::new();
    for difference in &comparison.differences {
        let kind = if swapped { difference.kind.swapped() } else { difference.kind };
        *counts.entry((kind, difference.place.cause())).or_default() += 1;
    }
    counts
}

fn object(members: &[(String, i64)]) -> String {
    let members: Vec<_> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", members.join(","))
}

/// What two objects differ in: of members of one name, the first belongs to the first.
fn expected(old: &[(String, i64)], new: &[(String, i64)]) -> BTreeSet<(Kind, String)> {
    let mut left: Vec<_> = new.iter().collect();
    let mut expected = BTreeSet::new();
    for (name, value) in old {
        match left.iter().position(|(other, _)| other == name) {
            None => drop(expected.insert((Kind::Missing, format!("$.{name}")))),
            Some(at) if left.remove(at).1 == *value => {}
            Some(_) => drop(expected.insert((Kind::Value, format!("$.{name}")))),
        }
    }
    expected.extend(left.into_iter().map(|(name, _)| (Kind::Extra, format!("$.{name}"))));
    expected
}

proptest! {
    #[test]
    fn members_belong_together_by_name_however_many_there_are(
        old in vec(("[a-d]{1,3}", 0_i64..3), 0..60),
        turn in 0_usize..60,
        other in vec(("[a-e]{1,3}", 0_i64..3), 0..4),
    ) {
        let mut new = old.clone();
        new.rotate_left(turn.min(old.len()));
        new.splice(0..other.len().min(new.len()), other);
        let found = compared("", &object(&old), &object(&new));
        let told: BTreeSet<_> =
            found.differences.iter().map(|found| (found.kind, found.place.to_string())).collect();
        prop_assert_eq!(told, expected(&old, &new), "{:?}", found);
        let twice = |members: &[(String, i64)]| {
            members.iter().map(|(name, _)| name).collect::<BTreeSet<_>>().len() < members.len()
        };
        prop_assert!(twice(&new) || !found.bounds_met.contains(Bound::DuplicateNames));
    }

    #[test]
    fn a_value_is_equal_to_itself_however_it_is_written(value in value()) {
        let found = compared("", &value.to_string(), &rewritten(&value));
        prop_assert!(found.differences.is_empty() && found.bounds_met.is_empty(), "{found:?}");
    }

    #[test]
    fn one_changed_value_is_found_once_at_its_place(old in value(), at in any::<prop::sample::Index>()) {
        let mut places = Vec::new();
        scalars(&old, String::new(), &mut places);
        prop_assume!(!places.is_empty());
        let place = &places[at.index(places.len())];
        let mut new = old.clone();
        *new.pointer_mut(place).unwrap() = json!("another value");
        let found = compared("", &old.to_string(), &rewritten(&new));
        let told: Vec<_> = found.differences.iter().map(|found| found.place.to_string()).collect();
        prop_assert_eq!(told, [shown(place)]);
    }

    #[test]
    fn one_inserted_or_removed_element_is_found_once(
        elements in vec(value(), 0..12),
        at in any::<prop::sample::Index>(),
    ) {
        let mut longer = elements.clone();
        longer.insert(at.index(elements.len() + 1), json!({"new": "element"}));
        let (old, new) = (Value::from(elements).to_string(), rewritten(&Value::from(longer)));
        let found = compared("", &old, &new);
        prop_assert_eq!(found.differences.len(), 1, "{:?}", found);
        prop_assert_eq!(found.differences[0].kind, Kind::Extra);
        prop_assert_eq!(compared("", &new, &old).differences[0].kind, Kind::Missing);
    }

    #[test]
    fn any_order_is_equal_where_order_means_nothing(elements in vec(value(), 0..10), turn in 0_usize..10) {
        let mut turned = elements.clone();
        turned.rotate_left(if elements.is_empty() { 0 } else { turn % elements.len() });
        let (old, new) = (Value::from(elements).to_string(), rewritten(&Value::from(turned)));
        prop_assert!(compared(r#"unordered = ["$"]"#, &old, &new).is_equal());
        let strict = compared("", &old, &new);
        prop_assert!(strict.differences.iter().all(|found| found.kind == Kind::Order), "{strict:?}");
    }

    #[test]
    fn equal_only_if_equal(old in value(), new in value()) {
        prop_assert_eq!(compared("", &old.to_string(), &new.to_string()).is_equal(), old == new);
    }

    #[test]
    fn sides_that_change_places_change_missing_and_extra(old in value(), new in value()) {
        let (old, new) = (old.to_string(), new.to_string());
        let (there, back) = (compared("", &old, &new), compared("", &new, &old));
        prop_assert_eq!(counts(&there, false), counts(&back, true), "{} {}", old, new);
    }
}
