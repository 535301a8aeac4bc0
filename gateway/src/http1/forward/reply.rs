//! Writes the head that the client gets: the upstream's fields in their order, without what belongs to its connection
//! and without its address.

use crate::http1::forward::answer_head::AnswerHead;
use crate::http1::forward::lines::Lines;
use crate::http1::forward::rewrite::{self, Places};
use crate::http1::names::AnswerField;
use crate::http1::response::{Delivery, Envelope, put_envelope, put_field, put_length};

/// Writes the head of an answer.
pub(crate) fn put_answer(
    out: &mut Vec<u8>,
    head: &AnswerHead<'_>,
    delivery: Delivery,
    places: &Places<'_>,
    envelope: &Envelope<'_>,
) {
    let has_date = put_lines(out, head, places);
    match delivery {
        Delivery::Length(bytes) | Delivery::HeadOnly(Some(bytes)) => put_length(out, bytes),
        Delivery::Chunked => put_field(out, b"transfer-encoding", b"chunked"),
        Delivery::Bare | Delivery::HeadOnly(None) | Delivery::UntilClose => {}
    }
    put_envelope(out, envelope, has_date);
}

/// Writes status and fields as the client gets them, without framing and without what the gateway adds: a whole interim
/// answer (103 and the like), or what is compared of an answer.
pub(crate) fn put_fields_only(out: &mut Vec<u8>, head: &AnswerHead<'_>, places: &Places<'_>) {
    put_lines(out, head, places);
    out.extend_from_slice(b"\r\n");
}

/// Writes the head after which both sides speak another protocol.
pub(crate) fn put_switch(
    out: &mut Vec<u8>,
    head: &AnswerHead<'_>,
    places: &Places<'_>,
    envelope: &Envelope<'_>,
) {
    let has_date = put_lines(out, head, places);
    put_field(out, b"connection", b"upgrade");
    put_field(out, b"upgrade", head.upgrade.unwrap_or_default());
    put_envelope(out, envelope, has_date);
}

fn put_status(out: &mut Vec<u8>, head: &AnswerHead<'_>) {
    out.extend_from_slice(b"HTTP/1.1 ");
    out.extend_from_slice(itoa::Buffer::new().format(head.status).as_bytes());
    out.push(b' ');
    out.extend_from_slice(head.reason);
    out.extend_from_slice(b"\r\n");
}

/// Writes status and fields; gives whether a `Date` was among them.
fn put_lines(out: &mut Vec<u8>, head: &AnswerHead<'_>, places: &Places<'_>) -> bool {
    let mut has_date = false;
    let mut lines = if head.has_status_line {
        Lines::with_first(head.raw, head.fields)
    } else {
        put_status(out, head);
        Lines::new(head.raw, head.fields)
    };
    for (position, field) in head.fields.iter().enumerate() {
        let passes = matches!(field.kind, AnswerField::Pass | AnswerField::Date);
        if passes && !(head.nominating && head.is_nominated(field.name)) {
            has_date |= field.kind == AnswerField::Date;
            lines.pass(position);
            continue;
        }
        lines.stop(position, out);
        let write = match field.kind {
            AnswerField::Reference => rewrite::put_reference,
            AnswerField::Refresh => rewrite::put_refresh,
            AnswerField::SetCookie => rewrite::put_cookie,
            AnswerField::Pass
            | AnswerField::Date
            | AnswerField::Drop
            | AnswerField::Connection
            | AnswerField::ContentLength
            | AnswerField::TransferEncoding
            | AnswerField::Upgrade => continue,
        };
        out.extend_from_slice(field.name);
        out.extend_from_slice(b": ");
        write(out, field.value, places);
        out.extend_from_slice(b"\r\n");
    }
    lines.finish(out);
    has_date
}
