//! Dry runs at the door: a marked request is verified before anything of it is executed, and one whose mark does not
//! count is refused. It is never executed as a real one.

use crate::boundary;
use actix_web::HttpMessage;
use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use identity::{DRY_RUN_DONE, DRY_RUN_FIELD, DRY_RUN_PARTIAL, DryRunKey, MarkError, Marked};
use kernel::{Clock, Context, DryRun, Problem};

const FIELD: HeaderName = HeaderName::from_static(DRY_RUN_FIELD);
const REQUEST_ID: &str = "x-request-id";

/// The dry run that a request asks for, if it does.
///
/// # Errors
/// 400 for a mark that cannot be read or that has no place here; 403 for one that does not count.
pub(crate) fn admit(
    headers: &HeaderMap,
    method: &Method,
    target: &str,
    key: Option<&DryRunKey>,
    clock: &dyn Clock,
) -> Result<Option<DryRun>, Problem> {
    let mut marks = headers.get_all(FIELD);
    let Some(mark) = marks.next() else { return Ok(None) };
    if marks.next().is_some() {
        return Err(Problem::bad_request("the request has more than one dry-run mark"));
    }
    let key = key.ok_or_else(|| Problem::forbidden("there are no dry runs here: dry_run.key is not set"))?;
    if method.is_safe() {
        return Err(Problem::bad_request("a dry run is for methods that change something"));
    }
    let request_id = one(headers, REQUEST_ID)
        .ok_or_else(|| Problem::bad_request("a request with a dry-run mark must have one x-request-id"))?;
    let request = Marked { request_id, method: method.as_str(), target };
    key.verify(mark.as_bytes(), request, clock.now()).map_err(refusal)?;
    Ok(Some(DryRun::new()))
}

fn refusal(error: MarkError) -> Problem {
    match error {
        MarkError::Malformed => Problem::bad_request("the dry-run mark cannot be read"),
        MarkError::Signature => Problem::forbidden("the dry-run mark is not signed for this request"),
        MarkError::Expired => Problem::forbidden("the dry-run mark has expired"),
    }
}

fn one<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name);
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// Admits a request to an application, and says so in its context.
///
/// # Errors
/// As [`admit`].
pub(crate) fn enter(
    request: &ServiceRequest,
    key: Option<&DryRunKey>,
    clock: &dyn Clock,
) -> Result<Option<DryRun>, Problem> {
    if !request.headers().contains_key(FIELD) {
        return Ok(None);
    }
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    let dry_run = admit(request.headers(), request.method(), target, key, clock)?;
    let mut extensions = request.extensions_mut();
    let context = extensions.get_mut::<Context>().ok_or_else(Problem::internal)?;
    context.dry_run.clone_from(&dry_run);
    Ok(dry_run)
}

/// The answer to a request that is not admitted.
pub(crate) fn refused(request: ServiceRequest, problem: &Problem) -> ServiceResponse<BoxBody> {
    let context = request.extensions().get::<Context>().map(|context| context.request_id.to_string());
    let answer = boundary::answer(problem, &context.unwrap_or_default(), request.method() == Method::HEAD);
    request.into_response(answer)
}

/// The answer, which says of a dry run how it went.
pub(crate) fn told(
    mut answer: ServiceResponse<BoxBody>,
    dry_run: Option<DryRun>,
) -> ServiceResponse<BoxBody> {
    if let Some(dry_run) = dry_run {
        tell(answer.headers_mut(), &dry_run);
    }
    answer
}

/// Says how a dry run went.
pub(crate) fn tell(headers: &mut HeaderMap, dry_run: &DryRun) {
    let word = if dry_run.is_partial() { DRY_RUN_PARTIAL } else { DRY_RUN_DONE };
    headers.insert(FIELD, HeaderValue::from_static(word));
}
