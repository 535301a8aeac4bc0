//! Handlers called by hand: what is read of a request and what an answer carries.

use super::{Change, Wanted, create, edit, list, read};
use crate::service::tests::harness::Harness;
use actix_web::body::to_bytes;
use actix_web::http::header::{ETAG, LINK, LOCATION};
use actix_web::test::TestRequest;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use host::{Json, PathId, Query, SignedIn, VisitorOrUser};
use kernel::Principal;
use messages_api::PostMessage;
use serde_json::{Value, json};

fn request(path: &str) -> HttpRequest {
    TestRequest::get().uri(path).to_http_request()
}

fn signed_in(harness: &Harness, user_id: i64) -> SignedIn {
    let context = harness.user(user_id);
    SignedIn { context, user: Principal { user_id }, token_id: String::new(), expires_at: 0 }
}

fn wanted(limit: Option<i64>, cursor: Option<&str>) -> Query<Wanted> {
    let cursor = cursor.map(str::to_owned);
    Query(Wanted { updated_since: None, user_id: None, limit, cursor })
}

async fn body(answer: HttpResponse) -> Value {
    serde_json::from_slice(&to_bytes(answer.into_body()).await.unwrap()).unwrap()
}

#[tokio::test]
async fn a_posted_message_answers_201_with_its_place() {
    let harness = Harness::new();
    let service = Data::from(harness.parts.service.clone());
    let post = Json(PostMessage { source: "*x*".to_owned() });
    let answer = create(request("/api/messages"), service, signed_in(&harness, 7), post).await.unwrap();
    assert_eq!(answer.status().as_u16(), 201);
    assert!(answer.headers().get(LOCATION).unwrap().to_str().unwrap().ends_with("/api/messages/1"));
    let second = crate::service::tests::harness::START;
    assert_eq!(
        body(answer).await,
        json!({
            "id": 1, "created_at": second, "updated_at": second, "source": "*x*", "html": "<em>x</em>",
            "user_id": 7, "_links": {"self": "/api/messages/1", "user": "/api/users/7"},
        })
    );
}

#[tokio::test]
async fn a_list_names_its_next_page_and_takes_it_back() {
    let harness = Harness::new();
    for source in ["a", "b", "c"] {
        harness.post(1, source).await;
    }
    let service = Data::from(harness.parts.service.clone());
    let ask = |limit, cursor: Option<String>| {
        let caller = VisitorOrUser(harness.visitor());
        list(request("/api/messages?limit=2"), service.clone(), caller, wanted(limit, cursor.as_deref()))
    };
    let first = ask(Some(2), None).await.unwrap();
    assert!(first.headers().contains_key(ETAG));
    let link = first.headers().get(LINK).unwrap().to_str().unwrap().to_owned();
    let cursor = link.strip_prefix("</api/messages?limit=2&cursor=").unwrap();
    let cursor = cursor.strip_suffix(">; rel=\"next\"").unwrap().replace("%2D", "-").replace("%5F", "_");
    let second = ask(Some(2), Some(cursor)).await.unwrap();
    assert!(!second.headers().contains_key(LINK));
    let (first, second) = (body(first).await, body(second).await);
    assert_eq!((&first["messages"][0]["id"], &first["messages"][1]["id"]), (&json!(1), &json!(2)));
    assert_eq!(second["messages"].as_array().unwrap().len(), 1);
    assert_eq!(second["messages"][0]["id"], 3);

    for (limit, cursor, field) in
        [(Some(0), None, "limit"), (Some(1001), None, "limit"), (None, Some("?"), "cursor")]
    {
        let problem = ask(limit, cursor.map(str::to_owned)).await.unwrap_err().problem;
        assert_eq!((problem.status, problem.fields[0].field.as_str()), (400, field));
    }
}

#[tokio::test]
async fn reading_and_editing_answer_as_the_contract_says() {
    let harness = Harness::new();
    harness.post(1, "a").await;
    let service = Data::from(harness.parts.service.clone());
    let read_of =
        |id| read(request("/api/messages/1"), service.clone(), VisitorOrUser(harness.visitor()), PathId(id));
    assert_eq!(body(read_of(1).await.unwrap()).await["source"], "a");
    assert_eq!(read_of(2).await.unwrap_err().problem.status, 404);

    let edit_of = |user_id, id, source: Option<&str>| {
        let change = Json(Change { source: source.map(str::to_owned) });
        edit(service.clone(), signed_in(&harness, user_id), PathId(id), change)
    };
    assert_eq!(edit_of(1, 1, Some("b")).await.unwrap().status().as_u16(), 204);
    assert_eq!(edit_of(1, 1, None).await.unwrap().status().as_u16(), 204);
    assert_eq!(edit_of(2, 1, Some("c")).await.unwrap_err().problem.status, 403);
    assert_eq!(edit_of(1, 2, Some("c")).await.unwrap_err().problem.status, 404);
    assert_eq!(edit_of(1, 1, Some("")).await.unwrap_err().problem.fields[0].field, "source");
    assert_eq!(body(read_of(1).await.unwrap()).await["source"], "b");
}

#[test]
fn an_absent_source_is_no_change_and_null_is_no_source() {
    let read = |text| serde_json::from_str::<Change>(text);
    assert_eq!(read("{}").unwrap().source, None);
    assert_eq!(read(r#"{"id": null, "source": "x", "more": []}"#).unwrap().source.as_deref(), Some("x"));
    for text in [r#"{"source": null}"#, r#"{"source": 1}"#, r#"{"source": ["x"]}"#] {
        assert!(read(text).is_err(), "{text}");
    }
}

#[test]
fn the_description_names_every_route() {
    let described = serde_json::to_value(super::openapi()).unwrap();
    for endpoint in super::endpoints() {
        let method = endpoint.method.as_str().to_ascii_lowercase();
        assert!(described["paths"][endpoint.path][&method].is_object(), "{method} {}", endpoint.path);
    }
}
