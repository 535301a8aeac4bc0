//! The settings of the service: its command line, and all sections read at once.

use crate::announce::Announce;
use crate::error::ServiceError;
use clap::Parser;
use config::{Loader, Origin};
use std::net::SocketAddr;
use std::path::PathBuf;

/// The module `messages` in a process of its own, behind the gateway.
#[derive(Debug, Parser)]
#[command(
    name = "banyan-messages",
    version,
    after_help = "Settings come from banyan-messages.toml, the environment (BANYAN__SERVER__LISTEN=…) and flags, the \
        later over the earlier.\nExit codes: 0 done, 2 settings, files or addresses that a person must mend."
)]
pub(crate) struct Flags {
    /// Settings file (default: banyan-messages.toml, if there is one)
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Address of the service (server.listen); port 0 picks a free one
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// Admin address (admin.listen); port 0 picks a free one
    #[arg(long, value_name = "ADDRESS")]
    admin: Option<String>,
    /// Where the data is: sqlite:DIRECTORY or postgres://HOST:PORT/DATABASE (storage.url)
    #[arg(long, value_name = "URL")]
    storage: Option<String>,
    /// Password of the module's database role (default: secrets.toml)
    #[arg(long, value_name = "FILE")]
    secrets: Option<PathBuf>,
    /// Where to register: http://HOST:PORT of a gateway's admin side, or redis://HOST (announce.registry)
    #[arg(long, value_name = "URL")]
    registry: Option<String>,
    /// Admin side of the monolith: http://HOST:PORT (monolith.admin_url)
    #[arg(long, value_name = "URL")]
    monolith: Option<String>,
}

/// Everything that is set.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) server: host::ServerSettings,
    pub(crate) admin: host::Admin,
    pub(crate) host: host::HostSettings,
    pub(crate) storage: storage::StorageSettings,
    pub(crate) dry_run: identity::DryRunSettings,
    pub(crate) log: telemetry::LogSettings,
    pub(crate) announce: Announce,
    pub(crate) monolith: remote::RemoteSettings,
    pub(crate) messages: messages::MessagesSettings,
    pub(crate) secrets: PathBuf,
}

impl Settings {
    /// Reads and checks everything.
    pub(crate) fn load(flags: &Flags) -> Result<Self, ServiceError> {
        let origin = Origin { file: flags.config.clone(), ..Origin::process("banyan-messages.toml") }
            .flag("server.listen", "--listen", flags.listen.clone())
            .flag("admin.listen", "--admin", flags.admin.clone())
            .flag("storage.url", "--storage", flags.storage.clone())
            .flag("announce.registry", "--registry", flags.registry.clone())
            .flag("monolith.admin_url", "--monolith", flags.monolith.clone());
        let mut loader = Loader::new(&origin);
        let settings = Self {
            server: loader.section("server"),
            admin: loader.section("admin"),
            host: loader.section("host"),
            storage: loader.section("storage"),
            dry_run: loader.section("dry_run"),
            log: loader.section("log"),
            announce: loader.section("announce"),
            monolith: loader.section("monolith"),
            messages: loader.section("messages"),
            secrets: flags.secrets.clone().unwrap_or_else(|| "secrets.toml".into()),
        };
        loader.finish()?;
        settings.admin.check().map_err(ServiceError::Setting)?;
        settings.dry_run.key().map_err(ServiceError::Setting)?;
        check_another(settings.admin.listen, &settings.monolith.admin_url).map_err(ServiceError::Setting)?;
        Ok(settings)
    }
}

/// Refuses the monolith's admin side where the service's own is to listen: with the defaults of both it would ask itself.
fn check_another(admin: SocketAddr, monolith: &str) -> Result<(), String> {
    if monolith.trim_end_matches('/') != format!("http://{admin}") {
        return Ok(());
    }
    Err(format!(
        "admin.listen: {admin} is where the monolith's admin side is (monolith.admin_url): give another one, such as \
         --admin 127.0.0.1:9102"
    ))
}

#[cfg(test)]
mod tests {
    use super::check_another;

    #[test]
    fn the_monolith_is_somewhere_else() {
        let refused = |url| check_another("127.0.0.1:9090".parse().unwrap(), url).is_err();
        assert!(refused("http://127.0.0.1:9090") && refused("http://127.0.0.1:9090/"));
        assert!(!refused("http://127.0.0.1:9091") && !refused("http://10.0.0.1:9090"));
    }
}
