//! `banyan routes` and `banyan routes explain`: what the command says is what the running process does.

use serde_json::Value;
use std::fs;
use std::path::Path;
use testkit::{Backend, Banyan, CommandOutput, banyan_command, both_backends};

/// Part of the places, and no default: the rest is 404.
const FEATURES: &str = r#"
[[routes]]
name   = "reading"
match  = { methods = ["GET"], path = "/api/messages/{rest..}" }
module = "messages"

[[routes]]
name   = "everybody"
match  = { path = "/api/users" }
module = "users"

[[routes]]
name   = "misled"
match  = { path = "/stats" }
module = "users"
"#;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("features.toml"), FEATURES).unwrap();
    folder
}

async fn routes(folder: &Path, arguments: &[&str]) -> String {
    let output = CommandOutput::of(banyan_command(folder).arg("routes").args(arguments)).await;
    output.expect_success().stdout
}

/// Method, path, and what answers: a route's name, or the status of the gateway.
const CASES: [(&str, &str, &str); 9] = [
    ("GET", "/api/messages", "reading"),
    ("GET", "/api/messages/7", "reading"),
    ("HEAD", "/api/messages/7", "reading"),
    ("POST", "/api/messages", "405"),
    ("GET", "/api/users", "everybody"),
    ("GET", "/api/users/1", "404"),
    ("GET", "/nowhere", "404"),
    ("GET", "/a%2fb", "400"),
    ("GET", "/stats", "misled"),
];

both_backends! {
    /// Each explanation, as text and as JSON, agrees with the access line of the same request.
    async fn what_is_explained_is_what_happens(backend: Backend) {
        let (folder, banyan) = (folder(), Banyan::builder(backend).features(FEATURES).start().await);
        let mut asked = Vec::new();
        for (method, path, answers) in CASES {
            let text = routes(folder.path(), &["explain", method, path]).await;
            assert!(text.contains(answers), "{method} {path} {answers}: {text}");
            let json = routes(folder.path(), &["explain", method, path, "--json"]).await;
            let json: Value = serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}: {json}"));
            assert_eq!((&json["method"], &json["path"]), (&method.into(), &path.into()), "{json}");
            assert!(json["steps"].as_array().is_some_and(|steps| !steps.is_empty()), "{json}");
            let answer = banyan.call(method, path).send().await;
            asked.push((answer, method, path, answers));
        }
        banyan.sigterm_and_wait().await;
        for (answer, method, path, answers) in asked {
            let id = answer.header("x-request-id");
            let line = banyan.process().stderr().into_iter().find(|line| line.contains(id)).unwrap();
            let line: Value = serde_json::from_str(&line).unwrap();
            match answers.parse::<u16>() {
                Ok(status) => assert_eq!((answer.status, &line["route"]), (status, &"-".into()), "{method} {path}"),
                Err(_) => assert_eq!(line["route"], answers, "{method} {path}"),
            }
        }
    }
}

#[test]
fn routes_are_listed() {
    testkit::run(Backend::Sqlite, |_| async {
        let folder = folder();
        let text = routes(folder.path(), &[]).await;
        for word in ["reading", "everybody", "misled", "/api/messages/{rest..}", "GET, HEAD", "messages"] {
            assert!(text.contains(word), "{word}: {text}");
        }
        assert_eq!(routes(folder.path(), &["list"]).await, text);
        let json: Value = serde_json::from_str(&routes(folder.path(), &["--json"]).await).unwrap();
        let names: Vec<&str> =
            json["routes"].as_array().unwrap().iter().map(|route| route["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["reading", "everybody", "misled"]);
    });
}
