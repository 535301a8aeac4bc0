//! `GET /api/routes/explain`: who would answer a request, and why.

use super::State;
use super::queries::ExplainQuery;
use crate::explain::Explanation;
use crate::facts::{Caller, Facts, Nothing};
use actix_web::HttpResponse;
use actix_web::web::Data;
use host::{ApiError, Query};
use kernel::{Problem, Timestamp};
use std::borrow::Cow;
use std::net::IpAddr;

/// The longest parameter, in bytes.
const PARAMETER_MAX_BYTES: usize = 8 * 1024;

/// Somebody of whom an operator says who it is.
struct Described {
    user: Option<String>,
    session: Option<String>,
    remote: Option<IpAddr>,
    now: Timestamp,
    chance: u64,
}

impl Caller for Described {
    fn user_id(&self) -> Option<Cow<'_, str>> {
        self.user.as_deref().map(Cow::Borrowed)
    }

    fn session_id(&self) -> Option<Cow<'_, str>> {
        self.session.as_deref().map(Cow::Borrowed)
    }

    fn remote(&self) -> Option<IpAddr> {
        self.remote
    }

    fn now(&self) -> Timestamp {
        self.now
    }

    fn chance(&self) -> u64 {
        self.chance
    }
}

/// Who would answer a request, and why
///
/// Decided by the toggles in force, without counting a use. A share that sticks to nothing is drawn anew each time.
#[utoipa::path(
    get, path = "/api/routes/explain", tag = "routes", params(ExplainQuery),
    responses(
        (status = 200, description = "The answering side with all reasons", body = Explanation),
        (status = 400, description = "A parameter is missing or not valid"),
    )
)]
pub(super) async fn explain(
    state: Data<State>,
    Query(query): Query<ExplainQuery>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(explanation(&state, query)?))
}

fn explanation(state: &State, query: ExplainQuery) -> Result<Explanation, Problem> {
    let texts = [
        ("method", &query.method),
        ("path", &query.path),
        ("user", &query.user),
        ("host", &query.host),
        ("session", &query.session),
    ];
    let long =
        texts.iter().find(|(_, text)| text.as_ref().is_some_and(|text| text.len() > PARAMETER_MAX_BYTES));
    if let Some((field, _)) = long {
        return Err(Problem::invalid_field(*field, format!("may have {PARAMETER_MAX_BYTES} bytes at most")));
    }
    let method = method(query.method)?;
    let path = query.path.ok_or_else(|| Problem::invalid_field("path", "is missing"))?;
    if !path.starts_with('/') && path != "*" {
        return Err(Problem::invalid_field("path", "must begin with /"));
    }
    let remote = query.remote.map(|remote| remote.parse());
    let sources = &state.api.sources;
    let caller = Described {
        user: query.user,
        session: query.session,
        remote: remote.transpose().map_err(|_| Problem::invalid_field("remote", "must be an IP address"))?,
        now: sources.clock.now(),
        chance: sources.random.next_u64(),
    };
    let facts = Facts {
        method: &method,
        path: &path,
        query: None,
        host: query.host.as_deref(),
        fields: &Nothing,
        caller: &caller,
    };
    Ok(crate::explain::explain(&facts, &state.api.current.load()))
}

/// A method is a token (RFC 9110, 9.1); people write it in small letters.
fn method(given: Option<String>) -> Result<String, Problem> {
    let method = given.map_or_else(|| "GET".to_owned(), |method| method.to_ascii_uppercase());
    let is_token =
        method.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte));
    if is_token { Ok(method) } else { Err(Problem::invalid_field("method", "is no method")) }
}
