//! `POST /api/routes/{name}/rules`: a rule that says what may differ, added to the features file.

mod edit;

use super::State;
use super::audit::Action;
use super::caller::Asked;
use super::change::{ChangeAnswer, Wanted, change};
use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use edit::add;
use host::{ApiError, Json};
use kernel::Problem;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// The longest path or key of a rule, in bytes.
const TEXT_MAX_BYTES: usize = 512;
/// The most codes that mean the same.
const STATUSES_MAX: usize = 16;

/// A rule for `[routes.comparison]`.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleBody {
    /// Which list it goes to.
    rule: RuleKind,
    /// Where it holds: a JSONPath (RFC 9535), or `status`, `body`, `header NAME`, `trailer NAME`. Of `statuses` it is `status`.
    path: String,
    /// Of `unordered`: the member by which elements are matched.
    key: Option<String>,
    /// Of `tolerance`: how far two numbers may be apart.
    absolute: Option<f64>,
    /// Of `tolerance`: how far two numbers may be apart, as a share of the larger one.
    relative: Option<f64>,
    /// Of `tolerance`: how far two moments may be apart, milliseconds.
    time_ms: Option<u32>,
    /// Of `statuses`: two status codes or more that mean the same.
    statuses: Option<Vec<u16>>,
    /// Whether the change is only to be shown; it is when nobody says.
    #[serde(default = "shown_first")]
    preview: bool,
    /// `version` of the answer in which it was shown; needed where it is to be made.
    version: Option<String>,
}

/// The rules that say that a difference is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum RuleKind {
    /// Nothing there is compared.
    Ignore,
    /// Each side makes up its own value: the same type is enough.
    Generated,
    /// The order of an array says nothing.
    Unordered,
    /// Values may be apart a little.
    Tolerance,
    /// Status codes that mean the same.
    Statuses,
}

pub(super) const fn shown_first() -> bool {
    true
}

/// Add a rule to a route's comparison
///
/// The change of the features file is shown first (`preview`); its comments stay. The same call with `preview: false` and
/// the `version` that was shown makes it, and brings it into force.
#[utoipa::path(
    post, path = "/api/routes/{name}/rules", tag = "routes", request_body = RuleBody,
    params(("name" = String, Path, description = "The route")),
    responses(
        (status = 200, description = "What changes, or has changed", body = ChangeAnswer),
        (status = 400, description = "The body is not valid"),
        (status = 409, description = "There is no file, or it has changed since it was shown"),
        (status = 422, description = "The file has no such route, has the rule already, or would be wrong: `errors` names each place and reason"),
        (status = 503, description = "The audit log or the file cannot be written: nothing was changed"),
    )
)]
pub(super) async fn add_rule(
    state: Data<State>,
    asked: Asked,
    route: Path<String>,
    Json(body): Json<RuleBody>,
) -> Result<HttpResponse, ApiError> {
    check(&body)?;
    let route = route.into_inner();
    let (subject, preview, version) = (format!("route {route}"), body.preview, body.version.clone());
    let edited = Arc::new(move |text: &str| add(text, &route, &body).map_err(|error| error.to_string()));
    let wanted = Wanted { action: Action::RuleAdd, subject, change: edited, preview, version };
    change(state, asked, wanted).await
}

/// Whether the members go together. What a path may be, the file's own check says.
fn check(body: &RuleBody) -> Result<(), Problem> {
    let RuleBody { rule, path, key, absolute, relative, time_ms, statuses, .. } = body;
    check_statuses(*rule, path, statuses.as_deref())?;
    for (field, text) in [("path", Some(path)), ("key", key.as_ref())] {
        if text.is_some_and(|text| text.is_empty() || text.len() > TEXT_MAX_BYTES) {
            return Err(Problem::invalid_field(field, format!("must have 1 to {TEXT_MAX_BYTES} bytes")));
        }
    }
    if key.is_some() && *rule != RuleKind::Unordered {
        return Err(Problem::invalid_field("key", "belongs to the rule `unordered`"));
    }
    let amounts = [("absolute", *absolute), ("relative", *relative), ("time_ms", time_ms.map(f64::from))];
    let given: Vec<(&str, f64)> =
        amounts.into_iter().filter_map(|(name, amount)| Some((name, amount?))).collect();
    match (rule, given.as_slice()) {
        (RuleKind::Tolerance, []) => {
            Err(Problem::invalid_field("relative", "one of absolute, relative and time_ms is needed"))
        }
        (RuleKind::Tolerance, given) => {
            let wrong = given.iter().find(|(_, amount)| !amount.is_finite() || *amount < 0.0);
            wrong.map_or(Ok(()), |(name, _)| Err(Problem::invalid_field(*name, "must be 0 or more")))
        }
        (_, []) => Ok(()),
        (_, [(name, _), ..]) => Err(Problem::invalid_field(*name, "belongs to the rule `tolerance`")),
    }
}

/// Which codes there are, and that it takes two, the file's own check says.
fn check_statuses(rule: RuleKind, path: &str, statuses: Option<&[u16]>) -> Result<(), Problem> {
    match (rule, statuses) {
        (RuleKind::Statuses, None) => Err(Problem::invalid_field("statuses", "is needed: two codes or more")),
        (RuleKind::Statuses, Some(codes)) if codes.len() > STATUSES_MAX => {
            Err(Problem::invalid_field("statuses", format!("must have {STATUSES_MAX} codes at most")))
        }
        (RuleKind::Statuses, Some(_)) if path != "status" => {
            Err(Problem::invalid_field("path", "is `status` where codes mean the same"))
        }
        (RuleKind::Statuses, Some(_)) | (_, None) => Ok(()),
        (_, Some(_)) => Err(Problem::invalid_field("statuses", "belongs to the rule `statuses`")),
    }
}
