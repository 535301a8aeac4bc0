//! Serves the pages: the document at `/`, all else below `/dashboard/`.

use crate::assets::{ASSETS, Asset, INDEX};
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, IF_NONE_MATCH,
    LOCATION, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::web::{self, Path};
use actix_web::{HttpRequest, HttpResponse};
use host::AdminExtension;
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_64;

/// Paths of the admin side that the pages need before anybody has shown a token; one that ends in `/` stands for all below
/// it. There are no data here: those come from `/api`, for which the token is asked.
pub const OPEN_PATHS: [&str; 3] = ["/", "/dashboard", "/dashboard/"];

/// What a page may do: load what comes from this very place, and talk to it. No inline script, no foreign asset, no frame
/// around it, and no markup made from text (Trusted Types, of which no policy is allowed).
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
     manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'; trusted-types 'none'";

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Puts the pages on the admin side: [`host::AdminState::extensions`], with [`OPEN_PATHS`] among its open ones.
#[must_use]
pub fn dashboard() -> AdminExtension {
    Arc::new(|config| {
        config
            .service(web::resource("/").route(web::get().to(index)).route(web::head().to(index)))
            .service(web::resource("/dashboard").route(web::get().to(home)))
            .service(
                web::resource("/dashboard/{name:.*}")
                    .route(web::get().to(asset))
                    .route(web::head().to(asset)),
            );
    })
}

async fn index(request: HttpRequest) -> HttpResponse {
    answer(&request, &INDEX)
}

/// Whoever types the name by hand.
async fn home() -> HttpResponse {
    sealed(HttpResponse::PermanentRedirect().insert_header((LOCATION, "./")).finish())
}

async fn asset(request: HttpRequest, name: Path<String>) -> HttpResponse {
    match ASSETS.iter().find(|asset| asset.name == name.as_str()) {
        Some(asset) => answer(&request, asset),
        None => sealed(HttpResponse::NotFound().content_type("text/plain; charset=utf-8").body("not found")),
    }
}

/// The asset, or 304 for whoever has it. Browsers ask each time, so that pages and process are never of two versions.
fn answer(request: &HttpRequest, asset: &Asset) -> HttpResponse {
    let tag = format!("\"{:016x}\"", xxh3_64(asset.content));
    let known = request.headers().get_all(IF_NONE_MATCH).filter_map(|value| value.to_str().ok());
    let is_known =
        known.flat_map(|value| value.split(',')).any(|one| one.trim().trim_start_matches("W/") == tag);
    let mut response = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((ETAG, tag)).insert_header((CACHE_CONTROL, "no-cache"));
    if is_known {
        return sealed(response.finish());
    }
    sealed(response.insert_header((CONTENT_TYPE, asset.media_type)).body(asset.content))
}

fn sealed(mut response: HttpResponse) -> HttpResponse {
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (OPENER_POLICY, "same-origin"),
        (RESOURCE_POLICY, "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
