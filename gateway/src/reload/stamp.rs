//! Whether a file has changed, by what the file system says of it.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// What tells one state of a file from another: an edit in place changes time or size, and one that renames a new file
/// over the old changes the inode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    device: u64,
    inode: u64,
    bytes: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

/// A file that is looked at again and again.
#[derive(Debug)]
pub(super) struct Watched {
    path: PathBuf,
    /// As it was when it was read, or said to be gone.
    known: Option<Stamp>,
    /// As the last look saw it.
    last: Option<Stamp>,
}

/// What a look saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// Nothing new, or something that is still being written.
    Same,
    /// The file is another than the one that was read, and two looks agree on it.
    Changed,
    /// There is no file any more.
    Gone,
}

impl Watched {
    /// Watches a file that is known as it is now.
    pub(super) fn new(path: &Path) -> Self {
        let stamp = stamp(path);
        Self { path: path.to_owned(), known: stamp, last: stamp }
    }

    /// Looks at the file.
    pub(super) fn look(&mut self) -> Look {
        let now = stamp(&self.path);
        let settled = now == std::mem::replace(&mut self.last, now);
        if !settled || now == self.known {
            return Look::Same;
        }
        self.known = now;
        if now.is_some() { Look::Changed } else { Look::Gone }
    }

    /// The file is about to be read as it is now.
    pub(super) fn seen(&mut self) {
        self.known = stamp(&self.path);
        self.last = self.known;
    }
}

/// `None` when there is no such file. Follows symbolic links: mounted configuration is swapped by them.
fn stamp(path: &Path) -> Option<Stamp> {
    let of = std::fs::metadata(path).ok()?;
    Some(Stamp {
        device: of.dev(),
        inode: of.ino(),
        bytes: of.len(),
        modified: (of.mtime(), of.mtime_nsec()),
        changed: (of.ctime(), of.ctime_nsec()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_counts_once_two_looks_agree() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f.toml");
        std::fs::write(&path, "a").unwrap();
        let mut watched = Watched::new(&path);
        assert_eq!(watched.look(), Look::Same);
        std::fs::write(&path, "ab").unwrap();
        assert_eq!(watched.look(), Look::Same, "it may still be written");
        std::fs::write(&path, "abc").unwrap();
        assert_eq!(watched.look(), Look::Same, "and so it was");
        assert_eq!((watched.look(), watched.look()), (Look::Changed, Look::Same));
    }

    #[test]
    fn a_file_renamed_over_it_is_a_change_and_one_removed_is_told_once() {
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("f.toml"), folder.path().join("new"));
        std::fs::write(&path, "a").unwrap();
        let mut watched = Watched::new(&path);
        std::fs::write(&other, "b").unwrap();
        std::fs::rename(&other, &path).unwrap();
        assert_eq!((watched.look(), watched.look()), (Look::Same, Look::Changed));
        std::fs::remove_file(&path).unwrap();
        assert_eq!((watched.look(), watched.look(), watched.look()), (Look::Same, Look::Gone, Look::Same));
        std::fs::write(&path, "c").unwrap();
        assert_eq!((watched.look(), watched.look()), (Look::Same, Look::Changed));
    }
}
