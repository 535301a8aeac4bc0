//! Who is believed to ask.

use super::*;
use crate::http1::{field_slots, parse};

fn asking<T>(
    fields: &str,
    source: Option<UserIdSource>,
    tokens: Tokens,
    then: impl FnOnce(&Asking<'_>) -> T,
) -> T {
    let (sources, _) = Sources::fixed(Timestamp(0), 1);
    let who = Who::new(tokens, &sources);
    let raw = format!("GET / HTTP/1.1\r\nhost: x\r\n{fields}\r\n");
    let mut slots = field_slots();
    let head = parse(raw.as_bytes(), &mut slots, 8_192).unwrap();
    then(&Asking::new(&Asked { head: &head, client: None, at: Timestamp(0) }, source.as_ref(), &who))
}

fn user(fields: &str, source: Option<UserIdSource>) -> Option<String> {
    asking(fields, source, Tokens::None, |asking| asking.user_id().map(Cow::into_owned))
}

#[test]
fn the_user_is_in_the_header_or_the_cookie_that_the_file_names() {
    let header = || Some(UserIdSource::Header("x-user".into()));
    assert_eq!(user("X-User:  7 \r\n", header()).as_deref(), Some("7"));
    assert_eq!(user("x-other: 7\r\n", header()), None);
    assert_eq!(user("x-user: \r\n", header()), None);
    assert_eq!(user(&format!("x-user: {}\r\n", "a".repeat(257)), header()), None);
    let cookie = || Some(UserIdSource::Cookie("uid".into()));
    assert_eq!(user("Cookie: xuid=1; uid=7; uid=8\r\n", cookie()).as_deref(), Some("7"));
    assert_eq!(user("cookie: a=b\r\ncookie: uid=\"q\"\r\n", cookie()).as_deref(), Some("q"));
    assert_eq!(user("cookie: UID=7; uid\r\n", cookie()), None);
    assert_eq!(user("x-user: 7\r\n", None), None, "nothing is believed unasked");
}

#[test]
fn a_token_is_believed_only_when_it_verifies() {
    let unverified =
        asking("Authorization: Bearer a.b.c\r\n", None, Tokens::House(Verifier::new()), |asking| {
            asking.user_id().map(Cow::into_owned)
        });
    assert_eq!(unverified, None);
    assert_eq!(bearer(b"bearer  a.b.c "), Some("a.b.c"));
    assert_eq!((bearer(b"Basic abc"), bearer(b"Bearer")), (None, None));
}

#[test]
fn a_session_is_kept_when_it_looks_like_one_and_begun_otherwise() {
    let session = |fields: &str| {
        asking(fields, None, Tokens::None, |asking| {
            let first = asking.session_id().map(Cow::into_owned).unwrap();
            assert_eq!(asking.session_id().as_deref(), Some(first.as_str()), "the same within a request");
            (first, asking.set_cookie())
        })
    };
    assert_eq!(session("cookie: banyan-session=abc123\r\n"), ("abc123".to_owned(), None));
    for forged in [
        "",
        "cookie: banyan-session=\r\n",
        "cookie: banyan-session=a b\r\n",
        "cookie: banyan-session=a,b\r\n",
    ] {
        let (id, cookie) = session(forged);
        assert_eq!(id.len(), 32, "{forged}");
        assert_eq!(cookie.unwrap().as_ref(), format!("banyan-session={id}; Path=/; HttpOnly; SameSite=Lax"));
    }
    asking("", None, Tokens::None, |asking| {
        assert_eq!(asking.set_cookie(), None, "nobody asked for a session");
    });
}

#[test]
fn chance_is_drawn_once_a_request() {
    asking("", None, Tokens::None, |asking| assert_eq!(asking.chance(), asking.chance()));
}
