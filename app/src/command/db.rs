//! `banyan db`: the modules' databases.

use super::print;
use crate::cli::DbCommand;
use crate::compose;
use crate::error::AppError;
use crate::settings::Settings;
use kernel::Sources;
use std::fmt::Write;
use std::process::ExitCode;
use storage::{Secrets, StorageUrl};

/// Runs a command on the databases.
pub(crate) fn run(command: DbCommand, settings: &Settings) -> Result<ExitCode, AppError> {
    match command {
        DbCommand::Provision { admin_url } => provision(&admin_url, settings)?,
        DbCommand::Migrate => migrate(settings)?,
        DbCommand::Status => return status(settings),
    }
    Ok(ExitCode::SUCCESS)
}

fn provision(admin_url: &str, settings: &Settings) -> Result<(), AppError> {
    // Before anything is written: SQLite has no roles, and so no passwords to keep.
    if let StorageUrl::Sqlite { .. } = settings.storage.url {
        return Err(AppError::Setting("storage.url: only PostgreSQL needs provisioning".to_owned()));
    }
    let modules = compose::migrations().map(|migrations| migrations.module);
    let existing = Secrets::load(&settings.secrets)?;
    // Whoever cannot save the passwords must not set them: see that the file can be written before anything is done.
    existing.save(&settings.secrets)?;
    let sources = Sources::system();
    let done = storage::provision(admin_url, &settings.storage.url, &modules, existing, &*sources.random)?;
    done.secrets.save(&settings.secrets)?;
    let mut text = String::new();
    for action in &done.actions {
        let _ = writeln!(text, "{action}");
    }
    if done.actions.is_empty() {
        text.push_str("nothing to do: everything is there\n");
    }
    let _ = writeln!(text, "passwords of the roles are in {}", settings.secrets.display());
    print(&text)
}

fn migrate(settings: &Settings) -> Result<(), AppError> {
    let secrets = compose::secrets(settings)?;
    for migrations in compose::migrations() {
        let applied = storage::migrate(&migrations, &settings.storage, &secrets)?;
        let what = if applied.is_empty() { "nothing to do".to_owned() } else { applied.join(", ") };
        print(&format!("{}: {what}\n", migrations.module))?;
    }
    Ok(())
}

/// Exit code 1 when something waits, so that a script can ask.
fn status(settings: &Settings) -> Result<ExitCode, AppError> {
    let secrets = compose::secrets(settings)?;
    let mut waits = false;
    for migrations in compose::migrations() {
        let status = storage::status(&migrations, &settings.storage, &secrets)?;
        waits |= !status.pending.is_empty();
        let states = [
            ("applied", &status.applied),
            ("pending", &status.pending),
            ("unknown to this release", &status.unknown),
        ];
        for (state, names) in states {
            for name in names {
                print(&format!("{}: {name} {state}\n", migrations.module))?;
            }
        }
    }
    Ok(if waits { ExitCode::from(1) } else { ExitCode::SUCCESS })
}
