//! Makes the request that the worker's actix-web application is called with.

use crate::http1::names::{is_dry_run_mark, is_platforms};
use crate::http1::{Framing, Refusal, RequestHead, Version};
use actix_http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_http::{HttpMessage, Method, Payload, Request, Uri};
use bytes::Bytes;
use host::ChosenModule;
use identity::DRY_RUN_FIELD;
use std::net::SocketAddr;
use std::sync::Arc;

/// What travels with a request besides its bytes.
pub(crate) struct Companions {
    pub(crate) module: Option<Arc<str>>,
    pub(crate) remote: Option<SocketAddr>,
}

/// Builds the request of `head`: values and target share `copy`, which has the bytes of the head. Body and context follow once the body is there.
///
/// # Errors
/// What the stricter types of the `http` crate refuse.
pub(crate) fn build(head: &RequestHead<'_>, copy: Bytes, companions: Companions) -> Result<Request, Refusal> {
    let copy = Copied { head: head.raw, copy };
    let mut request = Request::new();
    let to = request.head_mut();
    to.method = Method::from_bytes(head.method.as_bytes()).map_err(|_| Refusal::RequestLine)?;
    to.uri = uri(head, &copy)?;
    to.version = match head.version {
        Version::Http10 => actix_http::Version::HTTP_10,
        Version::Http11 => actix_http::Version::HTTP_11,
    };
    to.peer_addr = companions.remote;
    copy_headers(head, &copy, &mut to.headers)?;
    if let Some(module) = companions.module {
        request.extensions_mut().insert(ChosenModule(module));
    }
    Ok(request)
}

/// A head, and a copy of it that others may keep parts of.
struct Copied<'a> {
    head: &'a [u8],
    copy: Bytes,
}

impl Copied<'_> {
    /// A part of the head, within the copy.
    fn part(&self, part: &[u8]) -> Bytes {
        let start = part.as_ptr().addr().wrapping_sub(self.head.as_ptr().addr());
        match start.checked_add(part.len()) {
            Some(end) if end <= self.copy.len() => self.copy.slice(start..end),
            _ => Bytes::copy_from_slice(part),
        }
    }
}

fn uri(head: &RequestHead<'_>, raw: &Copied<'_>) -> Result<Uri, Refusal> {
    let bytes = match &head.target.path_and_query {
        std::borrow::Cow::Borrowed(text) => raw.part(text.as_bytes()),
        std::borrow::Cow::Owned(text) => Bytes::copy_from_slice(text.as_bytes()),
    };
    Uri::from_maybe_shared(bytes).map_err(|_| Refusal::Target)
}

fn copy_headers(head: &RequestHead<'_>, raw: &Copied<'_>, to: &mut HeaderMap) -> Result<(), Refusal> {
    for field in head.fields {
        let (name, value) = (field.name, field.value);
        // A client's mark of a dry run is for the module to judge: without it, what was to leave nothing would be done.
        let name = if is_dry_run_mark(name) {
            HeaderName::from_static(DRY_RUN_FIELD)
        } else if is_platforms(name) {
            continue;
        } else {
            HeaderName::from_bytes(name).map_err(|_| Refusal::Field)?
        };
        // The body is handed on decoded; its length is set once it is known.
        if name == header::TRANSFER_ENCODING && head.framing == Framing::Chunked {
            continue;
        }
        let value = if name == header::HOST { head.host.map_or(value, str::as_bytes) } else { value };
        let value = HeaderValue::from_maybe_shared(raw.part(value)).map_err(|_| Refusal::Field)?;
        to.append(name, value);
    }
    if let Some(host) = head.target.authority.filter(|_| !to.contains_key(header::HOST)) {
        let value = HeaderValue::from_str(host).map_err(|_| Refusal::Host)?;
        to.insert(header::HOST, value);
    }
    Ok(())
}

/// Gives the request its collected body.
pub(crate) fn attach_body(mut request: Request, framing: Framing, body: Bytes) -> Request {
    match framing {
        Framing::None => return request,
        Framing::Chunked => {
            request.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
        }
        Framing::Length(_) => {}
    }
    let _ = std::mem::replace(request.payload(), Payload::from(body));
    request
}
