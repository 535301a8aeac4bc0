//! From rules as written to rules that can be used: every path, pattern and number is checked.

use crate::limits::{PATTERN_MAX_BYTES, RULES_MAX};
use crate::rules::target::{Target, field};
use crate::rules::{Action, Rule, RuleFault, RuleRef, RuleSet, Rules, Scope, Tolerance, ToleranceRule};
use regex::{Regex, RegexBuilder};

/// Compiles the rules for all routes and those of one.
pub(super) fn compile(all: &RuleSet, route: &RuleSet) -> Result<Rules, RuleFault> {
    let mut rules = Rules::default();
    for (scope, set) in [(Scope::All, all), (Scope::Route, route)] {
        Compiler { scope, rules: &mut rules }.add(set)?;
    }
    Ok(rules)
}

struct Compiler<'a> {
    scope: Scope,
    rules: &'a mut Rules,
}

impl Compiler<'_> {
    fn add(&mut self, set: &RuleSet) -> Result<(), RuleFault> {
        self.each("ignore", &set.ignore, |path| Ok((path, Action::Ignore)))?;
        self.each("generated", &set.generated, |rule| {
            let pattern = rule.pattern.as_deref().map(pattern).transpose()?;
            Ok((&rule.path, Action::Generated(pattern)))
        })?;
        self.each("unordered", &set.unordered, |rule| {
            Ok((&rule.path, Action::Unordered(rule.key.as_deref().map(Into::into))))
        })?;
        self.each("tolerance", &set.tolerance, |rule| {
            Ok((&rule.path, Action::Tolerance(Tolerance::new(rule)?)))
        })?;
        self.each("normalise", &set.normalise, |rule| {
            Ok((&rule.path, Action::Normalise(pattern(&rule.pattern)?, rule.replace.as_str().into())))
        })?;
        self.statuses(&set.statuses)?;
        set.headers.as_deref().map_or(Ok(()), |headers| self.headers(headers))
    }

    /// Compiles one list of rules that have a path.
    fn each<'r, R>(
        &mut self,
        key: &'static str,
        list: &'r [R],
        read: impl Fn(&'r R) -> Result<(&'r String, Action), String>,
    ) -> Result<(), RuleFault> {
        for (index, written) in list.iter().enumerate() {
            let (path, action) = read(written).map_err(self.fault(key, index))?;
            let target = Target::parse(path).map_err(self.fault(key, index))?;
            fits(&target, &action).map_err(self.fault(key, index))?;
            if self.rules.rules.len() == RULES_MAX {
                return Err(self.fault(key, index)(format!("more than {RULES_MAX} rules")));
            }
            let reference = self.reference(key, index, path);
            self.rules.rules.push(Rule { reference, target, action });
        }
        Ok(())
    }

    fn statuses(&mut self, groups: &[Vec<u16>]) -> Result<(), RuleFault> {
        for (index, group) in groups.iter().enumerate() {
            if group.len() < 2 || group.iter().any(|status| !(100..=599).contains(status)) {
                let reason = "a group has two status codes or more, each from 100 to 599".to_owned();
                return Err(self.fault("statuses", index)(reason));
            }
            let reference = self.reference("statuses", index, &format!("{group:?}"));
            self.rules.statuses.push((reference, group.clone()));
        }
        Ok(())
    }

    fn headers(&mut self, names: &[String]) -> Result<(), RuleFault> {
        let mut headers: Vec<Box<str>> = Vec::with_capacity(names.len());
        for (index, name) in names.iter().enumerate() {
            let name = field(name).map_err(self.fault("headers", index))?;
            if !headers.contains(&name) {
                headers.push(name);
            }
        }
        self.rules.headers = headers;
        Ok(())
    }

    fn reference(&self, key: &'static str, index: usize, path: &str) -> RuleRef {
        RuleRef { scope: self.scope, key, index, path: path.into() }
    }

    fn fault(&self, key: &'static str, index: usize) -> impl Fn(String) -> RuleFault + use<> {
        let scope = self.scope;
        move |reason| RuleFault { scope, key, index, reason }
    }
}

/// A rule that could never do anything is a mistake of whoever wrote it.
fn fits(target: &Target, action: &Action) -> Result<(), String> {
    match (target, action) {
        (Target::Path(_), _) | (_, Action::Ignore) => Ok(()),
        (Target::Status, _) => Err("the status code takes `ignore` and `statuses`".to_owned()),
        (_, Action::Unordered(Some(_))) => Err("only elements of an array have a key".to_owned()),
        (Target::Body, Action::Unordered(_) | Action::Tolerance(_)) => {
            Err("the body as a whole takes `ignore`, `generated` and `normalise`".to_owned())
        }
        _ => Ok(()),
    }
}

fn pattern(text: &str) -> Result<Regex, String> {
    let built = RegexBuilder::new(text).size_limit(PATTERN_MAX_BYTES).build();
    built.map_err(|error| error.to_string().lines().last().unwrap_or("no regular expression").to_owned())
}

impl Tolerance {
    fn new(rule: &ToleranceRule) -> Result<Self, String> {
        let sound = |value: Option<f64>| value.is_none_or(|value| value.is_finite() && value >= 0.0);
        if !sound(rule.absolute) || !sound(rule.relative) {
            return Err("a tolerance is a number from 0 up".to_owned());
        }
        if rule.relative.is_some_and(|relative| relative >= 1.0) {
            return Err("`relative` is a share below 1; everything is within 1".to_owned());
        }
        if rule.absolute.is_none() && rule.relative.is_none() && rule.time_ms.is_none() {
            return Err("needs one of `absolute`, `relative` and `time_ms`".to_owned());
        }
        Ok(Self { absolute: rule.absolute, relative: rule.relative, time_ms: rule.time_ms })
    }
}
