//! What becomes of each field of a message that passes through, by its name.

use identity::DRY_RUN_FIELD;

/// What becomes of a field of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RequestField {
    /// Goes on as it came.
    Pass,
    /// Belongs to the client's connection, or is rewritten: `Host`, framing, ids, what only this platform may say.
    Drop,
    Connection,
    ContentLength,
    /// A client's mark of a dry run: the request is refused, never done for real.
    DryRun,
    Expect,
    Te,
    TraceState,
    /// What proxies say about the client: goes on only from trusted peers.
    Vouched,
    /// `X-Forwarded-For`, `-Proto`, `-Host` and `Forwarded`: written anew from what is believed.
    Rewritten,
}

/// What becomes of a field of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AnswerField {
    /// Goes on as it came.
    Pass,
    /// Belongs to the upstream's connection, or is written anew.
    Drop,
    Connection,
    ContentLength,
    TransferEncoding,
    Upgrade,
    Date,
    /// May name the upstream: `Location`, `Content-Location`.
    Reference,
    /// May name the upstream in its `url=`.
    Refresh,
    SetCookie,
}

/// Whether two names are one to whoever turns them into variables, as CGI does: the case does not matter, and `_` is
/// `-`. A field that is taken out of the way under one spelling must not come through under another.
pub(crate) fn same(name: &str, known: &str) -> bool {
    name.len() == known.len() && starts_with(name, known)
}

fn starts_with(name: &str, prefix: &str) -> bool {
    let (mut name, mut prefix) = (name.bytes(), prefix.bytes());
    prefix.by_ref().all(|expected| match name.next() {
        Some(b'_') => expected == b'-',
        Some(byte) => byte.to_ascii_lowercase() == expected,
        None => false,
    })
}

/// Fields that only this platform may set.
pub(crate) const PLATFORM_PREFIX: &str = "banyan-";

/// Whether only this platform may set the field.
pub(crate) fn is_platforms(name: &str) -> bool {
    starts_with(name, PLATFORM_PREFIX)
}

/// Whether the field asks for a dry run.
pub(crate) fn is_dry_run_mark(name: &str) -> bool {
    same(name, DRY_RUN_FIELD)
}

/// Classifies a field of a request. The first letter decides for most of them.
pub(crate) fn request_field(name: &str) -> RequestField {
    let known: &[(&str, RequestField)] = match name.as_bytes().first().map(u8::to_ascii_lowercase) {
        Some(b'b') if is_dry_run_mark(name) => return RequestField::DryRun,
        Some(b'b') if starts_with(name, PLATFORM_PREFIX) => return RequestField::Drop,
        Some(b'c') => {
            &[("connection", RequestField::Connection), ("content-length", RequestField::ContentLength)]
        }
        Some(b'e') => &[("expect", RequestField::Expect)],
        Some(b'f') => &[("forwarded", RequestField::Rewritten)],
        Some(b'h') => &[("host", RequestField::Drop), ("http2-settings", RequestField::Drop)],
        Some(b'k') => &[("keep-alive", RequestField::Drop)],
        // `Proxy` alone would become the variable HTTP_PROXY of CGI programs.
        Some(b'p') => &[
            ("proxy", RequestField::Drop),
            ("proxy-connection", RequestField::Drop),
            ("proxy-authorization", RequestField::Drop),
            ("proxy-authenticate", RequestField::Drop),
        ],
        Some(b't') => &[
            ("te", RequestField::Te),
            ("transfer-encoding", RequestField::Drop),
            ("traceparent", RequestField::Drop),
            ("tracestate", RequestField::TraceState),
        ],
        Some(b'u') => &[("upgrade", RequestField::Drop)],
        Some(b'x') => return extension(name),
        _ => &[],
    };
    lookup(name, known).unwrap_or(RequestField::Pass)
}

fn extension(name: &str) -> RequestField {
    let known = [
        ("x-request-id", RequestField::Drop),
        ("x-forwarded-for", RequestField::Rewritten),
        ("x-forwarded-proto", RequestField::Rewritten),
        ("x-forwarded-host", RequestField::Rewritten),
        ("x-real-ip", RequestField::Vouched),
    ];
    match lookup(name, &known) {
        Some(field) => field,
        None if starts_with(name, "x-forwarded-") => RequestField::Vouched,
        None => RequestField::Pass,
    }
}

