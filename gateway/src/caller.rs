//! Who sent a request: found out when a toggle asks, and only then.

mod cookie;
#[cfg(test)]
mod tests;

use crate::facts::{Caller, Fields};
use crate::features::UserIdSource;
use crate::http1::{Asked, BlockRandom, RequestHead};
use identity::{ClaimVerifier, Verifier};
use kernel::{Sources, Timestamp};
use std::borrow::Cow;
use std::cell::{Cell, OnceCell};
use std::fmt::Write;
use std::net::IpAddr;

/// The cookie by which the gateway tells sessions apart.
pub const SESSION_COOKIE: &str = "banyan-session";
/// The claim that names the user, where nothing else is said.
const SUBJECT: &str = "sub";
/// The longest user id or session that is believed, in bytes; a longer one counts as none.
const ID_MAX_BYTES: usize = 256;
/// Random bytes of a session: nobody guesses another's.
const SESSION_BYTES: usize = 16;

/// What a worker needs to find out who asks.
pub struct Who {
    tokens: Tokens,
    random: BlockRandom,
}

/// Which bearer tokens are believed.
#[derive(Clone)]
pub enum Tokens {
    /// None.
    None,
    /// Those of the house: their `sub` names the user.
    House(Verifier),
    /// Those of others: the claim that the features file names, or else `sub`, names the user.
    Others(ClaimVerifier),
}

impl Who {
    /// Believes these tokens.
    #[must_use]
    pub fn new(tokens: Tokens, sources: &Sources) -> Self {
        Self { tokens, random: BlockRandom::new(sources.random.clone()) }
    }
}

/// Who sent one request.
pub(crate) struct Asking<'a> {
    head: &'a RequestHead<'a>,
    remote: Option<IpAddr>,
    at: Timestamp,
    source: Option<&'a UserIdSource>,
    who: &'a Who,
    user: OnceCell<Option<Cow<'a, str>>>,
    session: OnceCell<Session<'a>>,
    chance: Cell<Option<u64>>,
}

enum Session<'a> {
    /// The client has shown it.
    Shown(&'a str),
    /// It begins with this request.
    Begun(String),
}

impl<'a> Asking<'a> {
    pub(crate) fn new(asked: &Asked<'a>, source: Option<&'a UserIdSource>, who: &'a Who) -> Self {
        Self {
            head: asked.head,
            remote: asked.client,
            at: asked.at,
            source,
            who,
            user: OnceCell::new(),
            session: OnceCell::new(),
            chance: Cell::new(None),
        }
    }

    /// The value of `Set-Cookie`, where a session was begun.
    pub(crate) fn set_cookie(&self) -> Option<Box<str>> {
        match self.session.get() {
            Some(Session::Begun(id)) => {
                Some(format!("{SESSION_COOKIE}={id}; Path=/; HttpOnly; SameSite=Lax").into())
            }
            _ => None,
        }
    }

    fn find_user(&self) -> Option<Cow<'a, str>> {
        match self.source {
            Some(UserIdSource::Header(name)) => text(self.head.header(name)?).map(Cow::Borrowed),
            Some(UserIdSource::Cookie(name)) => {
                cookie::find(self.head, name).and_then(text).map(Cow::Borrowed)
            }
            Some(UserIdSource::JwtClaim(claim)) => self.token_user(claim).map(Cow::Owned),
            None => self.token_user(SUBJECT).map(Cow::Owned),
        }
    }

    fn token_user(&self, claim: &str) -> Option<String> {
        let token = || bearer(self.head.header("authorization")?);
        match &self.who.tokens {
            Tokens::None => None,
            // `sub` is the one claim that names the user.
            Tokens::House(verifier) => {
                let claims = verifier.claims(token()?, self.at).ok()?;
                Some(claims.user_id.to_string())
            }
            Tokens::Others(verifier) => verifier.claim(token()?, claim, self.at),
        }
    }

    fn find_session(&self) -> Session<'a> {
        let shown = cookie::find(self.head, SESSION_COOKIE).and_then(text);
        match shown.filter(|id| id.bytes().all(|byte| byte.is_ascii_alphanumeric())) {
            Some(id) => Session::Shown(id),
            None => Session::Begun(self.begin()),
        }
    }

    fn begin(&self) -> String {
        let mut bytes = [0; SESSION_BYTES];
        kernel::Random::fill(&self.who.random, &mut bytes);
        bytes.iter().fold(String::with_capacity(2 * SESSION_BYTES), |mut id, byte| {
            let _ = write!(id, "{byte:02x}");
            id
        })
    }
}

impl Caller for Asking<'_> {
    fn user_id(&self) -> Option<Cow<'_, str>> {
        self.user.get_or_init(|| self.find_user()).as_deref().map(Cow::Borrowed)
    }

    fn session_id(&self) -> Option<Cow<'_, str>> {
        Some(match self.session.get_or_init(|| self.find_session()) {
            Session::Shown(id) => Cow::Borrowed(*id),
            Session::Begun(id) => Cow::Borrowed(id),
        })
    }

    fn remote(&self) -> Option<IpAddr> {
        self.remote
    }

    fn now(&self) -> Timestamp {
        self.at
    }

    fn chance(&self) -> u64 {
        self.chance.get().unwrap_or_else(|| {
            let chance = kernel::Random::next_u64(&self.who.random);
            self.chance.set(Some(chance));
            chance
        })
    }
}

impl Fields for RequestHead<'_> {
    fn first(&self, name: &str) -> Option<&[u8]> {
        self.header(name)
    }
}

/// A value that can be an id: text, not empty, not too long.
fn text(value: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(value.trim_ascii()).ok()?;
    (!text.is_empty() && text.len() <= ID_MAX_BYTES).then_some(text)
}

/// The token of an `Authorization` field (RFC 6750 section 2.1); the scheme in any case.
fn bearer(value: &[u8]) -> Option<&str> {
    let (scheme, token) = std::str::from_utf8(value).ok()?.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
