//! How a route's answers are compared, with every rule compiled and every name looked up.

use super::upstreams::Upstreams;
use crate::features::comparison::{Comparison, RECHECK_MAX};
use crate::features::draft::{ComparisonDraft, RouteDraft, RulesDraft};
use crate::features::model::{OldSide, UpstreamId};
use crate::features::reader::{At, Reader};
use crate::parallel::Writes;
use compare::{RuleFault, Rules, Scope};
use report::Limits;
use std::sync::Arc;
use std::time::Duration;

/// Looks at the rules for all routes by themselves, so that a fault in them is said once.
pub(super) fn check_for_all(reader: &mut Reader<'_>, all: &RulesDraft<'_>) {
    if let Err(fault) = Rules::compile(&all.set) {
        note(reader, all, &fault);
    }
}

/// What a route says, on top of the rules for all.
pub(super) fn checked(
    reader: &mut Reader<'_>,
    all: &RulesDraft<'_>,
    route: &RouteDraft<'_>,
    sides: (Option<&OldSide>, Option<UpstreamId>),
    upstreams: &Upstreams<'_>,
) -> Comparison {
    let (defaults, nothing) = (Comparison::default(), RulesDraft::default());
    let draft = route.comparison.as_ref();
    let rules = rules(reader, all, draft.map_or(&nothing, |draft| &draft.rules));
    let Some(draft) = draft else { return Comparison { rules, ..defaults } };
    if route.compare.is_none() {
        reader.warning(draft.at.clone(), "the route has no `compare` toggle: nothing of it is ever compared");
    }
    let limits = Limits {
        enough: draft.enough.map_or(defaults.limits.enough, u64::from),
        allowed_difference: share(reader, draft.allowed_difference.as_ref())
            .unwrap_or(defaults.limits.allowed_difference),
    };
    Comparison {
        rules,
        rule_count: draft.rules.len(),
        writes: writes(reader, draft, sides, upstreams),
        recheck: draft.recheck.as_ref().and_then(|text| recheck(reader, text)).unwrap_or(defaults.recheck),
        noise: draft.noise.as_ref().and_then(|name| noise(reader, name, sides, upstreams)),
        noise_sample: share(reader, draft.noise_sample.as_ref()).unwrap_or(defaults.noise_sample),
        limits,
    }
}

fn rules(reader: &mut Reader<'_>, all: &RulesDraft<'_>, own: &RulesDraft<'_>) -> Arc<Rules> {
    match Rules::merge(&all.set, &own.set) {
        Ok(rules) => Arc::new(rules),
        Err(fault) => {
            // Those for all have been looked at by themselves.
            if fault.scope == Scope::Route {
                note(reader, own, &fault);
            }
            Arc::default()
        }
    }
}

fn note(reader: &mut Reader<'_>, draft: &RulesDraft<'_>, fault: &RuleFault) {
    let at = draft.place(fault.key, fault.index).unwrap_or_default();
    reader.error(at, format!("`{}`: {}", fault.key, fault.reason));
}

fn writes(
    reader: &mut Reader<'_>,
    draft: &ComparisonDraft<'_>,
    (_, service): (Option<&OldSide>, Option<UpstreamId>),
    upstreams: &Upstreams<'_>,
) -> Writes {
    let Some(text) = &draft.writes else { return Writes::Skip };
    let writes = match *text.get_ref() {
        "skip" => Writes::Skip,
        "send" => Writes::Send,
        "dry-run" => Writes::DryRun,
        _ => {
            let reason = "`writes` is \"skip\", \"dry-run\" (executed as if, and rolled back) or \"send\"";
            reader.error(text.span(), reason);
            Writes::Skip
        }
    };
    let service = service.and_then(|id| upstreams.get(id));
    if writes == Writes::DryRun
        && let Some(service) = service.filter(|service| !service.dry_run)
    {
        let name = &service.name;
        let reason = format!(
            "service `{name}` is not said to know dry runs: whoever does not would execute the request; \
             if it is one of this platform, give its `[[services]]` `dry_run = true`"
        );
        reader.error(text.span(), reason);
    }
    writes
}

/// `"250ms"`, `"2s"`, or `"0"` for not at all.
fn recheck(reader: &mut Reader<'_>, text: &At<&str>) -> Option<Duration> {
    let given = text.get_ref().trim();
    let number = |digits: &str| digits.trim().parse::<u64>().ok();
    let read = match (given.strip_suffix("ms"), given.strip_suffix('s')) {
        (Some(digits), _) => number(digits).map(Duration::from_millis),
        (None, Some(digits)) => number(digits).map(Duration::from_secs),
        (None, None) => number(given).filter(|number| *number == 0).map(|_| Duration::ZERO),
    };
    let read = read.filter(|time| *time <= RECHECK_MAX);
    if read.is_none() {
        let reason =
            "`recheck` is a time of 60 s at most, such as \"250ms\" or \"2s\"; \"0\" asks nothing again";
        reader.error(text.span(), reason);
    }
    read
}

/// Another instance of the old side: a legacy upstream, or a service that is one by what it runs.
fn noise(
    reader: &mut Reader<'_>,
    name: &At<&str>,
    (old, service): (Option<&OldSide>, Option<UpstreamId>),
    upstreams: &Upstreams<'_>,
) -> Option<UpstreamId> {
    let found = upstreams.find_any(reader, name, "noise")?;
    if service == Some(found) {
        let reason = "`noise` is another instance of the old side, and this is the new side: all that is really different would be \
                      taken for noise";
        reader.error(name.span(), reason);
        return None;
    }
    if let Some(OldSide::Legacy(old)) = old
        && *old == found
    {
        let reason = "`noise` is another instance of the old side, and this is the old side itself; leave it out: \
                      the side that serves is then asked twice";
        reader.error(name.span(), reason);
    }
    Some(found)
}

fn share(reader: &mut Reader<'_>, share: Option<&At<f64>>) -> Option<f64> {
    let share = share?;
    if !(0.0..=1.0).contains(share.get_ref()) {
        reader.error(share.span(), "a share is between 0 and 1");
        return None;
    }
    Some(*share.get_ref())
}
