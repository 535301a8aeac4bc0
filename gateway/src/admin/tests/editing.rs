//! Changes of the features file: shown first, made to what was shown, and written down.

use super::*;

const TOGGLE: &str = "/api/toggles/messages.serve";

impl Side {
    fn editing() -> Self {
        Self::watching("features.toml", |_| {})
    }

    fn file(&self) -> String {
        std::fs::read_to_string(self.directory.path().join("features.toml")).unwrap()
    }

    fn put(&self, text: &str) {
        std::fs::write(self.directory.path().join("features.toml"), text).unwrap();
    }

    /// The version of the file as a change of a toggle shows it.
    async fn version(&self) -> Value {
        self.post(TOGGLE, &json!({ "percent": 25 })).await.json()["version"].clone()
    }
}

fn lines(answer: &Value, kind: &str) -> Vec<String> {
    let lines = answer["diff"].as_array().unwrap().iter().filter(|line| line["kind"] == kind);
    lines.map(|line| line["text"].as_str().unwrap().to_owned()).collect()
}

#[actix_rt::test]
async fn a_change_is_shown_and_nothing_is_done() {
    let side = Side::editing();
    let answer = side.post(TOGGLE, &json!({ "percent": 25 })).await.json();
    assert_eq!((&answer["file"], &answer["applied"]), (&json!("features.toml"), &json!(false)));
    assert!(lines(&answer, "removed")[0].contains("rollout = 5,"), "{answer}");
    assert!(lines(&answer, "added")[0].contains("rollout = 25,"), "{answer}");
    assert_eq!(side.file(), FEATURES);
    assert!(side.audit().await.is_empty());
}

#[actix_rt::test]
async fn a_change_that_was_shown_is_made_in_force_at_once_and_written_down() {
    let side = Side::editing();
    side.put(&FEATURES.replace("[toggles", "# who answers\n[toggles"));
    let version = side.version().await;
    let answer =
        side.post(TOGGLE, &json!({ "percent": 25, "preview": false, "version": version })).await.json();
    assert_eq!(answer["applied"], true, "{answer}");
    assert!(side.file().contains("# who answers\n[toggles"), "comments stay");
    let toggles = side.get("/api/toggles").await.json();
    assert_eq!(toggles["toggles"][0]["value"], "25 % by userId");
    let entries = side.audit().await;
    let told: Vec<_> = entries
        .iter()
        .map(|entry| (entry["action"].as_str().unwrap(), entry["outcome"].as_str().unwrap()))
        .collect();
    assert_eq!(told, [("toggle.edit", "made"), ("toggle.edit", "begun")]);
    assert_eq!(
        (&entries[0]["subject"], &entries[0]["of"]),
        (&json!("toggle messages.serve"), &entries[1]["id"])
    );
    assert!(entries[0]["after"].as_str().unwrap().contains("rollout = 25,"), "{entries:?}");
}

#[actix_rt::test]
async fn a_file_that_changed_meanwhile_is_not_touched() {
    let side = Side::editing();
    let version = side.version().await;
    let meanwhile = format!("{FEATURES}\n# somebody was here\n");
    side.put(&meanwhile);
    let answer = side.post(TOGGLE, &json!({ "percent": 25, "preview": false, "version": version })).await;
    assert_eq!(answer.status, 409);
    assert!(answer.json()["detail"].as_str().unwrap().contains("has changed since"));
    assert_eq!(side.file(), meanwhile);
    let without = side.post(TOGGLE, &json!({ "percent": 25, "preview": false })).await;
    assert_eq!((without.status, without.field()), (400, "version".to_owned()));
}

#[actix_rt::test]
async fn what_cannot_be_written_down_is_not_made() {
    let side = Side::watching("features.toml", |api| api.audit = full(&api.sources));
    let version = side.version().await;
    let answer = side.post(TOGGLE, &json!({ "percent": 25, "preview": false, "version": version })).await;
    assert_eq!(answer.status, 503);
    assert_eq!(side.file(), FEATURES);
}

#[actix_rt::test]
async fn what_is_not_there_or_makes_no_sense_is_refused() {
    let side = Side::editing();
    let unknown = side.post("/api/toggles/messages.serv", &json!({ "enabled": true })).await;
    assert_eq!(unknown.status, 422);
    assert!(
        unknown.json()["detail"].as_str().unwrap().contains("messages.serve"),
        "it says what may be meant"
    );
    for (body, field) in [
        (json!({}), "enabled"),
        (json!({ "enabled": true, "percent": 5 }), "enabled"),
        (json!({ "percent": 101 }), "percent"),
    ] {
        let answer = side.post(TOGGLE, &body).await;
        assert_eq!((answer.status, answer.field()), (400, field.to_owned()), "{body}");
    }
    let rules = "/api/routes/messages.read/rules";
    for (body, field) in [
        (json!({ "rule": "ignore", "path": "" }), "path"),
        (json!({ "rule": "ignore", "path": "$.x", "key": "id" }), "key"),
        (json!({ "rule": "ignore", "path": "$.x", "absolute": 1 }), "absolute"),
        (json!({ "rule": "tolerance", "path": "$.x" }), "relative"),
        (json!({ "rule": "tolerance", "path": "$.x", "relative": -1 }), "relative"),
    ] {
        let answer = side.post(rules, &body).await;
        assert_eq!((answer.status, answer.field()), (400, field.to_owned()), "{body}");
    }
    let nowhere = side.post("/api/routes/nowhere/rules", &json!({ "rule": "ignore", "path": "$.x" })).await;
    assert_eq!(
        (nowhere.status, nowhere.json()["detail"].clone()),
        (422, json!("the file has no route `nowhere`"))
    );
    assert_eq!(side.file(), FEATURES);
}

#[actix_rt::test]
async fn a_change_that_would_break_the_file_names_the_place() {
    let side = Side::editing();
    side.put(&FEATURES.replace("url = \"http://127.0.0.1:5000\"", "url = \"nonsense\""));
    let answer = side.post(TOGGLE, &json!({ "enabled": false })).await;
    assert_eq!(answer.status, 422);
    assert!(answer.field().starts_with("features.toml:"), "{}", answer.json());
}

#[actix_rt::test]
async fn without_a_file_there_is_nothing_to_change() {
    let side = Side::with(|api| api.reloader = None);
    assert_eq!(side.post(TOGGLE, &json!({ "enabled": false })).await.status, 409);
    let side = Side::editing();
    std::fs::remove_file(side.directory.path().join("features.toml")).unwrap();
    assert_eq!(side.post(TOGGLE, &json!({ "enabled": false })).await.status, 409);
}
