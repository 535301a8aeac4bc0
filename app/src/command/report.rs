//! `banyan report`: what the parallel run found, from a running gateway or from its store.

use super::{block_on, print};
use crate::cli::Common;
use crate::error::AppError;
use crate::kept;
use crate::settings::Settings;
use ::report::{Format, Report, ReportQuery, Verdict, migrations, parse_since};
use kernel::Sources;
use reqwest::{Client, Response, StatusCode, Url};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// No report could be made: nothing about any route.
pub(crate) const EXIT_NO_REPORT: u8 = 3;
/// Longest that a gateway may take for a report.
const ASK_WITHIN: Duration = Duration::from_secs(30);
/// Longest that connecting to it may take.
const CONNECT_WITHIN: Duration = Duration::from_secs(2);
/// The most bytes of a report.
const REPORT_MAX_BYTES: usize = 64 * 1024 * 1024;
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
    #[error("no gateway answers at {url}: {reason}")]
    Away { url: String, reason: String },
    #[error("the gateway at {url} answers {status}: {detail}")]
    Refused { url: String, status: StatusCode, detail: String },
    #[error("what answers at {url} gives no report: {reason}")]
    NoReport { url: String, reason: String },
    #[error("{what}: no gateway keeps anything there: {reason}")]
    NoStore { what: String, reason: String },
}

/// Makes the report. The exit code is the verdict's, or [`EXIT_NO_REPORT`].
pub(crate) fn run(common: &Common, wanted: &Wanted) -> ExitCode {
    match report(common, wanted).and_then(|report| Ok((report.verdict, write(&report, wanted)?))) {
        Ok((Verdict::Equivalent, ())) => ExitCode::SUCCESS,
        Ok((Verdict::Different, ())) => ExitCode::from(1),
        Ok((Verdict::NotEnough, ())) => ExitCode::from(2),
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "banyan: {failure}");
            ExitCode::from(EXIT_NO_REPORT)
        }
    }
}

/// Of the gateway that was named, else of the store that was named, else of the gateway of the settings, and where none
/// runs, of the store of the settings.
fn report(common: &Common, wanted: &Wanted) -> Result<Report, Failure> {
    // `--admin` names a gateway here, not where to listen.
    let settings = Settings::load(&Common { admin: None, ..common.clone() })?;
    let token = settings.admin.token.as_deref();
    match (&common.admin, &common.storage) {
        (Some(admin), _) => ask(admin, token, wanted),
        (None, Some(_)) => read(&settings, wanted),
        (None, None) => match ask(&settings.admin.listen.to_string(), token, wanted) {
            Err(Failure::Away { .. }) => read(&settings, wanted),
            answered => answered,
        },
    }
}

fn ask(admin: &str, token: Option<&str>, wanted: &Wanted) -> Result<Report, Failure> {
    let base = if admin.contains("://") { admin.to_owned() } else { format!("http://{admin}") };
    let mut url = Url::parse(&base)
        .and_then(|url| url.join("/api/report"))
        .map_err(|_| AppError::Setting("--admin: must be http://HOST:PORT".to_owned()))?;
    let samples = SAMPLES.to_string();
    url.query_pairs_mut().append_pair("since", &wanted.since).append_pair("samples", &samples);
    if let Some(route) = &wanted.route {
        url.query_pairs_mut().append_pair("route", route);
    }
    let no_report = |reason: String| Failure::NoReport { url: base.clone(), reason };
    // Whether it failed, and how, is inside: the runtime's own failures are outside.
    block_on(async { Ok(fetch(url, token, &base).await) })?
        .and_then(|body| serde_json::from_slice(&body).map_err(|error| no_report(error.to_string())))
}

async fn fetch(url: Url, token: Option<&str>, base: &str) -> Result<Vec<u8>, Failure> {
    let away = |error: reqwest::Error| Failure::Away { url: base.to_owned(), reason: causes(&error) };
    // No proxy of the environment, and no redirect: the token goes nowhere else.
    let client = Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(ASK_WITHIN)
        .connect_timeout(CONNECT_WITHIN)
        .build()
        .map_err(away)?;
    let mut call = client.get(url);
    if let Some(token) = token {
        call = call.bearer_auth(token);
    }
    let response = call.send().await.map_err(away)?;
    let status = response.status();
    let body = whole(response, base).await?;
    if status.is_success() {
        return Ok(body);
    }
    let detail = serde_json::from_slice::<serde_json::Value>(&body).ok();
    let detail = detail.and_then(|problem| Some(problem.get("error")?.as_str()?.to_owned()));
    Err(Failure::Refused { url: base.to_owned(), status, detail: detail.unwrap_or_default() })
}

async fn whole(mut response: Response, base: &str) -> Result<Vec<u8>, Failure> {
    let no_report = |reason: String| Failure::NoReport { url: base.to_owned(), reason };
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| no_report(causes(&error)))? {
        body.extend_from_slice(&piece);
        if body.len() > REPORT_MAX_BYTES {
            return Err(no_report(format!("it is longer than {REPORT_MAX_BYTES} bytes")));
        }
    }
    Ok(body)
}

/// An error with all its sources: the last says what it was.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
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
