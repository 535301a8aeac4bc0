//! Writing a file so that a reader sees the old content or the new, never a part, also after a power loss.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Who may read a file that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// As before; 0644 for a new file.
    Keep,
    /// Only the owner: 0600.
    Private,
}

/// Replaces the content of a file, or makes it. A symbolic link stays one, and what it points to is replaced. Blocks
/// until the disk has it.
///
/// # Errors
/// When the folder does not exist or cannot be written to. The file is then as it was.
pub fn write_atomically(path: &Path, content: &[u8], mode: Mode) -> io::Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let temporary = folder.join(temporary_name(&target)?);
    let written = write(&temporary, content, permissions(&target, mode))
        .and_then(|()| fs::rename(&temporary, &target))
        .and_then(|()| File::open(folder)?.sync_all());
    if written.is_err() {
        // It may never have been made, or have got its name already.
        let _ = fs::remove_file(&temporary);
    }
    written
}

fn permissions(target: &Path, mode: Mode) -> Permissions {
    let kept = || fs::metadata(target).ok().map(|metadata| metadata.permissions());
    match mode {
        Mode::Keep => kept().unwrap_or(Permissions::from_mode(0o644)),
        Mode::Private => Permissions::from_mode(0o600),
    }
}

fn write(path: &Path, content: &[u8], permissions: Permissions) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(content)?;
    file.set_permissions(permissions)?;
    file.sync_all()
}

/// `.NAME.PID.NUMBER.tmp`, beside the file: a rename works only within one file system.
fn temporary_name(target: &Path) -> io::Result<PathBuf> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let name =
        target.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "not a file's name"))?;
    let mut temporary = OsString::from(".");
    temporary.push(name);
    temporary.push(format!(".{}.{}.tmp", std::process::id(), NEXT.fetch_add(1, Relaxed)));
    Ok(temporary.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_file_is_replaced_with_its_mode_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("features.toml");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        write_atomically(&path, b"new", Mode::Keep).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(mode(&path), 0o640);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_private_file_is_private_from_the_start() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("unleash.json");
        write_atomically(&path, b"{}", Mode::Private).unwrap();
        assert_eq!(mode(&path), 0o600);
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        write_atomically(&path, b"{}", Mode::Private).unwrap();
        assert_eq!(mode(&path), 0o600);
    }

    #[test]
    fn a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        write_atomically(&link, b"new", Mode::Keep).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&file).unwrap(), b"new");
    }

    #[test]
    fn a_write_that_fails_leaves_everything_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        write_atomically(&folder.path().join("nowhere/file"), b"", Mode::Keep).unwrap_err();
        // A folder cannot be replaced by a file.
        let path = folder.path().join("folder");
        fs::create_dir(&path).unwrap();
        write_atomically(&path, b"", Mode::Keep).unwrap_err();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
