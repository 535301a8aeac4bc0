//! PostgreSQL that goes away, hangs, or is not there yet: 503 at once, for those whose database it is, and back by
//! itself.

use blackbox::{Member, SOON, expect_problem, post_message, sign_up};
use serde_json::json;
use std::time::Duration;
use testkit::{Answer, Backend, Banyan, BanyanBuilder, Call, Client, FaultProxy, eventually, run};

/// 503 comes within a second; another one for a busy machine.
const AT_ONCE: Duration = Duration::from_secs(2);

async fn at_once(call: Call) -> Answer {
    tokio::time::timeout(AT_ONCE, call.send()).await.expect("an answer within a second")
}

/// 503 that says when to come again.
async fn expect_away(call: Call) {
    let answer = at_once(call).await;
    expect_problem(&answer, 503);
    let seconds: u32 = answer.header("retry-after").parse().expect("Retry-After");
    assert!((1..=30).contains(&seconds), "{seconds}");
}

fn post(client: &Client, author: &Member) -> Call {
    client.post("/api/messages").bearer(&author.token).json(&json!({"source": "hello"}))
}

/// One call for each way to need a module's store.
fn of_messages(client: &Client, member: &Member) -> [Call; 4] {
    let edit = client.put("/api/messages/1").bearer(&member.token).json(&json!({"source": "bye"}));
    [client.get("/api/messages"), client.get("/api/messages/1"), post(client, member), edit]
}

fn of_users(client: &Client, member: &Member) -> [Call; 5] {
    let new = json!({"nickname": "new", "password": "correct horse"});
    [
        client.get("/api/users"),
        client.get("/api/users/1").bearer(&member.token),
        client.get("/api/users/me").bearer(&member.token),
        client.post("/api/users").json(&new),
        client.post("/api/tokens").basic("ann", "correct horse"),
    ]
}

/// What needs no store is answered as ever.
async fn expect_the_rest_unharmed(banyan: &Banyan) {
    for path in ["/stats", "/.well-known/jwks.json"] {
        assert_eq!(at_once(banyan.get(path)).await.status, 200, "{path}");
    }
    assert_eq!(at_once(banyan.get("/nowhere")).await.status, 404);
    assert_eq!(at_once(banyan.get("/api/users/me").bearer("x")).await.status, 401);
    assert_eq!(at_once(banyan.admin().get("/health/live")).await.status, 200);
}

async fn expect_recovery(banyan: &Banyan, member: &Member) {
    eventually("messages' recovery", SOON, async || {
        (post(banyan, member).send().await.status == 201).then_some(())
    })
    .await;
    eventually("users' recovery", SOON, async || {
        let ready = banyan.admin().get("/health/ready").send().await.status == 200;
        (ready && banyan.get("/api/users").send().await.status == 200).then_some(())
    })
    .await;
}

/// A binary whose database is behind a proxy.
async fn behind_a_proxy() -> (FaultProxy, BanyanBuilder) {
    let builder = Banyan::builder(Backend::Postgres);
    let proxy = FaultProxy::start(builder.database().server());
    let url = builder.database().url_at(proxy.address());
    (proxy, builder.storage(url))
}

async fn away(take_away: fn(&FaultProxy)) {
    let (proxy, builder) = behind_a_proxy().await;
    let banyan = builder.start().await;
    let ann = sign_up(&banyan, "ann").await;
    post_message(&banyan, &ann, "hello").await;
    for _ in 0..2 {
        take_away(&proxy);
        for call in of_messages(&banyan, &ann).into_iter().chain(of_users(&banyan, &ann)) {
            expect_away(call).await;
        }
        expect_the_rest_unharmed(&banyan).await;
        let ready = at_once(banyan.admin().get("/health/ready")).await;
        assert_eq!((ready.status, &ready.json()["ready"]), (503, &json!(false)));
        proxy.heal();
        expect_recovery(&banyan, &ann).await;
    }
    assert!(banyan.process().running());
}

#[test]
fn a_database_whose_line_is_cut() {
    run(Backend::Postgres, |_| away(FaultProxy::cut));
}

#[test]
fn a_database_that_hangs() {
    run(Backend::Postgres, |_| away(FaultProxy::hang));
}

