//! A settings file: reads one section of it, and knows the line of whatever is wrong.

use crate::error::plainly;
use crate::{ConfigError, FILE_MAX_BYTES};
use serde::de::{DeserializeOwned, DeserializeSeed, IgnoredAny, MapAccess, Visitor};
use std::fmt;
use std::io::Read;
use std::marker::PhantomData;
use std::ops::Range;
use std::path::{Path, PathBuf};

pub(crate) struct SettingsFile {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

impl SettingsFile {
    pub(crate) fn read(path: &Path) -> Result<Self, ConfigError> {
        let failed = |source| ConfigError::Read { path: path.to_owned(), source };
        let file = std::fs::File::open(path).map_err(failed)?;
        let mut text = String::new();
        file.take(FILE_MAX_BYTES + 1).read_to_string(&mut text).map_err(failed)?;
        if text.len() as u64 > FILE_MAX_BYTES {
            let reason = format!("is larger than {FILE_MAX_BYTES} bytes");
            return Err(failed(std::io::Error::new(std::io::ErrorKind::InvalidData, reason)));
        }
        Ok(Self { path: path.to_owned(), text })
    }

    /// Checks that the file's own section fits `T`, so that an error has its line.
    pub(crate) fn check<T: DeserializeOwned>(&self, section: &str) -> Result<(), ConfigError> {
        let parsed = toml::Deserializer::parse(&self.text).map_err(|e| self.at(e.span(), e.message()))?;
        let seed = Section::<T> { name: section, kind: PhantomData };
        seed.deserialize(parsed).map_err(|e| self.at(e.span(), e.message()))
    }

    /// The names of the sections that are in the file.
    pub(crate) fn sections(&self) -> Result<Vec<(String, Range<usize>)>, ConfigError> {
        let table: std::collections::BTreeMap<toml::Spanned<String>, IgnoredAny> =
            toml::from_str(&self.text).map_err(|e| self.at(e.span(), e.message()))?;
        Ok(table.into_keys().map(|key| (key.get_ref().clone(), key.span())).collect())
    }

    pub(crate) fn at(&self, span: Option<Range<usize>>, reason: &str) -> ConfigError {
        let before = self.text.get(..span.map_or(0, |span| span.start)).unwrap_or(&self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let reason = plainly(reason.trim()).replace('\n', ", ");
        ConfigError::File { path: self.path.clone(), line, column, reason }
    }
}

/// Reads one key of the file's top table as `T` and passes over the others.
struct Section<'a, T> {
    name: &'a str,
    kind: PhantomData<T>,
}

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for Section<'_, T> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: DeserializeOwned> Visitor<'de> for Section<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sections")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if key == self.name {
                map.next_value::<T>()?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}
