//! That no request could be taken by two routes with equal right: which of them holds would be an accident.

use super::{conditions, route};
use crate::condition::{Conditions, HostRule};
use crate::features::SAME_PATH_MAX;
use crate::features::draft::RouteDraft;
use crate::features::reader::Reader;
use crate::method::MethodSet;
use crate::pattern::Pattern;
use std::collections::HashMap;

/// What is compared of a route.
struct Claim<'d, 't> {
    methods: MethodSet,
    conditions: Conditions,
    draft: &'d RouteDraft<'t>,
}

/// Notes every route that takes what an earlier one takes: the same host and shape of path, a method in common, and
/// conditions that ask as much and do not exclude each other.
pub(super) fn check(reader: &mut Reader<'_>, routes: &[RouteDraft<'_>]) {
    let mut by_place: HashMap<(HostRule, String), Vec<Claim<'_, '_>>> = HashMap::new();
    for draft in routes {
        let Some(path) = &draft.path else { continue };
        let Ok(pattern) = Pattern::parse(path.get_ref()) else { continue };
        let claim = Claim { methods: route::drafted_methods(draft), conditions: drafted(draft), draft };
        let others = by_place.entry((claim.conditions.host.clone(), pattern.shape())).or_default();
        if let Some(other) = others.iter().find(|other| other.rivals(&claim)) {
            let line = reader.line(&other.draft.at);
            let name = other.draft.name.as_ref().map_or("without a name", |name| name.get_ref());
            let reason =
                format!("the route on line {line} (`{name}`) takes the same methods on the same paths");
            reader.error(path.span(), reason);
        }
        if others.len() == SAME_PATH_MAX {
            let reason =
                format!("{SAME_PATH_MAX} routes at most share host and path, as they are tried one by one");
            reader.error(path.span(), reason);
        }
        if others.len() <= SAME_PATH_MAX {
            others.push(claim);
        }
    }
}

/// The conditions once more: their faults have been noted before.
fn drafted(draft: &RouteDraft<'_>) -> Conditions {
    conditions::checked(&mut Reader::new("", ""), draft)
}

impl Claim<'_, '_> {
    fn rivals(&self, other: &Self) -> bool {
        let (these, those) = (&self.conditions, &other.conditions);
        self.methods.overlaps(other.methods) && these.rank() == those.rank() && !these.exclude(those)
    }
}
