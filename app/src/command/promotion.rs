//! `banyan promotion`: how routes are promoted by a running gateway, and what people say to it. The words are those of the admin
//! API (`POST /api/routes/{name}/promotion`).

use super::admin_side::AdminSide;
use super::print;
use crate::cli::{Common, PromotionCommand};
use crate::error::AppError;
use reqwest::Url;
use serde::Deserialize;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::process::ExitCode;

/// All promotions, as `GET /api/promotions` tells them.
#[derive(Deserialize)]
struct Told {
    promotions: Vec<Value>,
    away: Option<String>,
}

/// What is read of one.
#[derive(Deserialize)]
struct Promotion {
    route: String,
    phase: String,
    percent: u8,
    why: String,
    waits_for: Option<String>,
    steps: Vec<u8>,
    seen: Value,
    unsent: bool,
}

/// Runs a command on promotions.
pub(crate) fn run(common: &Common, command: &PromotionCommand, json: bool) -> Result<ExitCode, AppError> {
    let (side, _) = AdminSide::of(common)?;
    let text = match command {
        PromotionCommand::List => list(&side, json)?,
        PromotionCommand::Show { route } => show(&side, route, json)?,
        PromotionCommand::Start { route } => order(&side, route, "start", json)?,
        PromotionCommand::Hold { route } => order(&side, route, "hold", json)?,
        PromotionCommand::Back { route } => order(&side, route, "back", json)?,
        PromotionCommand::Clear { route } => order(&side, route, "clear", json)?,
    };
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn told(side: &AdminSide) -> Result<Told, AppError> {
    let body = side.get(side.url("/api/promotions")?)??;
    Ok(side.read(&body)?)
}

fn list(side: &AdminSide, json: bool) -> Result<String, AppError> {
    let Told { promotions, away } = told(side)?;
    if json {
        return Ok(format!("{}\n", json!({ "promotions": promotions, "away": away })));
    }
    let mut out = String::new();
    // Writing to a text never fails, here and below.
    if let Some(away) = away {
        let _ = writeln!(out, "! nothing is raised: {away}");
    }
    let promotions: Result<Vec<Promotion>, AppError> =
        promotions.iter().map(|one| one_of(side, one)).collect();
    let promotions = promotions?;
    if promotions.is_empty() {
        out.push_str("no route has a promotion: give one [routes.promotion]\n");
    }
    let width = promotions.iter().map(|one| one.route.chars().count()).max().unwrap_or_default();
    for one in &promotions {
        let Promotion { route, phase, percent, .. } = one;
        let _ = writeln!(out, "{route:<width$}  {phase:<6}  {percent:>3} %  {}", reason(one));
    }
    Ok(out)
}

fn show(side: &AdminSide, route: &str, json: bool) -> Result<String, AppError> {
    let all = told(side)?.promotions;
    let Some(found) = all.iter().find(|one| one.get("route").and_then(Value::as_str) == Some(route)) else {
        let known: Vec<&str> =
            all.iter().filter_map(|one| one.get("route").and_then(Value::as_str)).collect();
        let known = if known.is_empty() {
            "none has".to_owned()
        } else {
            format!("these have: {}", known.join(", "))
        };
        return Err(AppError::Setting(format!("route {route} has no promotion; {known}")));
    };
    told_of(side, found, json)
}

fn order(side: &AdminSide, route: &str, action: &str, json: bool) -> Result<String, AppError> {
    let url = order_url(side, route)?;
    let body = side.post(url, &json!({ "action": action }))??;
    told_of(side, &side.read(&body)?, json)
}

/// A route's name may have any character in it.
fn order_url(side: &AdminSide, route: &str) -> Result<Url, AppError> {
    let mut url = side.url("/api/routes/")?;
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().push(route).push("promotion");
    }
    Ok(url)
}

fn told_of(side: &AdminSide, one: &Value, json: bool) -> Result<String, AppError> {
    if json { Ok(format!("{one}\n")) } else { Ok(whole(&one_of(side, one)?)) }
}

fn one_of(side: &AdminSide, one: &Value) -> Result<Promotion, AppError> {
    Ok(side.read(one.to_string().as_bytes())?)
}

/// Why it stands there, and what it waits for. The names of people are in it: nothing of that drives a terminal.
fn reason(one: &Promotion) -> String {
    let text = match &one.waits_for {
        Some(waits_for) => format!("{}; next step: {waits_for}", one.why),
        None => one.why.clone(),
    };
    text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

fn whole(one: &Promotion) -> String {
    let Promotion { route, phase, percent, steps, unsent, .. } = one;
    let mut out = format!("{route}: {phase} at {percent} %: {}\n", reason(one));
    let steps: Vec<String> = steps
        .iter()
        .map(|step| if step == percent { format!("[{step} %]") } else { format!("{step} %") })
        .collect();
    let _ = writeln!(out, "  steps     {}", steps.join("  "));
    let seen = |name: &str| match one.seen.get(name) {
        Some(Value::Null) | None => "-".to_owned(),
        Some(value) => value.to_string(),
    };
    let _ = writeln!(
        out,
        "  compared  {}, of which {} differ ({} surely); {} more could not be judged",
        seen("compared"),
        seen("differing"),
        seen("surely_differing"),
        seen("unjudged")
    );
    for side in ["old", "new"] {
        let of = |name: &str| seen(&format!("{side}_{name}"));
        let _ = writeln!(
            out,
            "  {side} side  {} requests answered, {} of them 5xx; p99 {} ms",
            of("requests"),
            of("errors"),
            of("p99_ms")
        );
    }
    if *unsent {
        out.push_str("  the fleet could not be told of it yet\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promotion_is_told_with_its_step_and_what_was_seen() {
        let one = Promotion {
            route: "r".into(),
            phase: "rising".into(),
            percent: 5,
            why: "all was \u{1b}well on 1 %".into(),
            waits_for: Some("3 of 1000 requests are compared".into()),
            steps: vec![1, 5, 100],
            seen: json!({ "compared": 3, "differing": 1, "surely_differing": 0, "unjudged": 2, "new_p99_ms": null,
                          "new_requests": 7, "new_errors": 0, "old_requests": 9, "old_errors": 1, "old_p99_ms": 1.5 }),
            unsent: true,
        };
        assert_eq!(
            whole(&one),
            "r: rising at 5 %: all was \u{fffd}well on 1 %; next step: 3 of 1000 requests are compared\n  \
             steps     1 %  [5 %]  100 %\n  \
             compared  3, of which 1 differ (0 surely); 2 more could not be judged\n  \
             old side  9 requests answered, 1 of them 5xx; p99 1.5 ms\n  \
             new side  7 requests answered, 0 of them 5xx; p99 - ms\n  \
             the fleet could not be told of it yet\n"
        );
    }
}
