//! Pairs of JSON bodies of a given size: a page of chat messages, as one side and the other would answer it.

use std::fmt::Write as _;

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

/// An old and a new body of about so many bytes.
pub(super) fn pair(case: Case, bytes: usize) -> (String, String) {
    let one = message(0, false, 1_700_000_000);
    let count = (bytes / (one.len() + 1)).max(2);
    let old = page((0..count).map(|id| message(id, false, 1_700_000_000)));
    let new = match case {
        Case::Equal => old.clone(),
        Case::OneValue => {
            page((0..count).map(|id| message(id, false, 1_700_000_000 + u64::from(id + 1 == count))))
        }
        Case::OtherOrder => page((0..count).map(|id| message(id, true, 1_700_000_000))),
        Case::Inserted => {
            let mut messages: Vec<_> = (0..count).map(|id| message(id, false, 1_700_000_000)).collect();
            messages.insert(count / 2, message(1_000_000, false, 1_700_000_000));
            page(messages)
        }
        Case::EveryElement => page((0..count).map(|id| message(id, false, 1_800_000_000))),
    };
    (old, new)
}

fn page(messages: impl IntoIterator<Item = String>) -> String {
    let messages: Vec<_> = messages.into_iter().collect();
    format!("{{\"messages\":[{}],\"next\":null}}", messages.join(","))
}

fn message(id: usize, turned: bool, at: u64) -> String {
    let mut members = [
        format!("\"id\":{}", 100_000 + id),
        format!("\"author\":{{\"id\":{},\"name\":\"user {}\"}}", id % 97, id % 97),
        format!("\"text\":\"Message number {id}, with \\\"quotes\\\" and a few more words to read\""),
        format!(
            "\"html\":\"<p>Message number {id}, with <b>markup</b> and a link to https://example.org/{id}</p>\""
        ),
        format!("\"likes\":{},\"score\":{}.5,\"pinned\":{}", id % 13, id % 7, id.is_multiple_of(11)),
        "\"tags\":[\"general\",\"news\",\"rust\"]".to_owned(),
        format!("\"created_at\":{at}"),
    ];
    if turned {
        members.reverse();
    }
    let mut message = String::from("{");
    for (index, member) in members.iter().enumerate() {
        let _ = write!(message, "{}{member}", if index == 0 { "" } else { "," });
    }
    message.push('}');
    message
}

#[cfg(test)]
mod tests {
    use super::*;
    use compare::{Answer, Rules, compare};

    #[test]
    fn bodies_have_about_the_size_that_is_asked_for() {
        for (bytes, off) in [(1024, 256), (16 * 1024, 512), (256 * 1024, 16 * 1024)] {
            assert!(pair(Case::Equal, bytes).0.len().abs_diff(bytes) < off, "{bytes}");
        }
    }

    #[test]
    fn each_pair_differs_in_what_its_name_says() {
        let headers: [(&str, &[u8]); 1] = [("content-type", b"application/json")];
        for (case, listed) in Case::ALL.into_iter().zip([0, 1, 0, 1, 4]) {
            let (old, new) = pair(case, 16 * 1024);
            assert_eq!(old == new, case == Case::Equal);
            let old = Answer { status: 200, headers: &headers, body: old.as_bytes(), trailers: &[] };
            let found = compare(&Rules::default(), &old, &Answer { body: new.as_bytes(), ..old });
            assert_eq!(found.differences.len(), listed, "{case:?} {found:?}");
        }
    }
}
