//! The answers, made once for each size: a list of records as an API gives them, of exactly so many bytes.

use std::collections::HashMap;
use std::rc::Rc;

/// The largest body that is made, bytes.
const BODY_MAX_BYTES: usize = 64 * 1024 * 1024;

/// How the answers of a backend are to those of the usual one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Variant {
    /// Equal to the byte.
    #[default]
    Usual,
    /// Equal by value: the members of every object stand in another order.
    OtherOrder,
    /// In the last record another price.
    OneValue,
}

/// The answers so far, by the bytes of their bodies.
#[derive(Default)]
pub(super) struct Replies {
    variant: Variant,
    made: HashMap<usize, Rc<[u8]>>,
}

impl Replies {
    /// Answers of this kind.
    pub(super) fn of(variant: Variant) -> Self {
        Self { variant, ..Self::default() }
    }

    /// The answer to a request with this head; `None` where its path does not end in a number.
    pub(super) fn to(&mut self, head: &[u8]) -> Option<Rc<[u8]>> {
        let target = head.split(|byte| *byte == b' ').nth(1)?;
        let number = target.rsplit(|byte| *byte == b'/').next()?;
        let bytes =
            std::str::from_utf8(number).ok()?.parse().ok().filter(|bytes| *bytes <= BODY_MAX_BYTES)?;
        Some(self.made.entry(bytes).or_insert_with(|| answer(bytes, self.variant).into()).clone())
    }
}

fn answer(body_bytes: usize, variant: Variant) -> Vec<u8> {
    let mut answer = format!(
        "HTTP/1.1 200 OK\r\nserver: backend\r\ndate: Mon, 01 Jan 2024 00:00:00 GMT\r\n\
         content-type: application/json\r\ncache-control: no-store\r\ncontent-length: {body_bytes}\r\n\r\n"
    )
    .into_bytes();
    answer.extend_from_slice(&body(body_bytes, variant));
    answer
}

/// `{"pad":"xxx","items":[{…},{…}]}`; without room for that, spaces. All variants have the same records.
fn body(bytes: usize, variant: Variant) -> Vec<u8> {
    let (mut items, mut last) = (String::new(), 0);
    for id in 0.. {
        let item = item(id, variant);
        if around(&items) + item.len() > bytes {
            break;
        }
        last = items.len();
        items += &item;
    }
    if variant == Variant::OneValue && !items.is_empty() {
        let other = items.split_off(last).replace(".25", ".75");
        items += &other;
    }
    let pad = "x".repeat(bytes.saturating_sub(around(&items)));
    let mut body = match variant {
        Variant::OtherOrder => format!(r#"{{"items":[{items}],"pad":"{pad}"}}"#),
        Variant::Usual | Variant::OneValue => format!(r#"{{"pad":"{pad}","items":[{items}]}}"#),
    }
    .into_bytes();
    if body.len() > bytes {
        body = vec![b' '; bytes];
    }
    body
}

fn item(id: usize, variant: Variant) -> String {
    let comma = if id == 0 { "" } else { "," };
    let price = id % 97;
    match variant {
        Variant::OtherOrder => {
            format!(r#"{comma}{{"tags":["a","b"],"price":{price}.25,"name":"item-{id}","id":{id}}}"#)
        }
        Variant::Usual | Variant::OneValue => {
            format!(r#"{comma}{{"id":{id},"name":"item-{id}","price":{price}.25,"tags":["a","b"]}}"#)
        }
    }
}

/// Bytes of a body without padding.
fn around(items: &str) -> usize {
    r#"{"pad":"","items":[]}"#.len() + items.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::Answer;

    #[test]
    fn an_answer_has_exactly_the_bytes_asked_for_and_is_json() {
        for bytes in [0, 10, 21, 200, 1024, 16_384, 1_048_576] {
            let reply =
                Replies::default().to(format!("GET /a/b/{bytes} HTTP/1.1\r\n\r\n").as_bytes()).unwrap();
            let answer = Answer::read(&reply).unwrap().unwrap();
            assert_eq!((answer.bytes, answer.bytes - answer.head_bytes), (reply.len(), bytes));
            if bytes >= 21 {
                assert!(serde_json::from_slice::<serde_json::Value>(&reply[answer.head_bytes..]).is_ok());
            }
        }
        assert!(Replies::default().to(b"GET /a HTTP/1.1\r\n\r\n").is_none());
    }

    #[test]
    fn variants_have_one_length_and_differ_in_what_their_names_say() {
        let read = |bytes, variant| {
            let body = body(bytes, variant);
            assert_eq!(body.len(), bytes);
            (serde_json::from_slice::<serde_json::Value>(&body).unwrap(), body)
        };
        for bytes in [200, 1024, 262_144] {
            let (usual, as_written) = read(bytes, Variant::Usual);
            let (reordered, other) = read(bytes, Variant::OtherOrder);
            assert!(usual == reordered && as_written != other, "{bytes}");
            let (mut changed, _) = read(bytes, Variant::OneValue);
            assert_ne!(usual, changed);
            let last = changed["items"].as_array_mut().unwrap().last_mut().unwrap();
            last["price"] = (last["price"].as_f64().unwrap() - 0.5).into();
            assert_eq!(usual, changed);
        }
    }
}
