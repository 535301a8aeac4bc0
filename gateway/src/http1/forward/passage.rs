//! A body on its way from one connection to another: followed to its end by a strict decoder, and framed anew, so that
//! nothing but the body itself ever passes. Pure: bytes in, bytes out.

use crate::http1::chunked::{BadChunk, ChunkedDecoder};
use crate::http1::forward::answer_head::AnswerFraming;
use crate::http1::names;
use crate::http1::response::{Delivery, put_field};
use crate::http1::{Framing, Version};
use crate::parallel::Kept;
use std::io::Write;

/// Runs of a request up to this size are copied behind what is to be sent before them, and thus at hand if all of it has to
/// be sent again; larger ones are sent from where they lie.
const COPY_MAX_BYTES: usize = 16 * 1024;
/// The same of an answer, which is never sent again: from here on two pieces in one call cost less than the copy.
const ANSWER_COPY_MAX_BYTES: usize = 4 * 1024;

/// A body of which so much is still to come may pass by the process: a shorter one is cheaper copied.
const PASS_BY_MIN_BYTES: u64 = 64 * 1024;

/// How the body ends where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Done,
    /// This many bytes are still to come, at least one.
    Length(u64),
    Chunked(ChunkedDecoder),
    UntilClose,
}

/// A body that passes.
#[derive(Debug)]
pub(crate) struct Passage {
    source: Source,
    /// Whether it is given on in chunks.
    chunks: bool,
    /// Larger runs are not copied.
    copy_max_bytes: usize,
    /// A chunk was announced whose data is sent from elsewhere: its line end is still to be written.
    owes_line_end: bool,
    /// Trailer lines as they came, with line ends.
    trailers: Vec<u8>,
    /// Bytes of the body so far, without framing.
    pub(crate) bytes: u64,
    /// What is kept of the body for a comparison. Whoever moves bytes past [`Passage::take`] must not do so while this
    /// is there.
    pub(crate) kept: Option<Kept>,
}

/// What became of a piece of input.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    /// Bytes at the front of the input that are done with.
    pub(crate) used: usize,
    /// Bytes of the input behind these that are to be sent as they are, behind everything written so far.
    pub(crate) direct: usize,
}

impl Passage {
    /// The body of a request to an upstream.
    pub(crate) fn upload(framing: Framing) -> Self {
        match framing {
            Framing::None => Self::new(Source::Done, false, COPY_MAX_BYTES),
            Framing::Length(bytes) => Self::new(Source::Length(bytes), false, COPY_MAX_BYTES),
            Framing::Chunked => Self::new(Source::Chunked(ChunkedDecoder::default()), true, COPY_MAX_BYTES),
        }
    }

    /// The body of an answer to a client.
    pub(crate) fn download(framing: AnswerFraming, delivery: Delivery) -> Self {
        let source = match framing {
            AnswerFraming::None(_) | AnswerFraming::Length(0) => Source::Done,
            AnswerFraming::Length(bytes) => Source::Length(bytes),
            AnswerFraming::Chunked => Source::Chunked(ChunkedDecoder::default()),
            AnswerFraming::UntilClose => Source::UntilClose,
        };
        Self::new(source, delivery == Delivery::Chunked, ANSWER_COPY_MAX_BYTES)
    }

    fn new(source: Source, chunks: bool, copy_max_bytes: usize) -> Self {
        Self {
            source,
            chunks,
            copy_max_bytes,
            owes_line_end: false,
            trailers: Vec::new(),
            bytes: 0,
            kept: None,
        }
    }

    /// Trailer lines as they came, with line ends.
    pub(crate) fn trailers(&self) -> &[u8] {
        &self.trailers
    }

    /// Whether the body has ended where it comes from, and all of its framing is written.
    pub(crate) fn is_done(&self) -> bool {
        self.source == Source::Done
    }

    /// How many bytes are still to come, as far as that is known.
    pub(crate) fn wanted(&self) -> usize {
        match self.source {
            Source::Done => 0,
            Source::Length(left) => usize::try_from(left).unwrap_or(usize::MAX),
            Source::Chunked(_) | Source::UntilClose => COPY_MAX_BYTES,
        }
    }

    /// How many bytes are to pass as they come, whatever they are; 0 where each must be looked at.
    pub(crate) fn plain_bytes(&self) -> u64 {
        match self.source {
            Source::Length(left) if !self.chunks => left,
            _ => 0,
        }
    }

    /// Whether that is worth a way past the process. Not where the body is kept: what passes by cannot be.
    pub(crate) fn is_long(&self) -> bool {
        self.kept.is_none() && self.plain_bytes() >= PASS_BY_MIN_BYTES
    }

