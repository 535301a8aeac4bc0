//! Which toggles there are, as far as routes name them. What they mean is read by the crate `toggles`.

use crate::features::model::Known;
use crate::features::reader::{At, Reader, Span, hint};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The toggles of the file by name.
pub(super) struct ToggleNames<'t> {
    by_name: BTreeMap<&'t str, Entry>,
    from_server: bool,
}

struct Entry {
    at: Span,
    used: bool,
}

impl<'t> ToggleNames<'t> {
    pub(super) fn new(reader: &mut Reader<'_>, names: &[At<&'t str>], known: &Known<'_>) -> Self {
        let from_server = known.toggles_from_server;
        if let Some(first) = names.first().filter(|_| from_server) {
            let reason =
                "the toggles come from the Unleash server (unleash.url); those of the file count for nothing";
            reader.warning(first.span(), reason);
        }
        let entry = |name: &At<&'t str>| (*name.get_ref(), Entry { at: name.span(), used: from_server });
        Self { by_name: names.iter().map(entry).collect(), from_server }
    }

    /// Finds a toggle that a route names under `key`. A server's toggles may come and go: any name will do.
    pub(super) fn find(&mut self, reader: &mut Reader<'_>, key: &str, name: &At<&str>) -> Option<Arc<str>> {
        let text = *name.get_ref();
        if self.from_server {
            return Some(text.into());
        }
        let Some(entry) = self.by_name.get_mut(text) else {
            let help = hint(text, self.by_name.keys().copied());
            reader.error(name.span(), format!("`{key}` names no toggle of this file: `{text}`{help}"));
            return None;
        };
        entry.used = true;
        Some(text.into())
    }

    pub(super) fn note_unused(&self, reader: &mut Reader<'_>) {
        for (name, entry) in self.by_name.iter().filter(|(_, entry)| !entry.used) {
            reader.warning(entry.at.clone(), format!("no route uses toggle `{name}`"));
        }
    }
}
