//! A gateway between two sides, with its admin side, and a way to tell its pages of a parallel run.

use blackbox::SOON;
use serde_json::Value;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;
use testkit::{Browser, Client, Process, banyan_command, eventually};

const SIDE: &str = include_str!("side.py");
const FOUND: &str = include_str!("found.py");

/// A program that says `port=…`.
struct Python {
    /// Ends with this.
    _process: Process,
    address: SocketAddr,
}

impl Python {
    async fn start(script: &str, arguments: &[&str]) -> Self {
        let process = Process::start(Command::new("python3").args(["-c", script]).args(arguments));
        let line = process.stdout_line(SOON, |line| line.starts_with("port=")).await;
        let port: u16 = line.trim_start_matches("port=").parse().unwrap();
        Self { _process: process, address: SocketAddr::from(([127, 0, 0, 1], port)) }
    }
}

/// The gateway and what is around it.
pub(crate) struct World {
    directory: TempDir,
    public: Client,
    admin: SocketAddr,
    pages: SocketAddr,
    _process: Process,
    _others: Vec<Python>,
}

/// What the features file says of the route `orders.read`, behind its path.
pub(crate) const ORDERS: &str = "\
# Orders are read often; ask the orders team before moving them.
[toggles.\"orders.serve\"]
description = \"the orders service answers\"
enabled = false # since May

[toggles.\"orders.compare\"]
enabled = false

[[routes]]
name    = \"orders.read\" # a comment that stays
match   = { methods = [\"GET\"], path = \"/orders/{rest..}\" }
legacy  = \"shop\"
service = \"orders\"
serve   = \"orders.serve\"
compare = \"orders.compare\"
";

impl World {
    /// A gateway without a token.
    pub(crate) async fn start() -> Self {
        Self::with("", None).await
    }

    /// A gateway with more in its features file, and a token on its admin side.
    pub(crate) async fn with(more: &str, token: Option<&str>) -> Self {
        let token: Vec<_> =
            token.map(|token| ("BANYAN__ADMIN__TOKEN", token.to_owned())).into_iter().collect();
        Self::of(&format!("{ORDERS}{more}"), &token).await
    }

    /// A gateway whose features file ends with this, behind its sides, and with these settings.
    pub(crate) async fn of(routes: &str, settings: &[(&str, String)]) -> Self {
        let (old, new) = (Python::start(SIDE, &["old"]).await, Python::start(SIDE, &["new"]).await);
        let directory = tempfile::tempdir().unwrap();
        let sides = format!(
            "default = \"shop\"\n[[legacy]]\nname = \"shop\"\nurl = \"http://{}\"\n\
             [[services]]\nname = \"orders\"\ninstances = [\"http://{}\"]\n\n",
            old.address, new.address
        );
        std::fs::write(directory.path().join("features.toml"), format!("{sides}{routes}")).unwrap();
        let mut command = banyan_command(directory.path());
        command.args(["gateway", "--features", "features.toml"]);
        command.args(["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"]);
        command.envs(settings.iter().map(|(name, value)| (name, value)));
        let process = Process::start(&mut command);
        let line = process.stdout_line(SOON, |line| line.starts_with("listening ")).await;
        let of = |name: &str| -> SocketAddr {
            line.split_whitespace().find_map(|word| word.strip_prefix(name)?.parse().ok()).unwrap()
        };
        let (public, admin) = (Client::new(of("public=")), of("admin="));
        Self { directory, public, admin, pages: admin, _process: process, _others: vec![old, new] }
    }

    /// The same, and its pages are told this of a parallel run.
    pub(crate) async fn told(mut self, report: &Value) -> Self {
        self.tell(report);
        let file = self.report_file();
        let found = Python::start(FOUND, &[&self.admin.to_string(), file.to_str().unwrap()]).await;
        self.pages = found.address;
        self._others.push(found);
        self
    }

    fn report_file(&self) -> PathBuf {
        self.directory.path().join("report.json")
    }

    /// Tells the pages something else.
    pub(crate) fn tell(&self, report: &Value) {
        let fresh = self.directory.path().join("report.new");
        std::fs::write(&fresh, report.to_string()).unwrap();
        std::fs::rename(fresh, self.report_file()).unwrap();
    }

    /// Where a page is: `url("#/toggles")`.
    pub(crate) fn url(&self, page: &str) -> String {
        format!("http://{}/{page}", self.pages)
    }

    /// The admin side itself.
    pub(crate) fn admin(&self) -> Client {
        Client::new(self.admin)
    }

    pub(crate) fn features(&self) -> String {
        std::fs::read_to_string(self.directory.path().join("features.toml")).unwrap()
    }

    /// Somebody else edits the file.
    pub(crate) fn append(&self, text: &str) {
        std::fs::write(self.directory.path().join("features.toml"), self.features() + text).unwrap();
    }

    /// Runs `banyan toggles` on the file.
    pub(crate) async fn toggles(&self, arguments: &[&str]) {
        let mut command = banyan_command(self.directory.path());
        command.arg("toggles").args(arguments).args(["--features", "features.toml"]);
        let _ = testkit::CommandOutput::of(&mut command).await.expect_success();
    }

    /// Asks for each of these some times.
    pub(crate) async fn use_routes(&self, paths: &[&str]) {
        for path in paths.iter().cycle().take(paths.len() * 25) {
            let _ = self.public.get(path).send().await.expect_status(200);
        }
    }

    /// Asks for this until so many answers of both sides were compared.
    pub(crate) async fn compare(&self, path: &str, wanted: u64) {
        eventually("enough compared requests", SOON, async || {
            let _ = self.public.get(path).send().await;
            let report = self.admin().get("/api/report?samples=0").send().await.expect_status(200).json();
            (report["routes"][0]["compared"].as_u64()? >= wanted).then_some(())
        })
        .await;
    }

    /// Waits until this side answers.
    pub(crate) async fn answered_by(&self, side: &str) {
        let awaited = format!("an answer of the {side} side");
        eventually(&awaited, SOON, async || {
            let answer = self.public.get("/orders/1").send().await.expect_status(200);
            (answer.text() == side).then_some(())
        })
        .await;
    }

    /// Opens a page, and waits until its heading is there.
    pub(crate) async fn open(&self, browser: &Browser, page: &str, heading: &str) {
        browser.open(&self.url(page)).await;
        let look = format!(
            "return document.querySelector('main h1')?.textContent === {heading:?} && \
                            document.querySelector('main .waiting') === null"
        );
        let _ = browser.until(heading, &look).await;
    }
}
