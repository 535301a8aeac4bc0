//! The strategy of a toggle that a percentage is about.

use super::EditError;
use toml_edit::{Array, InlineTable, Item, Table, TableLike, Value};

const ROLLOUT: &str = "flexibleRollout";

/// Sets the rollout of a toggle.
pub(super) fn set(toggle: &mut dyn TableLike, name: &str, percent: u8) -> Result<(), EditError> {
    let Some(item) = toggle.get_mut("strategies").filter(|item| !item.is_none()) else {
        let list: Array = [Value::InlineTable(strategy(name, percent))].into_iter().collect();
        toggle.insert("strategies", Item::Value(list.into()));
        return Ok(());
    };
    let mut strategies = strategies(item, name)?;
    match chosen(&strategies, name)? {
        Some(index) => {
            // The index is one of the list.
            let Some(strategy) = strategies.get_mut(index) else { return Ok(()) };
            change(*strategy, name, percent)
        }
        None => {
            append(item, name, percent);
            Ok(())
        }
    }
}

/// The strategies, whichever way they are written.
fn strategies<'i>(item: &'i mut Item, name: &str) -> Result<Vec<&'i mut dyn TableLike>, EditError> {
    let misshapen =
        || EditError::Misshapen { name: name.to_owned(), key: "strategies", expected: "a list of tables" };
    match item {
        Item::ArrayOfTables(tables) => {
            Ok(tables.iter_mut().map(|table| table as &mut dyn TableLike).collect())
        }
        Item::Value(Value::Array(list)) => {
            let tables = list.iter_mut().map(|value| value.as_inline_table_mut().ok_or_else(misshapen));
            tables.map(|table| table.map(|table| table as &mut dyn TableLike)).collect()
        }
        _ => Err(misshapen()),
    }
}

/// The strategy that is to carry the percentage; `None` for a new one.
fn chosen(strategies: &[&mut dyn TableLike], name: &str) -> Result<Option<usize>, EditError> {
    let of = |kind: &str, only_free: bool| -> Vec<usize> {
        let fits = |strategy: &dyn TableLike| is(strategy, kind) && !(only_free && is_constrained(strategy));
        let found = strategies.iter().enumerate().filter(|(_, strategy)| fits(&***strategy));
        found.map(|(index, _)| index).collect()
    };
    let (rollouts, free_rollouts, everybody) = (of(ROLLOUT, false), of(ROLLOUT, true), of("default", true));
    match (rollouts.as_slice(), free_rollouts.as_slice(), everybody.as_slice()) {
        ([], _, [one]) => Ok(Some(*one)),
        (_, _, [_, ..]) => Err(EditError::OnForEverybody { name: name.to_owned() }),
        ([], _, []) => Ok(None),
        ([one], _, []) | (_, [one], []) => Ok(Some(*one)),
        _ => Err(EditError::SeveralRollouts { name: name.to_owned() }),
    }
}

fn is(strategy: &dyn TableLike, kind: &str) -> bool {
    strategy.get("name").and_then(Item::as_str) == Some(kind)
}

/// Whether the strategy is only for some.
fn is_constrained(strategy: &dyn TableLike) -> bool {
    let filled = |item: &Item| {
        item.as_array().map_or_else(|| item.as_array_of_tables().is_some(), |list| !list.is_empty())
    };
    ["constraints", "segments"].iter().any(|key| strategy.get(key).is_some_and(filled))
}

fn change(strategy: &mut dyn TableLike, name: &str, percent: u8) -> Result<(), EditError> {
    let was_rollout = is(strategy, ROLLOUT);
    let parameters = strategy.get_mut("parameters").filter(|item| !item.is_none());
    match parameters {
        Some(item) => {
            let parameters = item.as_table_like_mut().ok_or_else(|| EditError::Misshapen {
                name: name.to_owned(),
                key: "parameters",
                expected: "a table",
            })?;
            // A number stays a number.
            if parameters.get("rollout").is_some_and(Item::is_integer) {
                super::set(parameters, "rollout", i64::from(percent));
            } else {
                super::set(parameters, "rollout", percent.to_string());
            }
        }
        None => {
            strategy.insert("parameters", Item::Value(parameters_of(name, percent).into()));
        }
    }
    if !was_rollout {
        super::set(strategy, "name", ROLLOUT);
    }
    Ok(())
}

fn append(item: &mut Item, name: &str, percent: u8) {
    match item {
        Item::ArrayOfTables(tables) => {
            let mut table = Table::new();
            table.insert("name", Item::Value(ROLLOUT.into()));
            table.insert("parameters", Item::Value(parameters_of(name, percent).into()));
            tables.push(table);
        }
        Item::Value(Value::Array(list)) => {
            let mut value = Value::InlineTable(strategy(name, percent));
            match list.iter().last().map(|last| last.decor().clone()) {
                // As the one before it: on a line of its own, if that is.
                Some(decor) => {
                    *value.decor_mut() = decor;
                    list.push_formatted(value);
                }
                None => list.push(value),
            }
        }
        _ => {}
    }
}

fn strategy(name: &str, percent: u8) -> InlineTable {
    let mut strategy = InlineTable::new();
    strategy.insert("name", ROLLOUT.into());
    strategy.insert("parameters", parameters_of(name, percent).into());
    strategy
}

fn parameters_of(name: &str, percent: u8) -> InlineTable {
    let mut parameters = InlineTable::new();
    parameters.insert("rollout", percent.to_string().into());
    parameters.insert("stickiness", "default".into());
    parameters.insert("groupId", name.into());
    parameters
}
