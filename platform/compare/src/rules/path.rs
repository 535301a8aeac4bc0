//! The path of a rule: read by the crate `jsonpath-rust` (RFC 9535), matched by us while the bodies are walked.

use jsonpath_rust::parser::model::{Segment, Selector};
use jsonpath_rust::parser::parse_json_path;

/// The most segments a path may have.
const SEGMENTS_MAX: usize = 64;

/// A JSONPath that can be matched without looking at values.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Path {
    segments: Vec<PathSegment>,
}

/// One segment (RFC 9535 section 2.5).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PathSegment {
    /// `..`: at any depth below.
    pub(crate) descendant: bool,
    select: Vec<Select>,
}

/// One selector (RFC 9535 section 2.3).
#[derive(Debug, Clone, PartialEq)]
enum Select {
    Name(Box<str>),
    Wildcard,
    Index(usize),
    Slice { start: usize, end: usize, step: usize },
}

/// A step from a container to a part, as a path sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Part<'a> {
    /// The member of that name.
    Name(&'a str),
    /// The element at that index.
    Index(usize),
    /// Elements of the two sides that belong together, by their indices.
    Pair(usize, usize),
}

impl Path {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let query = parse_json_path(text).map_err(|error| in_one_line(&error.to_string()))?;
        let segments: Vec<_> = query.segments.iter().map(PathSegment::new).collect::<Result<_, _>>()?;
        if segments.len() > SEGMENTS_MAX {
            return Err(format!("more than {SEGMENTS_MAX} segments"));
        }
        Ok(Self { segments })
    }

    /// The segment at this position.
    pub(crate) fn segment(&self, position: usize) -> Option<&PathSegment> {
        self.segments.get(position)
    }

    /// The number of segments: a place that is this many segments in is one of the path's places.
    pub(crate) fn len(&self) -> usize {
        self.segments.len()
    }
}

impl PathSegment {
    fn new(segment: &Segment) -> Result<Self, String> {
        let of = |selectors: &[Selector]| selectors.iter().map(Select::new).collect::<Result<Vec<_>, _>>();
        match segment {
            Segment::Descendant(inner) => Ok(Self { descendant: true, ..Self::new(inner)? }),
            Segment::Selector(selector) => {
                Ok(Self { descendant: false, select: of(std::slice::from_ref(selector))? })
            }
            Segment::Selectors(selectors) => Ok(Self { descendant: false, select: of(selectors)? }),
        }
    }

    /// Whether one of its selectors selects this part; of a pair either element, so that old and new may change places.
    pub(crate) fn selects(&self, part: Part<'_>) -> bool {
        if let Part::Pair(old, new) = part {
            return self.selects(Part::Index(old)) || self.selects(Part::Index(new));
        }
        self.select.iter().any(|select| match (select, part) {
            (Select::Wildcard, _) => true,
            (Select::Name(name), Part::Name(part)) => **name == *part,
            (Select::Index(index), Part::Index(part)) => *index == part,
            (Select::Slice { start, end, step }, Part::Index(part)) => {
                (*start..*end).contains(&part) && (part - start).is_multiple_of(*step)
            }
            _ => false,
        })
    }
}

impl Select {
    fn new(selector: &Selector) -> Result<Self, String> {
        let front = |value: i64| {
            usize::try_from(value)
                .map_err(|_| "counts from the end, where the two sides may differ".to_owned())
        };
        match selector {
            Selector::Name(name) => Ok(Self::Name(name.as_str().into())),
            Selector::Wildcard => Ok(Self::Wildcard),
            Selector::Index(index) => front(*index).map(Self::Index),
            Selector::Slice(start, end, step) => Ok(Self::Slice {
                start: front(start.unwrap_or(0))?,
                end: end.map_or(Ok(usize::MAX), front)?,
                step: step.map_or(Ok(1), front).and_then(|step| match step {
                    0 => Err("a slice with the step 0 selects nothing".to_owned()),
                    step => Ok(step),
                })?,
            }),
            Selector::Filter(_) => Err("filters look at values, which may differ on the two sides: \
                                        name the place, or use a wildcard"
                .to_owned()),
        }
    }
}

/// The parser's message has a drawing of the place in it: for a reason, its words are enough.
fn in_one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a path selects a place, by its definition: for each segment, every part below that it selects.
    fn selects(path: &str, place: &[Part<'_>]) -> bool {
        fn from(path: &Path, position: usize, place: &[Part<'_>]) -> bool {
            let Some(segment) = path.segment(position) else { return place.is_empty() };
            let Some((part, rest)) = place.split_first() else { return false };
            (segment.selects(*part) && from(path, position + 1, rest))
                || (segment.descendant && from(path, position, rest))
        }
        from(&Path::parse(path).unwrap(), 0, place)
    }

    #[test]
    fn selectors_mean_what_rfc_9535_says() {
        let place = [Part::Name("messages"), Part::Index(3), Part::Name("at it")];
        for path in [
            "$.messages[3]['at it']",
            "$.messages[*]['at it']",
            "$.*.*.*",
            "$..['at it']",
            "$.messages[1:5:2][\"at it\"]",
            "$['x','messages'][0,3].*",
            "$..[3]..*",
        ] {
            assert!(selects(path, &place), "{path}");
        }
        for path in ["$.messages[3]", "$.messages[2]['at it']", "$.messages[0:5:2].*", "$..at", "$"] {
            assert!(!selects(path, &place), "{path}");
        }
    }

    #[test]
    fn what_cannot_be_matched_by_place_alone_is_refused() {
        for (path, reason) in [
            ("$.a[-1]", "counts from the end"),
            ("$.a[?@.x == 1]", "filters look at values"),
            ("$.a[0:5:0]", "selects nothing"),
            ("$.a[", "expected"),
        ] {
            let refused = Path::parse(path).unwrap_err();
            assert!(refused.contains(reason), "{path}: {refused}");
        }
    }
}
