#![doc = include_str!("../README.md")]

pub mod admin;
mod caller;
mod condition;
mod decide;
mod evaluate;
mod explain;
mod facts;
pub mod features;
mod hash;
pub mod http1;
mod listing;
mod matcher;
mod method;
mod observe;
mod outside;
pub mod parallel;
mod path;
mod pattern;
mod promoting;
mod reload;
mod routing;
mod snapshot;
mod strategy;

pub use admin::{AdminApi, admin_api, admin_openapi};
pub use caller::{SESSION_COOKIE, Tokens, Who};
pub use condition::{Conditions, HostFault, HostRule, Wanted};
pub use decide::{Because, Decision, Side, decide};
pub use explain::{Answer, Explanation, Nearby, ToggleValue, explain};
pub use facts::{Caller, Facts, Fields, Nothing};
pub use listing::{RouteList, RouteRow};
pub use matcher::{Match, Matcher, RouteIndex, Taken, TooManyStates};
pub use method::MethodSet;
pub use observe::Watching;
pub use outside::watch_upstreams;
pub use path::{CleanPath, PathFault};
pub use pattern::{Pattern, PatternFault};
pub use promoting::{Promoting, PromotingParts};
pub use reload::{
    Change, Check, Edit, EditError, Edited, Fill, Load, ReloadError, Reloaded, Reloader, Reloading, Told,
};
pub use routing::Routing;
pub use snapshot::{Current, Dial, Snapshot, SnapshotError, TogglesNow};
pub use strategy::Setting;
