//! `features.toml`: the routes and the toggles that move them, read and checked as a whole.
//!
//! A file is either taken completely or refused completely, and a refusal names every fault that it has, each with
//! line, column, reason, and a way out where there is one.

mod draft;
mod lines;
mod load;
mod model;
mod not_built;
mod reader;
mod report;
mod resolve;
#[cfg(test)]
mod tests;

pub use load::{FILE_MAX_BYTES, Loaded, check, load, parse};
pub use model::{DefaultSide, Features, Known, Route, Toggle};
pub use report::{Finding, Report, Severity};

/// The most routes of one file.
pub const ROUTES_MAX: usize = 20_000;
/// The most toggles of one file.
pub const TOGGLES_MAX: usize = 20_000;
/// The longest name of a route, toggle, module or service, in bytes. Names are labels of metrics and logs.
pub const NAME_MAX_BYTES: usize = 128;
/// What logs and metrics call a request that no route matched and that the default took. No route may be called so.
pub const DEFAULT_ROUTE: &str = "default";
