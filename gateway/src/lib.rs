#![doc = include_str!("../README.md")]

mod decide;
mod explain;
pub mod features;
pub mod http1;
mod listing;
mod matcher;
mod method;
mod observe;
mod path;
mod pattern;
mod routing;
mod snapshot;
mod toggles;

pub use decide::{Because, Decision, Facts, Side, decide};
pub use explain::{Answer, Explanation, Nearby, ToggleValue, explain};
pub use listing::{RouteList, RouteRow};
pub use matcher::{Match, Matcher, RouteIndex, TooManyStates};
pub use method::MethodSet;
pub use observe::Watching;
pub use path::{CleanPath, PathFault};
pub use pattern::{Pattern, PatternFault};
pub use routing::Routing;
pub use snapshot::{Current, Snapshot};
pub use toggles::{ToggleId, Toggles};
