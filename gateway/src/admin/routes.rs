//! `GET /api/routes`: all routes with their dial, their toggles, and what was counted.

use super::State;
use super::rates::Rate;
use crate::features::{DEFAULT_ROUTE, Route};
use crate::listing::{RouteList, RouteRow};
use crate::strategy::Setting;
use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;
use std::collections::HashMap;
use std::sync::PoisonError;
use std::time::Duration;
use telemetry::RouteFigures;
use toggles::{ClientFeature, ClientFeatures};
use utoipa::ToSchema;

/// All routes.
#[derive(Serialize, ToSchema)]
pub(super) struct Routes {
    /// The routes, in the order of the file.
    routes: Vec<RouteView>,
    /// Who takes what no route matches.
    default: DefaultView,
}

/// What takes what no route matches.
#[derive(Serialize, ToSchema)]
pub(super) struct DefaultView {
    /// `monolith`, `legacy flack`, or `none` for 404.
    side: String,
    #[serde(flatten)]
    traffic: Traffic,
}

/// One route.
#[derive(Serialize, ToSchema)]
pub(super) struct RouteView {
    /// Its name.
    name: String,
    /// The methods: `GET, HEAD`, or `any`.
    methods: String,
    /// The path pattern.
    path: String,
    /// What else it asks of a request; empty when nothing.
    conditions: String,
    /// Its old side: `module messages` or `legacy flack`.
    old: String,
    /// Its new side: `service messages`.
    new: Option<String>,
    /// Who answers now: one side, or both with the rule between them.
    side: String,
    /// How far it has moved.
    dial: Dial,
    /// Its toggles, and what they say.
    toggles: Vec<ToggleOfRoute>,
    /// Whether the other side answers when the one that serves is known to be down.
    fallback: bool,
    /// The line of the file on which it starts.
    line: u32,
    #[serde(flatten)]
    traffic: Traffic,
}

/// How far a route has moved.
#[derive(Debug, Serialize, PartialEq, Eq, ToSchema)]
pub(super) struct Dial {
    stage: Stage,
    /// The share of requests that the service answers, where it is plainly a share; `null` where rules decide.
    percent: Option<u32>,
}

/// The stages of a route.
#[derive(Debug, Serialize, PartialEq, Eq, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Stage {
    /// The old side answers.
    Monolith,
    /// The service answers some.
    Canary,
    /// The service answers.
    Extracted,
}

/// A toggle of a route.
#[derive(Serialize, ToSchema)]
pub(super) struct ToggleOfRoute {
    name: String,
    /// What it does for the route: `serve` or `compare`.
    role: &'static str,
    /// What it says: `off`, `on`, `5 % by userId`, `missing`.
    #[schema(value_type = String)]
    setting: Setting,
}

/// What was counted of a route.
#[derive(Serialize, ToSchema, Default)]
pub(super) struct Traffic {
    /// Requests since the process began, by status class.
    requests: ByClass,
    /// How often it was asked for lately; `null` before there is anything to compare with.
    rate: Option<Rate>,
    /// How long requests took since the process began; `null` before the first.
    latency: Option<Latency>,
}

/// Requests by status class.
#[derive(Serialize, ToSchema, Default)]
pub(super) struct ByClass {
    total: u64,
    #[serde(rename = "2xx")]
    ok: u64,
    #[serde(rename = "3xx")]
    redirected: u64,
    #[serde(rename = "4xx")]
    refused: u64,
    #[serde(rename = "5xx")]
    failed: u64,
}

/// Durations, milliseconds. A quantile is the upper bound of the bucket of the histogram into which it falls; `null`
/// beyond the last bound, 30 s.
#[derive(Serialize, ToSchema)]
pub(super) struct Latency {
    mean_ms: f64,
    p50_ms: Option<f64>,
    p90_ms: Option<f64>,
    p99_ms: Option<f64>,
}

/// All routes with their dial, toggles, rates and latencies
#[utoipa::path(get, path = "/api/routes", tag = "routes", responses((status = 200, body = Routes)))]
pub(super) async fn list(state: Data<State>) -> HttpResponse {
    let snapshot = state.api.current.load_full();
    let settings = Settings::new(snapshot.toggles().features());
    let listed = RouteList::new(&snapshot);
    let mut traffic = traffic(&state, listed.routes.iter().map(|row| row.name.as_str()));
    let routes = snapshot.features.routes.iter().zip(listed.routes);
    let routes = routes.map(|(route, row)| {
        let traffic = traffic.remove(&row.name).unwrap_or_default();
        view(route, row, &settings, traffic)
    });
    let routes = routes.collect();
    let default =
        DefaultView { side: listed.default, traffic: traffic.remove(DEFAULT_ROUTE).unwrap_or_default() };
    HttpResponse::Ok().json(Routes { routes, default })
}

fn view(route: &Route, row: RouteRow, settings: &Settings, traffic: Traffic) -> RouteView {
    let toggle = |role, name: &Option<std::sync::Arc<str>>| {
        let name = name.as_deref()?;
        Some(ToggleOfRoute { name: name.to_owned(), role, setting: settings.of(name).setting })
    };
    let serve = route.serve.as_deref().filter(|_| route.service.is_some()).map(|serve| settings.of(serve));
    let toggles = [toggle("serve", &route.serve), toggle("compare", &route.compare)];
    RouteView {
        name: row.name,
        methods: row.methods,
        path: row.path,
        conditions: row.conditions,
        old: row.old,
        new: row.new,
        side: row.side,
        dial: dial(serve.as_ref()),
        toggles: toggles.into_iter().flatten().collect(),
        fallback: row.fallback,
        line: row.line,
        traffic,
    }
}

