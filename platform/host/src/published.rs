//! Keys and revocations for processes that verify tokens by themselves, on the admin side.

use crate::AdminExtension;
use crate::respond::tagged;
use actix_web::HttpRequest;
use actix_web::web::{self, Data};
use identity::Verifier;
use std::sync::Arc;

/// Where they are.
pub const PUBLISHED_PATH: &str = "/identity";

/// `GET /identity`: what [`identity::Published`] says, with an `ETag`, so that asking often costs little.
#[must_use]
pub fn published(verifier: Verifier) -> AdminExtension {
    let state = Data::new(verifier);
    Arc::new(move |config| {
        config.app_data(state.clone()).route(PUBLISHED_PATH, web::get().to(show));
    })
}

async fn show(request: HttpRequest, verifier: Data<Verifier>) -> actix_web::HttpResponse {
    tagged(&request, &verifier.state().published())
}
