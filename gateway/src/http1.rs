//! The HTTP/1.1 server side of the gateway: our own loop as the TCP service of actix-server.
//!
//! A connection is served by one task of one worker. For each request the loop reads the head ([`HeadScan`],
//! [`parse`]), asks the [`Router`] what answers, reads the body ([`Collector`]), calls the worker's actix-web
//! application in process, writes head and body at once, and tells the [`Observer`]. Parsing, framing and the writing
//! of heads are pure functions over bytes; only `wire`, `answer` and `connection` wait.
//!
//! The parser's safety is ours: whatever two readers could read in two ways is refused ([`Refusal`]).

mod answer;
mod body;
mod chunked;
mod connection;
mod date;
mod door;
mod exchange;
mod fields;
pub(crate) mod forward;
pub(crate) mod head;
mod ids;
mod moment;
pub(crate) mod names;
mod plan;
pub(crate) mod reader;
pub(crate) mod record;
mod refusal;
mod request;
mod response;
mod route;
mod scan;
mod served_by;
mod server;
mod settings;
mod stop;
mod target;
#[cfg(test)]
mod testing;
#[cfg(test)]
pub(crate) mod tests;
mod timer;
mod wire;
pub(crate) mod worker;

pub use body::{BodyDecoder, Collector, Framing};
pub use chunked::{BadChunk, ChunkedDecoder};
pub use exchange::{CLIENT_LEFT, Exchange, Observer};
pub use forward::{AnswerFraming, AnswerHead, AnswerSlots, BadAnswer, parse_answer, scan_answer};
pub use forward::{Forward, ForwardSettings, HostPolicy};
pub use head::{RequestHead, RequestSlots, Version, parse};
pub(crate) use ids::BlockRandom;
pub use names::{AnswerField, RequestField};
pub use reader::{FIELDS_MAX, FieldSlots, field_slots};
pub use refusal::Refusal;
pub(crate) use request::{Companions, attach_body, build as build_request};
pub(crate) use response::{Delivery, put_own_fields};
pub use response::{REQUEST_ID_FIELD, SERVED_BY_FIELD};
pub use route::{Asked, Routed, Router, Verdict};
pub use scan::HeadScan;
pub use served_by::ServedBy;
pub use server::{Http1Server, Http1Stopper, WorkerParts, serve};
pub use settings::Http1Settings;
pub use target::Target;
pub(crate) use timer::Timer;
pub(crate) use worker::Application;
