//! The parameters of calls. Unknown ones are refused: they are slips of the pen.

use kernel::Problem;
use serde::Deserialize;
use std::ops::RangeInclusive;
use utoipa::IntoParams;

/// The request that is asked about.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ExplainQuery {
    /// GET when it is not given.
    pub(super) method: Option<String>,
    /// The path, with its query if there is one.
    #[param(required, example = "/api/messages")]
    pub(super) path: Option<String>,
    /// The user's id.
    pub(super) user: Option<String>,
    /// The host it is for.
    pub(super) host: Option<String>,
    /// The session's id.
    pub(super) session: Option<String>,
    /// The client's address.
    #[param(value_type = Option<String>, example = "203.0.113.7")]
    pub(super) remote: Option<String>,
}

/// Which report.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ReportQuery {
    /// One route; all when it is not given.
    pub(super) route: Option<String>,
    /// How far back: a number and `s`, `m`, `h` or `d`. 24h when it is not given.
    #[param(example = "24h")]
    pub(super) since: Option<String>,
    /// Samples of each cause, 0 to 100; 3 when it is not given.
    pub(super) samples: Option<i64>,
    /// `json` (when it is not given), `text`, `html`, `md` or `junit`.
    pub(super) format: Option<String>,
}

/// Which verdicts.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct EventsQuery {
    /// One route; all when it is not given.
    pub(super) route: Option<String>,
    /// How far back: a number and `s`, `m`, `h` or `d`. 24h when it is not given.
    #[param(example = "24h")]
    pub(super) since: Option<String>,
}

/// Which entries.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct AuditQuery {
    /// 1 to 1000; 100 when it is not given.
    pub(super) limit: Option<i64>,
    /// `next` of the page before.
    pub(super) cursor: Option<String>,
}

/// A number of the query: within bounds, and this one when it is not given.
pub(super) fn number(
    field: &'static str,
    given: Option<i64>,
    default: i64,
    bounds: RangeInclusive<i64>,
) -> Result<usize, Problem> {
    let within = Some(given.unwrap_or(default)).filter(|number| bounds.contains(number));
    within.and_then(|number| usize::try_from(number).ok()).ok_or_else(|| {
        Problem::invalid_field(field, format!("must be {} to {}", bounds.start(), bounds.end()))
    })
}
