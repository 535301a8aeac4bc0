//! The segments of a file: named sets of constraints that strategies share.

use super::fault::{Faults, hint};
use super::model::{self, ConstraintDef, SegmentDef, SegmentRef};
use std::collections::BTreeMap;
use toml::Spanned;
use toml::de::DeValue;

/// The segments of a file by every way to name them.
#[derive(Debug, Default)]
pub(super) struct Segments {
    ids: BTreeMap<SegmentRef, i32>,
    pub(super) by_id: BTreeMap<i32, Vec<Spanned<ConstraintDef>>>,
}

impl Segments {
    /// Reads `[[segments]]`.
    pub(super) fn read(value: Option<&Spanned<DeValue<'_>>>, faults: &mut Faults) -> Self {
        let Some(value) = value else { return Self::default() };
        let Some(list) = value.get_ref().as_array() else {
            let found = value.get_ref().type_str();
            faults.of_file(
                "segments",
                value.span(),
                format!("must be a list of tables, and is of type {found}"),
            );
            return Self::default();
        };
        let mut read = Vec::new();
        for (index, one) in list.iter().enumerate() {
            match model::read::<SegmentDef>(one) {
                Ok(segment) => read.push((index, one.span(), segment)),
                Err(error) => {
                    let path = [format!("segments[{index}]"), error.path];
                    let path = path.iter().filter(|part| !part.is_empty()).map(String::as_str);
                    faults.of_file(
                        path.collect::<Vec<_>>().join("."),
                        error.at.unwrap_or_else(|| one.span()),
                        error.reason,
                    );
                }
            }
        }
        let mut segments = Self::default();
        // Names get numbers that no segment claims for itself.
        let mut next = read.iter().filter_map(|(_, _, segment)| segment.id).max().unwrap_or_default();
        for (index, at, segment) in read {
            let id = segment.id.unwrap_or_else(|| {
                next = next.saturating_add(1);
                next
            });
            if let Err(reason) = segments.add(id, segment) {
                faults.of_file(format!("segments[{index}]"), at, reason);
            }
        }
        segments
    }

    fn add(&mut self, id: i32, segment: SegmentDef) -> Result<(), String> {
        let id_name = segment.id.map(SegmentRef::Id);
        let names: Vec<_> = id_name.into_iter().chain(segment.name.map(SegmentRef::Name)).collect();
        if names.is_empty() {
            return Err("has neither `name` nor `id`, so that no strategy can name it".into());
        }
        if let Some(taken) = names.iter().find(|name| self.ids.contains_key(name)) {
            return Err(format!("there is another segment {}", taken.text()));
        }
        self.ids.extend(names.into_iter().map(|name| (name, id)));
        self.by_id.insert(id, segment.constraints);
        Ok(())
    }

    /// The id of a segment that a strategy names.
    pub(super) fn id(&self, name: &SegmentRef) -> Option<i32> {
        self.ids.get(name).copied()
    }

    /// The id for the engine: one that no segment has, if the segment does not exist.
    pub(super) fn id_or_none(&self, name: &SegmentRef) -> i32 {
        self.id(name).unwrap_or(match name {
            SegmentRef::Id(id) => *id,
            SegmentRef::Name(_) => i32::MIN,
        })
    }

    /// What to say about a segment that does not exist.
    pub(super) fn missing(&self, name: &SegmentRef) -> String {
        let names: Vec<String> = self.ids.keys().map(SegmentRef::bare).collect();
        let help = hint(&name.bare(), names.iter().map(String::as_str));
        format!("there is no segment {}{help}", name.text())
    }
}

impl SegmentRef {
    fn bare(&self) -> String {
        match self {
            Self::Id(id) => id.to_string(),
            Self::Name(name) => name.clone(),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Id(id) => format!("with id {id}"),
            Self::Name(name) => format!("\"{name}\""),
        }
    }
}
