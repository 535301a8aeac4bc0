//! A mark that does not count: the request is refused, and not executed as a real one.

use crate::marks::{KEY, house, mark, now, with_mark};
use crate::state::rows;
use blackbox::{expect_problem, sign_up};
use identity::MARK_LIFETIME;
use serde_json::json;
use testkit::{Backend, Banyan, Client, both_backends};

const PATH: &str = "/api/users/me";

async fn expect_refusal(client: &Client, token: &str, mark: &str, status: u16) {
    let answer = with_mark(client.delete(PATH).bearer(token), mark).send().await;
    expect_problem(&answer, status);
    assert_eq!(answer.header("banyan-dry-run"), "", "nothing was executed");
}

both_backends! {
    /// No key, another key, another request, too late, no mark at all.
    async fn a_mark_that_does_not_count_is_refused(backend: Backend) {
        let banyan = house(backend).start().await;
        let ann = sign_up(&banyan, "ann").await;
        let before = rows(banyan.database());
        for (status, mark) in [
            (403, mark("another key for dry runs", "DELETE", PATH, now())),
            (403, mark(KEY, "PUT", PATH, now())),
            (403, mark(KEY, "DELETE", "/api/users/1", now())),
            (403, mark(KEY, "DELETE", PATH, now().minus(MARK_LIFETIME))),
            (400, "1".to_owned()),
            (400, String::new()),
        ] {
            expect_refusal(&banyan, &ann.token, &mark, status).await;
        }
        assert_eq!(rows(banyan.database()), before);
    }
}

#[test]
fn without_a_key_every_mark_is_refused() {
    testkit::run(Backend::Sqlite, |backend| async move {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        let before = rows(banyan.database());
        expect_refusal(&banyan, &ann.token, &mark(KEY, "DELETE", PATH, now()), 403).await;
        assert_eq!(rows(banyan.database()), before);
    });
}

#[test]
fn a_safe_method_takes_no_mark() {
    testkit::run(Backend::Sqlite, |backend| async move {
        let banyan = house(backend).start().await;
        let call = with_mark(banyan.get("/api/users"), &mark(KEY, "GET", "/api/users", now()));
        expect_problem(&call.send().await, 400);
    });
}

#[test]
fn a_short_key_is_refused_at_the_start_and_not_shown() {
    testkit::run(Backend::Sqlite, |backend| async move {
        let builder = Banyan::builder(backend).setting("dry_run.key", "tooshort");
        let said = testkit::CommandOutput::of(&mut builder.command()).await;
        assert_eq!(said.code, Some(2));
        assert!(said.stderr.contains("dry_run.key") && !said.stderr.contains("tooshort"), "{}", said.stderr);
    });
}

#[test]
fn the_key_is_in_no_answer_and_in_no_log() {
    testkit::run(Backend::Sqlite, |backend| async move {
        let banyan = house(backend).start().await;
        let settings = banyan.admin().get("/api/settings").send().await.expect_status(200);
        assert_eq!(settings.json()["dry_run"], json!({"key": "***"}));
        assert!(!banyan.log().contains(KEY));
    });
}
