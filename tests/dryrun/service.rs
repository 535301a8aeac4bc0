//! The module `messages` in a process of its own: a dry run there goes on in the monolith, over the wire.

use crate::marks::{KEY, dry, house};
use crate::state::rows;
use blackbox::{SOON, post_message, sign_up};
use serde_json::json;
use std::net::SocketAddr;
use std::process::Command;
use testkit::{Backend, Banyan, Client, Process, banyan_binary, both_backends, eventually};

struct Service {
    _process: Process,
    client: Client,
}

fn address(line: &str, name: &str) -> SocketAddr {
    line.split_whitespace().find_map(|word| word.strip_prefix(name)?.parse().ok()).unwrap()
}

/// `banyan-messages` on the house's own data, with these settings.
async fn service(banyan: &Banyan, settings: &[(&str, &str)]) -> Service {
    let database = banyan.database();
    let admin = address(&banyan.process().stdout()[0], "admin=");
    let mut command = Command::new(banyan_binary().with_file_name("banyan-messages"));
    command.current_dir(database.directory()).env_clear().envs(settings.iter().copied());
    command.args(["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--storage", &database.url()]);
    command.args(["--monolith", &format!("http://{admin}")]);
    let process = Process::start(&mut command);
    let line = process.stdout_line(SOON, |line| line.starts_with("listening ")).await;
    Service { client: Client::new(address(&line, "public=")), _process: process }
}

both_backends! {
    /// Neither the message nor that its author was seen stays; and the service knows who is signed in.
    async fn a_dry_run_at_the_service_leaves_nothing_in_the_monolith(backend: Backend) {
        let banyan = house(backend).start().await;
        let service = service(&banyan, &[("BANYAN__DRY_RUN__KEY", KEY)]).await;
        let ann = sign_up(&banyan, "ann").await;
        banyan.delete("/api/users/me").bearer(&ann.token).send().await.expect_status(204);
        let before = rows(banyan.database());
        let post = || service.client.post("/api/messages").bearer(&ann.token).json(&json!({"source": "hello"}));
        let as_if = eventually("the keys at the service", SOON, async || {
            let answer = dry(post(), "POST", "/api/messages").send().await;
            (answer.status == 201).then_some(answer)
        })
        .await;
        assert_eq!(as_if.header("banyan-dry-run"), "done");
        assert_eq!(rows(banyan.database()), before);
        post().send().await.expect_status(201);
        let me = banyan.get(&format!("/api/users/{}", ann.id)).send().await.json();
        assert_eq!(me["online"], true, "the real call was seen");
    }
}

/// The rendering fault of the demonstration; a release does not know the setting.
#[test]
fn a_service_can_be_told_to_lose_an_attribute() {
    testkit::run(Backend::Sqlite, |backend| async move {
        let banyan = house(backend).setting("messages.previews.enabled", "false").start().await;
        let off = ("BANYAN__MESSAGES__PREVIEWS__ENABLED", "false");
        let service = service(&banyan, &[("BANYAN__MESSAGES__FAULTS__LOSE_REL", "true"), off]).await;
        let ann = sign_up(&banyan, "ann").await;
        let right = post_message(&banyan, &ann, "http://a.example").await;
        let wrong = eventually("the keys at the service", SOON, async || {
            let body = json!({"source": "http://a.example"});
            let answer = service.client.post("/api/messages").bearer(&ann.token).json(&body).send().await;
            (answer.status == 201).then(|| answer.json())
        })
        .await;
        let html = right["html"].as_str().unwrap();
        assert!(html.contains(" rel=\"nofollow\""), "{html}");
        assert_eq!(wrong["html"], html.replace(" rel=\"nofollow\"", ""));
    });
}
