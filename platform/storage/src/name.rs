//! Names of databases, schemas and roles: what is allowed, and how they are quoted in SQL.

/// Longest name of a database or a module, in characters. `<database>_<module>` then fits PostgreSQL's 63 bytes.
pub(crate) const NAME_MAX: usize = 31;

/// Whether `name` may name a database or a module: `[a-z][a-z0-9_]{0,30}`. Such a name needs no escaping in a file
/// name, a URL or a connection string.
pub(crate) fn is_valid(name: &str) -> bool {
    name.len() <= NAME_MAX
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

/// The role that `module` logs in as.
pub(crate) fn role(database: &str, module: &str) -> String {
    format!("{database}_{module}")
}

/// An SQL identifier in quotes (PostgreSQL manual, 4.1.1): also valid names are quoted, as they may be key words.
pub(crate) fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// An SQL string constant in quotes (PostgreSQL manual, 4.1.2.1); correct under `standard_conforming_strings = on`,
/// PostgreSQL's default.
pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_are_valid() {
        for good in ["a", "users", "chat_2", &"a".repeat(31)] {
            assert!(is_valid(good), "{good}");
        }
        for bad in ["", "2a", "_a", "Users", "a-b", "a b", "a\"b", "ä", "a'", &"a".repeat(32)] {
            assert!(!is_valid(bad), "{bad}");
        }
    }

    #[test]
    fn quotes_are_doubled() {
        assert_eq!(identifier("a\"b"), "\"a\"\"b\"");
        assert_eq!(literal("it's"), "'it''s'");
    }
}
