//! The toggles of the file: their meaning is read by the crate `toggles`, their faults are noted with the others.

use super::model::{Features, Known};
use super::reader::Reader;
use toggles::ClientFeatures;
use toml::de::DeTable;

/// Reads `[toggles]` and `[[segments]]`. Under a server they are looked at for faults, and count for nothing.
pub(super) fn read(reader: &mut Reader<'_>, file: &DeTable<'_>, known: &Known<'_>) -> ClientFeatures {
    let state = toggles::file::from_toml(file.get("toggles"), file.get("segments"));
    for fault in state.faults {
        let reason = fault.to_string();
        match fault.span {
            Some(at) => reader.error(at, reason),
            None => reader.whole_file(reason),
        }
    }
    if known.toggles_from_server { ClientFeatures::default() } else { state.features }
}

/// Comparing is not built yet: a toggle that asks for it for anybody is refused.
pub(super) fn refuse_comparing(
    reader: &mut Reader<'_>,
    file: &DeTable<'_>,
    features: &Features,
    known: &Known<'_>,
) {
    let is_on =
        |name: &str| features.toggles.features.iter().any(|toggle| toggle.name == name && toggle.enabled);
    let routes = file.get("routes").and_then(|routes| routes.get_ref().as_array());
    let tables = routes.into_iter().flatten().filter_map(|route| route.get_ref().as_table());
    for compare in tables.filter_map(|route| route.get("compare")) {
        let Some(name) = compare.get_ref().as_str() else { continue };
        if known.toggles_from_server {
            reader
                .warning(compare.span(), "comparing answers is not built yet: the toggle counts for nothing");
        } else if is_on(name) {
            let why = "comparing answers is not built yet; switch it off";
            reader.error(compare.span(), format!("toggle `{name}` is on and asks to compare, but {why}"));
        }
    }
}
