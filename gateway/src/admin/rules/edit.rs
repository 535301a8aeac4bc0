//! A rule into the text of a features file, which keeps its comments, order and spacing.

mod list;
#[cfg(test)]
mod tests;

use super::{RuleBody, RuleKind};
use toml_edit::{Array, DocumentMut, Formatted, InlineTable, Item, Table, TableLike, Value};

/// Why a rule was not added.
#[derive(Debug, thiserror::Error)]
pub(super) enum EditError {
    /// The text is no TOML.
    #[error("the file is not TOML: {0}")]
    Toml(#[from] toml_edit::TomlError),
    /// There is no such route.
    #[error("the file has no route `{0}`")]
    NoRoute(String),
    /// A part of the file is not what it must be.
    #[error("`{0}` is not {1}")]
    Misshapen(&'static str, &'static str),
    /// The rule is there already.
    #[error("the route has this rule already")]
    AlreadyThere,
}

/// The text with the rule in the `comparison` of the route.
pub(super) fn add(text: &str, route: &str, rule: &RuleBody) -> Result<String, EditError> {
    let mut document: DocumentMut = text.parse()?;
    let found = document.get_mut("routes").and_then(|routes| route_of(routes, route));
    let comparison = comparison_of(found.ok_or_else(|| EditError::NoRoute(route.to_owned()))?)?;
    let name = name_of(rule.rule);
    if comparison.get(name).is_none_or(Item::is_none) {
        comparison.insert(name, Item::Value(Value::Array(Array::new())));
    }
    match comparison.get_mut(name) {
        Some(Item::Value(Value::Array(rules))) => {
            let same = |known: &Value| is_same(known.as_inline_table().map(|table| table as _), known, rule);
            if rules.iter().any(same) {
                return Err(EditError::AlreadyThere);
            }
            list::push(rules, value_of(rule));
        }
        Some(Item::ArrayOfTables(rules)) => {
            if rules.iter().any(|known| says(known, rule)) {
                return Err(EditError::AlreadyThere);
            }
            rules.push(table_of(rule).into_table());
        }
        _ => return Err(EditError::Misshapen(name, "a list")),
    }
    Ok(document.to_string())
}

/// A route in the document.
struct Found<'i> {
    route: &'i mut dyn TableLike,
    /// Whether it is written within braces: what is put into it has to be, too.
    is_inline: bool,
}

/// The route of that name, whichever way the routes are written.
fn route_of<'i>(routes: &'i mut Item, name: &str) -> Option<Found<'i>> {
    let is_it = |table: &dyn TableLike| table.get("name").and_then(Item::as_str) == Some(name);
    match routes {
        Item::ArrayOfTables(tables) => {
            let route = tables.iter_mut().find(|table| is_it(*table))?;
            Some(Found { route, is_inline: false })
        }
        Item::Value(Value::Array(list)) => {
            let mut tables = list.iter_mut().filter_map(Value::as_inline_table_mut);
            Some(Found { route: tables.find(|table| is_it(*table))?, is_inline: true })
        }
        _ => None,
    }
}

/// The route's `comparison`, which is made where there is none.
fn comparison_of(found: Found<'_>) -> Result<&mut dyn TableLike, EditError> {
    const NAME: &str = "comparison";
    let Found { route, is_inline } = found;
    if route.get(NAME).is_none_or(Item::is_none) {
        let mut table = Table::new();
        table.decor_mut().set_prefix("\n");
        let item = if is_inline { Item::Value(InlineTable::new().into()) } else { Item::Table(table) };
        route.insert(NAME, item);
    }
    let comparison = route.get_mut(NAME).and_then(Item::as_table_like_mut);
    comparison.ok_or(EditError::Misshapen(NAME, "a table"))
}

fn name_of(kind: RuleKind) -> &'static str {
    match kind {
        RuleKind::Ignore => "ignore",
        RuleKind::Generated => "generated",
        RuleKind::Unordered => "unordered",
        RuleKind::Tolerance => "tolerance",
        RuleKind::Statuses => "statuses",
    }
}

/// The rule as it is written: a path alone where that says all.
fn value_of(rule: &RuleBody) -> Value {
    if let (RuleKind::Statuses, Some(codes)) = (rule.rule, &rule.statuses) {
        return Value::Array(codes.iter().map(|code| i64::from(*code)).collect());
    }
    let is_plain = match rule.rule {
        RuleKind::Ignore | RuleKind::Generated => true,
        RuleKind::Unordered => rule.key.is_none(),
        RuleKind::Tolerance | RuleKind::Statuses => false,
    };
    if is_plain { rule.path.as_str().into() } else { Value::InlineTable(table_of(rule)) }
}

fn table_of(rule: &RuleBody) -> InlineTable {
    let mut table = InlineTable::new();
    table.insert("path", rule.path.as_str().into());
    if let Some(key) = &rule.key {
        table.insert("key", key.as_str().into());
    }
    for (name, amount) in [("absolute", rule.absolute), ("relative", rule.relative)] {
        if let Some(amount) = amount {
            table.insert(name, Value::Float(Formatted::new(amount)));
        }
    }
    if let Some(time_ms) = rule.time_ms {
        table.insert("time_ms", i64::from(time_ms).into());
    }
    table
}

/// Whether an element of a list is the rule.
fn is_same(table: Option<&dyn TableLike>, value: &Value, rule: &RuleBody) -> bool {
    if let (RuleKind::Statuses, Some(codes)) = (rule.rule, &rule.statuses) {
        let known = value.as_array().map(|known| known.iter().map(Value::as_integer));
        return known.is_some_and(|known| known.eq(codes.iter().map(|code| Some(i64::from(*code)))));
    }
    value.as_str() == Some(&rule.path) && rule.key.is_none() || table.is_some_and(|table| says(table, rule))
}

/// Whether a table is the rule.
fn says(table: &dyn TableLike, rule: &RuleBody) -> bool {
    let text = |name: &str| table.get(name).and_then(Item::as_str);
    let number =
        |name: &str| table.get(name).and_then(|item| item.as_float().or(item.as_integer().map(|n| n as f64)));
    text("path") == Some(&rule.path)
        && text("key") == rule.key.as_deref()
        && text("pattern").is_none()
        && number("absolute") == rule.absolute
        && number("relative") == rule.relative
        && number("time_ms") == rule.time_ms.map(f64::from)
}
