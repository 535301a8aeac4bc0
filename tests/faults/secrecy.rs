//! What must not be in the log is not in it, whatever happens, and however much is logged.

use blackbox::{expect_problem, sign_in};
use serde_json::{Value, json};
use std::fs;
use testkit::{Answer, Backend, Banyan, both_backends};

const NICKNAME: &str = "nick-7f3a";
const PASSWORD: &str = "pass word 7f3b";
const SECOND_PASSWORD: &str = "pass word 7f3c";
const SOURCE: &str = "text-7f3d [x](http://url-7f3e.example/)";
const QUERY: &str = "query-7f3f";

async fn create(banyan: &Banyan, body: Value) -> Answer {
    banyan.post("/api/users").json(&body).send().await
}

/// Everything that knows a secret: what succeeds, what fails, and what is nonsense.
async fn session(banyan: &Banyan) -> Vec<String> {
    let account = json!({"nickname": NICKNAME, "password": PASSWORD});
    create(banyan, account.clone()).await.expect_status(201);
    expect_problem(&create(banyan, account).await, 400);
    let token = sign_in(banyan, NICKNAME, PASSWORD).await;
    let post = |body: Value| banyan.post("/api/messages").bearer(&token).json(&body);
    post(json!({"source": SOURCE})).send().await.expect_status(201);
    expect_problem(&post(json!({"source": [SOURCE]})).send().await, 400);
    expect_problem(&post(json!({"source": format!("{SOURCE}\u{0}")})).send().await, 400);
    let broken = banyan.post("/api/users").header("content-type", "application/json");
    expect_problem(&broken.body(format!("{{\"password\": \"{PASSWORD}\"")).send().await, 400);
    expect_problem(&create(banyan, json!({"nickname": [NICKNAME], "password": PASSWORD})).await, 400);
    expect_problem(&banyan.post("/api/tokens").basic(NICKNAME, SECOND_PASSWORD).send().await, 401);
    banyan.get(&format!("/api/messages?token={QUERY}&limit=5")).send().await.expect_status(200);
    expect_problem(&banyan.get(&format!("/api/messages?updated_since={QUERY}")).send().await, 400);
    expect_problem(&banyan.get("/api/users/me").bearer(&format!("{token}x")).send().await, 401);
    let change = banyan.put("/api/users/1").bearer(&token);
    change.json(&json!({"password": SECOND_PASSWORD})).send().await.expect_status(204);
    let second = sign_in(banyan, NICKNAME, SECOND_PASSWORD).await;
    banyan
        .put("/api/messages/1")
        .bearer(&second)
        .json(&json!({"source": SOURCE}))
        .send()
        .await
        .expect_status(204);
    banyan.delete("/api/tokens").bearer(&second).send().await.expect_status(204);
    vec![token, second]
}

/// Tables that are gone make every query fail, with the database's own words.
async fn failures(banyan: &Banyan) {
    for module in ["users", "messages"] {
        blackbox::store(banyan.database(), module)
            .run(&format!("ALTER TABLE {module} RENAME TO gone"))
            .unwrap();
    }
    let answer = create(banyan, json!({"nickname": NICKNAME, "password": PASSWORD})).await;
    expect_problem(&answer, 500);
    assert!(!answer.text().contains("users") && !answer.text().contains("gone"), "{}", answer.text());
    expect_problem(&banyan.get("/api/messages").send().await, 500);
    expect_problem(&banyan.post("/api/tokens").basic(NICKNAME, PASSWORD).send().await, 500);
}

/// Every part of a token, and every password of the database's roles.
fn secrets(banyan: &Banyan, tokens: &[String]) -> Vec<String> {
    let mut secrets: Vec<String> =
        [NICKNAME, PASSWORD, SECOND_PASSWORD, SOURCE, QUERY, "url-7f3e", "text-7f3d", "$argon2"]
            .map(String::from)
            .into();
    // The claims and the signature; the head is the same for all.
    secrets.extend(tokens.iter().flat_map(|token| token.split('.').skip(1).map(str::to_owned)));
    // base64 of what comes before the password, whatever follows.
    secrets.push("bmljay03ZjNh".to_owned());
    if banyan.database().admin_url().is_some() {
        let file = fs::read_to_string(banyan.database().directory().join("secrets.toml")).unwrap();
        let passwords = file.lines().filter_map(|line| line.split('"').nth(1)).map(str::to_owned);
        let before = secrets.len();
        secrets.extend(passwords);
        assert_eq!(secrets.len(), before + 4, "{} roles", secrets.len() - before);
    }
    secrets
}

both_backends! {
    /// A session with known secrets, logged as much as can be: none of them is in what the process said.
    async fn secrets_are_not_logged(backend: Backend) {
        for filter in ["info", "debug", "trace"] {
            let banyan = Banyan::builder(backend).setting("log.filter", filter).start().await;
            let tokens = session(&banyan).await;
            failures(&banyan).await;
            let secrets = secrets(&banyan, &tokens);
            banyan.sigterm_and_wait().await;
            let said = banyan.process().stderr().into_iter().chain(banyan.process().stdout());
            let mut lines = 0;
            for line in said {
                lines += 1;
                for secret in &secrets {
                    assert!(!line.contains(secret.as_str()), "{filter}: {secret}: {line}");
                }
            }
            assert!(lines > 20, "{filter}: it did log: {lines} lines");
            let log = banyan.log();
            assert!(log.contains("request failed"), "{filter}: the failures are logged: {log}");
        }
    }
}
