//! `GET /api/audit`: the latest changes.

use super::State;
use super::audit::{AuditState, Page};
use super::queries::{AuditQuery, number};
use actix_web::HttpResponse;
use actix_web::web::Data;
use host::{ApiError, Query};
use kernel::Problem;
use serde::Serialize;
use utoipa::ToSchema;

/// The most entries of one page.
const PAGE_MAX: i64 = 1_000;
/// Entries of a page when nobody says.
const PAGE_DEFAULT: i64 = 100;

/// Changes, the newest first, and how the log fares.
#[derive(Serialize, ToSchema)]
pub(super) struct AuditAnswer {
    #[serde(flatten)]
    page: Page,
    log: AuditState,
}

/// The latest changes, the newest first
///
/// As many as are kept in memory, those of before the start among them; the file has more.
#[utoipa::path(
    get, path = "/api/audit", tag = "audit", params(AuditQuery),
    responses(
        (status = 200, body = AuditAnswer),
        (status = 400, description = "A parameter is not valid, or the cursor's entry is no longer in memory"),
    )
)]
pub(super) async fn show(
    state: Data<State>,
    Query(query): Query<AuditQuery>,
) -> Result<HttpResponse, ApiError> {
    let limit = number("limit", query.limit, PAGE_DEFAULT, 1..=PAGE_MAX)?;
    let audit = &state.api.audit;
    let page = audit.page(limit, query.cursor.as_deref());
    let page = page.map_err(|error| Problem::invalid_field("cursor", error.to_string()))?;
    Ok(HttpResponse::Ok().json(AuditAnswer { page, log: audit.state() }))
}
