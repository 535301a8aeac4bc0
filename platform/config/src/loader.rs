//! Puts a section's values together from all the places they come from.

use crate::error::plainly;
use crate::file::SettingsFile;
use crate::{ConfigError, ConfigErrors, ENVIRONMENT_PREFIX, Origin};
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

const PROFILES: [&str; 3] = ["dev", "test", "prod"];

/// Gives sections; collects everything that is wrong until [`Loader::finish`].
pub struct Loader {
    files: Vec<SettingsFile>,
    /// Key in lower case with dots to the variable or flag it came from, and its value.
    values: BTreeMap<String, (String, String)>,
    merged: Option<config_rs::Config>,
    known: BTreeSet<&'static str>,
    errors: Vec<ConfigError>,
}

impl Loader {
    /// Reads files and environment.
    #[must_use]
    pub fn new(origin: &Origin) -> Self {
        let mut errors = Vec::new();
        let files = files(origin, &mut errors);
        let values = values(origin, &mut errors);
        let mut builder = config_rs::Config::builder();
        for file in &files {
            builder = builder.add_source(config_rs::File::from_str(&file.text, config_rs::FileFormat::Toml));
        }
        for (key, (origin, value)) in &values {
            match builder.clone().set_override(key.as_str(), scalar(value)) {
                Ok(with) => builder = with,
                Err(error) => {
                    errors.push(ConfigError::Value { origin: origin.clone(), reason: error.to_string() });
                }
            }
        }
        let merged = match builder.build() {
            Ok(merged) => Some(merged),
            // A file that is no TOML is reported below, with its line.
            Err(error) if files.is_empty() => {
                errors.push(ConfigError::Value { origin: "settings".into(), reason: error.to_string() });
                None
            }
            Err(_) => None,
        };
        Self { files, values, merged, known: BTreeSet::new(), errors }
    }

    /// The section `name`; its defaults when it is wrong, which [`Loader::finish`] then says.
    pub fn section<T: DeserializeOwned + Default>(&mut self, name: &'static str) -> T {
        self.known.insert(name);
        let before = self.errors.len();
        for file in &self.files {
            self.errors.extend(file.check::<T>(name).err());
        }
        if self.errors.len() > before {
            return T::default();
        }
        let Some(merged) = &self.merged else { return T::default() };
        match merged.get::<T>(name) {
            Ok(section) => section,
            Err(config_rs::ConfigError::NotFound(_)) => T::default(),
            Err(error) => {
                self.errors.push(self.value_error(name, &error));
                T::default()
            }
        }
    }

    /// What was set by anybody, as it is merged; what nobody set is not in it.
    #[must_use]
    pub fn given<T: DeserializeOwned>(&self) -> Option<T> {
        self.merged.clone()?.try_deserialize().ok()
    }

    /// Says everything that was wrong, sections that nobody asked for among it.
    ///
    /// # Errors
    /// [`ConfigErrors`], when anything was.
    pub fn finish(mut self) -> Result<(), ConfigErrors> {
        for file in &self.files {
            match file.sections() {
                Ok(sections) => {
                    let unknown =
                        sections.into_iter().filter(|(name, _)| !self.known.contains(name.as_str()));
                    let found =
                        unknown.map(|(name, span)| file.at(Some(span), &unknown_section(&name, &self.known)));
                    self.errors.extend(found);
                }
                Err(error) => self.errors.push(error),
            }
        }
        for (key, (origin, _)) in &self.values {
            let section = key.split('.').next().unwrap_or_default();
            if !self.known.contains(section) {
                let reason = unknown_section(section, &self.known);
                self.errors.push(ConfigError::Value { origin: origin.clone(), reason });
            }
        }
        let mut seen = BTreeSet::new();
        self.errors.retain(|error| seen.insert(error.to_string()));
        if self.errors.is_empty() { Ok(()) } else { Err(ConfigErrors(self.errors)) }
    }

