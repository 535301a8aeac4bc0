//! `secrets.toml`: the passwords that `banyan db provision` made. Nobody but the owner may read it.

use crate::StorageError;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;
use toml::{Table, Value};

/// Mode of the file: its owner reads and writes it, nobody else.
const FILE_MODE: u32 = 0o600;

/// The content of `secrets.toml`:
///
/// ```toml
/// [storage.passwords]
/// users = "…"
/// ```
///
/// What else the file holds is kept as it is, but for comments.
#[derive(Clone, Default, PartialEq)]
pub struct Secrets {
    table: Table,
}

impl Secrets {
    /// Reads the file; one that is not there is empty.
    ///
    /// # Errors
    /// [`StorageError::Secrets`] when it cannot be read, is not TOML, or when others than its owner may read it.
    pub fn load(path: &Path) -> Result<Self, StorageError> {
        let refuse = |reason: String| StorageError::Secrets { path: path.to_owned(), reason };
        let text = match read_private(path) {
            Ok(Some(text)) => text,
            Ok(None) => return Ok(Self::default()),
            Err(error) => return Err(refuse(error.to_string())),
        };
        // The parser's own message would quote the line, and with it the password.
        let table = text.parse().map_err(|_| refuse("is not valid TOML".into()))?;
        let secrets = Self { table };
        if secrets.has_other_shape() {
            return Err(refuse("[storage.passwords] must map modules to texts".into()));
        }
        Ok(secrets)
    }

    /// Writes the file as a whole: after a crash there is the old one or the new one.
    ///
    /// # Errors
    /// [`StorageError::Secrets`] when it cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), StorageError> {
        write_private(path, &self.table.to_string())
            .map_err(|error| StorageError::Secrets { path: path.to_owned(), reason: error.to_string() })
    }

    /// The password of a module's role.
    #[must_use]
    pub fn password(&self, module: &str) -> Option<&str> {
        self.passwords()?.get(module)?.as_str()
    }

    /// Sets the password of a module's role.
    pub fn set_password(&mut self, module: &str, password: String) {
        let storage = self.table.entry("storage").or_insert_with(|| Value::Table(Table::new()));
        let Some(storage) = storage.as_table_mut() else { return };
        let passwords = storage.entry("passwords").or_insert_with(|| Value::Table(Table::new()));
        if let Some(passwords) = passwords.as_table_mut() {
            passwords.insert(module.to_owned(), Value::String(password));
        }
    }

    fn passwords(&self) -> Option<&Table> {
        self.table.get("storage")?.as_table()?.get("passwords")?.as_table()
    }

    fn has_other_shape(&self) -> bool {
        let Some(storage) = self.table.get("storage") else { return false };
        let Some(storage) = storage.as_table() else { return true };
        let Some(passwords) = storage.get("passwords") else { return false };
        !passwords.as_table().is_some_and(|passwords| passwords.values().all(Value::is_str))
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let modules = self.passwords().into_iter().flat_map(Table::keys);
        f.debug_map().entries(modules.map(|module| (module, "***"))).finish()
    }
}

/// The text of a file that only its owner may read; `None` when there is no such file.
fn read_private(path: &Path) -> io::Result<Option<String>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mode = file.metadata()?.mode() & 0o777;
    if mode & 0o077 != 0 {
        let reason =
            format!("others may read it (mode {mode:03o}): chmod 600 it, and provision anew if somebody did");
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, reason));
    }
    io::read_to_string(file).map(Some)
}

/// Writes beside the file, syncs, and renames over it.
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = Path::new(&beside);
    // What a crashed attempt left may have any mode.
    match fs::remove_file(beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(beside, path)?;
    File::open(directory)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn what_is_saved_is_loaded_and_only_the_owner_may_read_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("secrets.toml");
        assert_eq!(Secrets::load(&path).unwrap().password("users"), None);

        let mut secrets = Secrets::default();
        secrets.set_password("users", "pa\"ss".into());
        secrets.save(&path).unwrap();
        secrets.set_password("tokens", "word".into());
        secrets.save(&path).unwrap();

        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        let loaded = Secrets::load(&path).unwrap();
        assert_eq!((loaded.password("users"), loaded.password("tokens")), (Some("pa\"ss"), Some("word")));
    }

    #[test]
    fn a_file_that_others_may_read_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("secrets.toml");
        Secrets::default().save(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(Secrets::load(&path).unwrap_err().to_string().contains("mode 640"));
    }

    #[test]
    fn what_others_keep_in_the_file_stays() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("secrets.toml");
        write_private(&path, "[tokens]\nkey = \"k\"\n").unwrap();
        let mut secrets = Secrets::load(&path).unwrap();
        secrets.set_password("users", "p".into());
        secrets.save(&path).unwrap();
        assert!(fs::read_to_string(&path).unwrap().contains("key = \"k\""));
    }

    #[test]
    fn passwords_are_in_no_debug_text_and_in_no_error() {
        let mut secrets = Secrets::default();
        secrets.set_password("users", "s3cret".into());
        assert_eq!(format!("{secrets:?}"), r#"{"users": "***"}"#);

        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("secrets.toml");
        for text in ["[storage.passwords]\nusers = \"s3cret", "[storage.passwords]\nusers = [\"s3cret\"]"] {
            write_private(&path, text).unwrap();
            assert!(!Secrets::load(&path).unwrap_err().to_string().contains("s3cret"));
        }
    }
}
