//! `features.toml`: the routes, what is outside of this process, and the toggles that move one to the other, read and
//! checked as a whole.
//!
//! A file is either taken completely or refused completely, and a refusal names every fault that it has, each with
//! line, column, reason, and a way out where there is one.

mod comparison;
mod draft;
mod lines;
mod load;
mod model;
mod not_built;
mod promotion;
mod reader;
mod report;
mod resolve;
#[cfg(test)]
mod tests;
mod toggles;

pub use comparison::Comparison;
pub use load::{FILE_MAX_BYTES, Loaded, check, load, parse, without_file};
pub use model::{
    DefaultSide, Features, Known, KnownTokens, OldSide, Route, Upstream, UpstreamId, UpstreamKind,
    UserIdSource,
};
pub use report::{Finding, Report, Severity};

/// The most routes of one file.
pub const ROUTES_MAX: usize = 20_000;
/// The most services, and the most legacy upstreams, of one file.
pub const UPSTREAMS_MAX: usize = 10_000;
/// The most instances that a service lists.
pub const INSTANCES_MAX: usize = 1_000;
/// The most routes that share host and path, and differ by method, headers or query: they are tried one by one.
pub const SAME_PATH_MAX: usize = 64;
/// The longest name of a route, toggle, module or upstream, in bytes. Names are labels of metrics and logs.
pub const NAME_MAX_BYTES: usize = 128;
/// What logs and metrics call a request that no route matched and that the default took. No route may be called so.
pub const DEFAULT_ROUTE: &str = "default";
/// The modules of this process as the default side; also what `banyan-served-by` says of them.
pub const MONOLITH: &str = "monolith";
/// The upstream that `--legacy` defines; also what `banyan-served-by` says of any legacy upstream.
pub const LEGACY: &str = "legacy";
