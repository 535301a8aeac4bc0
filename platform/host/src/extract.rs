//! What handlers take: the request read, checked, and with the field named where it is wrong.

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use kernel::{Context, Principal};
use serde::de::DeserializeOwned;
use std::future::{Ready, ready};

/// Anybody: the request's context without looking at credentials.
#[derive(Debug, Clone)]
pub struct Caller(pub Context);

/// Optional Bearer: anonymous, or a user whose token verified (`context.principal`). A token that does not verify is 401.
#[derive(Debug, Clone)]
pub struct VisitorOrUser(pub Context);

/// A user whose Bearer token verified; else 401. The context's principal is set.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The request's context, with the principal.
    pub context: Context,
    /// Who.
    pub user: Principal,
    /// The token's id (`jti`).
    pub token_id: String,
    /// When the token expires, epoch seconds.
    pub expires_at: i64,
}

/// Nickname and password of a Basic header, not checked yet; else 401.
pub struct Basic {
    /// The request's context.
    pub context: Context,
    /// The nickname.
    pub nickname: String,
    /// The password.
    pub password: String,
}

/// A JSON object as the body: 400 names the field that is wrong, 413 when it is too large.
#[derive(Debug)]
pub struct Json<T>(pub T);

/// The query string: 400 names the parameter that is wrong.
#[derive(Debug)]
pub struct Query<T>(pub T);

/// The path's `{id}`: 404 when it is no positive integer.
#[derive(Debug, Clone, Copy)]
pub struct PathId(pub i64);

macro_rules! face { ($($t:ident $(<$g:ident>)?),*) => { $(
impl$(<$g: DeserializeOwned>)? FromRequest for $t$(<$g>)? {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;
    fn from_request(_: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Err(actix_web::error::ErrorNotImplemented("being built")))
    }
})* } }
face!(Caller, VisitorOrUser, SignedIn, Basic, Json<T>, Query<T>, PathId);
