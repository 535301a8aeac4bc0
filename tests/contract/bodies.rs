//! Bodies that are no JSON object, on every call that takes one: 400, never 500.

use blackbox::{Member, expect_field, expect_problem, post_message, sign_up};
use testkit::{Backend, Banyan, Call, Client, both_backends};

const BAD: [&[u8]; 18] = [
    b"",
    b" ",
    b"null",
    b"true",
    b"7",
    b"\"text\"",
    b"[]",
    b"[{\"source\": \"a\"}]",
    b"{",
    b"{\"source\": \"a\"",
    b"{\"source\": \"a\",}",
    b"{\"source\": 'a'}",
    b"{source: 1}",
    b"{\"source\": \"a\"} {}",
    b"{\"source\": \"\xff\xfe\"}",
    b"{\"source\": \"\\ud800\", \"nickname\": \"\\ud800\"}",
    b"{\"source\": \"a\nb\"}",
    b"source=a",
];

fn calls(client: &Client, ann: &Member) -> [Call; 4] {
    [
        client.post("/api/users"),
        client.put(&format!("/api/users/{}", ann.id)).bearer(&ann.token),
        client.post("/api/messages").bearer(&ann.token),
        client.put("/api/messages/1").bearer(&ann.token),
    ]
}

both_backends! {
    /// 400 that says what is wrong and repeats nothing of the body.
    async fn a_body_that_is_no_json_object(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        post_message(&banyan, &ann, "hello").await;
        for body in BAD {
            for call in calls(&banyan, &ann) {
                let answer = call.header("content-type", "application/json").body(body).send().await;
                expect_problem(&answer, 400);
            }
        }
    }

    /// JSON nested beyond reason is not recursed into: refused where it matters, ignored where it does not.
    async fn a_body_that_is_nested_too_deep(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        post_message(&banyan, &ann, "hello").await;
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let known = format!("{{\"nickname\": {deep}, \"source\": {deep}}}");
        for call in calls(&banyan, &ann) {
            expect_problem(&call.header("content-type", "application/json").body(known.clone()).send().await, 400);
        }
        let unknown = format!("{{\"more\": {deep}, \"source\": \"hello\"}}");
        let call = banyan.post("/api/messages").bearer(&ann.token).header("content-type", "application/json");
        call.body(unknown).send().await.expect_status(201);
    }

    /// A field that is there twice is refused: two readers would take it for two things.
    async fn a_field_that_is_there_twice(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        let call = banyan.post("/api/messages").bearer(&ann.token).header("content-type", "application/json");
        let answer = call.body(r#"{"source": "one", "source": "two"}"#).send().await;
        expect_problem(&answer, 400);
    }

    /// A form is no JSON, whatever is in it; a type with parameters, a vendor's JSON, and none at all are.
    async fn types_of_bodies(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        let post = || banyan.post("/api/messages").bearer(&ann.token).body(r#"{"source": "hello"}"#);
        for media_type in ["application/json", "application/json; charset=utf-8", "Application/JSON", "application/x+json"] {
            post().header("content-type", media_type).send().await.expect_status(201);
        }
        post().send().await.expect_status(201);
        for media_type in ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"] {
            expect_problem(&post().header("content-type", media_type).send().await, 400);
        }
    }

    /// The same field names the fault however deep the wrong value is.
    async fn a_wrong_type_names_the_field(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        let call = banyan.post("/api/messages").bearer(&ann.token).header("content-type", "application/json");
        expect_field(&call.body(r#"{"id": 1, "source": {"a": [1, 2, {"b": "secret words"}]}}"#).send().await, "source");
        assert!(!banyan.log().contains("secret words"));
    }
}
