//! SIGKILL at any moment: what was answered is there after the restart, each once.

use blackbox::{Member, SOON, sign_in, sign_up, walk};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use testkit::{Backend, Banyan, Client, both_backends, eventually};

const WRITERS: usize = 8;
const KILLS: usize = 4;
/// Writes answered before each kill, at least.
const ANSWERED_BEFORE_KILL: usize = 40;

/// What was answered: id and source of each message.
type Answered = Arc<Mutex<HashMap<i64, String>>>;

/// Posts until the process is gone; what was not answered may or may not be there.
async fn write(client: Client, author: Member, name: String, answered: Answered) {
    for number in 0.. {
        let source = format!("{name}/{number}");
        let call = client.post("/api/messages").bearer(&author.token).json(&json!({"source": source}));
        let Ok(answer) = call.try_send().await else { return };
        let message = answer.expect_status(201).json();
        assert_eq!(message["source"], source);
        let before = answered.lock().unwrap().insert(message["id"].as_i64().unwrap(), source);
        assert_eq!(before, None, "an id is given once");
    }
}

fn rows(pages: Vec<Vec<Value>>) -> Vec<(i64, String)> {
    let row = |row: &Value| (row["id"].as_i64().unwrap(), row["source"].as_str().unwrap().to_owned());
    pages.iter().flatten().map(row).collect()
}

both_backends! {
    /// Kills under load, several times: every answered write is there, with its text, and none is there twice.
    async fn answered_writes_are_there(backend: Backend) {
        let mut banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        let answered = Answered::default();
        for round in 0..KILLS {
            let before = answered.lock().unwrap().len();
            let writers: Vec<_> = (0..WRITERS).map(|writer| {
                let name = format!("round {round} writer {writer}");
                tokio::spawn(write((*banyan).clone(), ann.clone(), name, answered.clone()))
            }).collect();
            eventually("enough writes", SOON, async || {
                (answered.lock().unwrap().len() >= before + ANSWERED_BEFORE_KILL).then_some(())
            }).await;
            banyan.kill9().await;
            for writer in writers {
                writer.await.unwrap();
            }
            banyan = banyan.restart().await;
            let found = rows(walk(&banyan, "/api/messages?limit=1000", "messages", async || {}).await);
            let by_id: HashMap<i64, String> = found.iter().cloned().collect();
            assert_eq!(by_id.len(), found.len(), "no id twice");
            for (id, source) in answered.lock().unwrap().iter() {
                assert_eq!(by_id.get(id), Some(source), "message {id} was answered and is not there");
            }
            let mut sources: Vec<&String> = by_id.values().collect();
            sources.sort_unstable();
            sources.dedup();
            assert_eq!(sources.len(), by_id.len(), "no text twice: a write is done once or not at all");
        }
    }

    /// Accounts, passwords and the keys survive as well: a token of before counts, and one can sign in.
    async fn accounts_and_keys_survive(backend: Backend) {
        let mut banyan = Banyan::start(backend).await;
        for round in 0..3 {
            let ann = sign_up(&banyan, &format!("ann{round}")).await;
            let change = banyan.put(&format!("/api/users/{}", ann.id)).bearer(&ann.token);
            change.json(&json!({"nickname": format!("anna{round}")})).send().await.expect_status(204);
            banyan.kill9().await;
            banyan = banyan.restart().await;
            banyan.put("/api/users/me").bearer(&ann.token).send().await.expect_status(204);
            sign_in(&banyan, &format!("anna{round}"), blackbox::PASSWORD).await;
        }
    }
}
