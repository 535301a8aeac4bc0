//! What becomes of each field of a message that passes through, by its name.

#[cfg(doc)]
use identity::DRY_RUN_FIELD;

/// What becomes of a field of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestField {
    /// Goes on as it came.
    Pass,
    /// Belongs to the client's connection, or is rewritten: ids, what only this platform may say.
    Drop,
    /// `Connection`
    Connection,
    /// `Content-Length`
    ContentLength,
    /// `Transfer-Encoding`
    TransferEncoding,
    /// `Host`
    Host,
    /// `Upgrade`
    Upgrade,
    /// A client's mark of a dry run: the request is refused, never done for real.
    DryRun,
    /// `Expect`
    Expect,
    /// `TE`
    Te,
    /// `traceparent`
    TraceParent,
    /// `tracestate`
    TraceState,
    /// What proxies say about the client: goes on only from trusted peers.
    Vouched,
    /// `X-Forwarded-For`, `-Proto`, `-Host` and `Forwarded`: written anew from what is believed.
    Rewritten,
}

/// What becomes of a field of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerField {
    /// Goes on as it came.
    Pass,
    /// Belongs to the upstream's connection, or is written anew.
    Drop,
    /// `Connection`
    Connection,
    /// `Content-Length`
    ContentLength,
    /// `Transfer-Encoding`
    TransferEncoding,
    /// `Upgrade`
    Upgrade,
    /// `Date`
    Date,
    /// May name the upstream: `Location`, `Content-Location`.
    Reference,
    /// May name the upstream in its `url=`.
    Refresh,
    /// `Set-Cookie`
    SetCookie,
}

/// Whether two names are one to whoever turns them into variables, as CGI does: the case does not matter, and `_` is
/// `-`. A field that is taken out of the way under one spelling must not come through under another. `known` is as for
/// [`is`].
pub(crate) fn same<const N: usize>(name: &[u8], known: &[u8; N]) -> bool {
    let Ok(name) = <&[u8; N]>::try_from(name) else { return false };
    let spelt = |byte: u8| if byte == b'_' { b'-' } else { byte | 0x20 };
    name.iter().zip(known).fold(0, |differing, (byte, known)| differing | (spelt(*byte) ^ known)) == 0
}

fn starts_with<const N: usize>(name: &[u8], prefix: &[u8; N]) -> bool {
    name.first_chunk::<N>().is_some_and(|front| same(front, prefix))
}

/// Fields that only this platform may set.
const PLATFORM_PREFIX: &[u8; 7] = b"banyan-";
/// [`DRY_RUN_FIELD`], as bytes.
const DRY_RUN_MARK: &[u8; 14] = b"banyan-dry-run";

/// Whether only this platform may set the field.
pub(crate) fn is_platforms(name: &[u8]) -> bool {
    starts_with(name, PLATFORM_PREFIX)
}

/// Whether the field asks for a dry run.
pub(crate) fn is_dry_run_mark(name: &[u8]) -> bool {
    same(name, DRY_RUN_MARK)
}

/// Classifies a field of a request. First letter and length leave few candidates.
pub(crate) fn request_field(name: &[u8]) -> RequestField {
    use RequestField as Is;
    match (name.first().map_or(0, u8::to_ascii_lowercase), name.len()) {
        (b'b', 14) if is_dry_run_mark(name) => Is::DryRun,
        (b'b', 7..) if is_platforms(name) => Is::Drop,
        (b'c', 10) => if_same(name, b"connection", Is::Connection),
        (b'c', 14) => if_same(name, b"content-length", Is::ContentLength),
        (b'e', 6) => if_same(name, b"expect", Is::Expect),
        (b'f', 9) => if_same(name, b"forwarded", Is::Rewritten),
        (b'h', 4) => if_same(name, b"host", Is::Host),
        (b'h', 14) => if_same(name, b"http2-settings", Is::Drop),
        (b'k', 10) => if_same(name, b"keep-alive", Is::Drop),
        // Alone, it would become the variable HTTP_PROXY of CGI programs.
        (b'p', 5) => if_same(name, b"proxy", Is::Drop),
        (b'p', 16) => if_same(name, b"proxy-connection", Is::Drop),
        (b'p', 18) => if_same(name, b"proxy-authenticate", Is::Drop),
        (b'p', 19) => if_same(name, b"proxy-authorization", Is::Drop),
        (b't', 2) => if_same(name, b"te", Is::Te),
        (b't', 10) => if_same(name, b"tracestate", Is::TraceState),
        (b't', 11) => if_same(name, b"traceparent", Is::TraceParent),
        (b't', 17) => if_same(name, b"transfer-encoding", Is::TransferEncoding),
        (b'u', 7) => if_same(name, b"upgrade", Is::Upgrade),
        (b'x', _) => extension(name),
        _ => Is::Pass,
    }
}

