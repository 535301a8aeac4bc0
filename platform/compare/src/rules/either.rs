//! Reads what may be written as a text or as a table, and names the fault of the form that was chosen.

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, MapAccess, Visitor};
use std::fmt;
use std::marker::PhantomData;

/// Takes a text, or a table of the form `Table`.
pub(super) struct TextOrTable<Rule, Table>(pub(super) PhantomData<(Rule, Table)>);

impl<'de, Rule, Table> Visitor<'de> for TextOrTable<Rule, Table>
where
    Rule: From<String> + From<Table>,
    Table: Deserialize<'de>,
{
    type Value = Rule;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a path, or a table with a path")
    }

    fn visit_str<E: serde::de::Error>(self, path: &str) -> Result<Rule, E> {
        Ok(Rule::from(path.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Rule, A::Error> {
        Table::deserialize(MapAccessDeserializer::new(map)).map(Rule::from)
    }
}

/// Lets a rule be written as its path alone.
macro_rules! text_or_table {
    ($rule:ty, $table:ty) => {
        impl<'de> Deserialize<'de> for $rule {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any($crate::rules::either::TextOrTable::<Self, $table>(
                    std::marker::PhantomData,
                ))
            }
        }
    };
}
pub(super) use text_or_table;