#[test]
fn a_database_that_comes_after_the_start() {
    run(Backend::Postgres, |_| async {
        let (proxy, builder) = behind_a_proxy().await;
        proxy.cut();
        let banyan = builder.start().await;
        expect_the_rest_unharmed_before_the_keys(&banyan).await;
        for call in [banyan.get("/api/messages"), banyan.get("/api/users")] {
            expect_away(call).await;
        }
        assert_eq!(at_once(banyan.admin().get("/health/ready")).await.status, 503);
        proxy.heal();
        // Its tables are made now: nothing else was there to make them.
        eventually("the modules' start", SOON, async || {
            let ready = banyan.admin().get("/health/ready").send().await.status == 200;
            let keys = banyan.get("/.well-known/jwks.json").send().await.json();
            (ready && keys["keys"].as_array().is_some_and(|keys| !keys.is_empty())).then_some(())
        })
        .await;
        let ann = sign_up(&banyan, "ann").await;
        post_message(&banyan, &ann, "hello").await;
    });
}

async fn expect_the_rest_unharmed_before_the_keys(banyan: &Banyan) {
    assert_eq!(at_once(banyan.get("/stats")).await.status, 200);
    assert_eq!(at_once(banyan.admin().get("/health/live")).await.status, 200);
}

/// Shuts one module's role out, and ends what it has open.
fn shut_out(banyan: &Banyan, module: &str) {
    let role = format!("{}_{module}", banyan.database().name());
    let end = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{role}'");
    banyan.database().admin().run(&format!("ALTER ROLE {role} NOLOGIN; {end}")).expect("a superuser");
}

fn let_in(banyan: &Banyan, module: &str) {
    let role = format!("{}_{module}", banyan.database().name());
    banyan.database().admin().run(&format!("ALTER ROLE {role} LOGIN")).expect("a superuser");
}

#[test]
fn one_module_shut_out_of_its_database() {
    run(Backend::Postgres, |backend| async move {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        post_message(&banyan, &ann, "hello").await;
        shut_out(&banyan, "messages");
        for call in of_messages(&banyan, &ann) {
            expect_away(call).await;
        }
        let calls = of_users(&banyan, &ann);
        for call in calls {
            let answer = at_once(call).await;
            assert!(answer.status < 300, "{}", answer.text());
        }
        let_in(&banyan, "messages");
        shut_out(&banyan, "users");
        expect_recovery_of_messages(&banyan, &ann).await;
        expect_away(banyan.get("/api/users")).await;
        // A token is verified without users, and presence is not what was asked for.
        assert_eq!(at_once(post(&banyan, &ann)).await.status, 201);
        let_in(&banyan, "users");
        expect_recovery(&banyan, &ann).await;
    });
}

async fn expect_recovery_of_messages(banyan: &Banyan, member: &Member) {
    let posted = async || (post(banyan, member).send().await.status == 201).then_some(());
    eventually("messages' recovery", SOON, posted).await;
}

#[test]
fn one_module_whose_tables_are_locked() {
    run(Backend::Postgres, |backend| async move {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        post_message(&banyan, &ann, "hello").await;
        let mut locking = banyan.database().admin();
        locking.run("BEGIN; LOCK TABLE messages.messages IN ACCESS EXCLUSIVE MODE").expect("a lock");
        // More than its threads, so that nobody is left to answer but those of the others.
        let client: &Client = &banyan;
        let stuck: Vec<_> =
            (0..40).map(|_| tokio::spawn(expect_away(client.get("/api/messages/1")))).collect();
        for call in of_users(&banyan, &ann) {
            let answer = at_once(call).await;
            assert!(answer.status < 300, "{}", answer.text());
        }
        for call in stuck {
            call.await.expect("503 for each");
        }
        locking.run("ROLLBACK").expect("no lock");
        expect_recovery(&banyan, &ann).await;
    });
}

/// How often a module's store could not connect.
async fn connect_failures(banyan: &Banyan, module: &str) -> u64 {
    let metrics = banyan.admin().get("/metrics").send().await.expect_status(200).text();
    let name = format!("banyan_store_connect_failures_total{{module=\"{module}\"}} ");
    metrics.lines().find_map(|line| line.strip_prefix(&name)).expect(&name).parse().expect("a count")
}

#[test]
fn an_outage_is_said_when_it_begins_and_when_it_is_over() {
    run(Backend::Postgres, |_| async {
        let (proxy, builder) = behind_a_proxy().await;
        let banyan = builder.start().await;
        let said = |message: &str| {
            let log = banyan.process().stderr();
            let of_tokens = |line: &&String| line.contains(message) && line.contains("\"module\":\"tokens\"");
            log.iter().filter(of_tokens).count()
        };
        proxy.cut();
        // A job of the module tries again and again, without anybody asking.
        eventually("several attempts", SOON, async || {
            (connect_failures(&banyan, "tokens").await >= 5).then_some(())
        })
        .await;
        proxy.heal();
        eventually("the end of it", SOON, async || (said("the database is back") == 1).then_some(())).await;
        assert_eq!(said("cannot connect to the database"), 1, "{}", banyan.log());
    });
}
