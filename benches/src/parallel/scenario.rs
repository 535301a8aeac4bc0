//! What is asked: sizes of answers, as fast as it goes.

use super::who::Who;
use crate::http::Request;

/// Kept connections of every load.
pub(super) const CONNECTIONS: usize = 64;
/// The sizes of answers, bytes. The last is the largest that is compared by default.
const BODIES: [usize; 4] = [200, USUAL_BYTES, 16 * 1_024, 256 * 1_024];
/// The size of the answers with which hung shadows are measured.
pub(super) const USUAL_BYTES: usize = 1_024;
/// From here on buffers decide, and HAProxy with larger ones takes part.
const BUFFERS_MATTER_BYTES: usize = 16 * 1_024;

/// Everybody answers the same.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scenario {
    /// The size of the answers.
    pub(super) body_bytes: usize,
    /// Who takes part.
    pub(super) who: Vec<Who>,
}

impl Scenario {
    /// All of them, with those who run.
    pub(super) fn all(running: &[Who]) -> impl Iterator<Item = Self> {
        BODIES.into_iter().map(|body_bytes| {
            let takes_part = |who: &Who| *who != Who::HaproxyTuned || body_bytes >= BUFFERS_MATTER_BYTES;
            Self { body_bytes, who: running.iter().copied().filter(takes_part).collect() }
        })
    }

    /// As it stands in tables and behind `--only`.
    pub(super) fn name(&self) -> String {
        self.body_bytes.to_string()
    }

    /// What is asked.
    pub(super) fn request(&self) -> Request {
        request(self.body_bytes)
    }
}

/// What a browser says, and who the user is.
pub(super) fn request(body_bytes: usize) -> Request {
    let fields = "User-Agent: bench/1.0\r\nAccept-Language: en\r\nX-User: 1234\r\n\
                  Cookie: sid=0123456789abcdef0123456789abcdef\r\n";
    Request { fields, ..Request::get(super::features::path(body_bytes)) }
}
