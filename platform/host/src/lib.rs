//! host (being built)

mod endpoint;
mod extract;
mod job;
mod module;
mod page;
mod respond;

pub use endpoint::Endpoint;
pub use extract::{Basic, Caller, Json, PathId, Query, SignedIn, VisitorOrUser};
pub use job::Job;
pub use module::Module;
pub use page::{Cursor, next_link};
pub use respond::{ApiError, created, no_content, tagged};
