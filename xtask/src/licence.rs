//! Licence expressions (SPDX), as far as the packages of a Rust workspace use them.

/// Whether a choice of licences from `allowed` satisfies `expression`. The `/` of old manifests means OR.
///
/// `expr = term { "OR" term } ; term = atom { "AND" atom } ; atom = "(" expr ")" | id [ "WITH" id ]`
pub(crate) fn satisfied(expression: &str, allowed: &dyn Fn(&str) -> bool) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut words = Words { rest: spaced.split_whitespace().collect(), allowed };
    words.rest.reverse();
    words.any_of().is_some_and(|satisfied| satisfied && words.rest.is_empty())
}

/// The words that are not read yet, the next one last.
struct Words<'a> {
    rest: Vec<&'a str>,
    allowed: &'a dyn Fn(&str) -> bool,
}

impl Words<'_> {
    /// `None` where the expression cannot be read.
    fn any_of(&mut self) -> Option<bool> {
        let mut satisfied = self.all_of()?;
        while self.next_is("OR") {
            satisfied |= self.all_of()?;
        }
        Some(satisfied)
    }

    fn all_of(&mut self) -> Option<bool> {
        let mut satisfied = self.one()?;
        while self.next_is("AND") {
            satisfied &= self.one()?;
        }
        Some(satisfied)
    }

    fn one(&mut self) -> Option<bool> {
        if self.next_is("(") {
            let satisfied = self.any_of()?;
            return self.next_is(")").then_some(satisfied);
        }
        let licence = self.rest.pop().filter(|word| !["OR", "AND", "WITH", ")"].contains(word))?;
        if self.next_is("WITH") {
            return Some((self.allowed)(&format!("{licence} WITH {}", self.rest.pop()?)));
        }
        Some((self.allowed)(licence))
    }

    /// Takes the next word if it is this one.
    fn next_is(&mut self, word: &str) -> bool {
        self.rest.pop_if(|next| *next == word).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::satisfied;

    fn with_mit_and_isc(expression: &str) -> bool {
        satisfied(expression, &|licence| ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"].contains(&licence))
    }

    #[test]
    fn one_of_a_choice_is_enough_and_all_of_a_sum_are_needed() {
        for good in [
            "MIT",
            "GPL-3.0 OR MIT",
            "MIT/GPL-3.0",
            "ISC AND (GPL-3.0 OR MIT)",
            "Apache-2.0 WITH LLVM-exception OR GPL-3.0",
        ] {
            assert!(with_mit_and_isc(good), "{good}");
        }
        for bad in [
            "GPL-3.0",
            "MIT AND GPL-3.0",
            "ISC AND (GPL-3.0 OR LGPL-3.0)",
            "Apache-2.0",
            "(MIT OR GPL-3.0) AND GPL-2.0",
        ] {
            assert!(!with_mit_and_isc(bad), "{bad}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_not_satisfied() {
        for bad in ["", "MIT OR", "(MIT", "MIT)", "MIT ISC", "AND MIT", "MIT WITH"] {
            assert!(!with_mit_and_isc(bad), "{bad}");
        }
    }
}
