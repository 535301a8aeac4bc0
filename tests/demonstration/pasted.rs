//! The reader of a guide: has a scratch folder and terminals, and pastes its blocks one after another.

use blackbox::SOON;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;
use testkit::{Client, CommandOutput, Process, banyan_binary, eventually, workspace_root};

/// How long what a guide waits for may take on a busy machine.
pub(crate) const SEEN_WITHIN: Duration = Duration::from_secs(120);

/// The fenced block behind its mark.
fn block(guide: &str, name: &str) -> String {
    let mark = format!("<!-- test: {name} -->\n");
    let (_, behind) = guide.split_once(&mark).unwrap_or_else(|| panic!("{mark} is not in the guide"));
    let (fence, fenced) = behind.split_once('\n').unwrap();
    assert!(matches!(fence, "```sh" | "```toml"), "{mark} is followed by {fence}");
    fenced.split_once("\n```").unwrap().0.to_owned()
}

/// The reader of a guide.
pub(crate) struct Reader {
    guide: String,
    folder: TempDir,
    path: String,
    /// Where the gateway listens, which is not where it does in the guide: public and admin side.
    pub(crate) sides: Option<(SocketAddr, SocketAddr)>,
    /// Other addresses of the guide, and what they are here.
    pub(crate) elsewhere: Vec<(&'static str, SocketAddr)>,
}

impl Reader {
    /// The reader of a guide, by its file's name.
    pub(crate) fn of(guide: &str) -> Self {
        let guide = std::fs::read_to_string(workspace_root().join("docs/guides").join(guide)).unwrap();
        let binaries: PathBuf = banyan_binary().parent().unwrap().into();
        let path = format!("{}:/usr/local/bin:/usr/bin:/bin", binaries.display());
        Self { guide, folder: tempfile::tempdir().unwrap(), path, sides: None, elsewhere: Vec::new() }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A block as it is pasted here.
    pub(crate) fn text(&self, name: &str) -> String {
        let text = block(&self.guide, name).replace("127.0.0.1:9101", "127.0.0.1:0");
        let mut text = text.replace("127.0.0.1:9102", "127.0.0.1:0").replace("target/release/", "");
        if let Some((public, admin)) = self.sides {
            text = text.replace("127.0.0.1:8080", &public.to_string());
            text = text.replace("127.0.0.1:9090", &admin.to_string());
        }
        for (there, here) in &self.elsewhere {
            text = text.replace(there, &here.to_string());
        }
        text
    }

    /// A block, pasted.
    pub(crate) fn pasted(&self, name: &str, before: &str) -> Command {
        let mut command = Command::new("bash");
        let text = format!("{before}{}", self.text(name));
        command.args(["-c", &text]).current_dir(self.folder.path()).env_clear();
        command.env("PATH", &self.path).env("no_proxy", "*");
        // Where the monolith is to listen, and where its commands look for it.
        if name != "service" {
            let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
            let (public, admin) = self.sides.unwrap_or((anywhere, anywhere));
            command.env("BANYAN__SERVER__LISTEN", public.to_string());
            command.env("BANYAN__ADMIN__LISTEN", admin.to_string());
        }
        command
    }

    /// Pastes a block.
    pub(crate) async fn paste(&self, name: &str) -> CommandOutput {
        CommandOutput::of(&mut self.pasted(name, "set -eu\n")).await
    }

    /// Pastes a block into a terminal of its own, whose program says where it listens.
    pub(crate) async fn serve(&self, name: &str) -> (Process, SocketAddr, SocketAddr) {
        let process = Process::start(&mut self.pasted(name, "exec "));
        let line = process.stdout_line(SOON, |line| line.starts_with("listening ")).await;
        let said = |side: &str| {
            line.split_whitespace().find_map(|word| word.strip_prefix(side)?.parse().ok()).unwrap()
        };
        let (public, admin) = (said("public="), said("admin="));
        (process, public, admin)
    }

    /// The service, once the gateway knows of it.
    pub(crate) async fn service(&self) -> Process {
        let (process, public, _) = self.serve("service").await;
        let (url, admin) = (public.to_string(), Client::new(self.sides.unwrap().1));
        eventually("the service in the registry", SOON, async || {
            admin.get("/api/services").send().await.text().contains(&url).then_some(())
        })
        .await;
        process
    }

    /// Pastes a block again and again, until what it says has all of this.
    pub(crate) async fn until(&self, name: &str, wanted: &[&str]) -> CommandOutput {
        eventually(&format!("{name}: {wanted:?}"), SEEN_WITHIN, async || {
            let said = self.paste(name).await;
            wanted.iter().all(|wanted| said.stdout.contains(wanted)).then_some(said)
        })
        .await
    }
}
