//! Takes typed values out of TOML tables and notes what does not fit, instead of stopping there.

use super::lines::Lines;
use super::not_built::NotBuilt;
use super::report::{Finding, Report, Severity};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A place in the file, in bytes.
pub(super) type Span = Range<usize>;

/// A value with its place.
pub(super) type At<T> = Spanned<T>;

/// How alike two names must be (0 to 1, Jaro-Winkler) for one to be offered in place of the other.
const LIKENESS_MIN: f64 = 0.8;

/// How many names are looked at to find the one that was meant.
const LOOKED_AT_MAX: usize = 500;

/// Reads one file.
pub(super) struct Reader<'s> {
    lines: Lines<'s>,
    report: Report,
}

impl<'s> Reader<'s> {
    pub(super) fn new(file: &str, text: &'s str) -> Self {
        Self { lines: Lines::new(text), report: Report::new(file) }
    }

    /// Notes what concerns no place in the file.
    pub(super) fn whole_file(&mut self, reason: impl Into<String>) {
        self.report.add(Finding { place: None, severity: Severity::Error, reason: reason.into() });
    }

    pub(super) fn finish(self) -> Report {
        self.report
    }

    pub(super) fn is_ok(&self) -> bool {
        self.report.is_ok()
    }

    pub(super) fn line(&self, at: &Span) -> u32 {
        self.lines.place(at.start).0
    }

    pub(super) fn error(&mut self, at: Span, reason: impl Into<String>) {
        self.add(at, Severity::Error, reason.into());
    }

    pub(super) fn warning(&mut self, at: Span, reason: impl Into<String>) {
        self.add(at, Severity::Warning, reason.into());
    }

    fn add(&mut self, at: Span, severity: Severity, reason: String) {
        self.report.add(Finding { place: Some(self.lines.place(at.start)), severity, reason });
    }

    /// Notes every key of the table that is not known.
    pub(super) fn keys(&mut self, what: &str, table: &DeTable<'_>, known: &[&str], not_built: &[NotBuilt]) {
        for key in table.keys() {
            let name = key.get_ref().as_ref();
            if known.contains(&name) {
                continue;
            }
            let reason = match not_built.iter().find(|(other, _)| *other == name) {
                Some((_, reason)) => format!("`{name}`: {reason}"),
                None => format!("unknown key `{name}` in {what}{}", hint(name, known.iter().copied())),
            };
            self.error(key.span(), reason);
        }
    }

    /// Notes the keys that the table lacks.
    pub(super) fn require(&mut self, what: &str, at: &Span, table: &DeTable<'_>, keys: &[&str]) {
        for key in keys {
            if table.get(*key).is_none() {
                self.error(at.clone(), format!("{what} has no `{key}`"));
            }
        }
    }

    pub(super) fn string<'t>(&mut self, table: &'t DeTable<'_>, key: &str) -> Option<At<&'t str>> {
        self.string_in(table.get(key)?, key)
    }

    pub(super) fn boolean(&mut self, table: &DeTable<'_>, key: &str) -> Option<At<bool>> {
        let value = table.get(key)?;
        let Some(read) = value.get_ref().as_bool() else {
            self.wrong_type(value, key, "true or false");
            return None;
        };
        Some(At::new(value.span(), read))
    }

    /// A whole number that fits 32 bits.
    pub(super) fn number(&mut self, table: &DeTable<'_>, key: &str) -> Option<u32> {
        let value = table.get(key)?;
        let digits = value.get_ref().as_integer();
        let number = digits.and_then(|digits| u32::from_str_radix(digits.as_str(), digits.radix()).ok());
        if number.is_none() {
            self.wrong_type(value, key, "a whole number from 0 on");
        }
        number
    }

    /// A number with or without a point.
    pub(super) fn share(&mut self, table: &DeTable<'_>, key: &str) -> Option<At<f64>> {
        let value = table.get(key)?;
        let Ok(read) = f64::deserialize(value.clone().into_deserializer()) else {
            self.wrong_type(value, key, "a number");
            return None;
        };
        Some(At::new(value.span(), read))
    }

    pub(super) fn strings<'t>(&mut self, table: &'t DeTable<'_>, key: &str) -> Option<At<Vec<At<&'t str>>>> {
        let list = self.list(table, key, "a list of strings")?;
        let strings = list.get_ref().iter().filter_map(|value| self.string_in(value, key)).collect();
        Some(At::new(list.span(), strings))
    }

    pub(super) fn list<'t>(
        &mut self,
        table: &'t DeTable<'_>,
        key: &str,
        expected: &str,
    ) -> Option<At<&'t [Spanned<DeValue<'t>>]>> {
        let value = table.get(key)?;
        let Some(list) = value.get_ref().as_array() else {
            self.wrong_type(value, key, expected);
            return None;
        };
        Some(At::new(value.span(), list))
    }

    pub(super) fn table<'t>(
        &mut self,
        value: &'t Spanned<DeValue<'_>>,
        name: &str,
    ) -> Option<At<&'t DeTable<'t>>> {
        let Some(table) = value.get_ref().as_table() else {
            self.wrong_type(value, name, "a table");
            return None;
        };
        Some(At::new(value.span(), table))
    }

    fn string_in<'t>(&mut self, value: &'t Spanned<DeValue<'_>>, key: &str) -> Option<At<&'t str>> {
        let Some(text) = value.get_ref().as_str() else {
            self.wrong_type(value, key, "a string");
            return None;
        };
        Some(At::new(value.span(), text))
    }

    fn wrong_type(&mut self, value: &Spanned<DeValue<'_>>, key: &str, expected: &str) {
        let found = value.get_ref().type_str();
        self.error(value.span(), format!("`{key}` must be {expected}, and is of type {found}"));
    }
}

/// `; did you mean …?` when one of the names is much like the one given, and otherwise what there is.
pub(super) fn hint<'n>(given: &str, names: impl Iterator<Item = &'n str> + Clone) -> String {
    let likeness = |name: &str| strsim::jaro_winkler(&given.to_lowercase(), &name.to_lowercase());
    let best = names.clone().take(LOOKED_AT_MAX).max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    match best {
        Some(name) if likeness(name) >= LIKENESS_MIN => format!("; did you mean `{name}`?"),
        Some(_) => format!("; there are {}", listed(names)),
        None => String::new(),
    }
}

/// The names, the first few of them.
fn listed<'n>(names: impl Iterator<Item = &'n str> + Clone) -> String {
    const LISTED_MAX: usize = 12;
    let mut list =
        names.clone().take(LISTED_MAX).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if names.count() > LISTED_MAX {
        list.push_str(" …");
    }
    list
}
