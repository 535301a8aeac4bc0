//! `/api/messages` moves between the monolith and `banyan-messages`, on the monolith's own data.

use crate::kit::{Program, addresses, percent, side};
use crate::load::Load;
use blackbox::{SOON, post_message, sign_up};
use serde_json::json;
use std::net::SocketAddr;
use std::time::Duration;
use testkit::{Backend, Banyan, both_backends, eventually, with_redis, workspace_root};

/// A revocation is known within a second; another one for a busy machine.
const KNOWN_WITHIN: Duration = Duration::from_secs(2);

/// The workspace's features with `more` in every route that the toggle moves.
fn features(more: &str) -> String {
    let text = std::fs::read_to_string(workspace_root().join("features.toml")).unwrap();
    let (plain, registered) = ("serve   = \"messages.serve\"\n", "[[services]]\nname = \"messages\"\n\n");
    assert!(text.contains(plain) && text.contains(registered), "the workspace's features have changed");
    text.replace(plain, &format!("{plain}{more}\n"))
}

/// The chat with the service beside it, all of it still in the monolith. The service makes itself known.
async fn chat(backend: Backend) -> (Banyan, Program) {
    let banyan = Banyan::builder(backend).features(&features("")).start().await;
    let service = registered(&banyan).await;
    (banyan, service)
}

fn admin(banyan: &Banyan) -> SocketAddr {
    addresses(&banyan.process().stdout()[0]).1
}

/// The service, registered at the admin side of the monolith.
pub(crate) async fn registered(banyan: &Banyan) -> Program {
    let (database, admin) = (banyan.database(), admin(banyan));
    let registry = format!("http://{admin}");
    let arguments = ["--registry", &registry];
    let service = Program::messages(database.directory(), &database.url(), admin, &arguments, &[]).await;
    until_known(banyan, &service).await;
    service
}

async fn until_known(banyan: &Banyan, service: &Program) {
    let url = service.public.to_string();
    eventually("the service in the registry", SOON, async || {
        banyan.admin().get("/api/services").send().await.text().contains(&url).then_some(())
    })
    .await;
}

fn at_the_service(side: &str) -> bool {
    side.starts_with("messages/")
}

async fn all(banyan: &Banyan, load: &Load, at: u8) {
    percent(banyan.database().directory(), "messages.serve", at).await;
    load.only(40, |side| at_the_service(side) == (at == 100)).await;
}

/// How many messages there are in the database.
pub(crate) fn written_down(banyan: &Banyan) -> usize {
    let mut kept = blackbox::store(banyan.database(), "messages");
    kept.texts("SELECT CAST(count(*) AS text) AS text FROM messages").unwrap()[0].parse().unwrap()
}

both_backends! {
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
        assert_eq!(written_down(&banyan), written + 1, "what was answered, no more and no less");
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

    /// Whoever leaves is asked no more, and the monolith answers in its place.
    async fn a_service_that_stops_loses_nothing(backend: Backend) {
        let banyan = Banyan::builder(backend).features(&features("fallback = true")).start().await;
        let service = registered(&banyan).await;
        let ann = sign_up(&banyan, "ann").await;
        post_message(&banyan, &ann, "first").await;
        let (mut readers, mut writers) = (Load::new(), Load::new());
        for _ in 0..4 {
            readers.client((*banyan).clone(), 200, |to, _| to.get("/api/messages/1"));
        }
        let token = ann.token.clone();
        writers.client((*banyan).clone(), 201, move |to, number| {
            to.post("/api/messages").bearer(&token).json(&json!({"source": format!("message {number}")}))
        });
        for service in [service, registered(&banyan).await] {
            percent(banyan.database().directory(), "messages.serve", 60).await;
            eventually("both sides", SOON, async || (readers.more(40).await.len() >= 2).then_some(())).await;
            service.process.terminate();
            assert_eq!(service.process.wait(SOON).await.code(), Some(0));
        }
        readers.only(40, |side| side == "monolith").await;
        writers.only(5, |side| side == "monolith").await;
        let written = writers.stop().await;
        assert!(readers.stop().await > 200);
        assert_eq!(written_down(&banyan), written + 1, "what was answered, no more and no less");
    }
}

/// Through Redis: known by its heartbeat, gone at once when it leaves, gone after its time when it is killed.
#[test]
fn a_service_is_known_through_redis() {
    with_redis(async |redis| {
        let banyan = Banyan::builder(Backend::Sqlite).features(&features("fallback = true"));
        let banyan =
            banyan.setting("registry.redis", redis.url()).setting("registry.redis_prefix", redis.prefix());
        let banyan = banyan.start().await;
        percent(banyan.database().directory(), "messages.serve", 100).await;
        for kill in [false, true] {
            let database = banyan.database();
            let environment =
                [("BANYAN__ANNOUNCE__REDIS_PREFIX", redis.prefix()), ("BANYAN__ANNOUNCE__TTL_S", "3")];
            let arguments = ["--registry", redis.url()];
            let (directory, url) = (database.directory(), database.url());
            let service = Program::messages(directory, &url, admin(&banyan), &arguments, &environment).await;
            let ask = async || side(&banyan.get("/api/messages/1").send().await.expect_status(404));
            eventually("the service", SOON, async || at_the_service(&ask().await).then_some(())).await;
            if kill {
                service.process.kill();
            } else {
                service.process.terminate();
            }
            service.process.wait(SOON).await;
            eventually("the monolith", SOON, async || {
                let services = banyan.admin().get("/api/services").send().await.text();
                let gone = !services.contains(&service.public.to_string());
                (gone && ask().await == "monolith").then_some(())
            })
            .await;
        }
    });
}
