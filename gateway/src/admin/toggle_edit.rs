//! `POST /api/toggles/{name}`: a toggle of the features file is switched, or gets a share.

use super::State;
use super::audit::Action;
use super::caller::Asked;
use super::change::{ChangeAnswer, Wanted, change};
use super::rules::shown_first;
use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use host::{ApiError, Json};
use kernel::Problem;
use serde::Deserialize;
use std::sync::Arc;
use toggles::edit::{set_enabled, set_percent};
use utoipa::ToSchema;

/// What is wanted of a toggle: either `enabled` or `percent`.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ToggleBody {
    /// Whether it is on, for those that its strategies say.
    enabled: Option<bool>,
    /// On, for so many per cent of whoever asks; 0 to 100.
    percent: Option<u8>,
    /// Whether the change is only to be shown; it is when nobody says.
    #[serde(default = "shown_first")]
    preview: bool,
    /// `version` of the answer in which it was shown; needed where it is to be made.
    version: Option<String>,
}

/// What becomes of a toggle.
#[derive(Debug, Clone, Copy)]
enum Switch {
    Enabled(bool),
    Percent(u8),
}

/// Change a toggle of the features file
///
/// As `banyan toggles on`, `off` and `percent`. The change of the file is shown first (`preview`); its comments stay. The
/// same call with `preview: false` and the `version` that was shown makes it, and brings it into force.
#[utoipa::path(
    post, path = "/api/toggles/{name}", tag = "toggles", request_body = ToggleBody,
    params(("name" = String, Path, description = "The toggle")),
    responses(
        (status = 200, description = "What changes, or has changed", body = ChangeAnswer),
        (status = 400, description = "The body is not valid"),
        (status = 409, description = "The toggles come from an Unleash server, there is no file, or it has changed since it was shown"),
        (status = 422, description = "The file has no such toggle, or would be wrong: `errors` names each place and reason"),
        (status = 503, description = "The audit log or the file cannot be written: nothing was changed"),
    )
)]
pub(super) async fn edit(
    state: Data<State>,
    asked: Asked,
    name: Path<String>,
    Json(body): Json<ToggleBody>,
) -> Result<HttpResponse, ApiError> {
    if let Some(unleash) = &state.api.unleash {
        let url = unleash.borrow().url.clone();
        let detail = format!("the toggles come from the Unleash server, and are changed there: {url}");
        return Err(Problem::new(409, "conflict").detail(detail).into());
    }
    let switch = match (body.enabled, body.percent) {
        (Some(enabled), None) => Switch::Enabled(enabled),
        (None, Some(percent)) if percent <= 100 => Switch::Percent(percent),
        (None, Some(_)) => return Err(Problem::invalid_field("percent", "must be 0 to 100").into()),
        _ => return Err(Problem::invalid_field("enabled", "either `enabled` or `percent` is needed").into()),
    };
    let name = name.into_inner();
    let subject = format!("toggle {name}");
    let edited = move |text: &str| {
        let edited = match switch {
            Switch::Enabled(enabled) => set_enabled(text, &name, enabled),
            Switch::Percent(percent) => set_percent(text, &name, percent),
        };
        edited.map_err(|error| error.to_string())
    };
    let (preview, version) = (body.preview, body.version);
    let wanted = Wanted { action: Action::ToggleEdit, subject, change: Arc::new(edited), preview, version };
    change(state, asked, wanted).await
}
