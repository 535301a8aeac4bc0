//! Answers of an application whose answers differ from themselves: moments, ids, order, floats, fields that come and go.

use crate::dice::Dice;
use serde_json::{Value, json};

/// Places that can be noisy, each with how often two answers differ there.
pub(super) const NOISY: [Noise; 12] = [
    Noise::Moment,
    Noise::RequestId,
    Noise::Took,
    Noise::Score,
    Noise::TagOrder,
    Noise::OptionalField,
    Noise::ElementMoment,
    Noise::ElementNonce,
    Noise::ElementRank,
    Noise::ElementOrder,
    Noise::RareCounter,
    Noise::RareType,
];

/// A kind of noise at a place of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Noise {
    /// `$.at`: another in every answer.
    Moment,
    /// `$.request_id`: made up anew.
    RequestId,
    /// `$.trace.took_us`: a measured time.
    Took,
    /// `$.score`: a float with another last digit.
    Score,
    /// `$.tags`: in any order.
    TagOrder,
    /// `$.hint`: in half of all answers.
    OptionalField,
    /// `$.messages[*].seen_at`: now and then another.
    ElementMoment,
    /// `$.messages[*].nonce`: made up anew.
    ElementNonce,
    /// `$.messages[*].rank`: a float, seldom another.
    ElementRank,
    /// `$.messages[*].labels`: seldom in another order.
    ElementOrder,
    /// `$.online`: another in 1 of 100 answers.
    RareCounter,
    /// `$.cache`: a text or nothing, in 1 of 200 answers.
    RareType,
}

/// The answer to a request, as one asking gets it. `noisy` are the places that are; `asking` makes each asking another.
pub(super) fn answer(request: u64, noisy: &[Noise], asking: &mut Dice) -> Value {
    let mut truth = Dice::new(request.wrapping_mul(0x5851_F42D_4C95_7F2D));
    let mut chance = |noise: Noise, share: f64| noisy.contains(&noise) && asking.happens(share);
    let mut tags = vec!["general", "news", "rust", "async"];
    if chance(Noise::TagOrder, 0.5) {
        tags.reverse();
    }
    let mut answer = json!({
        "page": request % 50,
        "total": truth.below(900),
        "at": 1_700_000_000 + if chance(Noise::Moment, 1.0) { asking.below(100_000) } else { 0 },
        "request_id": "r-00000000",
        "trace": { "took_us": 412, "node": "a" },
        "score": 0.3,
        "tags": tags,
        "online": truth.below(30),
        "cache": "hit",
        "meta": { "region": "eu", "roles": ["owner", "editor", "reader"], "items": [1, 2], "note": "as agreed" },
    });
    let mut set = |noise: Noise, share: f64, place: &str, value: &dyn Fn(u64) -> Value| {
        if noisy.contains(&noise) && asking.happens(share) {
            let drawn = asking.next();
            if let Some(old) = answer.pointer_mut(place) {
                *old = value(drawn);
            }
        }
    };
    set(Noise::RequestId, 1.0, "/request_id", &|drawn| json!(format!("r-{:08x}", drawn >> 32)));
    set(Noise::Took, 1.0, "/trace/took_us", &|drawn| json!(drawn % 5_000));
    set(Noise::Score, 0.5, "/score", &|_| json!(0.300_000_000_000_000_04));
    set(Noise::RareCounter, 0.01, "/online", &|drawn| json!(100 + drawn % 7));
    set(Noise::RareType, 0.005, "/cache", &|_| Value::Null);
    let messages: Vec<Value> =
        (0..6).map(|index| message(request * 10 + index, &mut truth, noisy, asking)).collect();
    if let Value::Object(members) = &mut answer {
        members.insert("messages".to_owned(), Value::Array(messages));
        if noisy.contains(&Noise::OptionalField) && asking.happens(0.5) {
            members.insert("hint".to_owned(), json!("try again later"));
        }
    }
    answer
}

fn message(id: u64, truth: &mut Dice, noisy: &[Noise], asking: &mut Dice) -> Value {
    let mut chance = |noise: Noise, share: f64| noisy.contains(&noise) && asking.happens(share);
    let labels = if chance(Noise::ElementOrder, 0.02) { ["b", "a", "c"] } else { ["a", "b", "c"] };
    let rank = if chance(Noise::ElementRank, 0.03) { 0.1 + 0.2 } else { 0.3 };
    let moved = chance(Noise::ElementMoment, 0.05);
    let nonce = if chance(Noise::ElementNonce, 1.0) { asking.next() >> 12 } else { 0 };
    json!({
        "id": id,
        "author": { "id": truth.below(97), "name": format!("user {}", truth.below(97)) },
        "text": format!("message {id} says {}", truth.below(1_000_000)),
        "likes": truth.below(13),
        "rank": rank,
        "labels": labels,
        "nonce": nonce,
        "seen_at": 1_700_000_000 + if moved { asking.below(60) + 1 } else { 0 },
    })
}
