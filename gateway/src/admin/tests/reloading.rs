//! `POST /api/reload`.

use super::*;

impl Side {
    fn write(&self, features: &str) {
        std::fs::write(self.directory.path().join("features.toml"), features).unwrap();
    }
}

#[actix_rt::test]
async fn a_file_that_is_right_comes_into_force_and_what_differs_is_written_down() {
    let side = Side::new();
    side.write(&FEATURES.replace("rollout = 5", "rollout = 50"));
    let answer = side.post("/api/reload", &json!({})).await;
    assert_eq!((answer.status, answer.json()), (200, json!({ "routes": 2, "toggles": 1, "findings": [] })));
    assert_eq!(side.get("/api/routes").await.json()["routes"][0]["dial"]["percent"], 50);
    let entries = side.audit().await;
    let [made, begun] = entries.as_slice() else { panic!("{entries:?}") };
    assert_eq!(
        (&begun["outcome"], &made["outcome"], &made["of"]),
        (&json!("begun"), &json!("made"), &begun["id"])
    );
    let side_of = |entry: &Value| entry["routes"]["messages.read"]["side"].clone();
    assert_eq!(side_of(&made["before"]), "module messages, service messages (5 % by userId)");
    assert_eq!(side_of(&made["after"]), "module messages, service messages (50 % by userId)");
    assert_eq!(made["after"]["routes"].as_object().unwrap().len(), 1, "only what differs");
}

#[actix_rt::test]
async fn what_the_file_itself_brings_is_written_down_too() {
    let side = Side::new();
    let told = told(side.api.audit.clone());
    let before = side.api.current.load_full();
    side.write(&FEATURES.replace("rollout = 5", "rollout = 50"));
    let reloaded = side.api.reloader.as_ref().unwrap().reload().await;
    told(&before, &side.api.current.load(), &reloaded);
    side.write("default = 1");
    let refused = side.api.reloader.as_ref().unwrap().reload().await;
    told(&before, &before, &refused);
    let entries = side.audit().await;
    let [refused, made] = entries.as_slice() else { panic!("{entries:?}") };
    assert_eq!((&made["outcome"], &made["who"]), (&json!("made"), &json!({ "by": "file" })));
    assert!(made["after"]["routes"]["messages.read"]["side"].as_str().unwrap().contains("50 %"), "{made}");
    assert_eq!((&refused["outcome"], &refused["after"]), (&json!("refused"), &Value::Null));
}

#[actix_rt::test]
async fn a_file_that_is_wrong_changes_nothing_and_says_where() {
    let side = Side::new();
    let before = side.api.current.load_full();
    side.write(&FEATURES.replace("module = \"messages\"", "module = \"mesages\"\nservce = \"x\""));
    let answer = side.post("/api/reload", &json!({})).await;
    assert_eq!((answer.status, answer.header("content-type")), (422, "application/problem+json"));
    let body = answer.json();
    let places: Vec<_> =
        body["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect();
    assert!(places.contains(&"features.toml:16:10") && places.contains(&"features.toml:17:1"), "{body}");
    assert!(Arc::ptr_eq(&before, &side.api.current.load_full()));
    let entries = side.audit().await;
    assert_eq!((&entries[0]["outcome"], &entries[0]["of"]), (&json!("refused"), &entries[1]["id"]));
    assert!(entries[0]["reason"].as_str().unwrap().contains("mesages"), "{entries:?}");
}

#[actix_rt::test]
async fn without_a_file_there_is_nothing_to_reload() {
    let side = Side::with(|api| api.reloader = None);
    let answer = side.post("/api/reload", &json!({})).await;
    assert_eq!((answer.status, answer.header("content-type")), (409, "application/problem+json"));
    assert!(side.audit().await.is_empty());
}
