//! Upstreams that misbehave, and clients that try to be read in two ways: nobody hangs, nothing is mixed up.

use crate::kit::{Program, Python, RAW};
use blackbox::expect_problem;
use std::time::Duration;
use testkit::{Backend, Client, raw, run};

/// Much longer than the deadlines below, much shorter than the defaults.
const BOUNDED: Duration = Duration::from_secs(8);

async fn fronted() -> (tempfile::TempDir, Python, Program) {
    let directory = tempfile::tempdir().unwrap();
    let upstream = Python::start(RAW, &[]).await;
    let features = format!(
        "default = \"bad\"\n\n[[legacy]]\nname = \"bad\"\nurl = \"http://{}\"\n\
         timeouts = {{ connect_ms = 500, first_byte_ms = 500, idle_ms = 500 }}\nbreaker = {{ enabled = false }}\n\
         ejection = {{ enabled = false }}\n",
        upstream.address
    );
    let gateway = Program::gateway_by(directory.path(), &features).await;
    (directory, upstream, gateway)
}

async fn expect_well(gateway: &Program) {
    assert_eq!(gateway.get("/ok").send().await.expect_status(200).text(), "ok");
}

#[test]
fn a_bad_answer_is_a_problem_in_bounded_time() {
    run(Backend::Sqlite, |_| async {
        let (_directory, _upstream, gateway) = fronted().await;
        for (path, status) in [
            ("/hang", 504),
            ("/half-head", 502),
            ("/garbage", 502),
            ("/nothing", 502),
            ("/headers", 502),
            ("/two-lengths", 502),
        ] {
            let answer = tokio::time::timeout(BOUNDED, gateway.get(path).send()).await.expect(path);
            assert_eq!(answer.status, status, "{path}: {}", answer.text());
            expect_problem(&answer, status);
            expect_well(&gateway).await;
        }
    });
}

#[test]
fn an_answer_that_breaks_off_is_cut() {
    run(Backend::Sqlite, |_| async {
        let (_directory, _upstream, gateway) = fronted().await;
        for path in ["/half-body", "/half-chunk"] {
            let asked = tokio::time::timeout(BOUNDED, gateway.get(path).try_send()).await.expect(path);
            assert!(asked.is_err(), "{path} passes for whole: {asked:?}");
            expect_well(&gateway).await;
        }
    });
}

#[test]
fn an_answer_that_falls_silent_is_cut() {
    run(Backend::Sqlite, |_| async {
        let (_directory, _upstream, gateway) = fronted().await;
        let path = "/silent-body";
        // Whichever worker serves it.
        for _ in 0..4 {
            let asked = tokio::time::timeout(BOUNDED, gateway.get(path).try_send()).await.expect(path);
            assert!(asked.is_err(), "{path} passes for whole: {asked:?}");
        }
        expect_well(&gateway).await;
    });
}

#[test]
fn bytes_beyond_an_answer_reach_nobody() {
    run(Backend::Sqlite, |_| async {
        let (_directory, _upstream, gateway) = fronted().await;
        for _ in 0..20 {
            assert_eq!(gateway.get("/more").send().await.expect_status(200).text(), "abc");
            expect_well(&gateway).await;
        }
    });
}

/// A front whose service says this of itself.
async fn fronted_with(policy: &str) -> (tempfile::TempDir, Python, Program) {
    let directory = tempfile::tempdir().unwrap();
    let upstream = Python::start(RAW, &[]).await;
    let legacy = format!("[[legacy]]\nname = \"bad\"\nurl = \"http://{}\"\n{policy}\n", upstream.address);
    let gateway = Program::gateway_by(directory.path(), &format!("default = \"bad\"\n\n{legacy}")).await;
    (directory, upstream, gateway)
}

/// How often the upstream was asked for this.
async fn asked(upstream: &Python, line: &str) -> usize {
    Client::new(upstream.address).get("/seen").send().await.text().matches(line).count()
}

/// `/nothing` closes the connection without a word, on which something may have been done.
#[test]
fn what_may_have_been_done_is_not_sent_again() {
    run(Backend::Sqlite, |_| async {
        let (_directory, upstream, gateway) = fronted_with("retry = { attempts_max = 3 }").await;
        for (method, times) in [("POST", 1), ("PATCH", 1), ("GET", 3), ("PUT", 3)] {
            // On a connection that was used before, and on a new one.
            expect_well(&gateway).await;
            expect_problem(&gateway.call(method, "/nothing").send().await, 502);
            let seen = asked(&upstream, &format!("{method} /nothing ")).await;
            // Breaking off a kept connection costs nothing.
            assert!((times..=times + usize::from(times > 1)).contains(&seen), "{method}: {seen}");
        }
    });
}

#[test]
fn retries_are_paid_from_a_budget() {
    run(Backend::Sqlite, |_| async {
        let retry =
            "retry = { attempts_max = 3, budget_percent = 0, budget_min_per_s = 0, budget_burst = 0 }";
        let (_directory, upstream, gateway) = fronted_with(retry).await;
        expect_problem(&gateway.get("/nothing").send().await, 502);
        assert_eq!(asked(&upstream, "GET /nothing ").await, 1);
        let list = gateway.admin.get("/api/services").send().await.expect_status(200).json();
        assert!(list["services"][0]["retries"]["refused"].as_u64().unwrap() > 0, "{list}");
    });
}

/// Follows each: must never be seen upstream.
const HIDDEN: &str = "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n";

/// Fields after `POST /ok HTTP/1.1\r\nHost: a\r\n`, and body.
const AMBIGUOUS: [(&str, &str, &str); 12] = [
    ("CL.TE", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
    ("TE.CL", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"),
    ("TE.TE", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n"),
    ("chunked not last", "Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"),
    ("two lengths", "Content-Length: 2\r\nContent-Length: 0\r\n", "{}"),
    ("a list of lengths", "Content-Length: 2, 2\r\n", "{}"),
    ("a signed length", "Content-Length: +2\r\n", "{}"),
    ("a space before the colon", "Content-Length : 2\r\n", "{}"),
    ("a folded field", "X: a\r\n b\r\nContent-Length: 2\r\n", "{}"),
    ("a bare LF", "Content-Length: 2\nX: a\r\n", "{}"),
    ("a bare CR", "X: a\rContent-Length: 2\r\n", ""),
    ("no size of a chunk", "Transfer-Encoding: chunked\r\n", "\r\n{}\r\n0\r\n\r\n"),
];

#[test]
fn what_could_be_read_in_two_ways_is_not_passed_on() {
    run(Backend::Sqlite, |_| async {
        let (_directory, upstream, gateway) = fronted().await;
        for (name, fields, body) in AMBIGUOUS {
            let bytes = format!("POST /ok HTTP/1.1\r\nHost: a\r\n{fields}\r\n{body}{HIDDEN}");
            let answer = raw(gateway.public, bytes.as_bytes()).await;
            assert_eq!(answer.statuses(), [400], "{name}: {}", answer.text());
            assert!(answer.closed, "{name}: where the next request begins is not known");
        }
        expect_well(&gateway).await;
        let seen = Client::new(upstream.address).get("/seen").send().await.text();
        assert!(seen.contains("GET /ok ") && !seen.contains("hidden"), "{seen}");
    });
}
