//! The guide to the parallel run works as pasted: its blocks run one after another, as its reader runs them.

use blackbox::SOON;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;
use testkit::{Backend, Client, CommandOutput, Process, banyan_binary, eventually, run, workspace_root};

/// How long what the guide waits for may take on a busy machine.
const SEEN_WITHIN: Duration = Duration::from_secs(120);

/// The fenced block behind its mark.
fn block(guide: &str, name: &str) -> String {
    let mark = format!("<!-- test: {name} -->\n");
    let (_, behind) = guide.split_once(&mark).unwrap_or_else(|| panic!("{mark} is not in the guide"));
    let (_, fenced) = behind.split_once("```sh\n").unwrap();
    fenced.split_once("\n```").unwrap().0.to_owned()
}

/// The reader of the guide, with a scratch folder and terminals.
struct Reader {
    guide: String,
    folder: TempDir,
    path: String,
    /// Where the monolith listens, which is not where it does in the guide: public and admin side.
    sides: Option<(SocketAddr, SocketAddr)>,
}

impl Reader {
    fn new() -> Self {
        let guide = std::fs::read_to_string(workspace_root().join("docs/guides/parallel-run.md")).unwrap();
        let binaries: PathBuf = banyan_binary().parent().unwrap().into();
        let path = format!("{}:/usr/local/bin:/usr/bin:/bin", binaries.display());
        Self { guide, folder: tempfile::tempdir().unwrap(), path, sides: None }
    }

    /// A block, pasted.
    fn pasted(&self, name: &str, before: &str) -> Command {
        let text = block(&self.guide, name).replace("127.0.0.1:9101", "127.0.0.1:0");
        let mut text = format!("{before}{}", text.replace("127.0.0.1:9102", "127.0.0.1:0"));
        let mut command = Command::new("bash");
        let (mut public, mut admin) = ("127.0.0.1:0".to_owned(), "127.0.0.1:0".to_owned());
        if let Some(sides) = self.sides {
            (public, admin) = (sides.0.to_string(), sides.1.to_string());
            text = text.replace("127.0.0.1:8080", &public).replace("127.0.0.1:9090", &admin);
        }
        command.args(["-c", &text]).current_dir(self.folder.path()).env_clear();
        command.env("PATH", &self.path).env("no_proxy", "*");
        // Where the monolith is to listen, and where its commands look for it.
        if name != "service" {
            command.env("BANYAN__SERVER__LISTEN", public).env("BANYAN__ADMIN__LISTEN", admin);
        }
        command
    }

    /// Pastes a block.
    async fn paste(&self, name: &str) -> CommandOutput {
        CommandOutput::of(&mut self.pasted(name, "set -eu\n")).await
    }

    /// Pastes a block into a terminal of its own, whose program says where it listens.
    async fn serve(&self, name: &str) -> (Process, SocketAddr, SocketAddr) {
        let process = Process::start(&mut self.pasted(name, "exec "));
        let line = process.stdout_line(SOON, |line| line.starts_with("listening ")).await;
        let said = |side: &str| {
            line.split_whitespace().find_map(|word| word.strip_prefix(side)?.parse().ok()).unwrap()
        };
        let (public, admin) = (said("public="), said("admin="));
        (process, public, admin)
    }

    /// The service, once the gateway knows of it.
    async fn service(&self) -> Process {
        let (process, public, _) = self.serve("service").await;
        let (url, admin) = (public.to_string(), Client::new(self.sides.unwrap().1));
        eventually("the service in the registry", SOON, async || {
            admin.get("/api/services").send().await.text().contains(&url).then_some(())
        })
        .await;
        process
    }

    /// Pastes a block again and again, until what it says has all of this.
    async fn until(&self, name: &str, wanted: &[&str]) -> CommandOutput {
        eventually(&format!("{name}: {wanted:?}"), SEEN_WITHIN, async || {
            let said = self.paste(name).await;
            wanted.iter().all(|wanted| said.stdout.contains(wanted)).then_some(said)
        })
        .await
    }
}

#[test]
fn the_guide_can_be_pasted() {
    run(Backend::Sqlite, |_| async {
        let mut reader = Reader::new();
        for name in ["settings", "features"] {
            let _ = reader.paste(name).await.expect_success();
        }
        let (_monolith, public, admin) = reader.serve("monolith").await;
        reader.sides = Some((public, admin));
        let service = reader.service().await;
        let _ = reader.paste("people").await.expect_success();

        let causes = ["messages.read: DIFFERENT", "$.messages[*].html (value)", "$.html (value)"];
        let different = reader.until("different", &causes).await;
        assert_eq!(different.code, Some(1), "{}", different.stdout);
        assert_eq!(different.stdout.matches("\n  REAL").count(), 2, "{}", different.stdout);
        assert_eq!(reader.paste("formats").await.code, Some(1));
        assert!(
            std::fs::read_to_string(reader.folder.path().join("report.html")).unwrap().contains("nofollow")
        );
        let _ = reader.paste("explain").await.expect_success();
        reader.until("explained", &["EXPLAINED", "$.messages[*].html (value)"]).await;
        let _ = reader.paste("unexplain").await.expect_success();
        let back = ["\"phase\":\"back\"", "answers differ; 1 % may", "banyan-served-by: monolith"];
        reader.until("promote", &back).await;
        reader.until("audit", &["promotion.step", "answers differ; 1 % may"]).await;

        service.terminate();
        assert_eq!(service.wait(SOON).await.code(), Some(0));
        let _ = reader.paste("mend").await.expect_success();
        let _service = reader.service().await;
        let _ = reader.paste("clear").await.expect_success();
        let mut readers = Process::start(&mut reader.pasted("read", ""));
        eventually("all of it", SEEN_WITHIN, async || {
            if !readers.running() {
                readers = Process::start(&mut reader.pasted("read", ""));
            }
            let said = reader.paste("all").await.expect_success().stdout;
            (said.contains("\"percent\":100") && said.contains("banyan-served-by: messages/")).then_some(())
        })
        .await;
    });
}
