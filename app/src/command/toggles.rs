//! `banyan toggles`: looks at the toggles of the features file, and changes them. A gateway that runs takes the change
//! within two seconds.

use super::print;
use crate::cli::TogglesCommand;
use crate::error::AppError;
use crate::features::FeaturesFile;
use crate::settings::Settings;
use std::path::Path;
use std::process::ExitCode;
use toggles::edit::{self, EditError};
use toggles::{ClientFeature, Mode};

/// Runs a command on the toggles.
pub(crate) fn run(command: &TogglesCommand, settings: &Settings) -> Result<ExitCode, AppError> {
    if settings.unleash.is_on() {
        let reason = "the toggles come from the Unleash server (unleash.url), and are changed there:";
        return Err(AppError::Setting(format!("{reason} {}", settings.unleash.url)));
    }
    let path = &settings.features.0;
    match command {
        TogglesCommand::List => list(path)?,
        TogglesCommand::Show { name } => show(path, name)?,
        TogglesCommand::On { name } => change(settings, name, |text| edit::set_enabled(text, name, true))?,
        TogglesCommand::Off { name } => change(settings, name, |text| edit::set_enabled(text, name, false))?,
        TogglesCommand::Percent { name, percent } => {
            change(settings, name, |text| edit::set_percent(text, name, *percent))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn list(path: &Path) -> Result<(), AppError> {
    let toggles = read(path)?.1;
    let width = toggles.iter().map(|toggle| toggle.name.chars().count()).max().unwrap_or_default();
    let lines = toggles.iter().map(|toggle| {
        let description = toggle.description.as_deref().unwrap_or_default();
        let line = format!("{:<width$}  {:<14}  {description}", toggle.name, toggles::summary(toggle));
        format!("{}\n", line.trim_end())
    });
    print(&lines.collect::<String>())
}

fn show(path: &Path, name: &str) -> Result<(), AppError> {
    let (text, toggles) = read(path)?;
    let Some(toggle) = toggles.iter().find(|toggle| toggle.name == name) else {
        // Editing gives the hint at what may have been meant.
        let unknown = edit::set_enabled(&text, name, true).err();
        let reason =
            unknown.map_or_else(|| format!("there is no toggle `{name}`"), |error| error.to_string());
        return Err(AppError::Features(format!("{}: {reason}", path.display())));
    };
    let failed = |error: serde_json::Error| AppError::System { doing: "write JSON", source: error.into() };
    let json = serde_json::to_string_pretty(toggle).map_err(failed)?;
    print(&format!("{name}: {}\n{json}\n", toggles::summary(toggle)))
}

/// Changes the text of the file, and writes it only when the change does not make a right file wrong. A file that is
/// not right here may be so for a gateway that stands alone.
fn change(
    settings: &Settings,
    name: &str,
    edited: impl FnOnce(&str) -> Result<String, EditError>,
) -> Result<(), AppError> {
    let path = &settings.features.0;
    let named = |reason: String| AppError::Features(format!("{}: {reason}", path.display()));
    let (before, _) = read(path)?;
    let text = edited(&before).map_err(|error| named(error.to_string()))?;
    let file = FeaturesFile::of_house(settings);
    if file.check_text(&before).is_ok() {
        file.check_text(&text).map_err(|report| AppError::Features(report.to_string()))?;
    }
    toggles::write_atomically(path, text.as_bytes(), Mode::Keep)
        .map_err(|source| AppError::Write { path: path.clone(), source })?;
    let changed = parsed(path, &text)?.into_iter().find(|toggle| toggle.name == name);
    let summary = changed.as_ref().map(toggles::summary).unwrap_or_default();
    print(&format!("{name}: {summary}\n"))
}

fn read(path: &Path) -> Result<(String, Vec<ClientFeature>), AppError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| AppError::Features(format!("{}: cannot be read: {error}", path.display())))?;
    let toggles = parsed(path, &text)?;
    Ok((text, toggles))
}

fn parsed(path: &Path, text: &str) -> Result<Vec<ClientFeature>, AppError> {
    let state = toggles::file::from_text(text).into_result();
    state
        .map(|state| state.features)
        .map_err(|error| AppError::Features(format!("{}: {error}", path.display())))
}
