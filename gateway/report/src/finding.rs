//! From what a comparison found to what is counted.

use crate::{Cause, Finding};
use compare::{Comparison, Difference, Shown};

impl Finding {
    /// All differences of a comparison. Those that it did not list count together as [`Cause::rest`], where they are of causes
    /// of which it listed none.
    #[must_use]
    pub fn all_of(comparison: &Comparison) -> Vec<Self> {
        let listed = comparison.differences.iter().map(Self::of);
        let rest = (comparison.unlisted_causes > 0).then(|| Self {
            cause: Cause::rest(),
            place: format!("{} more", comparison.unlisted_causes),
            old: None,
            new: None,
            explained: None,
        });
        listed.chain(rest).collect()
    }

    fn of(difference: &Difference) -> Self {
        let Difference { place, kind, old, new, explained } = difference;
        Self {
            cause: Cause::new(&place.cause(), kind.name()),
            place: place.to_string(),
            old: old.as_ref().map(shown),
            new: new.as_ref().map(shown),
            explained: explained.as_ref().map(ToString::to_string),
        }
    }
}

fn shown(shown: &Shown) -> String {
    let Shown { text, bytes, cut } = shown;
    if *cut { format!("{text}… ({bytes} bytes)") } else { text.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use compare::{Kind, Place, Step};

    #[test]
    fn what_was_not_listed_is_counted_too() {
        let place = Place::Path([Step::Name("a".into()), Step::Index(3)].into());
        let old = Some(Shown { text: "1".into(), bytes: 1, cut: false });
        let difference = Difference { place, kind: Kind::Missing, old, new: None, explained: None };
        let comparison = Comparison { differences: vec![difference], unlisted: 7, ..Comparison::default() };
        assert_eq!(Finding::all_of(&comparison).len(), 1, "of the cause that is listed");
        let found = Finding::all_of(&Comparison { unlisted_causes: 1, ..comparison });
        assert_eq!(found[0].cause, Cause::new("$.a[*]", "missing"));
        assert_eq!((found[0].place.as_str(), found[0].old.as_deref()), ("$.a[3]", Some("1")));
        assert!(found[1].cause.is_rest() && found.len() == 2);
    }
}
