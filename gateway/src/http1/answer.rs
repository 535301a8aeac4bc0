//! Sends an application's answer: head and body in one write where the body is at hand, else piece by piece.

use crate::http1::response::Delivery;
use crate::http1::settings::Waits;
use crate::http1::wire::Wire;
use crate::parallel::Tap;
use actix_http::body::{BoxBody, MessageBody};
use bytes::Bytes;
use std::future::poll_fn;
use std::io::Write;
use std::pin::Pin;
use std::task::Poll;
use tokio::io::{AsyncRead, AsyncWrite};

/// Bodies up to this size are copied behind their head; larger ones are sent from where they lie.
const COPY_MAX_BYTES: usize = 16 * 1024;
/// Pieces of a stream that are ready together are gathered up to this size.
const GATHER_BYTES: usize = 16 * 1024;

/// How far an answer was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sent {
    /// Bytes of the body, decoded.
    pub(crate) body_bytes: u64,
    /// Whether all of it went out; if not, only cutting the connection tells the client.
    pub(crate) complete: bool,
}

/// Sends `out`, which holds the head, and the body behind it.
pub(crate) async fn send<IO>(
    wire: &mut Wire<IO>,
    waits: &Waits,
    out: &mut Vec<u8>,
    body: BoxBody,
    delivery: Delivery,
    tap: Option<&mut Tap>,
) -> Sent
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    match delivery {
        Delivery::Bare | Delivery::HeadOnly(_) => {
            let sent = send_bytes(wire, out, &Bytes::new()).await;
            keep_whole(tap, sent, Bytes::new());
            sent
        }
        Delivery::Length(_) | Delivery::Chunked | Delivery::UntilClose => match body.try_into_bytes() {
            Ok(bytes) if delivery == Delivery::Length(bytes.len() as u64) => {
                let sent = send_bytes(wire, out, &bytes).await;
                keep_whole(tap, sent, bytes);
                sent
            }
            Ok(bytes) => stream(wire, waits, out, BoxBody::new(bytes), delivery, tap).await,
            Err(body) => stream(wire, waits, out, body, delivery, tap).await,
        },
    }
}

fn keep_whole(tap: Option<&mut Tap>, sent: Sent, body: Bytes) {
    if let (Some(tap), true) = (tap, sent.complete) {
        tap.take_body(body);
    }
}

async fn send_bytes<IO>(wire: &mut Wire<IO>, out: &mut Vec<u8>, body: &Bytes) -> Sent
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    let sent = if body.len() <= COPY_MAX_BYTES {
        out.extend_from_slice(body);
        wire.send(out, &[]).await
    } else {
        wire.send(out, body).await
    };
    Sent { body_bytes: if sent.is_ok() { body.len() as u64 } else { 0 }, complete: sent.is_ok() }
}

async fn stream<IO>(
    wire: &mut Wire<IO>,
    waits: &Waits,
    out: &mut Vec<u8>,
    mut body: BoxBody,
    delivery: Delivery,
    mut tap: Option<&mut Tap>,
) -> Sent
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    let mut sent = Sent { body_bytes: 0, complete: false };
    let mut kept = tap.as_mut().and_then(|tap| tap.keep_answer(None));
    loop {
        let piece = match poll_fn(|cx| Poll::Ready(Pin::new(&mut body).poll_next(cx))).await {
            Poll::Ready(piece) => piece,
            Poll::Pending => {
                if flush(wire, out, &[]).await.is_err() {
                    return sent;
                }
                match next_piece(wire, waits, &mut body).await {
                    Some(piece) => piece,
                    None => return sent,
                }
            }
        };
        match piece {
            Some(Ok(bytes)) if bytes.is_empty() => {}
            Some(Ok(bytes)) => {
                sent.body_bytes += bytes.len() as u64;
                if let Some(kept) = &mut kept {
                    kept.push(&bytes);
                }
                if overruns(delivery, sent.body_bytes)
                    || put_piece(wire, out, &bytes, delivery).await.is_err()
                {
                    return sent;
                }
            }
            Some(Err(error)) => {
                tracing::warn!(%error, "an answer broke off");
                return sent;
            }
            None => {
                if delivery == Delivery::Chunked {
                    out.extend_from_slice(b"0\r\n\r\n");
                }
                let whole = !matches!(delivery, Delivery::Length(bytes) if bytes != sent.body_bytes);
                sent.complete = flush(wire, out, &[]).await.is_ok() && whole;
                if let (Some(tap), true) = (tap, sent.complete) {
                    tap.take_answer(kept, &[]);
                }
                return sent;
            }
        }
    }
}

fn overruns(delivery: Delivery, body_bytes: u64) -> bool {
    matches!(delivery, Delivery::Length(bytes) if body_bytes > bytes)
}

/// Waits for the next piece; `None` when it does not come in time.
async fn next_piece<IO>(
    wire: &mut Wire<IO>,
    waits: &Waits,
    body: &mut BoxBody,
) -> Option<Option<Result<Bytes, Box<dyn std::error::Error>>>>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    wire.timer.set_after(waits.stream);
    poll_fn(|cx| match Pin::new(&mut *body).poll_next(cx) {
        Poll::Ready(piece) => Poll::Ready(Some(piece)),
        Poll::Pending => wire.timer.poll_expired(cx).map(|()| None),
    })
    .await
}

async fn put_piece<IO>(
    wire: &mut Wire<IO>,
    out: &mut Vec<u8>,
    piece: &Bytes,
    delivery: Delivery,
) -> Result<(), ()>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    let chunked = delivery == Delivery::Chunked;
    if chunked {
        // Writing to memory does not fail.
        let _ = write!(out, "{:x}\r\n", piece.len());
    }
    if piece.len() > COPY_MAX_BYTES {
        flush(wire, out, piece).await?;
    } else {
        out.extend_from_slice(piece);
    }
    if chunked {
        out.extend_from_slice(b"\r\n");
    }
    if out.len() >= GATHER_BYTES { flush(wire, out, &[]).await } else { Ok(()) }
}

async fn flush<IO>(wire: &mut Wire<IO>, out: &mut Vec<u8>, behind: &[u8]) -> Result<(), ()>
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    let sent = wire.send(out, behind).await;
    out.clear();
    sent.map_err(|_| ())
}
