//! The rule to write into `[routes.comparison]` where a difference is meant.

use crate::{Cause, Sample};

/// The rule that would explain a cause. Empty where no rule can.
pub(crate) fn for_cause(cause: &Cause, samples: &[Sample]) -> String {
    let Cause { path, kind } = cause;
    if cause.is_rest() {
        return String::new();
    }
    if path == "status" {
        let Some(Sample { old, new, .. }) = samples.first() else { return String::new() };
        return format!("statuses = [[{}, {}]]", old.status, new.status);
    }
    let path = quoted(path);
    match kind.as_str() {
        "order" => format!("unordered = [{{ path = {path} }}]"),
        _ => format!("ignore = [{path}]"),
    }
}

/// A TOML text.
fn quoted(text: &str) -> String {
    if !text.contains(['\\', '"']) && !text.chars().any(char::is_control) {
        return format!("\"{text}\"");
    }
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            control if control.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(control))),
            plain => quoted.push(plain),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SampleAnswer;
    use compare::{RuleSet, Rules};

    #[test]
    fn a_rule_is_one_that_comparing_takes() {
        let answer = |status| SampleAnswer { status, ..SampleAnswer::default() };
        let sample = Sample { old: answer(200), new: answer(204), ..Sample::default() };
        for (path, kind) in [
            ("$.messages[*].html", "value"),
            ("$.list", "order"),
            ("$['a \"b\" \\\\ c']", "missing"),
            ("header content-type", "value"),
            ("status", "value"),
            ("body", "value"),
        ] {
            let rule = for_cause(&Cause::new(path, kind), std::slice::from_ref(&sample));
            let set: RuleSet = toml::from_str(&rule).unwrap_or_else(|error| panic!("{rule}: {error}"));
            assert_ne!(set, RuleSet::default(), "{rule}");
            assert!(Rules::compile(&set).is_ok(), "{rule}");
        }
        assert_eq!(for_cause(&Cause::rest(), &[]), "");
        assert_eq!(for_cause(&Cause::new("status", "value"), &[]), "", "no status is known");
    }
}
