//! The command line.

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// A strangler fig for software: moves a monolith to services one route at a time, and proves every step.
#[derive(Debug, Parser)]
#[command(
    name = "banyan",
    version,
    after_help = "Without a command, `banyan serve` runs.\n\n\
        Settings come from banyan.toml, the environment (BANYAN__SERVER__LISTEN=…) and flags, the later over the earlier.\n\
        Exit codes: 0 done, 1 failed, 2 settings, files or addresses that a person must mend."
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// Flags that every command knows.
#[derive(Debug, Clone, Args)]
pub(crate) struct Common {
    /// Settings file (default: banyan.toml, if there is one)
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Routes and toggles (default: features.toml, if there is one)
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) features: Option<PathBuf>,
    /// Where the data is: sqlite:DIRECTORY or postgres://HOST:PORT/DATABASE (storage.url)
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) storage: Option<String>,
    /// Passwords of the modules' database roles (default: secrets.toml)
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) secrets: Option<PathBuf>,
    /// Public address (server.listen); port 0 picks a free one
    #[arg(long, global = true, value_name = "ADDRESS")]
    pub(crate) listen: Option<String>,
    /// Admin address (admin.listen); port 0 picks a free one
    #[arg(long, global = true, value_name = "ADDRESS")]
    pub(crate) admin: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the modules behind the gateway (the default)
    Serve,
    /// Serve as a gateway alone, in front of an application in any language
    Gateway {
        /// The application, as in http://127.0.0.1:5000: takes what no route takes, and is called `legacy` in features
        #[arg(long, value_name = "URL")]
        legacy: Option<String>,
    },
    /// The toggles of the features file: list, show, on, off, percent
    #[command(subcommand)]
    Toggles(TogglesCommand),
    /// The modules' databases: provision, migrate, status
    #[command(subcommand)]
    Db(DbCommand),
    /// List the routes, or explain what would answer a request
    Routes {
        #[command(subcommand)]
        command: Option<RoutesCommand>,
        /// Print JSON
        #[arg(long, global = true)]
        json: bool,
    },
    /// What the parallel run found: the verdict on each route, its causes and samples, latency
    #[command(
        after_help = "Asks the gateway that --admin names, or the one of the settings; with --storage and without --admin it reads the store.\n\
        Exit codes: 0 equivalent, 1 different, 2 not enough compared, 3 no report: no gateway and no store, or wrong settings."
    )]
    Report {
        /// One route (default: all)
        #[arg(long, value_name = "ROUTE")]
        route: Option<String>,
        /// How far back: a number and s, m, h or d
        #[arg(long, value_name = "TIME", default_value = "24h", value_parser = since)]
        since: String,
        /// text, html, json, md or junit
        #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = ["text", "html", "json", "md", "junit"])]
        format: String,
        /// Write here instead of to standard output
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// The promotions of a running gateway: list, show, start, hold, back, clear
    #[command(after_help = PROMOTION_HELP)]
    Promotion {
        #[command(subcommand)]
        command: PromotionCommand,
        /// Print JSON, as the admin API gives it
        #[arg(long, global = true)]
        json: bool,
    },
    /// Check settings and features; names file, line and reason of whatever is wrong
    Check,
    /// The keys that sign tokens: list them, or rotate without signing anybody out
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Write the OpenAPI description of every module
    Openapi {
        /// Folder to write into
        #[arg(long, value_name = "DIRECTORY", default_value = "docs/openapi")]
        out: PathBuf,
    },
    /// Print the map of the house: modules, what they answer, whom they call
    Map,
}

/// Says what is wrong with the command line, or gives the help that was asked for. The exit code of `report` says a
/// verdict, so a slip of the pen has one of its own there.
pub(crate) fn refuse(error: &clap::Error) -> ExitCode {
    // Where not even this can be printed, the exit code is left.
    let _ = error.print();
    let of_report = std::env::args_os().any(|argument| argument == "report");
    match error.exit_code() {
        0 => ExitCode::SUCCESS,
        _ if of_report => ExitCode::from(crate::command::EXIT_NO_REPORT),
        code => ExitCode::from(u8::try_from(code).unwrap_or(1)),
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum DbCommand {
    /// Make database, schemas and login roles on a PostgreSQL server; safe to run again
    Provision {
        /// How an administrator logs in: postgres://USER:PASSWORD@HOST:PORT/DATABASE
        #[arg(long, value_name = "URL")]
        admin_url: String,
    },
    /// Run the migrations that are not in yet (`serve` does so too)
    Migrate,
    /// Show which migrations are in and which are not
    Status,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RoutesCommand {
    /// List the routes
    List,
    /// Say what would answer a request, and why
    Explain {
        /// Method: GET, POST, …
        method: String,
        /// Path, with a query if one matters: /api/messages/1
        path: String,
        #[command(flatten)]
        asking: Asking,
    },
}

/// Who asks, for an explanation.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Asking {
    /// The user id that toggles see
    #[arg(long, value_name = "ID")]
    pub(crate) user: Option<String>,
    /// The session that toggles see (the cookie banyan-session)
    #[arg(long, value_name = "ID")]
    pub(crate) session: Option<String>,
    /// The host that is asked
    #[arg(long, value_name = "HOST")]
    pub(crate) host: Option<String>,
    /// A header field; may be given several times
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = header)]
    pub(crate) headers: Vec<(String, String)>,
    /// The client's address
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) remote: Option<std::net::IpAddr>,
}

