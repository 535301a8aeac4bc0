//! `[routes.promotion]`: its shape, its bounds and its defaults.

use super::reader::{At, Reader, Span};
use promotion::{OnBreach, Policy};
use std::time::Duration;
use toml::de::{DeTable, DeValue};

const KEYS: &[&str] =
    &["steps", "every", "enough", "allowed_difference", "error_ratio", "latency_ratio", "on_breach"];
/// The longest time of a step.
const EVERY_MAX: Duration = Duration::from_secs(30 * 24 * 3_600);
/// The largest ratio that means anything.
const RATIO_MAX: f64 = 1_000.0;

/// `[routes.promotion]` as it is meant.
pub(super) struct PromotionDraft {
    pub(super) at: Span,
    pub(super) policy: Policy,
}

pub(super) fn of_route(reader: &mut Reader<'_>, what: &str, route: &DeTable<'_>) -> Option<PromotionDraft> {
    let table = reader.table(route.get("promotion")?, "promotion")?;
    let (at, table) = (table.span(), table.into_inner());
    reader.keys(&format!("`promotion` of {what}"), table, KEYS, &[]);
    let defaults = Policy::default();
    let policy = Policy {
        steps: steps(reader, table).unwrap_or(defaults.steps),
        every: every(reader, table).unwrap_or(defaults.every),
        enough: reader.number(table, "enough").map_or(defaults.enough, u64::from),
        allowed_difference: number(reader, table, "allowed_difference", (0.0, 1.0))
            .unwrap_or(defaults.allowed_difference),
        error_ratio: number(reader, table, "error_ratio", (1.0, RATIO_MAX)).unwrap_or(defaults.error_ratio),
        latency_ratio: number(reader, table, "latency_ratio", (1.0, RATIO_MAX))
            .unwrap_or(defaults.latency_ratio),
        on_breach: on_breach(reader, table).unwrap_or(defaults.on_breach),
    };
    Some(PromotionDraft { at, policy })
}

/// `[1, 5, 25, 50, 100]`
fn steps(reader: &mut Reader<'_>, table: &DeTable<'_>) -> Option<Vec<u8>> {
    const SHAPE: &str = "a list of percentages, ascending from 0 or more to 100 or less";
    let list = reader.list(table, "steps", SHAPE)?;
    let percent = |value: &At<DeValue<'_>>| {
        let digits = value.get_ref().as_integer()?;
        u8::from_str_radix(digits.as_str(), digits.radix()).ok().filter(|percent| *percent <= 100)
    };
    let steps: Option<Vec<u8>> = list.get_ref().iter().map(percent).collect();
    let ascend = |steps: &Vec<u8>| !steps.is_empty() && steps.is_sorted_by(|a, b| a < b);
    let steps = steps.filter(ascend);
    if steps.is_none() {
        reader.error(list.span(), format!("`steps` is {SHAPE}: [1, 5, 25, 50, 100]"));
    }
    steps
}

/// `"10m"`
fn every(reader: &mut Reader<'_>, table: &DeTable<'_>) -> Option<Duration> {
    let text = reader.string(table, "every")?;
    let every =
        duration(text.get_ref()).filter(|every| (Duration::from_millis(1)..=EVERY_MAX).contains(every));
    if every.is_none() {
        let reason = "`every` is a time up to 30 days: \"500ms\", \"30s\", \"10m\", \"6h\" or \"2d\"";
        reader.error(text.span(), reason);
    }
    every
}

fn duration(text: &str) -> Option<Duration> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let number: u64 = digits.trim().parse().ok()?;
    let seconds = |each: u64| number.checked_mul(each).map(Duration::from_secs);
    match text.get(digits.len()..)? {
        "ms" => Some(Duration::from_millis(number)),
        "s" => seconds(1),
        "m" => seconds(60),
        "h" => seconds(3_600),
        "d" => seconds(24 * 3_600),
        _ => None,
    }
}

/// A number with or without a point, above 0.
fn number(reader: &mut Reader<'_>, table: &DeTable<'_>, key: &str, (from, to): (f64, f64)) -> Option<f64> {
    let value = table.get(key)?;
    let number: Option<f64> = match value.get_ref() {
        DeValue::Float(float) => float.as_str().parse().ok(),
        DeValue::Integer(integer) => integer.as_str().parse().ok(),
        _ => None,
    };
    let number = number.filter(|number| *number > 0.0 && (from..=to).contains(number));
    if number.is_none() {
        let least = if from == 0.0 { "above 0".to_owned() } else { format!("of {from} at least") };
        reader.error(value.span(), format!("`{key}` is a number {least} and {to} at most"));
    }
    number
}

fn on_breach(reader: &mut Reader<'_>, table: &DeTable<'_>) -> Option<OnBreach> {
    let text = reader.string(table, "on_breach")?;
    match *text.get_ref() {
        "back" => Some(OnBreach::Back),
        "hold" => Some(OnBreach::Hold),
        _ => {
            reader.error(
                text.span(),
                "`on_breach` is \"back\" (at once, until a person clears it) or \"hold\"",
            );
            None
        }
    }
}
