//! The file of the audit log: JSON lines, forced to disk one by one, and a bounded number of older files beside it.
//!
//! The file is opened for each entry, under a lock of the file system: changes are rare, another process may append too,
//! and whoever moves the file away (logrotate) is not written behind.

use super::entry::Record;
use std::fs::{File, OpenOptions, rename};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Only the owner reads who did what.
const MODE: u32 = 0o600;
/// How often the file is opened anew when it was moved away between opening and locking.
const OPEN_TRIES_MAX: usize = 8;
/// How much of a file is read at start to remember its last entries, in bytes.
const TAIL_MAX_BYTES: u64 = 1024 * 1024;

/// The file and its bounds.
pub(super) struct Journal {
    path: PathBuf,
    file_max_bytes: u64,
    files_max: u32,
}

impl Journal {
    pub(super) fn new(path: PathBuf, file_max_bytes: u64, files_max: u32) -> Self {
        Self { path, file_max_bytes, files_max }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Appends one line and waits until it is on disk.
    ///
    /// # Errors
    /// What the system says; the file is then as before, but for a torn line where even that could not be mended.
    pub(super) fn append(&self, line: &[u8]) -> io::Result<()> {
        for _ in 0..OPEN_TRIES_MAX {
            let file = OpenOptions::new().read(true).append(true).create(true).mode(MODE).open(&self.path)?;
            file.lock()?;
            if !self.is_current(&file)? {
                continue;
            }
            let length = file.metadata()?.len();
            if length > 0 && length.saturating_add(line.len() as u64) > self.file_max_bytes {
                self.rotate()?;
                continue;
            }
            return self.write(file, length, line);
        }
        Err(io::Error::other("the file is moved away again and again"))
    }

    /// The last entries, the oldest first; lines that are none, such as one torn by a crash, are passed over.
    pub(super) fn tail(&self, max: usize) -> Vec<Record> {
        let mut records = Vec::new();
        for path in [self.older(1), self.path.clone()] {
            // What cannot be read is not remembered; whether it can be written shows with the first entry.
            records.extend(tail_of(&path).unwrap_or_default());
        }
        records.split_off(records.len().saturating_sub(max))
    }

    /// Whether the path still leads to the open file.
    fn is_current(&self, file: &File) -> io::Result<bool> {
        let opened = file.metadata()?;
        match std::fs::metadata(&self.path) {
            Ok(now) => Ok((now.dev(), now.ino()) == (opened.dev(), opened.ino())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn write(&self, mut file: File, length: u64, line: &[u8]) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(line.len() + 2);
        if is_torn(&file, length)? {
            bytes.push(b'\n');
        }
        bytes.extend_from_slice(line);
        bytes.push(b'\n');
        let written = file.write_all(&bytes).and_then(|()| file.sync_all());
        if written.is_err() {
            // A line that is not whole would be taken for one that was torn by a crash.
            let _ = file.set_len(length);
        }
        written?;
        if length == 0 { self.sync_directory() } else { Ok(()) }
    }

    /// Moves every file one place back; the last one is overwritten. To be called under the lock.
    fn rotate(&self) -> io::Result<()> {
        if self.files_max <= 1 {
            return std::fs::remove_file(&self.path);
        }
        for place in (1..self.files_max.saturating_sub(1)).rev() {
            match rename(self.older(place), self.older(place + 1)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        rename(&self.path, self.older(1))?;
        self.sync_directory()
    }

    fn older(&self, place: u32) -> PathBuf {
        let mut path = self.path.clone().into_os_string();
        path.push(format!(".{place}"));
        path.into()
    }

    /// A name is on disk when its folder is.
    fn sync_directory(&self) -> io::Result<()> {
        let parent = self.path.parent().filter(|parent| !parent.as_os_str().is_empty());
        File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
    }
}

/// Whether the last line has no end: a crash has torn it.
fn is_torn(file: &File, length: u64) -> io::Result<bool> {
    let Some(last) = length.checked_sub(1) else { return Ok(false) };
    let mut byte = [0];
    file.read_exact_at(&mut byte, last)?;
    Ok(byte != *b"\n")
}

fn tail_of(path: &Path) -> io::Result<Vec<Record>> {
    let mut file = File::open(path)?;
    let start = file.metadata()?.len().saturating_sub(TAIL_MAX_BYTES);
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.take(TAIL_MAX_BYTES).read_to_end(&mut bytes)?;
    let lines = bytes.split(|byte| *byte == b'\n');
    Ok(lines.filter_map(|line| serde_json::from_slice(line).ok()).collect())
}
