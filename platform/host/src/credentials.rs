//! Who is asking: extractors that verify the header `Authorization` before a handler runs.

use crate::ApiError;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, web::Data};
use identity::{Credentials, TokenError, Verified, Verifier};
use kernel::{Context, Principal, Problem, Sources};
use std::fmt;
use std::future::{Ready, ready};

/// Anybody: the request's context, without a look at credentials.
#[derive(Debug, Clone)]
pub struct Caller(pub Context);

/// Optional Bearer: anonymous, or a user whose token verified (`context.principal`). A token that does not verify is 401.
#[derive(Debug, Clone)]
pub struct VisitorOrUser(pub Context);

/// A user whose Bearer token verified; else 401.
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

/// Either way to say who one is; else 401.
#[derive(Debug)]
pub enum BasicOrBearer {
    /// Nickname and password, not checked yet.
    Basic(Basic),
    /// A token that verified.
    Bearer(SignedIn),
}

impl fmt::Debug for Basic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Basic").field("nickname", &self.nickname).finish_non_exhaustive()
    }
}

fn sources(request: &HttpRequest) -> Result<&Sources, ApiError> {
    let missing = || ApiError::because(Problem::internal(), "the application has no kernel::Sources");
    request.app_data::<Data<Sources>>().map(|data| &***data).ok_or_else(missing)
}

fn context(request: &HttpRequest) -> Result<Context, ApiError> {
    let missing = || ApiError::because(Problem::internal(), "the request has no kernel::Context");
    request.extensions().get::<Context>().cloned().ok_or_else(missing)
}

fn credentials(request: &HttpRequest) -> Credentials {
    Credentials::parse(request.headers().get(AUTHORIZATION).map(|value| value.as_bytes()))
}

fn verify(request: &HttpRequest, token: &str) -> Result<Verified, ApiError> {
    let missing = || ApiError::because(Problem::internal(), "the application has no identity::Verifier");
    let verifier = request.app_data::<Data<Verifier>>().ok_or_else(missing)?;
    verifier.verify(token, sources(request)?.clock.now()).map_err(|error| {
        Problem::unauthenticated()
            .detail(match error {
                TokenError::Expired => "the token has expired",
                TokenError::Revoked => "the token was revoked",
                _ => "the token is not valid",
            })
            .into()
    })
}

fn signed_in(request: &HttpRequest, token: &str) -> Result<SignedIn, ApiError> {
    let Verified { principal, token_id, expires_at } = verify(request, token)?;
    let context = context(request)?.with_principal(principal);
    Ok(SignedIn { context, user: principal, token_id, expires_at })
}

/// An extractor that needs nothing but the request's head.
macro_rules! from_head {
    ($Extractor:ident, $request:ident => $extract:expr) => {
        impl FromRequest for $Extractor {
            type Error = ApiError;
            type Future = Ready<Result<Self, ApiError>>;

            fn from_request($request: &HttpRequest, _: &mut Payload) -> Self::Future {
                ready($extract)
            }
        }
    };
}

from_head!(Caller, request => context(request).map(Self));
from_head!(VisitorOrUser, request => match credentials(request) {
    Credentials::Bearer(token) => signed_in(request, &token).map(|user| Self(user.context)),
    Credentials::Anonymous | Credentials::Basic { .. } => context(request).map(Self),
});
from_head!(SignedIn, request => match credentials(request) {
    Credentials::Bearer(token) => signed_in(request, &token),
    Credentials::Anonymous | Credentials::Basic { .. } => Err(Problem::unauthenticated().into()),
});
from_head!(Basic, request => match credentials(request) {
    Credentials::Basic { nickname, password } => {
        context(request).map(|context| Self { context, nickname, password })
    }
    Credentials::Anonymous | Credentials::Bearer(_) => Err(Problem::unauthenticated().into()),
});
from_head!(BasicOrBearer, request => match credentials(request) {
    Credentials::Basic { nickname, password } => {
        context(request).map(|context| Self::Basic(Basic { context, nickname, password }))
    }
    Credentials::Bearer(token) => signed_in(request, &token).map(Self::Bearer),
    Credentials::Anonymous => Err(Problem::unauthenticated().into()),
});
