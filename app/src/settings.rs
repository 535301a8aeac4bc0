//! All sections of the settings, read at once.

use crate::cli::Common;
use crate::error::AppError;
use config::{Loader, Origin};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Everything that is set.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) server: Server,
    pub(crate) admin: host::Admin,
    pub(crate) host: host::HostSettings,
    pub(crate) gateway: gateway::http1::Http1Settings,
    pub(crate) upstream: upstream::UpstreamSettings,
    pub(crate) parallel: gateway::parallel::ParallelSettings,
    pub(crate) unleash: toggles::unleash::UnleashSettings,
    pub(crate) jwks: remote::JwksSettings,
    pub(crate) registry: registry::RegistrySettings,
    pub(crate) report: report::ReportSettings,
    pub(crate) audit: gateway::admin::audit::AuditSettings,
    pub(crate) dry_run: identity::DryRunSettings,
    pub(crate) storage: storage::StorageSettings,
    pub(crate) log: telemetry::LogSettings,
    pub(crate) users: users::UsersSettings,
    pub(crate) tokens: tokens::TokensSettings,
    pub(crate) messages: messages::MessagesSettings,
    pub(crate) secrets: PathBuf,
    /// What anybody set, for the admin API.
    pub(crate) given: serde_json::Value,
    /// The features file and whether somebody named it: one that was named must be there.
    pub(crate) features: (PathBuf, bool),
}

/// The section `server`.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Server {
    /// Where the public side listens.
    pub(crate) listen: SocketAddr,
}

impl Default for Server {
    fn default() -> Self {
        Self { listen: SocketAddr::from(([127, 0, 0, 1], 8080)) }
    }
}

impl Settings {
    /// Reads and checks everything.
    pub(crate) fn load(common: &Common) -> Result<Self, AppError> {
        let origin = Origin { file: common.config.clone(), ..Origin::process("banyan.toml") }
            .flag("server.listen", "--listen", common.listen.clone())
            .flag("admin.listen", "--admin", common.admin.clone())
            .flag("storage.url", "--storage", common.storage.clone());
        let mut loader = Loader::new(&origin);
        let settings = Self { given: loader.given().unwrap_or_default(), ..Self::read(common, &mut loader) };
        loader.finish()?;
        settings.registry.check().map_err(|error| AppError::Setting(error.to_string()))?;
        settings.admin.check().map_err(AppError::Setting)?;
        settings.dry_run.key().map_err(AppError::Setting)?;
        let wrong = |error: upstream::InvalidPolicy| AppError::Setting(format!("upstream.policy: {error}"));
        settings.upstream.policy.check().map_err(wrong)?;
        settings.report.check().map_err(|error| AppError::Setting(error.to_string()))?;
        settings.parallel.check().map_err(|error| AppError::Setting(error.to_string()))?;
        settings.jwks.check().map_err(|error| AppError::Setting(error.to_string()))?;
        if settings.unleash.is_on() {
            settings.unleash.checked_url().map_err(|error| AppError::Setting(error.to_string()))?;
        }
        Ok(settings)
    }

    /// What holds when nothing but the command line says anything.
    pub(crate) fn defaults(common: &Common) -> Self {
        Self::read(common, &mut Loader::new(&Origin::default()))
    }

    fn read(common: &Common, loader: &mut Loader) -> Self {
        Self {
            server: loader.section("server"),
            admin: loader.section("admin"),
            host: loader.section("host"),
            gateway: loader.section("gateway"),
            upstream: loader.section("upstream"),
            parallel: loader.section("parallel"),
            unleash: loader.section("unleash"),
            jwks: loader.section("jwks"),
            registry: loader.section("registry"),
            report: loader.section("report"),
            audit: loader.section("audit"),
            dry_run: loader.section("dry_run"),
            storage: loader.section("storage"),
            log: loader.section("log"),
            users: loader.section("users"),
            tokens: loader.section("tokens"),
            messages: loader.section("messages"),
            given: serde_json::Value::Null,
            secrets: common.secrets.clone().unwrap_or_else(|| "secrets.toml".into()),
            features: match &common.features {
                Some(path) => (path.clone(), true),
                None => ("features.toml".into(), false),
            },
        }
    }
}
