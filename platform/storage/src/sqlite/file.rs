//! The file of a module: made so that it survives a crash, opened with the settings that durability rests on.

use crate::{AnyConnection, StorageError, StorageSettings};
use diesel::connection::SimpleConnection;
use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection, sql_types::Text};
use std::fs::{DirBuilder, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Mode of directories that are made: nobody else may look inside.
const DIRECTORY_MODE: u32 = 0o700;
/// Mode of files that are made; SQLite gives the same to the log beside the file.
const FILE_MODE: u32 = 0o600;
/// Pause between two attempts to get the lock that another process holds.
const LOCK_RETRY: Duration = Duration::from_millis(20);

/// Where a module's file is. It exists, and its path is absolute.
#[derive(Debug, Clone)]
pub(crate) struct File {
    module: &'static str,
    path: String,
    lock: PathBuf,
}

/// Held while a file is created and migrated; let go when dropped, or when the process dies.
pub(crate) struct Lock {
    _file: std::fs::File,
}

impl File {
    /// Makes the directory (mode 0700) and the file (mode 0600) if they are not there, durably.
    pub(crate) fn prepare(directory: &Path, module: &'static str) -> Result<Self, StorageError> {
        let refuse = |what: &Path, error: io::Error| {
            StorageError::setup(module, format!("{}: {error}", what.display()))
        };
        create_directory(directory).map_err(|error| refuse(directory, error))?;
        let directory = directory.canonicalize().map_err(|error| refuse(directory, error))?;
        let path = directory.join(format!("{module}.db"));
        create_file(&path, &directory).map_err(|error| refuse(&path, error))?;
        Self::locate(&directory, module)
    }

    /// The file in this directory, which may be missing.
    pub(crate) fn locate(directory: &Path, module: &'static str) -> Result<Self, StorageError> {
        let path = directory.join(format!("{module}.db"));
        let lock = directory.join(format!("{module}.lock"));
        let path = path.into_os_string().into_string().map_err(|path| {
            StorageError::setup(module, format!("{}: the path is not UTF-8", path.display()))
        })?;
        Ok(Self { module, path, lock })
    }

    /// Whether there is a file.
    pub(crate) fn exists(&self) -> bool {
        Path::new(&self.path).exists()
    }

    /// Waits until no other process creates or migrates this file.
    pub(crate) fn lock(&self, wait_ms: u32) -> Result<Lock, StorageError> {
        let refuse = |error: io::Error| self.refuse(format!("{}: {error}", self.lock.display()));
        let file =
            OpenOptions::new().create(true).append(true).mode(FILE_MODE).open(&self.lock).map_err(refuse)?;
        let mut left = Duration::from_millis(wait_ms.into());
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Lock { _file: file }),
                Err(TryLockError::Error(error)) => return Err(refuse(error)),
                Err(TryLockError::WouldBlock) if left.is_zero() => {
                    return Err(self.refuse(format!("another process still migrates it after {wait_ms} ms")));
                }
                Err(TryLockError::WouldBlock) => {
                    std::thread::sleep(LOCK_RETRY);
                    left = left.saturating_sub(LOCK_RETRY);
                }
            }
        }
    }

    /// The connection that switches to the write-ahead log and migrates; only under the [`Lock`], as two that switch
    /// at once fail with "database is locked". The switch stays in the file.
    pub(crate) fn connect_to_create(
        &self,
        settings: &StorageSettings,
    ) -> Result<AnyConnection, StorageError> {
        let mut connection = self.connect_sqlite(settings).map_err(|reason| self.refuse(reason))?;
        let mode = diesel::sql_query("PRAGMA journal_mode = WAL").get_result::<JournalMode>(&mut connection);
        match mode {
            Ok(mode) if mode.journal_mode == "wal" => {}
            Ok(mode) => {
                let mode = mode.journal_mode;
                return Err(self.refuse(format!("the file system allows no write-ahead log (mode {mode})")));
            }
            Err(error) => return Err(self.refuse(error)),
        }
        // Fails now, rather than at the first write, where the file may only be read.
        connection.batch_execute("BEGIN IMMEDIATE; ROLLBACK").map_err(|error| self.refuse(error))?;
        Ok(AnyConnection::Sqlite(connection))
    }

    /// The connection of the writer.
    pub(crate) fn connect_to_write(&self, settings: &StorageSettings) -> Result<AnyConnection, String> {
        self.connect_sqlite(settings).map(AnyConnection::Sqlite)
    }

    /// A connection that can change nothing.
    pub(crate) fn connect_to_read(&self, settings: &StorageSettings) -> Result<AnyConnection, String> {
        let mut connection = self.connect_sqlite(settings)?;
        connection.batch_execute("PRAGMA query_only = ON").map_err(|error| error.to_string())?;
        Ok(AnyConnection::Sqlite(connection))
    }

    /// What every connection has. `synchronous = FULL` syncs the log at every commit: an answered write survives the
    /// loss of power.
    fn connect_sqlite(&self, settings: &StorageSettings) -> Result<SqliteConnection, String> {
        // SQLite would make an empty file in place of one that was taken away.
        if !self.exists() {
            return Err(format!("{}: the file is gone", self.path));
        }
        let mut connection = SqliteConnection::establish(&self.path).map_err(|error| error.to_string())?;
        let busy_timeout_ms = settings.sqlite_busy_timeout_ms;
        let pragmas = format!(
            "PRAGMA busy_timeout = {busy_timeout_ms}; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
             PRAGMA trusted_schema = OFF; PRAGMA schema_version"
        );
        connection.batch_execute(&pragmas).map_err(|error| error.to_string())?;
        Ok(connection)
    }

    fn refuse(&self, reason: impl std::fmt::Display) -> StorageError {
        StorageError::setup(self.module, format!("{}: {reason}", self.path))
    }
}

#[derive(QueryableByName)]
struct JournalMode {
    #[diesel(sql_type = Text)]
    journal_mode: String,
}

/// Makes a directory and those above it, and syncs each into the one above.
fn create_directory(directory: &Path) -> io::Result<()> {
    if directory.is_dir() {
        return Ok(());
    }
    let above = match directory.parent() {
        Some(above) if !above.as_os_str().is_empty() => above,
        _ => Path::new("."),
    };
    if above != Path::new(".") {
        create_directory(above)?;
    }
    match DirBuilder::new().mode(DIRECTORY_MODE).create(directory) {
        // Another process was faster.
        Err(error) if error.kind() == ErrorKind::AlreadyExists && directory.is_dir() => {}
        result => result?,
    }
    sync_directory(above)
}

/// Makes an empty file, which SQLite takes for an empty database, and syncs its name into the directory.
fn create_file(path: &Path, directory: &Path) -> io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(path) {
        Ok(file) => {
            file.sync_all()?;
            sync_directory(directory)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

fn sync_directory(directory: &Path) -> io::Result<()> {
    std::fs::File::open(directory)?.sync_all()
}
