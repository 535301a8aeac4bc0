//! Answers of handlers that succeeded.

use crate::HostSettings;
use actix_web::http::header::{CONTENT_TYPE, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH, LOCATION};
use actix_web::{HttpRequest, HttpResponse, web::Data};
use serde::Serialize;
use xxhash_rust::xxh3::xxh3_128;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

fn json<T: Serialize>(body: &T) -> Vec<u8> {
    // Bodies are structs with text keys, which always serialise.
    serde_json::to_vec(body).unwrap_or_default()
}

/// 200 with a JSON body and a strong `ETag` made from its bytes (RFC 9110, 8.8.3); 304 when the caller has them already.
pub fn tagged<T: Serialize>(request: &HttpRequest, body: &T) -> HttpResponse {
    let body = json(body);
    let wanted = request.app_data::<Data<HostSettings>>().is_none_or(|settings| settings.etag);
    if !wanted {
        return HttpResponse::Ok().insert_header((CONTENT_TYPE, JSON)).body(body);
    }
    let etag = format!("\"{:032x}\"", xxh3_128(&body));
    if has_already(request.headers(), &etag) {
        return HttpResponse::NotModified().insert_header((ETAG, etag)).finish();
    }
    HttpResponse::Ok().insert_header((CONTENT_TYPE, JSON)).insert_header((ETAG, etag)).body(body)
}

/// Whether `If-None-Match` names this tag, by weak comparison (RFC 9110, 13.1.2).
fn has_already(headers: &HeaderMap, etag: &str) -> bool {
    headers.get_all(IF_NONE_MATCH).filter_map(|value| value.to_str().ok()).any(|value| {
        value.split(',').map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
    })
}

/// 201 with a JSON body and an absolute `Location`: the request's own scheme and host, and the relative path.
pub fn created<T: Serialize>(request: &HttpRequest, path: &str, body: &T) -> HttpResponse {
    let location = {
        let connection = request.connection_info();
        format!("{}://{}{path}", connection.scheme(), connection.host())
    };
    HttpResponse::Created()
        .insert_header((CONTENT_TYPE, JSON))
        .insert_header((LOCATION, location))
        .body(json(body))
}

/// 204.
#[must_use]
pub fn no_content() -> HttpResponse {
    HttpResponse::NoContent().finish()
}
