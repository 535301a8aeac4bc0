//! The section `audit`.

use std::path::{Path, PathBuf};

/// Where the file is when nobody says, in the working directory.
const DEFAULT_DIRECTORY: &str = "data";
const DEFAULT_NAME: &str = "audit.jsonl";
const FILE_MAX_BYTES: std::ops::RangeInclusive<u64> = 64 * 1024..=1024 * 1024 * 1024;
const FILES_MAX: std::ops::RangeInclusive<u32> = 1..=100;
const MEMORY_MAX: std::ops::RangeInclusive<usize> = 1..=100_000;

/// Where the audit log is kept, and how much of it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AuditSettings {
    /// The file. When it is not set: `./data/audit.jsonl` where there is a folder `./data`, else none. Empty: none;
    /// entries are then logged and kept in memory only.
    pub path: Option<PathBuf>,
    /// Bytes of one file, 64 KiB to 1 GiB. A full one becomes `audit.jsonl.1`, and that `audit.jsonl.2`.
    pub file_max_bytes: u64,
    /// Files in all, the one that is written among them, 1 to 100. The oldest are deleted.
    pub files_max: u32,
    /// Entries kept in memory for `GET /api/audit`, 1 to 100,000.
    pub memory_max: usize,
}

impl Default for AuditSettings {
    fn default() -> Self {
        Self { path: None, file_max_bytes: 16 * 1024 * 1024, files_max: 8, memory_max: 1_000 }
    }
}

/// Why there is no audit log.
#[derive(Debug, thiserror::Error)]
pub enum AuditSettingError {
    /// A setting is out of its bounds.
    #[error("audit.{setting}: must be {least} to {most}, not {value}")]
    Bounds {
        /// The setting.
        setting: &'static str,
        /// The smallest value.
        least: u64,
        /// The largest value.
        most: u64,
        /// What was set.
        value: u64,
    },
    /// The system gives no thread.
    #[error("the thread of the audit log does not start")]
    Thread(#[from] std::io::Error),
}

impl AuditSettings {
    /// Whether all settings are within their bounds.
    ///
    /// # Errors
    /// [`AuditSettingError::Bounds`] with the first that is not.
    pub fn check(&self) -> Result<(), AuditSettingError> {
        let all = [
            ("file_max_bytes", *FILE_MAX_BYTES.start(), *FILE_MAX_BYTES.end(), self.file_max_bytes),
            ("files_max", (*FILES_MAX.start()).into(), (*FILES_MAX.end()).into(), self.files_max.into()),
            ("memory_max", *MEMORY_MAX.start() as u64, *MEMORY_MAX.end() as u64, self.memory_max as u64),
        ];
        let wrong = all.into_iter().find(|(_, least, most, value)| !(least..=most).contains(&value));
        wrong.map_or(Ok(()), |(setting, least, most, value)| {
            Err(AuditSettingError::Bounds { setting, least, most, value })
        })
    }

    /// The file that holds, if any.
    pub(super) fn file(&self) -> Option<PathBuf> {
        self.file_in(Path::new("."))
    }

    fn file_in(&self, directory: &Path) -> Option<PathBuf> {
        match &self.path {
            Some(path) => (!path.as_os_str().is_empty()).then(|| path.clone()),
            None => {
                let data = directory.join(DEFAULT_DIRECTORY);
                data.is_dir().then(|| data.join(DEFAULT_NAME))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_kept_by_default_only_where_there_is_a_data_folder() {
        let directory = tempfile::tempdir().unwrap();
        let settings = AuditSettings::default();
        assert_eq!(settings.file_in(directory.path()), None);
        std::fs::create_dir(directory.path().join("data")).unwrap();
        assert_eq!(settings.file_in(directory.path()), Some(directory.path().join("data/audit.jsonl")));
        let none = AuditSettings { path: Some(PathBuf::new()), ..settings };
        assert_eq!(none.file_in(directory.path()), None);
    }

    #[test]
    fn what_is_out_of_bounds_is_named() {
        AuditSettings::default().check().unwrap();
        for (settings, name) in [
            (AuditSettings { file_max_bytes: 1, ..AuditSettings::default() }, "audit.file_max_bytes"),
            (AuditSettings { files_max: 0, ..AuditSettings::default() }, "audit.files_max"),
            (AuditSettings { memory_max: 0, ..AuditSettings::default() }, "audit.memory_max"),
        ] {
            let error = settings.check().unwrap_err().to_string();
            assert!(error.starts_with(name), "{error}");
        }
    }
}
