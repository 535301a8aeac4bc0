//! Against an issuer whose answers a test writes.

use super::*;
use identity::{KeySet, SigningKey};
use kernel::SeededRandom;
use std::collections::VecDeque;
use std::sync::Mutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const PATIENCE: Duration = Duration::from_secs(20);

/// Answers in turn, the last one for ever; what it was asked is kept.
struct Issuer {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Issuer {
    async fn start(answers: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/keys", listener.local_addr().unwrap());
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let (seen, mut answers) = (asked.clone(), VecDeque::from(answers));
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(stream.read_u8().await.unwrap());
                }
                seen.lock().unwrap().push(String::from_utf8(head).unwrap().to_lowercase());
                let answer = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
                // A client that has had enough may have left.
                let _ = stream.write_all(answer.unwrap().as_bytes()).await;
            }
        });
        Self { url, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn keys(seed: u64) -> String {
    let key = SigningKey::generate(&SeededRandom::new(seed)).unwrap();
    serde_json::to_string(&KeySet::new(vec![key.public().clone()]).jwks()).unwrap()
}

fn answer(status: &str, fields: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{fields}connection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

fn ok(body: &str) -> String {
    answer("200 OK", "", body)
}

fn settings(urls: &[&Issuer]) -> JwksSettings {
    JwksSettings {
        urls: urls.iter().map(|issuer| issuer.url.clone()).collect(),
        refresh_ms: 5,
        refresh_min_ms: 1,
        retry_first_ms: 5,
        retry_max_ms: 10,
        body_max_bytes: 1_024,
        ..JwksSettings::default()
    }
}

async fn until(what: &str, wanted: impl Fn() -> bool) {
    let looking = async {
        while !wanted() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, looking).await.is_ok(), "{what} did not come");
}

fn start(settings: &JwksSettings) -> JwksFollower {
    JwksFollower::start(settings, &Sources::system()).unwrap()
}

#[tokio::test]
async fn the_keys_of_all_issuers_count_and_stay_when_one_says_nothing_useful() {
    for useless in [
        answer("500 Oops", "", ""),
        answer("302 Found", "location: http://127.0.0.1:1/\r\n", ""),
        answer("304 Not Modified", "", ""),
        ok("no json"),
        ok(r#"{"keys":[]}"#),
        ok(r#"{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}"#),
        ok(&format!("{}{}", keys(3), " ".repeat(1_024))),
        String::new(),
    ] {
        let one = Issuer::start(vec![ok(&keys(1)), useless.clone()]).await;
        let two = Issuer::start(vec![ok(&keys(2))]).await;
        let follower = start(&settings(&[&one, &two]));
        follower.looked().await;
        assert_eq!(follower.verifier().keys(), 2, "{useless}");
        until("a failed look", || follower.figures().failed.load(Relaxed) > 1).await;
        assert_eq!(follower.verifier().keys(), 2, "{useless}");
    }
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let tagged = answer("200 OK", "etag: \"a\"\r\n", &keys(1));
    let issuer = Issuer::start(vec![tagged, answer("304 Not Modified", "", "")]).await;
    let follower = start(&settings(&[&issuer]));
    until("a look without news", || follower.figures().unchanged.load(Relaxed) > 0).await;
    assert_eq!((follower.verifier().keys(), follower.figures().changed.load(Relaxed)), (1, 1));
    let asked = issuer.asked();
    assert!(!asked[0].contains("if-none-match") && asked[1].contains("if-none-match: \"a\""), "{asked:?}");
}

#[tokio::test]
async fn another_key_takes_the_place_of_the_one_before() {
    let issuer = Issuer::start(vec![ok(&keys(1)), ok(&keys(2))]).await;
    let follower = start(&settings(&[&issuer]));
    until("another key", || follower.figures().changed.load(Relaxed) == 2).await;
    assert_eq!(follower.verifier().keys(), 1);
}

#[tokio::test]
async fn a_token_with_an_unknown_key_brings_the_next_look_forward() {
    let issuer = Issuer::start(vec![ok(&keys(1)), ok(&keys(2))]).await;
    let follower = start(&JwksSettings { refresh_ms: 3_600_000, ..settings(&[&issuer]) });
    follower.looked().await;
    let unknown = "eyJhbGciOiJFZERTQSIsImtpZCI6InVua25vd24ifQ.e30.e30";
    assert_eq!(follower.verifier().claim(unknown, "sub", kernel::Timestamp(0)), None);
    until("another key", || follower.figures().changed.load(Relaxed) == 2).await;
    assert_eq!(issuer.asked().len(), 2, "and not again");
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let refused = |change: &str| {
        let settings: JwksSettings = serde_json::from_str(change).unwrap();
        settings.check().unwrap_err().to_string()
    };
    assert!(refused(r#"{"urls": ["x"]}"#).starts_with("jwks.urls"));
    assert!(refused(r#"{"retry_first_ms": 0}"#).starts_with("jwks.retry_first_ms"));
    let many = vec!["\"http://h/\""; 17].join(",");
    assert!(refused(&format!(r#"{{"urls": [{many}]}}"#)).starts_with("jwks.urls"));
    assert!(!JwksSettings::default().is_on());
    serde_json::from_str::<JwksSettings>(r#"{"url": "http://h/"}"#).unwrap_err();
}