    /// Names the variable or flag that is at fault: its name stands in the error, or it is the section's only one.
    fn value_error(&self, section: &str, error: &config_rs::ConfigError) -> ConfigError {
        let text = error.to_string();
        // The section alone says nothing: the origin names the key.
        let text = text.strip_suffix(&format!(" for key `{section}`")).unwrap_or(&text).to_owned();
        let prefix = format!("{section}.");
        let of_section: Vec<_> = self.values.iter().filter(|(key, _)| key.starts_with(&prefix)).collect();
        // What is at fault is named first, and behind it what was expected instead.
        let place = |key: &str| {
            let leaf = key.rsplit('.').next().unwrap_or_default();
            text.find(key).or_else(|| text.find(&format!("`{leaf}`")))
        };
        let named = of_section.iter().filter_map(|(key, (origin, _))| Some((place(key)?, origin))).min();
        let origin = match (named, of_section.as_slice()) {
            (Some((_, origin)), _) | (None, [(_, (origin, _))]) => origin.clone(),
            _ => of_section.iter().map(|(_, (origin, _))| origin.as_str()).collect::<Vec<_>>().join(" or "),
        };
        ConfigError::Value { origin, reason: plainly(&text).to_owned() }
    }
}

fn unknown_section(name: &str, known: &BTreeSet<&'static str>) -> String {
    let known: Vec<_> = known.iter().copied().collect();
    format!("unknown section `{name}`, expected one of {}", known.join(", "))
}

fn files(origin: &Origin, errors: &mut Vec<ConfigError>) -> Vec<SettingsFile> {
    let main = origin.file.clone().unwrap_or_else(|| origin.directory.join(origin.default_file));
    let mut paths: Vec<(PathBuf, bool)> = vec![(main.clone(), origin.file.is_some())];
    match origin.profile() {
        Some(profile) if PROFILES.contains(&profile) => {
            paths.push((main.with_extension(format!("{profile}.toml")), false));
        }
        Some(profile) => errors.push(ConfigError::Value {
            origin: crate::PROFILE_VARIABLE.to_owned(),
            reason: format!("unknown profile `{profile}`, expected one of {}", PROFILES.join(", ")),
        }),
        None => {}
    }
    let mut files = Vec::new();
    for (path, required) in paths {
        match SettingsFile::read(&path) {
            Ok(file) => files.push(file),
            Err(ConfigError::Read { source, .. })
                if !required && source.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => errors.push(error),
        }
    }
    files
}

fn values(origin: &Origin, errors: &mut Vec<ConfigError>) -> BTreeMap<String, (String, String)> {
    let mut values = BTreeMap::new();
    let mut take = |name: &str, value: String, from: String| {
        if let Some(key) = name.strip_prefix(ENVIRONMENT_PREFIX) {
            values.insert(key.to_ascii_lowercase().replace("__", "."), (from, value));
        }
    };
    let path = origin.directory.join(".env");
    match dotenvy::from_path_iter(&path) {
        Ok(lines) => {
            for line in lines {
                match line {
                    Ok((name, value)) => take(&name, value, format!("{}: {name}", path.display())),
                    Err(error) => errors.push(ConfigError::Value {
                        origin: path.display().to_string(),
                        reason: error.to_string(),
                    }),
                }
            }
        }
        Err(error) if error.not_found() => {}
        Err(error) => {
            errors.push(ConfigError::Value { origin: path.display().to_string(), reason: error.to_string() });
        }
    }
    for (name, value) in &origin.environment {
        take(name, value.clone(), name.clone());
    }
    for (key, flag, value) in &origin.flags {
        values.insert((*key).to_owned(), ((*flag).to_owned(), value.clone()));
    }
    values
}

/// A value from text: booleans and numbers are read as such, and turn back into text where a section asks for text.
fn scalar(text: &str) -> config_rs::Value {
    let kind = if let Ok(value) = text.parse::<bool>() {
        config_rs::ValueKind::Boolean(value)
    } else if let Ok(value) = text.parse::<i64>() {
        config_rs::ValueKind::I64(value)
    } else if let Ok(value) = text.parse::<f64>() {
        config_rs::ValueKind::Float(value)
    } else {
        config_rs::ValueKind::String(text.to_owned())
    };
    config_rs::Value::new(None, kind)
}