fn extension(name: &[u8]) -> RequestField {
    use RequestField as Is;
    match name.len() {
        9 => if_same(name, b"x-real-ip", Is::Vouched),
        12 => if_same(name, b"x-request-id", Is::Drop),
        15 if same(name, b"x-forwarded-for") => Is::Rewritten,
        16 if same(name, b"x-forwarded-host") => Is::Rewritten,
        17 if same(name, b"x-forwarded-proto") => Is::Rewritten,
        12.. if starts_with(name, b"x-forwarded-") => Is::Vouched,
        _ => Is::Pass,
    }
}

fn if_same<const N: usize>(name: &[u8], known: &[u8; N], field: RequestField) -> RequestField {
    if same(name, known) { field } else { RequestField::Pass }
}

/// Classifies a field of an answer. Here a name is only what it says: nobody turns it into a variable.
pub(crate) fn answer_field(name: &[u8]) -> AnswerField {
    // First letter and length leave one candidate at most.
    match (name.first().map_or(0, u8::to_ascii_lowercase), name.len()) {
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

fn if_is<const N: usize>(name: &[u8], known: &[u8; N], field: AnswerField) -> AnswerField {
    if is(name, known) { field } else { AnswerField::Pass }
}

/// Whether a field's name is this one, in any case. `known` has lower-case letters, digits and `-` only, and a name has
/// no control characters: so the bit that tells the cases apart can be set in all of it, at once.
pub(crate) fn is<const N: usize>(name: &[u8], known: &[u8; N]) -> bool {
    let Ok(name) = <&[u8; N]>::try_from(name) else { return false };
    name.iter().zip(known).fold(0, |differing, (byte, known)| differing | ((byte | 0x20) ^ known)) == 0
}

/// Whether a trailer field may go on: nothing that says how the message is framed, routed, or who asks
/// (RFC 9110 section 6.5.1).
pub(crate) fn may_trail(name: &[u8]) -> bool {
    let never = [
        same(name, b"authorization"),
        same(name, b"cache-control"),
        same(name, b"content-encoding"),
        same(name, b"content-length"),
        same(name, b"content-range"),
        same(name, b"content-type"),
        same(name, b"cookie"),
        same(name, b"expect"),
        same(name, b"host"),
        same(name, b"location"),
        same(name, b"max-forwards"),
        same(name, b"range"),
        same(name, b"set-cookie"),
        same(name, b"te"),
        same(name, b"trailer"),
        same(name, b"upgrade"),
        same(name, b"via"),
        same(name, b"www-authenticate"),
    ];
    request_field(name) == RequestField::Pass
        && answer_field(name) == AnswerField::Pass
        && !never.contains(&true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_hides_nothing() {
        for name in ["x-forwarded-for", "X_Forwarded-FOR", "x_forwarded_for", "FORWARDED"] {
            assert_eq!(request_field(name.as_bytes()), RequestField::Rewritten, "{name}");
        }
        for name in ["banyan-dry-run", "Banyan_Dry-RUN"] {
            assert_eq!(request_field(name.as_bytes()), RequestField::DryRun, "{name}");
        }
        for (name, field) in [
            ("Transfer_Encoding", RequestField::TransferEncoding),
            ("HOST", RequestField::Host),
            ("UPGRADE", RequestField::Upgrade),
            ("Trace_Parent", RequestField::Pass),
            ("TraceParent", RequestField::TraceParent),
        ] {
            assert_eq!(request_field(name.as_bytes()), field, "{name}");
        }
        for name in ["Banyan-Dry-Runs", "banyan_x", "Proxy", "X_Request_Id", "Http2_Settings"] {
            assert_eq!(request_field(name.as_bytes()), RequestField::Drop, "{name}");
        }
        assert_eq!(request_field(b"X-Forwarded-Port"), RequestField::Vouched);
        assert_eq!(request_field(b"Content_Length"), RequestField::ContentLength);
    }

    #[test]
    fn the_mark_is_the_one_that_everybody_knows() {
        assert_eq!(DRY_RUN_MARK, identity::DRY_RUN_FIELD.as_bytes());
    }

    #[test]
    fn what_is_not_known_goes_on() {
        for name in ["accept", "x-forwarded", "x-forwardedfor", "banyan", "cookie", "via", "trailer", "", "-"]
        {
            assert_eq!(request_field(name.as_bytes()), RequestField::Pass, "{name}");
        }
        for name in ["server", "content-type", "trailer", "etag", "www-authenticate"] {
            assert_eq!(answer_field(name.as_bytes()), AnswerField::Pass, "{name}");
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
            assert!(!may_trail(name.as_bytes()), "{name}");
        }
        for name in ["x-checksum", "server-timing", "grpc-status"] {
            assert!(may_trail(name.as_bytes()), "{name}");
        }
    }
}
