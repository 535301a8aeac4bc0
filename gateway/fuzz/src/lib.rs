//! What must hold for whatever bytes the gateway reads. Each function takes a fuzzer's bytes and panics where its
//! promise is broken. Used by the fuzz targets, and by the gateway's test `corpus` over the checked-in corpus.

mod answer_head;
mod body;
mod features;
mod lines;
mod paths;
mod reference;
mod render;
mod request_head;

pub use answer_head::answer_head;
pub use body::body;
pub use features::features;
pub use paths::paths;
pub use render::render;
pub use request_head::request_head;

/// A check of one input.
pub type Check = fn(&[u8]);

/// The targets by name: that of the binary, and of the folder of its corpus.
pub const TARGETS: [(&str, Check); 6] = [
    ("answer_head", answer_head),
    ("body", body),
    ("features", features),
    ("paths", paths),
    ("render", render),
    ("request_head", request_head),
];