    /// So many bytes of the body have passed by.
    pub(crate) fn pass_by(&mut self, bytes: usize) {
        if let Source::Length(left) = &mut self.source {
            *left = left.saturating_sub(bytes as u64);
            self.bytes += bytes as u64;
            if *left == 0 {
                self.source = Source::Done;
            }
        }
    }

    /// Takes what belongs to the body from the front of `input`: writes it framed to `out`, up to a large run, which
    /// the caller sends from `input` behind all of `out` before it calls again.
    ///
    /// # Errors
    /// [`BadChunk`].
    pub(crate) fn take(&mut self, input: &[u8], out: &mut Vec<u8>) -> Result<Taken, BadChunk> {
        self.end_line(out);
        let mut used = 0;
        while let Some(rest) = input.get(used..).filter(|rest| !rest.is_empty() && !self.is_done()) {
            let (framing, run) = self.step(rest)?;
            used += framing;
            self.bytes += run.len() as u64;
            if let Some(kept) = &mut self.kept {
                kept.push(run);
            }
            if !run.is_empty() && self.chunks {
                // Writing to memory does not fail.
                let _ = write!(out, "{:x}\r\n", run.len());
                self.owes_line_end = true;
            }
            if run.len() > self.copy_max_bytes {
                self.end_if_whole(out);
                return Ok(Taken { used, direct: run.len() });
            }
            out.extend_from_slice(run);
            used += run.len();
            self.end_line(out);
            self.end_if_whole(out);
        }
        Ok(Taken { used, direct: 0 })
    }

    /// Reads on: bytes of framing, and the run of data behind them.
    fn step<'i>(&mut self, input: &'i [u8]) -> Result<(usize, &'i [u8]), BadChunk> {
        match &mut self.source {
            Source::Done => Ok((0, &[])),
            Source::UntilClose => Ok((0, input)),
            Source::Length(left) => {
                let length = usize::try_from(*left).unwrap_or(usize::MAX).min(input.len());
                *left -= length as u64;
                Ok((0, input.get(..length).unwrap_or_default()))
            }
            Source::Chunked(decoder) => {
                let trailing = decoder.is_in_trailers();
                let (used, run) = decoder.step(input)?;
                if trailing {
                    self.trailers.extend_from_slice(input.get(..used).unwrap_or_default());
                }
                Ok((used - run.len(), run))
            }
        }
    }

    /// Ends the body that is delimited by the end of its connection; `false` for any other that has not ended.
    pub(crate) fn close(&mut self, out: &mut Vec<u8>) -> bool {
        if self.source == Source::UntilClose {
            self.end_line(out);
            self.end(out);
        }
        self.is_done()
    }

    fn end_if_whole(&mut self, out: &mut Vec<u8>) {
        let whole = match &self.source {
            // The last run is sent from elsewhere: only a length has nothing to be written behind it.
            Source::Length(left) => *left == 0 && !self.chunks,
            Source::Chunked(decoder) => decoder.is_done(),
            Source::Done | Source::UntilClose => false,
        };
        if whole {
            self.end(out);
        }
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        self.source = Source::Done;
        if self.chunks {
            out.extend_from_slice(b"0\r\n");
            self.put_trailers(out);
            out.extend_from_slice(b"\r\n");
        }
    }

    fn end_line(&mut self, out: &mut Vec<u8>) {
        if std::mem::take(&mut self.owes_line_end) {
            out.extend_from_slice(b"\r\n");
        }
    }

    /// The decoder has checked every line: a token, a colon, a value without control characters.
    fn put_trailers(&self, out: &mut Vec<u8>) {
        for line in self.trailers.split(|&b| b == b'\n') {
            let Some(colon) = line.iter().position(|&b| b == b':') else { continue };
            let (name, value) = line.split_at_checked(colon).unwrap_or_default();
            let value = value.get(1..).unwrap_or_default().trim_ascii();
            if names::may_trail(name) {
                put_field(out, name, value);
            }
        }
    }
}

/// How an answer's body is delimited for the client.
pub(crate) fn delivery(status: u16, framing: AnswerFraming, is_head: bool, version: Version) -> Delivery {
    match (framing, version) {
        (AnswerFraming::None(None), _) if !is_head || status == 204 => Delivery::Bare,
        (AnswerFraming::None(length), _) => Delivery::HeadOnly(length),
        (AnswerFraming::Length(bytes), _) => Delivery::Length(bytes),
        (AnswerFraming::Chunked | AnswerFraming::UntilClose, Version::Http11) => Delivery::Chunked,
        (AnswerFraming::Chunked | AnswerFraming::UntilClose, Version::Http10) => Delivery::UntilClose,
    }
}

#[cfg(test)]
mod tests;
