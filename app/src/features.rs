//! The features file, as the process reads it and the commands look at it.

use crate::compose;
use crate::error::AppError;
use crate::settings::Settings;
use gateway::Snapshot;
use gateway::features::{Known, KnownTokens, Loaded, Report, load, parse, without_file};
use std::path::PathBuf;
use toggles::Toggles;
use upstream::Policy;

/// A features file, and the process that it is read for.
#[derive(Debug, Clone)]
pub(crate) struct FeaturesFile {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// Whether it must be there.
    pub(crate) required: bool,
    /// `--legacy`.
    pub(crate) legacy_url: Option<String>,
    modules: Vec<&'static str>,
    tokens: KnownTokens,
    toggles_from_server: bool,
    policy: Policy,
}

impl FeaturesFile {
    /// The file of a process that runs the modules.
    pub(crate) fn of_house(settings: &Settings) -> Self {
        let (path, required) = settings.features.clone();
        Self {
            path,
            required,
            legacy_url: None,
            modules: compose::about().iter().map(|about| about.name).collect(),
            // Only a gateway that stands alone has such keys: `serve` refuses them.
            tokens: if settings.jwks.is_on() { KnownTokens::Others } else { KnownTokens::House },
            toggles_from_server: settings.unleash.is_on(),
            policy: settings.upstream.policy.clone(),
        }
    }

    /// The file of a gateway that stands alone.
    pub(crate) fn of_gateway(settings: &Settings, legacy_url: Option<String>) -> Self {
        let house = Self::of_house(settings);
        let tokens =
            if house.tokens == KnownTokens::Others { KnownTokens::Others } else { KnownTokens::None };
        Self { modules: Vec::new(), tokens, legacy_url, ..house }
    }

    /// Whether there is a file, or must be.
    pub(crate) fn is_read(&self) -> bool {
        self.required || (self.legacy_url.is_none() && self.path.exists())
    }

    /// What the file says, compiled, and what is odd about it. Without one, everything goes to `--legacy` or to the
    /// modules.
    pub(crate) fn snapshot(&self, toggles: &Toggles) -> Result<(Snapshot, Report), Report> {
        let known = self.known();
        let name = self.path.display().to_string();
        let Loaded { features, warnings } = if self.is_read() {
            load(&self.path, &known)?
        } else {
            Loaded { features: without_file(&known)?, warnings: Report::new(&name) }
        };
        let snapshot = if self.toggles_from_server {
            Snapshot::with_server(features, toggles)
        } else {
            Snapshot::new(features, toggles)
        };
        match snapshot {
            Ok(snapshot) => Ok((snapshot, warnings)),
            Err(error) => Err(Report::of_file(name, error.to_string())),
        }
    }
}

impl FeaturesFile {
    /// Whether a text would be right in this place.
    pub(crate) fn check_text(&self, text: &str) -> Result<(), Report> {
        parse(&self.path.display().to_string(), text, &self.known()).map(|_| ())
    }

    fn known(&self) -> Known<'_> {
        Known {
            modules: &self.modules,
            tokens: self.tokens,
            toggles_from_server: self.toggles_from_server,
            policy: Some(&self.policy),
            legacy_url: self.legacy_url.as_deref(),
        }
    }
}

/// For commands that look at the file and leave.
pub(crate) fn look(file: &FeaturesFile) -> Result<(Snapshot, Report), AppError> {
    look_with(file, &Toggles::new())
}

/// The same, where the toggles may come from elsewhere.
pub(crate) fn look_with(file: &FeaturesFile, toggles: &Toggles) -> Result<(Snapshot, Report), AppError> {
    file.snapshot(toggles).map_err(|report| AppError::Features(report.to_string()))
}
