//! One claim of tokens that others sign, believed once they verify by the keys that were published.

#[cfg(test)]
mod tests;

use crate::cache::Cache;
use crate::jwks::TokenKeys;
use arc_swap::ArcSwap;
use jsonwebtoken::Validation;
use kernel::Timestamp;
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use tokio::sync::Notify;

/// Longest token of others that is looked at, bytes; theirs may list groups and roles.
pub const FOREIGN_TOKEN_MAX_BYTES: usize = 8 * 1024;

/// Longest claim that is believed, bytes; a longer one counts as none.
const CLAIM_MAX_BYTES: usize = 256;

/// Tokens a thread remembers: two generations of this many, 4 MiB when full of the longest.
const GENERATION_MAX_TOKENS: usize = 256;

/// Names a set of keys for what threads remember; 0 is none.
static KEYS_VERSION: AtomicU64 = AtomicU64::new(1);

thread_local! {
    /// By the version of the keys; and the claim that was looked for.
    static CACHE: RefCell<(Cache<Known>, Box<str>)> = RefCell::new((Cache::new(GENERATION_MAX_TOKENS), Box::default()));
}

/// What a token said that verified.
#[derive(Debug, Clone)]
struct Known {
    claim: Option<Box<str>>,
    /// Epoch seconds.
    expires_at: i64,
    /// Epoch seconds.
    not_before: i64,
}

/// What a token must be besides signed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenRules {
    /// Its `iss`; empty: any.
    pub issuer: String,
    /// What its `aud` must be or hold; empty: any.
    pub audience: String,
    /// By how much the clocks of issuer and verifier may differ, seconds.
    pub leeway_s: i64,
}

/// Verifies tokens of others from a snapshot of keys that is read without a lock. Clones share the snapshot.
#[derive(Clone)]
pub struct ClaimVerifier(Arc<Inner>);

struct Inner {
    snapshot: ArcSwap<Snapshot>,
    rules: TokenRules,
    unknown: Notify,
}

struct Snapshot {
    version: u64,
    keys: TokenKeys,
}

impl ClaimVerifier {
    /// Knows no key yet: nothing verifies.
    #[must_use]
    pub fn new(rules: TokenRules) -> Self {
        let snapshot = Snapshot { version: 0, keys: TokenKeys::default() };
        Self(Arc::new(Inner { snapshot: ArcSwap::from_pointee(snapshot), rules, unknown: Notify::new() }))
    }

    /// The keys that count from now on, for every clone and thread. Says whether they are others than before.
    pub fn publish(&self, keys: TokenKeys) -> bool {
        if self.0.snapshot.load().keys == keys {
            return false;
        }
        let version = KEYS_VERSION.fetch_add(1, Relaxed);
        self.0.snapshot.store(Arc::new(Snapshot { version, keys }));
        true
    }

    /// How many keys count now.
    #[must_use]
    pub fn keys(&self) -> usize {
        self.0.snapshot.load().keys.len()
    }

    /// Waits until a token names a key that is not known: there may be a new one.
    pub async fn unknown_key(&self) {
        self.0.unknown.notified().await;
    }

    /// The claim of that name, a text or a whole number, if the token verifies and counts now. Without an allocation but
    /// for the claim once the thread knows the token.
    #[must_use]
    pub fn claim(&self, token: &str, name: &str, now: Timestamp) -> Option<String> {
        if token.len() > FOREIGN_TOKEN_MAX_BYTES {
            return None;
        }
        let snapshot = self.0.snapshot.load();
        let known = match recall(snapshot.version, name, token) {
            Some(known) => known,
            None => {
                let known = self.verify(&snapshot.keys, token, name)?;
                remember(snapshot.version, name, token, known.clone());
                known
            }
        };
        let (now, leeway) = (now.seconds(), self.0.rules.leeway_s);
        let counts =
            known.not_before <= now.saturating_add(leeway) && now < known.expires_at.saturating_add(leeway);
        known.claim.filter(|_| counts).map(String::from)
    }

    fn verify(&self, keys: &TokenKeys, token: &str, name: &str) -> Option<Known> {
        let header = jsonwebtoken::decode_header(token).ok()?;
        // What must be understood is not (RFC 7515 section 4.1.11).
        if header.crit.is_some() {
            return None;
        }
        if header.kid.as_ref().is_some_and(|id| !keys.knows(id)) {
            self.0.unknown.notify_one();
        }
        let key = keys.find(&header)?;
        let mut rules = Validation::new(header.alg);
        rules.required_spec_claims.clear();
        (rules.validate_exp, rules.validate_aud) = (false, false);
        let claims = jsonwebtoken::decode::<Map<String, Value>>(token, key, &rules).ok()?.claims;
        let expires_at = seconds(claims.get("exp")?)?;
        let not_before = claims.get("nbf").map_or(Some(i64::MIN), seconds)?;
        self.is_meant(&claims).then(|| Known {
            claim: claims.get(name).and_then(text),
            expires_at,
            not_before,
        })
    }

    fn is_meant(&self, claims: &Map<String, Value>) -> bool {
        let TokenRules { issuer, audience, .. } = &self.0.rules;
        let issued = issuer.is_empty() || claims.get("iss").and_then(Value::as_str) == Some(issuer);
        let meant = match claims.get("aud") {
            _ if audience.is_empty() => true,
            Some(Value::Array(all)) => all.iter().any(|one| one.as_str() == Some(audience)),
            one => one.and_then(Value::as_str) == Some(audience),
        };
        issued && meant
    }
}

/// A claim that can name somebody.
fn text(claim: &Value) -> Option<Box<str>> {
    let text: Box<str> = match claim {
        Value::String(text) => text.as_str().into(),
        Value::Number(number) if !number.is_f64() => number.to_string().into(),
        _ => return None,
    };
    (!text.is_empty() && text.len() <= CLAIM_MAX_BYTES).then_some(text)
}

/// A moment (RFC 7519 section 2, NumericDate), in whole seconds.
fn seconds(moment: &Value) -> Option<i64> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "it saturates, and no sensible moment is near the bounds"
    )]
    let whole = |moment: f64| moment.floor() as i64;
    moment.as_i64().or_else(|| moment.as_f64().map(whole))
}

fn recall(version: u64, name: &str, token: &str) -> Option<Known> {
    CACHE.with_borrow_mut(|(cache, of)| {
        cache.turn_to(version);
        if **of == *name { cache.recall(token) } else { None }
    })
}

fn remember(version: u64, name: &str, token: &str, known: Known) {
    CACHE.with_borrow_mut(|(cache, of)| {
        if **of != *name {
            cache.clear();
            *of = name.into();
        }
        cache.turn_to(version);
        cache.insert(token.into(), known);
    });
}
