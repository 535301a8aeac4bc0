//! `banyan report`: what the parallel run found, from a running gateway or from its store.

use super::admin_side::{AdminError, AdminSide};
use super::{block_on, print};
use crate::cli::Common;
use crate::error::AppError;
use crate::kept;
use crate::settings::Settings;
use ::report::{Format, Report, ReportQuery, Verdict, migrations, parse_since};
use kernel::Sources;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// No report could be made: nothing about any route.
pub(crate) const EXIT_NO_REPORT: u8 = 3;
/// Samples of each cause.
const SAMPLES: usize = 3;

/// What is wanted.
pub(crate) struct Wanted {
    pub(crate) route: Option<String>,
    pub(crate) since: String,
    pub(crate) format: String,
    pub(crate) out: Option<PathBuf>,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{0}")]
    App(#[from] AppError),
    #[error("{0}")]
    Admin(#[from] AdminError),
    #[error("{what}: no gateway keeps anything there: {reason}")]
    NoStore { what: String, reason: String },
}

/// Makes the report. The exit code is the verdict's, or [`EXIT_NO_REPORT`].
pub(crate) fn run(common: &Common, wanted: &Wanted) -> ExitCode {
    let made = report(common, wanted).and_then(|report| {
        write(&report, wanted)?;
        if report.routes.is_empty() {
            let _ = writeln!(std::io::stderr(), "banyan: {}", nothing(&report, wanted));
        }
        Ok(report.verdict)
    });
    match made {
        Ok(Verdict::Equivalent) => ExitCode::SUCCESS,
        Ok(Verdict::Different) => ExitCode::from(1),
        Ok(Verdict::NotEnough) => ExitCode::from(2),
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "banyan: {failure}");
            ExitCode::from(EXIT_NO_REPORT)
        }
    }
}

/// Why there is nothing in the report, to who may have slipped with a name.
fn nothing(report: &Report, wanted: &Wanted) -> String {
    let since = &report.since;
    match &wanted.route {
        Some(route) => format!(
            "nothing of route `{route}` was compared since {since}: is that its name (`banyan routes`), and its `compare` on?"
        ),
        None => format!("nothing was compared since {since}: is a route's `compare` on (`banyan routes`)?"),
    }
}

/// Of the gateway that was named, else of the store that was named, else of the gateway of the settings, and where none
/// runs, of the store of the settings.
fn report(common: &Common, wanted: &Wanted) -> Result<Report, Failure> {
    let (side, settings) = AdminSide::of(common)?;
    match (&common.admin, &common.storage) {
        (Some(_), _) => ask(&side, wanted),
        (None, Some(_)) => read(&settings, wanted),
        (None, None) => match ask(&side, wanted) {
            Err(Failure::Admin(AdminError::Away { .. })) => read(&settings, wanted),
            answered => answered,
        },
    }
}

fn ask(side: &AdminSide, wanted: &Wanted) -> Result<Report, Failure> {
    let mut url = side.url("/api/report")?;
    let samples = SAMPLES.to_string();
    url.query_pairs_mut().append_pair("since", &wanted.since).append_pair("samples", &samples);
    if let Some(route) = &wanted.route {
        url.query_pairs_mut().append_pair("route", route);
    }
    Ok(side.read(&side.get(url)??)?)
}

/// Reads the store. Makes and migrates nothing: a gateway does that.
fn read(settings: &Settings, wanted: &Wanted) -> Result<Report, Failure> {
    let no_store =
        |reason: &str| Failure::NoStore { what: settings.storage.url.to_string(), reason: reason.to_owned() };
    let secrets = crate::compose::secrets(settings)?;
    let status = storage::status(&migrations(), &settings.storage, &secrets).map_err(AppError::from)?;
    if status.applied.is_empty() {
        return Err(no_store("its tables are not there"));
    }
    if !status.pending.is_empty() {
        return Err(no_store("its tables are of an earlier release: run `banyan db migrate`"));
    }
    let sources = Sources::system();
    let store = kept::open(settings, &sources)?;
    let recorder = kept::recorder(settings, &sources, Some(store.clone()))?;
    let since =
        parse_since(&wanted.since).map_err(|reason| AppError::Setting(format!("--since: {reason}")))?;
    let query = ReportQuery { route: wanted.route.clone(), since, samples_max: SAMPLES };
    let report = block_on(async { Ok(recorder.report(&query).await) })?;
    store.close();
    match report.store.error {
        Some(reason) => Err(no_store(&reason)),
        None => Ok(report),
    }
}

fn write(report: &Report, wanted: &Wanted) -> Result<(), Failure> {
    let text = report.render(Format::named(&wanted.format).unwrap_or_default());
    let Some(path) = &wanted.out else { return Ok(print(&text)?) };
    std::fs::write(path, text).map_err(|source| AppError::Write { path: path.clone(), source })?;
    Ok(print(&format!("{}: {}\n", report.verdict.name(), path.display()))?)
}
