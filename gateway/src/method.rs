//! Sets of HTTP methods, as one machine word.

use std::fmt;

/// The methods a route may name, in the order in which `Allow` lists them.
const NAMED: [(&str, u16); 7] = [
    ("GET", 1),
    ("HEAD", 1 << 1),
    ("POST", 1 << 2),
    ("PUT", 1 << 3),
    ("PATCH", 1 << 4),
    ("DELETE", 1 << 5),
    ("OPTIONS", 1 << 6),
];

/// Stands for every method without a bit of its own (PROPFIND, REPORT …).
const OTHER: u16 = 1 << 7;

/// A set of methods. GET and HEAD are always in it together: a server answers HEAD as it would answer GET
/// (RFC 9110 §9.3.2), so the two must never be routed to different sides.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct MethodSet(u16);

impl MethodSet {
    /// No method.
    pub const NONE: Self = Self(0);
    /// Every method, also those unknown to us: what a route without `methods` takes.
    pub const ANY: Self = Self(u16::MAX);

    /// The set of one method of a route; `None` when a route cannot name it. Methods are case-sensitive
    /// (RFC 9110 §9.1).
    #[must_use]
    pub fn named(method: &str) -> Option<Self> {
        if method == "GET" || method == "HEAD" {
            return Some(Self(bit("GET") | bit("HEAD")));
        }
        NAMED.iter().find(|(name, _)| *name == method).map(|(_, bit)| Self(*bit))
    }

    /// The methods a route can name, for messages.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMED.iter().map(|(name, _)| *name)
    }

    /// Whether a request with this method belongs to the set.
    #[must_use]
    pub fn contains(self, method: &str) -> bool {
        self.0 & bit(method) != 0
    }

    /// The methods of either.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether some method is in both.
    #[must_use]
    pub const fn overlaps(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether no method is in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether every method is in it.
    #[must_use]
    pub const fn is_any(self) -> bool {
        self.0 == Self::ANY.0
    }
}

fn bit(method: &str) -> u16 {
    match method {
        "GET" => 1,
        "HEAD" => 1 << 1,
        "POST" => 1 << 2,
        "PUT" => 1 << 3,
        "PATCH" => 1 << 4,
        "DELETE" => 1 << 5,
        "OPTIONS" => 1 << 6,
        _ => OTHER,
    }
}

/// The value of an `Allow` header: `GET, HEAD, POST`. The full set reads `any`.
impl fmt::Display for MethodSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_any() {
            return f.write_str("any");
        }
        let mut first = true;
        for (name, bit) in NAMED {
            if self.0 & bit == 0 {
                continue;
            }
            if !first {
                f.write_str(", ")?;
            }
            f.write_str(name)?;
            first = false;
        }
        Ok(())
    }
}

impl fmt::Debug for MethodSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MethodSet({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_named_method_has_its_own_bit() {
        for (name, own) in NAMED {
            assert_eq!(bit(name), own, "{name}");
        }
    }

    #[test]
    fn get_and_head_are_never_apart() {
        for name in ["GET", "HEAD"] {
            let set = MethodSet::named(name).unwrap();
            assert!(set.contains("GET") && set.contains("HEAD"), "{name}");
        }
        assert!(!MethodSet::named("POST").unwrap().contains("HEAD"));
    }

    #[test]
    fn only_the_full_set_takes_methods_nobody_named() {
        let named = MethodSet::names().filter_map(MethodSet::named).fold(MethodSet::NONE, MethodSet::union);
        assert!(!named.contains("PROPFIND"));
        assert!(!named.contains("get"), "methods are case-sensitive");
        assert!(MethodSet::ANY.contains("PROPFIND"));
    }

    #[test]
    fn it_displays_as_an_allow_header() {
        let set = MethodSet::named("PUT").unwrap().union(MethodSet::named("GET").unwrap());
        assert_eq!(set.to_string(), "GET, HEAD, PUT");
    }
}
