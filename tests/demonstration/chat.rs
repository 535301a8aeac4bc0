//! The chat with the service `messages` beside it, on the same rows, and what is said of it.

use crate::readers::{Read, Readers};
use blackbox::{SOON, post_message, sign_up};
use serde_json::Value;
use std::net::SocketAddr;
use std::process::Command;
use std::time::Duration;
use testkit::{
    Backend, Banyan, CommandOutput, Process, banyan_binary, banyan_command, eventually, workspace_root,
};

/// How long thousands of requests to debug builds may take on a busy machine.
const COMPARED_WITHIN: Duration = Duration::from_secs(120);
/// The line of the route that reads messages behind which its tables go.
const READING: &str = "compare = \"messages.compare\"\n";

/// The chat, with a service beside it or none.
pub(crate) struct Chat {
    pub(crate) banyan: Banyan,
    service: Option<Process>,
    /// What people read, and the status of the answer.
    pub(crate) reads: Vec<Read>,
}

impl Chat {
    /// Some messages are there, and all that is read is compared by what `tables` say of the route, behind its keys.
    pub(crate) async fn start(backend: Backend, tables: &str) -> Self {
        let text = std::fs::read_to_string(workspace_root().join("features.toml")).unwrap();
        assert_eq!(text.matches(READING).count(), 1, "the workspace's features have changed");
        let features = text.replace(READING, &format!("{READING}{tables}"));
        let banyan = Banyan::builder(backend).features(&features);
        let banyan = banyan.setting("messages.previews.enabled", "false").start().await;
        let mut chat = Self { banyan, service: None, reads: Vec::new() };
        chat.toggle(&["on", "messages.compare"]).await;
        chat.fill().await;
        chat
    }

    /// People write, with and without links; lists, pages and single messages are read, and what is not there.
    async fn fill(&mut self) {
        let ann = sign_up(&self.banyan, "ann").await;
        let mut plain = Vec::new();
        for number in 0..8 {
            let _ =
                post_message(&self.banyan, &ann, &format!("see https://example.com/{number} **now**")).await;
            plain.push(post_message(&self.banyan, &ann, &format!("*message* {number}")).await["id"].clone());
        }
        let read = |path: &str| (format!("/api/messages{path}"), 200);
        self.reads = vec![read(""), read("?limit=3"), read(&format!("?user_id={}", ann.id))];
        self.reads.extend(plain.iter().map(|id| read(&format!("/{id}"))));
        self.reads
            .extend([("/api/messages/4711".to_owned(), 404), ("/api/messages?limit=x".to_owned(), 400)]);
    }

    /// `banyan toggles …`
    pub(crate) async fn toggle(&self, arguments: &[&str]) {
        let mut command = banyan_command(self.banyan.database().directory());
        command.arg("toggles").args(arguments).args(["--features", "features.toml"]);
        let _ = CommandOutput::of(&mut command).await.expect_success();
    }

    /// Starts the service, with the fault or without; the one before is ended.
    pub(crate) async fn serve(&mut self, faulty: bool) {
        if let Some(before) = self.service.take() {
            before.terminate();
            assert_eq!(before.wait(SOON).await.code(), Some(0));
        }
        let (database, admin) = (self.banyan.database(), format!("http://{}", self.admin()));
        let mut command = Command::new(banyan_binary().with_file_name("banyan-messages"));
        command.current_dir(database.directory()).env_clear();
        command.args(["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--storage", &database.url()]);
        command.args(["--monolith", &admin, "--registry", &admin]);
        command.env("BANYAN__MESSAGES__PREVIEWS__ENABLED", "false");
        if faulty {
            command.env("BANYAN__MESSAGES__FAULTS__LOSE_REL", "true");
        }
        let service = Process::start(&mut command);
        let line = service.stdout_line(SOON, |line| line.starts_with("listening ")).await;
        let url = said(&line, "public=").to_string();
        eventually("the service in the registry", SOON, async || {
            self.get("/api/services").await.to_string().contains(&url).then_some(())
        })
        .await;
        self.service = Some(service);
    }

    fn admin(&self) -> SocketAddr {
        said(&self.banyan.process().stdout()[0], "admin=")
    }

    /// Something of the admin API.
    pub(crate) async fn get(&self, path: &str) -> Value {
        self.banyan.admin().get(path).send().await.expect_status(200).json()
    }

    /// People read until so many of their requests were compared.
    pub(crate) async fn read_until_compared(&self, count: u64) {
        let readers = Readers::start(&self.banyan, &self.reads);
        eventually("enough compared requests", COMPARED_WITHIN, async || {
            let report = self.get("/api/report?samples=0").await;
            (report["routes"][0]["compared"].as_u64()? >= count).then_some(())
        })
        .await;
        assert!(readers.stop().await > 0);
    }

    /// `banyan report`, of the running gateway; its exit code and what it says of the one route.
    pub(crate) async fn report(&self) -> (Option<i32>, Value) {
        let admin = format!("http://{}", self.admin());
        let mut command = banyan_command(self.banyan.database().directory());
        let told = CommandOutput::of(command.args(["report", "--format", "json", "--admin", &admin])).await;
        let report: Value = serde_json::from_str(&told.stdout).unwrap_or_else(|_| panic!("{}", told.stderr));
        assert_eq!(report["routes"].as_array().map(Vec::len), Some(1), "{report}");
        (told.code, report["routes"][0].clone())
    }
}

/// An address of a `listening` line.
fn said(line: &str, name: &str) -> SocketAddr {
    line.split_whitespace().find_map(|word| word.strip_prefix(name)?.parse().ok()).unwrap()
}
