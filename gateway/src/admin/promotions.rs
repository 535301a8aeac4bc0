//! `GET /api/promotions` and `POST /api/routes/{name}/promotion`: how routes are promoted, and what people say to it.

use super::State;
use super::audit::{Action, Entry, Outcome};
use super::caller::Asked;
use crate::promoting::Promoting;
use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use host::{ApiError, Json};
use kernel::Problem;
use promotion::{Figures, Order, OrderError, Phase, Standing};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// All promotions.
#[derive(Serialize, ToSchema)]
pub(super) struct PromotionList {
    /// A route each, by name.
    promotions: Vec<PromotionView>,
    /// Why the fleet, or the gateway's store, cannot be asked: nothing is raised meanwhile. `null` while it can.
    away: Option<String>,
}

/// How a route is promoted.
#[derive(Serialize, ToSchema)]
pub(super) struct PromotionView {
    /// The route.
    route: String,
    /// `rising`: it goes up by itself; `held`: until somebody starts it; `back`: the old side answers everybody, until somebody
    /// clears it.
    #[schema(value_type = String)]
    phase: Phase,
    /// The ceiling: the service answers this share of requests at most, percent.
    percent: u8,
    /// Since when; epoch milliseconds.
    since_ms: i64,
    /// Why.
    why: String,
    /// What is missing for the next step, and which toggle is off where that is why.
    waits_for: Option<String>,
    /// The steps, percent.
    steps: Vec<u8>,
    /// What this gateway has seen on this step: requests compared, differing, failed, and the p99 of both sides.
    #[schema(value_type = Object)]
    seen: Figures,
    /// Whether the fleet could not be told of it yet.
    unsent: bool,
}

/// What a person says to a promotion.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OrderBody {
    /// `start`: go on; `hold`: stay on this step; `back`: the old side answers everybody; `clear`: what was wrong is mended, begin
    /// again.
    #[schema(value_type = String)]
    action: Order,
}

/// How every route with a promotion stands
#[utoipa::path(get, path = "/api/promotions", tag = "routes", responses((status = 200, body = PromotionList)))]
pub(super) async fn list(state: Data<State>) -> HttpResponse {
    HttpResponse::Ok().json(PromotionList::now(state.api.promoting.as_ref()).await)
}

impl PromotionList {
    /// How all promotions stand; none where nothing promotes.
    pub(super) async fn now(promoting: Option<&Promoting>) -> Self {
        let (standings, away) = match promoting {
            Some(promoting) => promoting.standings().await,
            None => (Vec::new(), None),
        };
        Self { promotions: standings.into_iter().map(view).collect(), away }
    }
}

/// Start, hold, send back or clear the promotion of a route
#[utoipa::path(
    post, path = "/api/routes/{name}/promotion", tag = "routes", request_body = OrderBody,
    params(("name" = String, Path, description = "The route")),
    responses(
        (status = 200, body = PromotionView),
        (status = 400, description = "The body is not valid"),
        (status = 404, description = "No such route has a promotion"),
        (status = 409, description = "It makes no sense now: what went back must be cleared first"),
        (status = 503, description = "The audit log cannot be written, or what raises a share cannot be shared: nothing was changed"),
    )
)]
pub(super) async fn order(
    state: Data<State>,
    asked: Asked,
    name: Path<String>,
    Json(body): Json<OrderBody>,
) -> Result<HttpResponse, ApiError> {
    let none = || Problem::not_found().detail(OrderError::NoPromotion(name.to_string()).to_string());
    let promoting = state.api.promoting.as_ref().ok_or_else(none)?;
    let before = find(promoting, &name).await.ok_or_else(none)?;
    let entry = asked.entry(Action::Promotion, format!("route {name}"));
    let entry = entry.change(shown(&before), json!({ "action": body.action }));
    let begun = state.record(Entry { outcome: Outcome::Begun, ..entry }).await?;
    let done = promoting.order(&name, body.action, &asked.who.to_string()).await;
    let entry = Entry { of: Some(begun.id), ..begun.entry };
    match done {
        Ok(_) => {
            let after = find(promoting, &name).await;
            let shown = after.as_ref().map_or(Value::Null, shown);
            let made = Entry { outcome: Outcome::Made, ..entry.change(self::shown(&before), shown) };
            state.api.audit.settle(made).await;
            let after = after.ok_or_else(none)?;
            Ok(HttpResponse::Ok().json(view(after)))
        }
        Err(error) => {
            state.api.audit.settle(entry.not_made(Outcome::Refused, error.to_string())).await;
            Err(refused(&error).into())
        }
    }
}

fn refused(error: &OrderError) -> Problem {
    match error {
        OrderError::NoPromotion(_) => Problem::not_found().detail(error.to_string()),
        OrderError::OutOfOrder(_) | OrderError::Conflict => {
            Problem::new(409, "conflict").detail(error.to_string())
        }
        OrderError::NotKnown(..) | OrderError::NotShared(_) => Problem::unavailable(error.to_string()),
    }
}

async fn find(promoting: &Promoting, route: &str) -> Option<Standing> {
    promoting.standings().await.0.into_iter().find(|standing| standing.route == route)
}

fn shown(standing: &Standing) -> Value {
    let state = &standing.state;
    json!({ "phase": state.phase, "percent": state.percent, "why": state.why })
}

fn view(standing: Standing) -> PromotionView {
    let Standing { route, policy, state, waits_for, seen, unsent } = standing;
    PromotionView {
        route,
        phase: state.phase,
        percent: state.percent,
        since_ms: state.since_ms,
        why: state.why,
        waits_for,
        steps: policy.steps,
        seen,
        unsent,
    }
}
