//! The toggles of the file: their meaning is read by the crate `toggles`, their faults are noted with the others.

use super::model::Known;
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
