//! The release binary as its users start it, and the few calls that fill it with something to ask for.

use crate::child::Child;
use crate::cores::Cores;
use crate::error::BenchError;
use crate::http::Request;
use crate::place::Place;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use kernel::SystemClock;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a child inherits: no setting of the caller's may change what is measured.
const INHERITED: [&str; 2] = ["PATH", "TMPDIR"];
const NICKNAME: &str = "bench";
const PASSWORD: &str = "a password of the bench";
/// The message that is posted and read: plain text with some Markdown, no link (a link is fetched).
const SOURCE: &str = "Good morning *everybody*, the build of last night is **green** again.";

/// The binary and the file of routes that every run gets.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    binary: PathBuf,
    features: PathBuf,
}

impl Program {
    /// The binary beside this program, with this file of routes.
    pub(crate) fn find(features: &Path) -> Result<Self, BenchError> {
        let own = std::env::current_exe().map_err(BenchError::system("find this program"))?;
        let binary = own.with_file_name("banyan");
        if !binary.exists() {
            return Err(BenchError::Missing(
                "there is no `banyan` beside this program: cargo build --release --bin banyan".into(),
            ));
        }
        let features =
            features.canonicalize().map_err(BenchError::system(format!("read {}", features.display())))?;
        Ok(Self { binary, features })
    }

    /// Size of the binary, bytes.
    pub(crate) fn bytes(&self) -> u64 {
        std::fs::metadata(&self.binary).map(|found| found.len()).unwrap_or_default()
    }

    /// Makes roles and schemas, where the engine has such.
    pub(crate) fn provision(&self, place: &Place, clock: &SystemClock) -> Result<(), BenchError> {
        let Some(database) = place.database() else { return Ok(()) };
        let mut command = self.command(place);
        command.args(["db", "provision", "--admin-url", database.server().admin_url()]);
        Child::run(command.args(["--storage", &place.url(), "--secrets", "secrets.toml"]), clock)
    }

    /// Starts it with these settings on top of the defaults and waits for its line.
    pub(crate) fn serve(
        &self,
        place: &Place,
        settings: &[(&str, &str)],
        clock: &SystemClock,
    ) -> Result<Banyan, BenchError> {
        let mut command = self.command(place);
        command.args(["serve", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"]);
        command
            .args(["--storage", &place.url(), "--secrets", "secrets.toml", "--features"])
            .arg(&self.features);
        command.envs(settings.iter().copied());
        let mut child = Child::start(&mut command, clock)?;
        let (public, admin) = child.wait_for(listening)?;
        Ok(Banyan { child, public, admin })
    }

    /// Starts it as a gateway by itself, on the proxy's core, in `folder`, which has this features file.
    pub(crate) fn gateway(
        &self,
        folder: &Path,
        features: &str,
        cores: Cores,
        clock: &SystemClock,
    ) -> Result<Banyan, BenchError> {
        let mut command = self.command_in(folder);
        command.args([
            "gateway",
            "--listen",
            "127.0.0.1:0",
            "--admin",
            "127.0.0.1:0",
            "--features",
            features,
        ]);
        let mut child = Child::start_on_proxy_core(&mut command, cores, clock)?;
        let (public, admin) = child.wait_for(listening)?;
        Ok(Banyan { child, public, admin })
    }

    fn command(&self, place: &Place) -> Command {
        self.command_in(place.directory())
    }

    fn command_in(&self, folder: &Path) -> Command {
        let mut command = Command::new(&self.binary);
        command.current_dir(folder).env_clear();
        command.envs(INHERITED.iter().filter_map(|name| Some((name, inherited(name)?))));
        command
    }
}

#[expect(clippy::disallowed_methods, reason = "hands a child the search path and nothing else")]
fn inherited(name: &str) -> Option<std::ffi::OsString> {
    std::env::var_os(name)
}

/// A running `banyan serve`. Killed when dropped.
pub(crate) struct Banyan {
    /// The process.
    pub(crate) child: Child,
    /// Where the public side listens.
    pub(crate) public: SocketAddr,
    /// Where the admin side listens.
    pub(crate) admin: SocketAddr,
}

impl Banyan {
    /// Registers a user and signs it in; the value of `Authorization` for its calls.
    pub(crate) fn sign_in(&self) -> Result<String, BenchError> {
        let user = serde_json::json!({ "nickname": NICKNAME, "password": PASSWORD });
        Request::post("/api/users", user.to_string()).send(self.public, 201)?;
        let basic = BASE64_STANDARD.encode(format!("{NICKNAME}:{PASSWORD}"));
        let body =
            Request::post("/api/tokens", "").authorized(format!("Basic {basic}")).send(self.public, 200)?;
        let answer: Token = serde_json::from_slice(&body)
            .map_err(|_| BenchError::Unreadable { from: self.public, reason: "no token in the answer" })?;
        Ok(format!("Bearer {}", answer.token))
    }

    /// The call that posts a message.
    pub(crate) fn post(authorization: &str) -> Request {
        let body = serde_json::json!({ "source": SOURCE });
        Request::post("/api/messages", body.to_string()).authorized(authorization)
    }

    /// The call that reads message 1.
    pub(crate) fn read() -> Request {
        Request::get("/api/messages/1")
    }
}

#[derive(serde::Deserialize)]
struct Token {
    token: String,
}

/// Public and admin address of the line `listening public=127.0.0.1:41234 admin=127.0.0.1:41235`.
fn listening(line: &str) -> Option<(SocketAddr, SocketAddr)> {
    let mut words = line.strip_prefix("listening ")?.split_whitespace();
    let public = words.next()?.strip_prefix("public=")?.parse().ok()?;
    let admin = words.next()?.strip_prefix("admin=")?.parse().ok()?;
    Some((public, admin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_both_addresses() {
        let (public, admin) = listening("listening public=127.0.0.1:41234 admin=127.0.0.1:41235").unwrap();
        assert_eq!((public.port(), admin.port()), (41234, 41235));
        assert_eq!(listening("listening public=127.0.0.1:41234"), None);
        assert_eq!(listening("warming up"), None);
    }
}