fn dial(serve: Option<&Said>) -> Dial {
    match serve {
        Some(said) if said.setting.is_on() => Dial { stage: Stage::Extracted, percent: Some(100) },
        Some(said) if !said.setting.is_off() && said.share != Some(0) => {
            Dial { stage: Stage::Canary, percent: said.share }
        }
        _ => Dial { stage: Stage::Monolith, percent: Some(0) },
    }
}

/// What was counted of these routes and of the default, by name.
fn traffic<'r>(state: &State, names: impl Iterator<Item = &'r str>) -> HashMap<String, Traffic> {
    let figures = |name: &str| Some((name.to_owned(), state.api.metrics.figures(name)?));
    let figures: HashMap<_, _> = names.chain([DEFAULT_ROUTE]).filter_map(figures).collect();
    let totals = figures.iter().map(|(name, figures)| (name.clone(), figures.total())).collect();
    let now = state.api.sources.clock.monotonic();
    let rates = state.rates.lock().unwrap_or_else(PoisonError::into_inner).look(now, totals);
    let of = |(name, figures): (String, RouteFigures)| {
        let rate = rates.get(&name).copied();
        (name, Traffic { requests: ByClass::of(&figures), rate, latency: Latency::of(&figures) })
    };
    figures.into_iter().map(of).collect()
}

impl ByClass {
    fn of(figures: &RouteFigures) -> Self {
        let [_, ok, redirected, refused, failed] = figures.by_class;
        Self { total: figures.total(), ok, redirected, refused, failed }
    }
}

impl Latency {
    fn of(figures: &RouteFigures) -> Option<Self> {
        let ms = |duration: Duration| duration.as_secs_f64() * 1_000.0;
        let quantile = |share| figures.duration.quantile_within(share).map(ms);
        let mean_ms = figures.duration.mean().map(ms)?;
        Some(Self { mean_ms, p50_ms: quantile(0.5), p90_ms: quantile(0.9), p99_ms: quantile(0.99) })
    }
}

/// What a toggle says.
#[derive(Debug, Clone)]
struct Said {
    setting: Setting,
    /// The percentage, where it is on for nothing but a share.
    share: Option<u32>,
}

impl Said {
    fn of(toggle: ClientFeature) -> Self {
        let (name, share) = (toggle.name.clone(), share(&toggle));
        let alone = ClientFeatures { features: vec![toggle], ..ClientFeatures::default() };
        Self { setting: Setting::named(&alone, &name), share }
    }

    fn missing(name: &str) -> Self {
        Self { setting: Setting::named(&ClientFeatures::default(), name), share: None }
    }
}

/// What the toggles say, by name.
struct Settings(HashMap<String, Said>);

impl Settings {
    fn new(features: ClientFeatures) -> Self {
        Self(features.features.into_iter().map(|toggle| (toggle.name.clone(), Said::of(toggle))).collect())
    }

    fn of(&self, name: &str) -> Said {
        self.0.get(name).cloned().unwrap_or_else(|| Said::missing(name))
    }
}

/// The percentage of a toggle that is on for a share and asks nothing else.
fn share(toggle: &ClientFeature) -> Option<u32> {
    if toggle.dependencies.as_ref().is_some_and(|parents| !parents.is_empty()) {
        return None;
    }
    let [strategy] = toggle.strategies.as_deref()? else { return None };
    let is_limited = strategy.constraints.as_ref().is_some_and(|all| !all.is_empty())
        || strategy.segments.as_ref().is_some_and(|all| !all.is_empty());
    let is_share = strategy.name == "flexibleRollout" && !is_limited;
    let rollout = strategy.parameters.as_ref()?.get("rollout").filter(|_| is_share)?;
    rollout.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(body: &str) -> Said {
        let text = format!("[toggles.t]\n{body}\n");
        let mut features = toggles::file::from_text(&text).into_result().unwrap().features;
        Said::of(features.remove(0))
    }

    fn rollout(percent: u32, stickiness: &str, more: &str) -> Said {
        said(&format!(
            "enabled = true\nstrategies = [{{ name = 'flexibleRollout', parameters = {{ rollout = {percent}, \
             stickiness = '{stickiness}', groupId = 'g' }}{more} }}]"
        ))
    }

    #[test]
    fn the_dial_says_how_far_a_route_has_moved() {
        let constraint = ", constraints = [{ contextName = 'userId', operator = 'IN', values = ['1'] }]";
        for (said, stage, percent) in [
            (None, Stage::Monolith, Some(0)),
            (Some(Said::missing("t")), Stage::Monolith, Some(0)),
            (Some(said("enabled = false")), Stage::Monolith, Some(0)),
            (Some(rollout(0, "userId", "")), Stage::Monolith, Some(0)),
            (Some(rollout(0, "a", "")), Stage::Monolith, Some(0)),
            (Some(rollout(5, "userId", "")), Stage::Canary, Some(5)),
            (Some(rollout(5, "userId", constraint)), Stage::Canary, None),
            (Some(rollout(100, "userId", "")), Stage::Canary, Some(100)),
            (Some(rollout(100, "default", "")), Stage::Extracted, Some(100)),
            (Some(said("enabled = true")), Stage::Extracted, Some(100)),
        ] {
            assert_eq!(dial(said.as_ref()), Dial { stage, percent }, "{said:?}");
        }
    }
}
