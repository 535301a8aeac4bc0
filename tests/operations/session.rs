//! The session that the README shows works as pasted.

use std::fs;
use std::process::Command;
use testkit::{Backend, Banyan, CommandOutput, both_backends, workspace_root};

/// Stands before the block that is run here.
const MARK: &str = "<!-- test: session -->";

/// The fenced block behind the mark.
fn session(readme: &str) -> String {
    let (_, behind) = readme.split_once(MARK).unwrap_or_else(|| panic!("{MARK} is not in the README"));
    let (_, fenced) = behind.split_once("```").unwrap();
    let (_, block) = fenced.split_once('\n').unwrap();
    block.split_once("\n```").unwrap().0.to_owned()
}

/// Pastes a text into a shell; `API` says where the process listens.
async fn paste(text: &str, shell: &str, api: &str) -> CommandOutput {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pasted");
    fs::write(&file, text).unwrap();
    // Without a proxy of the environment: what listens is on loopback.
    let mut command = Command::new(shell);
    command.arg(&file).current_dir(folder.path()).env("API", api).env("no_proxy", "*");
    CommandOutput::of(&mut command).await
}

both_backends! {
    /// In `bash` and in `sh`, twice; every step is what the text says it is.
    async fn the_readme_can_be_pasted(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let text = session(&fs::read_to_string(workspace_root().join("README.md")).unwrap());
        let api = format!("http://{}", banyan.public());
        for shell in ["bash", "sh", "bash"] {
            let said = paste(&text, shell, &api).await.expect_success();
            assert!(said.stdout.trim_end().ends_with("all of it as said"), "{}", said.stdout);
        }
        let messages = banyan.get("/api/messages").send().await.json();
        assert_eq!(messages["messages"].as_array().unwrap().len(), 3, "one a session");
        // It fails where there is nobody: it does not only look as if it worked.
        banyan.sigterm_and_wait().await;
        assert_ne!(paste(&text, "bash", &api).await.code, Some(0));
    }
}

#[test]
fn the_block_is_found() {
    assert_eq!(
        session("a\n```sh\nno\n```\n<!-- test: session -->\n```sh\none\ntwo\n```\nb\n```\n```\n"),
        "one\ntwo"
    );
}
