#![doc = include_str!("../README.md")]

mod ceilings;
mod error;
mod judge;
mod keep;
mod policy;
mod promoter;
mod schema;
mod seen;
mod state;
mod step;
#[cfg(test)]
mod tests;
mod watch;
mod witness;

pub use ceilings::Ceilings;
pub use error::{KeepError, OrderError};
pub use judge::{Breach, Judgement, Missing, judge};
pub use keep::{Keep, SharedRedis};
pub use policy::{OnBreach, Policy};
pub use promoter::Promoter;
pub use seen::{Figures, Seen};
pub use state::{Order, OutOfOrder, Phase, State};
pub use step::{Step, Why};
pub use watch::Standing;
pub use witness::{Off, Witness};
