//! The last known toggles on disk, for a start while the server is away.

use crate::atomic::{Mode, write_atomically};
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::PathBuf;
use unleash_types::client_features::ClientFeatures;

/// The version of the format.
const FORMAT: u32 = 1;

/// A place on disk. A backup holds only for the server and the part of a token that it was made with.
#[derive(Debug, Clone)]
pub(super) struct Backup {
    pub(super) path: PathBuf,
    pub(super) url: String,
    pub(super) scope: String,
    pub(super) max_bytes: usize,
}

/// What was known.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Saved {
    format: u32,
    url: String,
    scope: String,
    saved_at_ms: i64,
    pub(super) etag: Option<String>,
    pub(super) state: ClientFeatures,
}

impl Backup {
    /// What was known at the last stop; `None` when there is nothing.
    ///
    /// # Errors
    /// When there is something and it cannot be used, with the reason.
    pub(super) fn load(&self) -> io::Result<Option<Saved>> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut text = Vec::new();
        // The state stands in it as text again, and a little beside it.
        let max = (self.max_bytes as u64).saturating_mul(2);
        file.take(max).read_to_end(&mut text)?;
        let saved: Saved = serde_json::from_slice(&text)?;
        let fits = saved.format == FORMAT && saved.url == self.url && saved.scope == self.scope;
        if fits {
            Ok(Some(saved))
        } else {
            Err(io::Error::other("it is of another server, token or version"))
        }
    }

    /// Keeps a state. Blocks until the disk has it.
    pub(super) fn save(&self, state: ClientFeatures, etag: Option<String>, now: Timestamp) -> io::Result<()> {
        let saved = Saved {
            format: FORMAT,
            url: self.url.clone(),
            scope: self.scope.clone(),
            saved_at_ms: now.0,
            etag,
            state,
        };
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        write_atomically(&self.path, &serde_json::to_vec(&saved)?, Mode::Private)
    }
}
