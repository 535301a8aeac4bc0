//! A small module served by the host: what callers of any module see.

mod dry_run;

use crate::input::{parse_json, parse_query};
use crate::{
    About, ApiError, Caller, ChosenModule, Cursor, Endpoint, HostSettings, Json, Module, Mounted, PathId,
    SignedIn, application, created, next_link, tagged,
};
use actix_web::http::Method;
use actix_web::http::header::{
    ALLOW, CONTENT_TYPE, ETAG, HeaderName, IF_NONE_MATCH, LINK, LOCATION, RETRY_AFTER,
};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use kernel::{Context, Problem, Sources, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use utoipa::OpenApi;

#[derive(Debug, PartialEq, Deserialize)]
struct Note {
    title: String,
    stars: Option<u8>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Strict {
    title: String,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Filter {
    since: Option<i64>,
    limit: Option<u32>,
    name: Option<String>,
}

#[derive(OpenApi)]
struct Description;

async fn get(request: HttpRequest, PathId(id): PathId) -> HttpResponse {
    tagged(&request, &json!({"id": id}))
}

async fn post(request: HttpRequest, Caller(context): Caller, Json(note): Json<Note>) -> HttpResponse {
    created(&request, "/notes/1", &json!({"title": note.title, "dry_run": context.is_dry_run()}))
}

async fn list(request: HttpRequest) -> HttpResponse {
    HttpResponse::Ok().insert_header((LINK, next_link(&request, "a+b"))).finish()
}

async fn secret(user: SignedIn) -> HttpResponse {
    HttpResponse::Ok().json(user.user.user_id)
}

async fn away() -> Result<HttpResponse, ApiError> {
    Err(ApiError::because(Problem::unavailable("notes are away"), "the secret cause"))
}

fn mounted(etag: bool) -> (Mounted, Sources) {
    let (sources, _) = Sources::fixed(Timestamp(1_000_000), 7);
    let about = About {
        name: "notes",
        endpoints: vec![
            Endpoint::new(Method::GET, "/notes/{id}", || web::to(get)),
            Endpoint::new(Method::GET, "/notes/secret", || web::to(secret)),
            Endpoint::new(Method::GET, "/notes", || web::to(list)),
            Endpoint::new(Method::POST, "/notes", || web::to(post)),
            Endpoint::new(Method::DELETE, "/notes", || web::to(away)),
        ],
        openapi: Description::openapi,
        calls: &[],
    };
    let notes = Module { about, state: Arc::new(|_| {}), jobs: Vec::new(), store: None };
    let settings = HostSettings { etag, body_max_bytes: 64 };
    let verifier = identity::Verifier::new();
    (
        Mounted { modules: Arc::new([notes]), verifier, sources: sources.clone(), settings, dry_run: None },
        sources,
    )
}

struct Answer {
    status: u16,
    headers: actix_web::http::header::HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: HeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

async fn ask_of(mounted: &Mounted, sources: &Sources, request: TestRequest) -> Answer {
    let app = init_service(application(mounted)).await;
    let request = request.to_request();
    request.extensions_mut().insert(Context::background(sources, Duration::from_secs(1)));
    let response = call_service(&app, request).await;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Answer { status, headers, body: read_body(response).await.to_vec() }
}

async fn ask(request: TestRequest) -> Answer {
    let (mounted, sources) = mounted(true);
    ask_of(&mounted, &sources, request).await
}

#[actix_rt::test]
async fn an_item_is_tagged_and_not_sent_twice() {
    let first = ask(TestRequest::get().uri("/notes/1")).await;
    assert_eq!((first.status, first.json()), (200, json!({"id": 1})));
    let etag = first.header(ETAG).to_owned();
    for shown in [etag.clone(), format!("\"other\", W/{etag}"), "*".to_owned()] {
        let again = ask(TestRequest::get().uri("/notes/1").insert_header((IF_NONE_MATCH, shown))).await;
        assert_eq!((again.status, again.body.len(), again.header(ETAG)), (304, 0, etag.as_str()));
    }
    let other = ask(TestRequest::get().uri("/notes/2").insert_header((IF_NONE_MATCH, etag))).await;
    assert_eq!(other.status, 200);
}

#[actix_rt::test]
async fn tags_can_be_turned_off() {
    let (mounted, sources) = mounted(false);
    let answer = ask_of(&mounted, &sources, TestRequest::get().uri("/notes/1")).await;
    assert_eq!((answer.status, answer.header(ETAG)), (200, ""));
}

#[actix_rt::test]
async fn an_id_that_is_no_number_of_ours_is_not_found() {
    for id in ["x", "0", "-1", "01", "+1", "99999999999999999999", "1.0"] {
        let answer = ask(TestRequest::get().uri(&format!("/notes/{id}"))).await;
        assert_eq!(answer.status, 404, "{id}");
        assert_eq!(answer.header(CONTENT_TYPE), "application/problem+json");
        assert_eq!(answer.json()["request_id"].as_str().unwrap().len(), 36);
    }
}

#[actix_rt::test]
async fn a_literal_path_comes_before_a_pattern_and_needs_a_token() {
    let answer = ask(TestRequest::get().uri("/notes/secret")).await;
    assert_eq!(answer.status, 401);
    assert_eq!(
        answer.header(HeaderName::from_static("www-authenticate")),
        "Bearer realm=\"Authentication Required\""
    );
    assert_eq!(answer.json()["error"], "authentication required");
}

#[actix_rt::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let answer = ask(TestRequest::put().uri("/notes")).await;
    assert_eq!((answer.status, answer.header(ALLOW)), (405, "DELETE, GET, HEAD, POST"));
    let answer = ask(TestRequest::post().uri("/notes/1")).await;
    assert_eq!((answer.status, answer.header(ALLOW)), (405, "GET, HEAD"));
}

#[actix_rt::test]
async fn a_path_of_nobody_is_not_found() {
    let answer = ask(TestRequest::get().uri("/nothing")).await;
    assert_eq!((answer.status, answer.json()["title"].as_str()), (404, Some("not found")));
}

#[actix_rt::test]
async fn a_module_that_was_not_chosen_does_not_answer() {
    let (mounted, sources) = mounted(true);
    for (chosen, status) in [("notes", 200), ("others", 404)] {
        let app = init_service(application(&mounted)).await;
        let request = TestRequest::get().uri("/notes/1").to_request();
        request.extensions_mut().insert(Context::background(&sources, Duration::from_secs(1)));
        request.extensions_mut().insert(ChosenModule(chosen.into()));
        assert_eq!(call_service(&app, request).await.status().as_u16(), status, "{chosen}");
    }
}

#[actix_rt::test]
async fn what_was_made_says_where_it_is() {
    let request = TestRequest::post().uri("/notes").insert_header(("host", "chat.test:81"));
    let answer = ask(request.set_payload(r#"{"title": "a", "id": null}"#)).await;
    assert_eq!((answer.status, answer.header(LOCATION)), (201, "http://chat.test:81/notes/1"));
}

#[actix_rt::test]
async fn a_body_that_is_too_large_is_refused() {
    let answer =
        ask(TestRequest::post().uri("/notes").set_payload(format!("{{\"title\": \"{}\"}}", "a".repeat(64))))
            .await;
    assert_eq!(answer.status, 413);
}

#[actix_rt::test]
async fn a_body_of_another_type_is_refused() {
    let request = TestRequest::post().uri("/notes").insert_header((CONTENT_TYPE, "text/plain"));
    assert_eq!(ask(request.set_payload(r#"{"title": "a"}"#)).await.status, 400);
    let request =
        TestRequest::post().uri("/notes").insert_header((CONTENT_TYPE, "application/json; charset=utf-8"));
    assert_eq!(ask(request.set_payload(r#"{"title": "a"}"#)).await.status, 201);
}

#[actix_rt::test]
async fn the_cause_of_a_failure_stays_inside() {
    let answer = ask(TestRequest::delete().uri("/notes")).await;
    assert_eq!((answer.status, answer.header(RETRY_AFTER)), (503, "1"));
    assert_eq!(answer.json()["detail"], "notes are away");
    assert!(!String::from_utf8(answer.body).unwrap().contains("secret"));
}

#[actix_rt::test]
async fn the_next_page_keeps_the_filters() {
    let answer = ask(TestRequest::get().uri("/notes?a=1&cursor=old&b=%3E")).await;
    assert_eq!(answer.header(LINK), "</notes?a=1&b=%3E&cursor=a%2Bb>; rel=\"next\"");
}

#[test]
fn a_wrong_body_names_the_field_and_never_repeats_the_value() {
    for (body, expected) in [
        ("", "the body must be a JSON object"),
        ("[1]", "the body must be a JSON object"),
        ("null", "the body must be a JSON object"),
        ("{\"title\": \"hunter22\"", "the body is not JSON (line 1, column 20)"),
        ("{\"title\": \"hunter22\"} x", "the body is not JSON (line 1, column 23)"),
        ("{}", "title: is missing"),
        ("{\"title\": null}", "title: has a wrong type or value, expected a string"),
        ("{\"title\": [\"hunter22\"]}", "title: has a wrong type or value, expected a string"),
        ("{\"title\": \"\", \"stars\": \"hunter22\"}", "stars: has a wrong type or value, expected u8"),
        ("{\"title\": \"\", \"stars\": 256}", "stars: has a wrong type or value, expected u8"),
    ] {
        let problem = parse_json::<Note>(body.as_bytes()).unwrap_err();
        assert_eq!((problem.status, problem.detail.as_ref()), (400, expected), "{body}");
    }
    let problem = parse_json::<Strict>(b"{\"title\": \"\", \"tilte\": 1}").unwrap_err();
    assert_eq!(problem.detail, "tilte: is not known, expected `title`");
    let problem = parse_json::<Note>(b"{\"title\": \"\xff\"}").unwrap_err();
    assert_eq!(problem.detail, "the body is not UTF-8");
}

#[test]
fn a_query_names_the_parameter_that_is_wrong() {
    let filter = parse_query::<Filter>("since=-5&limit=&name=a%20b&other=1").unwrap();
    assert_eq!(filter, Filter { since: Some(-5), limit: None, name: Some("a b".into()) });
    for (query, field) in
        [("since=x", "since"), ("limit=-1", "limit"), ("since=1&since=2", "since"), ("since=1.5", "since")]
    {
        let problem = parse_query::<Filter>(query).unwrap_err();
        assert_eq!((problem.status, problem.fields[0].field.as_str()), (400, field), "{query}");
    }
}

#[test]
fn a_cursor_comes_back_and_a_foreign_one_is_refused() {
    let cursor = Cursor::encode(&(5_i64, "ä/?"));
    assert_eq!(Cursor::decode::<(i64, String)>(&cursor).unwrap(), (5, "ä/?".to_owned()));
    for foreign in ["", "!", "e30", &"a".repeat(2000)] {
        assert_eq!(Cursor::decode::<(i64, String)>(foreign).unwrap_err().fields[0].field, "cursor");
    }
}
