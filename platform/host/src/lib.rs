#![doc = include_str!("../README.md")]

mod admin;
mod application;
mod boundary;
mod credentials;
mod dry_run;
mod endpoint;
mod figures;
mod identify;
mod input;
mod job;
mod module;
mod names;
mod page;
mod published;
mod respond;
mod rpc;
mod service;
mod settings;
#[cfg(test)]
mod tests;

pub use admin::{Admin, AdminExtension, AdminState, Describe, admin};
pub use application::{ChosenModule, Mounted, application};
pub use boundary::ApiError;
pub use credentials::{Basic, BasicOrBearer, Caller, SignedIn, VisitorOrUser};
pub use endpoint::Endpoint;
pub use figures::watch_stores;
pub use input::{Json, PathId, Query};
pub use job::{Job, JobFuture, JobRunner};
pub use module::{About, Module};
pub use page::{Cursor, PAGE_MAX, next_link, page_limit};
pub use published::{PUBLISHED_PATH, published};
pub use respond::{created, no_content, tagged};
pub use rpc::{Contract, Dispatch, RPC_PATH, contracts};
pub use service::{ServerSettings, Service, ServiceParts};
pub use settings::HostSettings;
