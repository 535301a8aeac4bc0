//! `banyan routes`: what there is, and what would answer a request and why.

use super::print;
use crate::cli::{Asking, RoutesCommand};
use crate::error::AppError;
use crate::features::{self, FeaturesFile};
use crate::settings::Settings;
use gateway::{Caller, Facts, RouteList, explain};
use kernel::{Sources, Timestamp};
use serde::Serialize;
use std::borrow::Cow;
use std::fmt::Display;
use std::net::IpAddr;
use std::process::ExitCode;
use toggles::Toggles;
use toggles::unleash::{Source, Unleash};

/// Lists or explains.
pub(crate) fn run(
    command: Option<RoutesCommand>,
    json: bool,
    settings: &Settings,
) -> Result<ExitCode, AppError> {
    let toggles = Toggles::new();
    let (snapshot, _) = features::look_with(&FeaturesFile::of_house(settings), &toggles)?;
    if settings.unleash.is_on() {
        let note = ask_server(settings, &toggles)?;
        if !json {
            print(&format!("note: {note}\n\n"))?;
        }
    }
    match command.unwrap_or(RoutesCommand::List) {
        RoutesCommand::List => show(&RouteList::new(&snapshot), json)?,
        RoutesCommand::Explain { method, path, asking } => {
            let method = method.to_ascii_uppercase();
            let caller = Named { asking: &asking, sources: Sources::system() };
            let facts = Facts {
                method: &method,
                path: &path,
                query: None,
                host: asking.host.as_deref(),
                fields: &asking.headers,
                caller: &caller,
            };
            show(&explain(&facts, &snapshot), json)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Gets the toggles of the Unleash server, and says where they are from.
fn ask_server(settings: &Settings, toggles: &Toggles) -> Result<&'static str, AppError> {
    let sources = Sources::system();
    let source = actix_rt::System::new().block_on(Unleash::look(&settings.unleash, &sources, toggles));
    Ok(match source.map_err(|error| AppError::Setting(error.to_string()))? {
        Source::Server => "the toggles are those of the Unleash server, asked just now",
        Source::Backup => "the Unleash server does not answer: the toggles are as they were last known",
        Source::None => {
            "the Unleash server does not answer and no toggles are known: all are shown as missing"
        }
    })
}

/// Somebody, as the command line describes him.
struct Named<'c> {
    asking: &'c Asking,
    sources: Sources,
}

impl Caller for Named<'_> {
    fn user_id(&self) -> Option<Cow<'_, str>> {
        self.asking.user.as_deref().map(Cow::Borrowed)
    }

    fn session_id(&self) -> Option<Cow<'_, str>> {
        self.asking.session.as_deref().map(Cow::Borrowed)
    }

    fn remote(&self) -> Option<IpAddr> {
        self.asking.remote
    }

    fn now(&self) -> Timestamp {
        self.sources.clock.now()
    }

    /// Always the same, so that one question has one answer.
    fn chance(&self) -> u64 {
        0
    }
}

fn show<T: Display + Serialize>(value: &T, json: bool) -> Result<(), AppError> {
    let text = if json {
        let failed =
            |error: serde_json::Error| AppError::System { doing: "write JSON", source: error.into() };
        serde_json::to_string_pretty(value).map_err(failed)?
    } else {
        value.to_string()
    };
    print(&format!("{text}\n"))
}
