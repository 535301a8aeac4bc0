//! The answers, made once for each size: a list of records as an API gives them, of exactly so many bytes.

use std::collections::HashMap;
use std::rc::Rc;

/// The largest body that is made, bytes.
const BODY_MAX_BYTES: usize = 64 * 1024 * 1024;

/// The answers so far, by the bytes of their bodies.
#[derive(Default)]
pub(super) struct Replies(HashMap<usize, Rc<[u8]>>);

impl Replies {
    /// The answer to a request with this head; `None` where its path does not end in a number.
    pub(super) fn to(&mut self, head: &[u8]) -> Option<Rc<[u8]>> {
        let target = head.split(|byte| *byte == b' ').nth(1)?;
        let number = target.rsplit(|byte| *byte == b'/').next()?;
        let bytes =
            std::str::from_utf8(number).ok()?.parse().ok().filter(|bytes| *bytes <= BODY_MAX_BYTES)?;
        Some(self.0.entry(bytes).or_insert_with(|| answer(bytes).into()).clone())
    }
}

fn answer(body_bytes: usize) -> Vec<u8> {
    let mut answer = format!(
        "HTTP/1.1 200 OK\r\nserver: backend\r\ndate: Mon, 01 Jan 2024 00:00:00 GMT\r\n\
         content-type: application/json\r\ncache-control: no-store\r\ncontent-length: {body_bytes}\r\n\r\n"
    )
    .into_bytes();
    answer.extend_from_slice(&body(body_bytes));
    answer
}

/// `{"pad":"xxx","items":[{…},{…}]}`; without room for that, spaces.
fn body(bytes: usize) -> Vec<u8> {
    let mut items = String::new();
    for id in 0.. {
        let comma = if id == 0 { "" } else { "," };
        let item =
            format!(r#"{comma}{{"id":{id},"name":"item-{id}","price":{}.25,"tags":["a","b"]}}"#, id % 97);
        if around(&items) + item.len() > bytes {
            break;
        }
        items += &item;
    }
    let pad = "x".repeat(bytes.saturating_sub(around(&items)));
    let mut body = format!(r#"{{"pad":"{pad}","items":[{items}]}}"#).into_bytes();
    if body.len() > bytes {
        body = vec![b' '; bytes];
    }
    body
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
}
