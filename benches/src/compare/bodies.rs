//! Pairs of JSON bodies of a given size: a page of chat messages or of small records, as one side and the other would answer
//! it.

/// In what the two bodies differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    /// In nothing.
    Equal,
    /// In the last value of the last element.
    OneValue,
    /// In the order of all members: equal by value.
    OtherOrder,
    /// One element was inserted in the middle.
    Inserted,
    /// In a moment that each element has.
    EveryElement,
}

impl Case {
    pub(super) const ALL: [Self; 5] =
        [Self::Equal, Self::OneValue, Self::OtherOrder, Self::Inserted, Self::EveryElement];

    /// As it stands in results.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Equal => "equal bytes",
            Self::OneValue => "one value differs",
            Self::OtherOrder => "members in another order, equal by value",
            Self::Inserted => "one element inserted",
            Self::EveryElement => "a value of every element differs",
        }
    }
}

/// Of what a body is a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Objects with texts: a token for 13 bytes.
    Messages,
    /// Small objects with numbers and short texts: a token for 5 bytes.
    Records,
}

impl Shape {
    pub(super) const ALL: [Self; 2] = [Self::Messages, Self::Records];

    /// As it stands in results.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Messages => "messages",
            Self::Records => "records",
        }
    }
}

/// One element of a list.
#[derive(Clone, Copy)]
struct Element {
    id: usize,
    /// Its members stand in the opposite order.
    turned: bool,
    /// One of its values is another.
    changed: bool,
}

/// An old and a new body of about so many bytes.
pub(super) fn pair(shape: Shape, case: Case, bytes: usize) -> (String, String) {
    let same = |id| Element { id, turned: false, changed: false };
    let count = (bytes / (element(shape, same(0)).len() + 1)).max(2);
    let page = |elements: &mut dyn Iterator<Item = Element>| {
        let elements: Vec<_> = elements.map(|one| element(shape, one)).collect();
        format!("{{\"{}\":[{}],\"next\":null}}", shape.name(), elements.join(","))
    };
    let old = page(&mut (0..count).map(same));
    let new = match case {
        Case::Equal => old.clone(),
        Case::OneValue => page(&mut (0..count).map(|id| Element { changed: id + 1 == count, ..same(id) })),
        Case::OtherOrder => page(&mut (0..count).map(|id| Element { turned: true, ..same(id) })),
        Case::Inserted => {
            let half = count / 2;
            page(&mut (0..half).chain([1_000_000]).chain(half..count).map(same))
        }
        Case::EveryElement => page(&mut (0..count).map(|id| Element { changed: true, ..same(id) })),
    };
    (old, new)
}

fn element(shape: Shape, one: Element) -> String {
    let mut members = match shape {
        Shape::Messages => message(one),
        Shape::Records => record(one),
    };
    if one.turned {
        members.reverse();
    }
    format!("{{{}}}", members.join(","))
}

fn message(Element { id, changed, .. }: Element) -> Vec<String> {
    let at = if changed { 1_800_000_000 } else { 1_700_000_000 };
    vec![
        format!("\"id\":{}", 100_000 + id),
        format!("\"author\":{{\"id\":{},\"name\":\"user {}\"}}", id % 97, id % 97),
        format!("\"text\":\"Message number {id}, with \\\"quotes\\\" and a few more words to read\""),
        format!(
            "\"html\":\"<p>Message number {id}, with <b>markup</b> and a link to https://example.org/{id}</p>\""
        ),
        format!("\"likes\":{},\"score\":{}.5,\"pinned\":{}", id % 13, id % 7, id.is_multiple_of(11)),
        "\"tags\":[\"general\",\"news\",\"rust\"]".to_owned(),
        format!("\"created_at\":{at}"),
    ]
}

fn record(Element { id, changed, .. }: Element) -> Vec<String> {
    let cents = if changed { 75 } else { 25 };
    vec![
        format!("\"id\":{id}"),
        format!("\"name\":\"item-{id}\""),
        format!("\"price\":{}.{cents}", id % 97),
        "\"tags\":[\"a\",\"b\"]".to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use compare::{Answer, Rules, compare};

    #[test]
    fn bodies_have_about_the_size_that_is_asked_for() {
        for (bytes, off) in [(1024, 256), (16 * 1024, 2_048), (256 * 1024, 32 * 1024)] {
            for shape in Shape::ALL {
                let length = pair(shape, Case::Equal, bytes).0.len();
                assert!(length.abs_diff(bytes) < off, "{shape:?} {bytes} {length}");
            }
        }
    }

    #[test]
    fn each_pair_differs_in_what_its_name_says() {
        let headers: [(&str, &[u8]); 1] = [("content-type", b"application/json")];
        for shape in Shape::ALL {
            for (case, listed) in Case::ALL.into_iter().zip([0, 1, 0, 1, 4]) {
                let (old, new) = pair(shape, case, 16 * 1024);
                assert_eq!(old == new, case == Case::Equal);
                let old = Answer { status: 200, headers: &headers, body: old.as_bytes(), trailers: &[] };
                let found = compare(&Rules::default(), &old, &Answer { body: new.as_bytes(), ..old });
                assert_eq!(found.differences.len(), listed, "{shape:?} {case:?} {found:?}");
            }
        }
    }
}
