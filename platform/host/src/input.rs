//! What a handler takes of a request: read, checked, and with the field named where it is wrong.

use crate::{ApiError, HostSettings};
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use futures_util::StreamExt;
use kernel::Problem;
use serde::de::DeserializeOwned;
use std::future::{Future, Ready, ready};
use std::pin::Pin;

/// A JSON object as the body. 400 names the field that is wrong; 413 when it is too large; unknown fields are ignored.
#[derive(Debug)]
pub struct Json<T>(pub T);

/// The query string. 400 names the parameter that is wrong; unknown parameters are ignored.
#[derive(Debug)]
pub struct Query<T>(pub T);

/// The path's `{id}`: 404 when it is no number of ours.
#[derive(Debug, Clone, Copy)]
pub struct PathId(pub i64);

impl FromRequest for PathId {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let text = request.match_info().get("id").unwrap_or_default();
        // `+1` and `01` are other spellings of an id: one item has one URL.
        let id = text.parse::<i64>().ok().filter(|id| *id > 0 && id.to_string() == text);
        ready(id.map(Self).ok_or_else(|| Problem::not_found().into()))
    }
}

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse_query(request.query_string()).map(Self).map_err(ApiError::from))
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let settings = request.app_data::<web::Data<HostSettings>>();
        let max_bytes = settings.map_or_else(|| HostSettings::default().body_max_bytes, |s| s.body_max_bytes);
        let media_type = json_media_type(request);
        let payload = payload.take();
        Box::pin(async move {
            media_type?;
            let body = collect(payload, max_bytes).await?;
            Ok(Self(parse_json(&body)?))
        })
    }
}

/// JSON must be said to be JSON where a type is said at all; a body without a type is read as JSON.
fn json_media_type(request: &HttpRequest) -> Result<(), Problem> {
    let Some(value) = request.headers().get(CONTENT_TYPE) else { return Ok(()) };
    let essence = value.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
    let json = essence.eq_ignore_ascii_case(b"application/json")
        || (essence.to_ascii_lowercase().starts_with(b"application/")
            && essence.to_ascii_lowercase().ends_with(b"+json"));
    if json { Ok(()) } else { Err(Problem::bad_request("the body must be application/json")) }
}

async fn collect(mut payload: Payload, max_bytes: usize) -> Result<Vec<u8>, Problem> {
    let mut body = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Problem::bad_request("the body cannot be read"))?;
        if body.len() + chunk.len() > max_bytes {
            return Err(Problem::too_large(max_bytes));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Reads a body as a JSON object.
pub(crate) fn parse_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    if std::str::from_utf8(body).is_err() {
        return Err(Problem::bad_request("the body is not UTF-8"));
    }
    if body.trim_ascii().first() != Some(&b'{') {
        return Err(Problem::bad_request("the body must be a JSON object"));
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let field = error.path().to_string();
        describe(field, &error.into_inner())
    })?;
    reader.end().map_err(|error| describe(".".to_owned(), &error))?;
    Ok(value)
}

/// Says which field is wrong, and how, without the sender's own words: they may be a password.
fn describe(field: String, error: &serde_json::Error) -> Problem {
    if error.is_syntax() || error.is_eof() {
        return Problem::bad_request(format!(
            "the body is not JSON (line {}, column {})",
            error.line(),
            error.column()
        ));
    }
    let said = error.to_string();
    if let Some(missing) = said.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
        let parent = if field == "." { String::new() } else { format!("{field}.") };
        return Problem::invalid_field(format!("{parent}{missing}"), "is missing");
    }
    if said.starts_with("unknown field") {
        let known = said.rsplit_once("expected ").map_or("none", |(_, known)| known);
        let known = known.split(" at line").next().unwrap_or(known);
        return Problem::invalid_field(field, format!("is not known, expected {known}"));
    }
    let expected = said.rsplit_once("expected ").map_or("another type", |(_, expected)| expected);
    let expected = expected.split(" at line").next().unwrap_or(expected);
    Problem::invalid_field(field, format!("has a wrong type or value, expected {expected}"))
}

/// Reads a query string; an empty value is as if absent.
pub(crate) fn parse_query<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    let given: Vec<(String, String)> = serde_urlencoded::from_str(query)
        .map_err(|_| Problem::bad_request("the query string cannot be read"))?;
    let given: Vec<_> = given.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    for (index, (name, _)) in given.iter().enumerate() {
        if given.iter().take(index).any(|(before, _)| before == name) {
            return Err(Problem::invalid_field(name.as_str(), "is given twice"));
        }
    }
    let reader = serde_path_to_error::deserialize(serde::de::value::MapDeserializer::<
        _,
        serde_urlencoded::de::Error,
    >::new(
        given.iter().map(|(name, value)| (name.as_str(), Parameter(value))),
    ));
    reader.map_err(|error| {
        let field = error.path().to_string();
        Problem::invalid_field(field, error.into_inner().to_string())
    })
}

/// One value of a query string, read as whatever the field is.
struct Parameter<'a>(&'a str);

impl<'de> serde::de::IntoDeserializer<'de, serde_urlencoded::de::Error> for Parameter<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! parameter_number {
    ($($method:ident $visit:ident $kind:ty),*) => { $(
        fn $method<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
            match self.0.parse::<$kind>() {
                Ok(number) => visitor.$visit(number),
                Err(_) => Err(serde::de::Error::custom("must be an integer within bounds")),
            }
        }
    )* };
}

impl<'de> serde::Deserializer<'de> for Parameter<'de> {
    type Error = serde_urlencoded::de::Error;

    fn deserialize_any<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_borrowed_str(self.0)
    }

    fn deserialize_option<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_some(self)
    }

    parameter_number!(
        deserialize_i64 visit_i64 i64, deserialize_u64 visit_u64 u64,
        deserialize_i32 visit_i32 i32, deserialize_u32 visit_u32 u32
    );

    serde::forward_to_deserialize_any! {
        bool i8 i16 i128 u8 u16 u128 f32 f64 char str string bytes byte_buf unit unit_struct newtype_struct seq
        tuple tuple_struct map struct enum identifier ignored_any
    }
}
