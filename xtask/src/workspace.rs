//! Where the workspace is, and the commands that run in it.

use crate::failure::Failure;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The workspace's folder.
#[derive(Debug, Clone)]
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The folder above this crate's.
    ///
    /// # Errors
    /// Never in practice.
    pub(crate) fn find() -> Result<Self, Failure> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned);
        root.map(|root| Self { root }).ok_or_else(|| Failure::Wanted("xtask has no folder above it".into()))
    }

    /// The folder.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A file or folder in it.
    pub(crate) fn join(&self, path: impl AsRef<Path>) -> PathBuf {
        self.root.join(path)
    }

    /// `cargo` in it.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO"));
        command.args(arguments).current_dir(&self.root);
        command
    }

    /// Where cargo puts what it builds with the profile `debug` or `release`.
    ///
    /// # Errors
    /// [`Failure::Setup`] when `cargo metadata` says nothing.
    pub(crate) fn target(&self, profile: &str) -> Result<PathBuf, Failure> {
        self.target_folder().map(|folder| folder.join(profile))
    }

    /// Where cargo puts what it builds, and the chores what they fetch.
    ///
    /// # Errors
    /// [`Failure::Setup`] when `cargo metadata` says nothing.
    pub(crate) fn target_folder(&self) -> Result<PathBuf, Failure> {
        let mut metadata = cargo_metadata::MetadataCommand::new();
        let metadata = metadata.current_dir(&self.root).no_deps().exec();
        let metadata = metadata.map_err(|error| Failure::Setup(error.into()))?;
        Ok(metadata.target_directory.into_std_path_buf())
    }
}
