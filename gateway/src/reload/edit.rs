//! Changes to the features file, made by the thread that reads it: nobody else of this process writes it, so that what
//! was shown, what was checked and what is written is one text.

use super::{Order, ReloadError, Reloaded, Reloader, Work};
use crate::features::{FILE_MAX_BYTES, Report};
use std::sync::mpsc::TrySendError;
use toggles::{Mode, write_atomically};
use tokio::sync::oneshot;
use xxhash_rust::xxh3::xxh3_64;

/// From the file's text to another; or why that cannot be.
pub type Change = Box<dyn FnOnce(&str) -> Result<String, String> + Send>;
/// Whether a text would be right in the file's place.
pub type Check = Box<dyn Fn(&str) -> Result<(), Report> + Send>;

/// A change that is wanted.
pub struct Edit {
    /// What becomes of the text.
    pub change: Change,
    /// The version to which it is to be made; `None`: it is only to be shown.
    pub version: Option<String>,
}

/// A change that is made, or that would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// The file's name.
    pub file: String,
    /// Tells the text before the change from any other.
    pub version: String,
    /// The text before.
    pub before: String,
    /// The text after.
    pub after: String,
    /// What came into force; `None` where the change was only shown.
    pub reloaded: Option<Reloaded>,
}

/// Why a change is not made. The file is then as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// There is no file, or it cannot be read.
    #[error("the features file cannot be read: {0}")]
    Unreadable(String),
    /// The change has no place in the file.
    #[error("{0}")]
    Unfit(String),
    /// It is another file than the one that was shown.
    #[error("the features file has changed since it was shown: look at the change again")]
    Stale,
    /// The file would be wrong.
    #[error("{0}")]
    Wrong(Report),
    /// The disk does not take it.
    #[error("the features file cannot be written: {0}")]
    Unwritable(String),
    /// Too many want something at once.
    #[error("another change is under way")]
    Busy,
    /// The process is on its way out.
    #[error("nothing is changed any more")]
    Stopped,
}

impl Reloader {
    /// Changes the file and brings it into force, or shows what would be changed.
    ///
    /// # Errors
    /// [`EditError`]; nothing has changed then.
    pub async fn edit(&self, edit: Edit) -> Result<Edited, EditError> {
        let (reply, answer) = oneshot::channel();
        self.orders.try_send(Order::Edit(edit, reply)).map_err(|error| match error {
            TrySendError::Full(_) => EditError::Busy,
            TrySendError::Disconnected(_) => EditError::Stopped,
        })?;
        answer.await.unwrap_or(Err(EditError::Stopped))
    }
}

impl Work {
    /// Shows a change, or makes it.
    pub(super) fn edit(&mut self, edit: Edit) -> Result<Edited, EditError> {
        let path = &self.reloading.path;
        let before =
            std::fs::read_to_string(path).map_err(|error| EditError::Unreadable(error.to_string()))?;
        let version = version(&before);
        if edit.version.as_ref().is_some_and(|wanted| *wanted != version) {
            return Err(EditError::Stale);
        }
        let after = (edit.change)(&before).map_err(EditError::Unfit)?;
        if after.len() as u64 > FILE_MAX_BYTES {
            return Err(EditError::Unfit(format!("the file would have more than {FILE_MAX_BYTES} bytes")));
        }
        (self.reloading.check)(&after).map_err(EditError::Wrong)?;
        let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let reloaded = match edit.version {
            Some(_) if before != after => Some(self.write(&before, &after)?),
            _ => None,
        };
        Ok(Edited { file, version, before, after, reloaded })
    }

    fn write(&mut self, before: &str, after: &str) -> Result<Reloaded, EditError> {
        let path = self.reloading.path.clone();
        write_atomically(&path, after.as_bytes(), Mode::Keep)
            .map_err(|error| EditError::Unwritable(error.to_string()))?;
        self.reload().map_err(|error| {
            // What reads right may still not compile: the file is to say what is in force.
            let restored = write_atomically(&path, before.as_bytes(), Mode::Keep);
            self.watched.seen();
            match (error, restored) {
                (_, Err(error)) => EditError::Unwritable(error.to_string()),
                (ReloadError::Refused(report), Ok(())) => EditError::Wrong(report),
                (error, Ok(())) => EditError::Unfit(error.to_string()),
            }
        })
    }
}

/// Tells one text from another. Not against somebody who wants two texts to be taken for one: both are the operator's.
fn version(text: &str) -> String {
    format!("{:016x}", xxh3_64(text.as_bytes()))
}