/// Classifies a field of an answer. Here a name is only what it says: nobody turns it into a variable.
pub(crate) fn answer_field(name: &str) -> AnswerField {
    // First letter and length leave one candidate at most.
    match (name.as_bytes().first().map_or(0, u8::to_ascii_lowercase), name.len()) {
        // Names another place to ask, past this gateway.
        (b'a', 7) => if_is(name, b"alt-svc", AnswerField::Drop),
        (b'b', 16) => if_is(name, b"banyan-served-by", AnswerField::Drop),
        (b'c', 10) => if_is(name, b"connection", AnswerField::Connection),
        (b'c', 14) => if_is(name, b"content-length", AnswerField::ContentLength),
        (b'c', 16) => if_is(name, b"content-location", AnswerField::Reference),
        (b'd', 4) => if_is(name, b"date", AnswerField::Date),
        (b'k', 10) => if_is(name, b"keep-alive", AnswerField::Drop),
        (b'l', 8) => if_is(name, b"location", AnswerField::Reference),
        (b'p', 16) => if_is(name, b"proxy-connection", AnswerField::Drop),
        (b'p', 18) => if_is(name, b"proxy-authenticate", AnswerField::Drop),
        (b'r', 7) => if_is(name, b"refresh", AnswerField::Refresh),
        (b's', 10) => if_is(name, b"set-cookie", AnswerField::SetCookie),
        (b't', 2) => if_is(name, b"te", AnswerField::Drop),
        (b't', 17) => if_is(name, b"transfer-encoding", AnswerField::TransferEncoding),
        (b'u', 7) => if_is(name, b"upgrade", AnswerField::Upgrade),
        (b'x', 12) => if_is(name, b"x-request-id", AnswerField::Drop),
        _ => AnswerField::Pass,
    }
}

fn if_is<const N: usize>(name: &str, known: &[u8; N], field: AnswerField) -> AnswerField {
    if is(name, known) { field } else { AnswerField::Pass }
}

/// Whether a field's name is this one, in any case. `known` has lower-case letters, digits and `-` only, and a name has
/// no control characters: so the bit that tells the cases apart can be set in all of it, at once.
pub(crate) fn is<const N: usize>(name: &str, known: &[u8; N]) -> bool {
    let Ok(name) = <&[u8; N]>::try_from(name.as_bytes()) else { return false };
    name.iter().zip(known).fold(0, |differing, (byte, known)| differing | ((byte | 0x20) ^ known)) == 0
}

fn lookup<T: Copy>(name: &str, known: &[(&str, T)]) -> Option<T> {
    known.iter().find(|(known, _)| same(name, known)).map(|&(_, field)| field)
}

/// Whether a trailer field may go on: nothing that says how the message is framed, routed, or who asks
/// (RFC 9110 section 6.5.1).
pub(crate) fn may_trail(name: &str) -> bool {
    const NEVER: [&str; 18] = [
        "authorization",
        "cache-control",
        "content-encoding",
        "content-length",
        "content-range",
        "content-type",
        "cookie",
        "expect",
        "host",
        "location",
        "max-forwards",
        "range",
        "set-cookie",
        "te",
        "trailer",
        "upgrade",
        "via",
        "www-authenticate",
    ];
    request_field(name) == RequestField::Pass
        && answer_field(name) == AnswerField::Pass
        && !NEVER.iter().any(|never| same(name, never))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_hides_nothing() {
        for name in ["x-forwarded-for", "X_Forwarded-FOR", "x_forwarded_for", "FORWARDED"] {
            assert_eq!(request_field(name), RequestField::Rewritten, "{name}");
        }
        for name in ["banyan-dry-run", "Banyan_Dry-RUN"] {
            assert_eq!(request_field(name), RequestField::DryRun, "{name}");
        }
        for name in ["Transfer_Encoding", "Banyan-Dry-Runs", "banyan_x", "HOST", "Proxy", "X_Request_Id"] {
            assert_eq!(request_field(name), RequestField::Drop, "{name}");
        }
        assert_eq!(request_field("X-Forwarded-Port"), RequestField::Vouched);
        assert_eq!(request_field("Content_Length"), RequestField::ContentLength);
    }

    #[test]
    fn what_is_not_known_goes_on() {
        for name in ["accept", "x-forwarded", "x-forwardedfor", "banyan", "cookie", "via", "trailer", "", "-"]
        {
            assert_eq!(request_field(name), RequestField::Pass, "{name}");
        }
        for name in ["server", "content-type", "trailer", "etag", "www-authenticate"] {
            assert_eq!(answer_field(name), AnswerField::Pass, "{name}");
        }
    }

    #[test]
    fn trailers_cannot_say_what_the_head_says() {
        for name in [
            "Content-Length",
            "Content_Length",
            "transfer_encoding",
            "Host",
            "Cookie",
            "Set-Cookie",
            "banyan-x",
            "Connection",
        ] {
            assert!(!may_trail(name), "{name}");
        }
        for name in ["x-checksum", "server-timing", "grpc-status"] {
            assert!(may_trail(name), "{name}");
        }
    }
}
