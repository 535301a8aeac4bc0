//! `/api/messages` moves between the monolith and `banyan-messages`, on the monolith's own data.

use crate::kit::{Program, addresses, percent, side, write_features};
use crate::load::Load;
use blackbox::{SOON, post_message, sign_up};
use serde_json::json;
use std::time::Duration;
use testkit::{Backend, Banyan, eventually, run, workspace_root};

/// A revocation is known within a second; another one for a busy machine.
const KNOWN_WITHIN: Duration = Duration::from_secs(2);

fn features(instances: &str) -> String {
    let text = std::fs::read_to_string(workspace_root().join("features.toml")).unwrap();
    let plain = "[[services]]\nname = \"messages\"\n";
    assert!(text.contains(plain), "the workspace's features have changed");
    text.replace(plain, &format!("{plain}{instances}\n"))
}

/// The chat with the service beside it, all of it still in the monolith.
async fn chat(backend: Backend) -> (Banyan, Program) {
    let banyan = Banyan::builder(backend).features(&features("")).start().await;
    let (_, admin) = addresses(&banyan.process().stdout()[0]);
    let database = banyan.database();
    let service = Program::messages(database.directory(), &database.url(), admin).await;
    write_features(database.directory(), &features(&format!("instances = [\"http://{}\"]", service.public)));
    banyan.admin().post("/api/reload").send().await.expect_status(200);
    (banyan, service)
}

fn at_the_service(side: &str) -> bool {
    side.starts_with("messages/")
}

async fn all(banyan: &Banyan, load: &Load, at: u8) {
    percent(banyan.database().directory(), "messages.serve", at).await;
    load.only(40, |side| at_the_service(side) == (at == 100)).await;
}

/// There and back twice under load; nothing is lost, each message is there once, and the service may then end.
async fn messages_move_and_come_back(backend: Backend) {
    let (banyan, service) = chat(backend).await;
    let ann = sign_up(&banyan, "ann").await;
    post_message(&banyan, &ann, "first").await;
    let (mut readers, mut writers) = (Load::new(), Load::new());
    for _ in 0..4 {
        readers.client((*banyan).clone(), 200, |to, _| to.get("/api/messages/1"));
    }
    for _ in 0..2 {
        let token = ann.token.clone();
        writers.client((*banyan).clone(), 201, move |to, number| {
            to.post("/api/messages").bearer(&token).json(&json!({"source": format!("message {number}")}))
        });
    }
    for _ in 0..2 {
        percent(banyan.database().directory(), "messages.serve", 50).await;
        eventually("both sides", SOON, async || (readers.more(40).await.len() == 2).then_some(())).await;
        all(&banyan, &readers, 100).await;
        writers.only(10, at_the_service).await;
        all(&banyan, &readers, 0).await;
    }
    writers.only(10, |side| side == "monolith").await;
    service.process.terminate();
    assert_eq!(service.process.wait(SOON).await.code(), Some(0));
    readers.more(40).await;
    let written = writers.stop().await;
    assert!(readers.stop().await > 200);
    let mut kept = blackbox::store(banyan.database(), "messages");
    let kept = kept.texts("SELECT CAST(count(*) AS text) AS text FROM messages").unwrap();
    assert_eq!(kept, [(written + 1).to_string()], "what was answered, no more and no less");
}

/// The service believes who is signed in, and soon no longer who has signed out.
async fn tokens_count_at_the_service(backend: Backend) {
    let (banyan, _service) = chat(backend).await;
    let (ann, bob) = (sign_up(&banyan, "ann").await, sign_up(&banyan, "bob").await);
    percent(banyan.database().directory(), "messages.serve", 100).await;
    let post = |token: &str| banyan.post("/api/messages").bearer(token).json(&json!({"source": "hello"}));
    let posted = eventually("the service", SOON, async || {
        let answer = post(&ann.token).send().await.expect_status(201);
        at_the_service(&side(&answer)).then_some(answer)
    })
    .await;
    assert_eq!(posted.json()["user_id"], ann.id, "{}", posted.text());
    let anonymous =
        banyan.post("/api/messages").json(&json!({"source": "hello"})).send().await.expect_status(401);
    assert!(at_the_service(&side(&anonymous)));
    banyan.delete("/api/tokens").bearer(&ann.token).send().await;
    let refused = eventually("the revocation", KNOWN_WITHIN, async || {
        let answer = post(&ann.token).send().await;
        (answer.status == 401).then_some(answer)
    })
    .await;
    assert!(at_the_service(&side(&refused)));
    assert!(at_the_service(&side(&post(&bob.token).send().await.expect_status(201))));
}

#[test]
fn messages_move_and_come_back_on_sqlite() {
    run(Backend::Sqlite, messages_move_and_come_back);
}

#[test]
fn tokens_count_at_the_service_on_sqlite() {
    run(Backend::Sqlite, tokens_count_at_the_service);
}
