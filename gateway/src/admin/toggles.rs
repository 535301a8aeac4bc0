//! `GET /api/toggles`: all toggles, what they say, and which routes they move.

use super::State;
use crate::snapshot::Snapshot;
use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;
use std::collections::BTreeMap;
use toggles::ClientFeature;
use toggles::unleash::Status;
use utoipa::ToSchema;

/// All toggles.
#[derive(Serialize, ToSchema)]
pub(super) struct ToggleList {
    /// Where they come from.
    source: Source,
    /// How it stands with the Unleash server, where they come from one.
    #[schema(value_type = Option<Object>)]
    server: Option<Status>,
    /// The toggles, by name; those that routes name and that do not exist are among them.
    toggles: Vec<ToggleView>,
}

/// Where toggles come from.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Source {
    /// The features file.
    File,
    /// An Unleash server.
    Unleash,
}

/// One toggle.
#[derive(Serialize, ToSchema)]
pub(super) struct ToggleView {
    name: String,
    /// Whether there is such a toggle. One that is not there counts as off.
    exists: bool,
    /// Whether it is on for anybody.
    enabled: bool,
    /// Whom it is on for, in words: `off`, `on`, `5 % by userId`.
    value: String,
    /// What it is for.
    description: Option<String>,
    /// The routes that it moves.
    routes: Vec<UsedBy>,
}

/// A route that names a toggle.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct UsedBy {
    route: String,
    /// What it does for the route: `serve` or `compare`.
    role: &'static str,
}

/// All toggles with their values and the routes that name them
#[utoipa::path(get, path = "/api/toggles", tag = "toggles", responses((status = 200, body = ToggleList)))]
pub(super) async fn list(state: Data<State>) -> HttpResponse {
    let snapshot = state.api.current.load_full();
    let server = state.api.unleash.as_ref().map(|status| status.borrow().clone());
    let source = if server.is_some() { Source::Unleash } else { Source::File };
    HttpResponse::Ok().json(ToggleList { source, server, toggles: views(&snapshot) })
}

fn views(snapshot: &Snapshot) -> Vec<ToggleView> {
    let mut uses = uses(snapshot);
    let mut views: BTreeMap<String, ToggleView> = BTreeMap::new();
    for toggle in snapshot.toggles().features().features {
        let routes = uses.remove(&toggle.name).unwrap_or_default();
        views.insert(toggle.name.clone(), view(toggle, routes));
    }
    views.extend(uses.into_iter().map(|(name, routes)| (name.clone(), missing(name, routes))));
    views.into_values().collect()
}

fn view(toggle: ClientFeature, routes: Vec<UsedBy>) -> ToggleView {
    ToggleView {
        value: toggles::summary(&toggle),
        name: toggle.name,
        exists: true,
        enabled: toggle.enabled,
        description: toggle.description,
        routes,
    }
}

fn missing(name: String, routes: Vec<UsedBy>) -> ToggleView {
    ToggleView { name, exists: false, enabled: false, value: "off".to_owned(), description: None, routes }
}

/// The routes that name each toggle.
fn uses(snapshot: &Snapshot) -> BTreeMap<String, Vec<UsedBy>> {
    let mut uses = BTreeMap::<String, Vec<UsedBy>>::new();
    for route in &snapshot.features.routes {
        for (role, name) in [("serve", &route.serve), ("compare", &route.compare)] {
            if let Some(name) = name {
                let used_by = UsedBy { route: route.name.to_string(), role };
                uses.entry(name.to_string()).or_default().push(used_by);
            }
        }
    }
    uses
}