/// `24h`
fn since(text: &str) -> Result<String, &'static str> {
    report::parse_since(text).map(|_| text.to_owned())
}

/// `name: value`
fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').ok_or("a header is written `name: value`")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

#[derive(Debug, Subcommand)]
pub(crate) enum TogglesCommand {
    /// List the toggles and whom each is on for
    List,
    /// Show all that a toggle says
    Show {
        /// The toggle
        name: String,
    },
    /// Switch a toggle on, for whomever its strategies say
    On {
        /// The toggle
        name: String,
    },
    /// Switch a toggle off
    Off {
        /// The toggle
        name: String,
    },
    /// Switch a toggle on for a percentage of whoever asks
    Percent {
        /// The toggle
        name: String,
        /// 0 to 100
        #[arg(value_name = "N", value_parser = clap::value_parser!(u8).range(0..=100))]
        percent: u8,
    },
}

/// What a person needs to know before saying something to a promotion.
const PROMOTION_HELP: &str = "A route with [routes.promotion] has a ceiling under its toggle: the new side answers the smaller share of the two.\n\
    \n  \
    rising  the gateway raises the ceiling step by step, while what it sees of both sides allows it\n  \
    held    the ceiling stays where it is until `start`\n  \
    back    the old side answers everybody until `clear`: a breach did that, or a person\n\
    \n\
    Asks the gateway that --admin names, or the one of the settings. What is said to one gateway holds for the fleet, and is in the audit log.\n\
    \n  \
    banyan promotion list                    how all stand, and what each waits for\n  \
    banyan promotion show messages.read      one of them: its steps, and what was seen on this one\n  \
    banyan promotion back messages.read      at once the old side answers everybody\n  \
    banyan promotion clear messages.read     what was wrong is mended: begin again with the first step\n\
    \n\
    Exit codes: 0 done, 1 refused, or no gateway answers, 2 wrong settings.";

#[derive(Debug, Subcommand)]
pub(crate) enum PromotionCommand {
    /// List the promotions: phase, ceiling, why, and what the next step waits for
    List,
    /// Show one promotion with what was seen on its step
    Show {
        /// The route
        route: String,
    },
    /// Go on, from where it is held
    Start {
        /// The route
        route: String,
    },
    /// Stay on this step until it is started again
    Hold {
        /// The route
        route: String,
    },
    /// Go back at once: the old side answers everybody until it is cleared
    Back {
        /// The route
        route: String,
    },
    /// Say that what was wrong is mended: begin again with the first step
    Clear {
        /// The route
        route: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Make a new key; older ones verify until the last token they signed has expired
    Rotate,
    /// List the keys
    List,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn flags_may_stand_before_and_behind_the_command() {
        let before = Cli::try_parse_from(["banyan", "--listen", "127.0.0.1:0", "serve"]).unwrap();
        let behind = Cli::try_parse_from(["banyan", "serve", "--listen", "127.0.0.1:0"]).unwrap();
        assert_eq!(before.common.listen, behind.common.listen);
        assert!(Cli::try_parse_from(["banyan"]).unwrap().command.is_none());
    }

    #[test]
    fn who_asks_is_read() {
        let explain = ["banyan", "routes", "explain", "GET", "/a", "--user", "7", "--header", "X-Beta:  1 "];
        let Some(Command::Routes { command: Some(RoutesCommand::Explain { asking, .. }), .. }) =
            Cli::try_parse_from(explain).unwrap().command
        else {
            panic!("{explain:?}")
        };
        assert_eq!(asking.user.as_deref(), Some("7"));
        assert_eq!(asking.headers, [("X-Beta".to_owned(), "1".to_owned())]);
        assert!(Cli::try_parse_from(["banyan", "routes", "explain", "GET", "/a", "--header", "x"]).is_err());
    }

    #[test]
    fn a_percentage_is_at_most_a_hundred() {
        let percent = |number: &str| Cli::try_parse_from(["banyan", "toggles", "percent", "a.b", number]);
        assert!(percent("0").is_ok() && percent("100").is_ok());
        assert!(percent("101").is_err() && percent("-1").is_err() && percent("x").is_err());
    }
}
