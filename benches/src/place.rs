//! Where one `banyan` keeps its data: a directory of its own, and on PostgreSQL a database beside it.

use crate::database::{Database, Server};
use crate::error::BenchError;
use std::path::Path;
use tempfile::TempDir;

/// Which engine keeps the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Engine {
    /// Files in the process.
    Sqlite,
    /// A server beside it.
    Postgres,
}

impl Engine {
    /// As it stands in results.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// Gone with everything in it when dropped.
pub(crate) struct Place {
    // Dropped before the directory, which holds the passwords.
    database: Option<Database>,
    directory: TempDir,
}

impl Place {
    /// An empty place below `parent`; on PostgreSQL with an empty database in `server`.
    pub(crate) fn empty(parent: &Path, server: Option<&Server>) -> Result<Self, BenchError> {
        let directory = tempfile::Builder::new().prefix("place-").tempdir_in(parent);
        let directory = directory.map_err(BenchError::system("make a folder for data"))?;
        Ok(Self { database: server.map(Server::database).transpose()?, directory })
    }

    /// The directory, where `banyan` runs and `secrets.toml` is.
    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// The database, if it is PostgreSQL's.
    pub(crate) fn database(&self) -> Option<&Database> {
        self.database.as_ref()
    }

    /// What the setting `storage.url` takes.
    pub(crate) fn url(&self) -> String {
        match &self.database {
            None => format!("sqlite:{}", self.directory().join("data").display()),
            Some(database) => database.url(),
        }
    }

    /// Name of the file system below: on one in memory a durable write costs nothing and means nothing.
    pub(crate) fn file_system(&self) -> String {
        rustix::fs::statfs(self.directory()).map_or_else(|_| "unknown".into(), |found| kind(found.f_type))
    }
}

/// The name of a file system by its magic number (statfs(2)).
fn kind(magic: i64) -> String {
    match magic {
        0x0102_1994 => "tmpfs".into(),
        0xEF53 => "ext4".into(),
        0x5846_5342 => "xfs".into(),
        0x9123_683E => "btrfs".into(),
        0x794C_7630 => "overlayfs".into(),
        other => format!("{other:#x}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_gone_when_dropped() {
        let parent = tempfile::tempdir().unwrap();
        let place = Place::empty(parent.path(), None).unwrap();
        assert!(place.url().starts_with("sqlite:"), "{}", place.url());
        assert!(!place.file_system().is_empty());
        let path = place.directory().to_owned();
        assert!(path.exists());
        drop(place);
        assert!(!path.exists());
    }
}
