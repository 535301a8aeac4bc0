//! The section `report`: how much of what the parallel run found is kept, how long, and what is made unreadable.

use serde::{Deserialize, Deserializer};

/// Days that may be kept at most: ten years.
const KEEP_DAYS_MAX: u32 = 3650;
/// Bytes of `report.key`, in hexadecimal digits twice as many.
const KEY_BYTES: usize = 32;

/// The section `report`.
#[derive(Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReportSettings {
    /// Days that counts and samples are kept.
    pub keep_days: u32,
    /// Bytes of counts and samples that are kept at most, all routes together. Beyond it the oldest samples go first,
    /// then the oldest counts.
    pub size_max_bytes: u64,
    /// Samples of one cause that are kept of one hour.
    pub samples_per_cause: usize,
    /// Bytes of each body that a sample keeps; the rest is cut off.
    pub sample_body_max_bytes: usize,
    /// Names of JSON members, form fields, query parameters, header fields and cookies whose values are replaced by a
    /// keyed hash before they are kept, beside the built-in ones. Compared without regard to case, `-` and `_`; also a
    /// part of a name: `card` hides `credit_card`.
    pub redact: Vec<String>,
    /// 64 hexadecimal digits: encrypts samples in the store (AES-256-GCM), and keys the hashes. Without it samples are
    /// stored in the clear, and the hashes of two processes cannot be compared.
    #[serde(deserialize_with = "key")]
    pub key: Option<[u8; KEY_BYTES]>,
}

/// A setting out of its bounds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("report.{setting}: {reason}")]
pub struct ReportSettingError {
    /// The setting.
    pub setting: &'static str,
    /// What it must be.
    pub reason: String,
}

impl Default for ReportSettings {
    fn default() -> Self {
        Self {
            keep_days: 30,
            size_max_bytes: 256 * 1024 * 1024,
            samples_per_cause: 3,
            sample_body_max_bytes: 16 * 1024,
            redact: Vec::new(),
            key: None,
        }
    }
}

impl ReportSettings {
    /// Whether all bounds can be held.
    ///
    /// # Errors
    /// [`ReportSettingError`] names the first that cannot.
    pub fn check(&self) -> Result<(), ReportSettingError> {
        let wrong = |setting, reason: String| Err(ReportSettingError { setting, reason });
        if !(1..=KEEP_DAYS_MAX).contains(&self.keep_days) {
            return wrong("keep_days", format!("must be 1 to {KEEP_DAYS_MAX}"));
        }
        if self.size_max_bytes < 1024 * 1024 {
            return wrong("size_max_bytes", "must be at least 1048576".into());
        }
        if self.samples_per_cause > 100 {
            return wrong("samples_per_cause", "must be at most 100".into());
        }
        if self.sample_body_max_bytes > 1024 * 1024 {
            return wrong("sample_body_max_bytes", "must be at most 1048576".into());
        }
        if self.redact.iter().any(|name| name.chars().all(|c| !c.is_alphanumeric())) {
            return wrong("redact", "each must be a name".into());
        }
        Ok(())
    }
}

impl std::fmt::Debug for ReportSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReportSettings").field("keep_days", &self.keep_days).finish_non_exhaustive()
    }
}

/// Empty is the same as not there. The error never repeats the text.
fn key<'de, D: Deserializer<'de>>(from: D) -> Result<Option<[u8; KEY_BYTES]>, D::Error> {
    let text = Option::<String>::deserialize(from)?.unwrap_or_default();
    if text.is_empty() {
        return Ok(None);
    }
    let key = from_hexadecimal(&text);
    key.map(Some).ok_or_else(|| serde::de::Error::custom("must be 64 hexadecimal digits"))
}

fn from_hexadecimal(text: &str) -> Option<[u8; KEY_BYTES]> {
    let digits: Vec<u8> =
        text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect::<Option<_>>()?;
    let bytes: Vec<u8> =
        digits.chunks(2).filter_map(|pair| Some(pair.first()? << 4 | pair.get(1)?)).collect();
    bytes.try_into().ok().filter(|_| digits.len() == 2 * KEY_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_64_digits_and_is_in_no_debug_text() {
        let read = |key: &str| serde_json::from_value::<ReportSettings>(serde_json::json!({ "key": key }));
        let settings = read(&"0f".repeat(32)).unwrap();
        assert_eq!(settings.key, Some([0x0f; 32]));
        assert!(!format!("{settings:?}").contains("15"));
        assert_eq!(read("").unwrap().key, None);
        for wrong in ["00", &"0g".repeat(32), &"0".repeat(63), &"0".repeat(66)] {
            let error = read(wrong).unwrap_err().to_string();
            assert!(error.contains("64 hexadecimal digits") && !error.contains(wrong), "{error}");
        }
    }

    #[test]
    fn bounds_are_checked() {
        assert_eq!(ReportSettings::default().check(), Ok(()));
        let broken = [
            ReportSettings { keep_days: 0, ..ReportSettings::default() },
            ReportSettings { size_max_bytes: 1, ..ReportSettings::default() },
            ReportSettings { samples_per_cause: 101, ..ReportSettings::default() },
            ReportSettings { sample_body_max_bytes: 1 << 21, ..ReportSettings::default() },
            ReportSettings { redact: vec!["-".into()], ..ReportSettings::default() },
        ];
        for settings in broken {
            assert!(settings.check().is_err(), "{settings:?}");
        }
    }
}
