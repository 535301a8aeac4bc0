//! Signed requests, and a house that takes them.

use identity::{DRY_RUN_FIELD, DryRunKey, Marked};
use kernel::{Sources, Timestamp};
use testkit::{Backend, Banyan, BanyanBuilder, Call};

/// The key that the house has.
pub(crate) const KEY: &str = "a key for dry runs";
/// The request id of every marked request.
pub(crate) const REQUEST_ID: &str = "019d8a5e-2b5f-7c11-9a43-0d7e6f1b2c3d";

pub(crate) fn now() -> Timestamp {
    Sources::system().clock.now()
}

pub(crate) fn mark(key: &str, method: &str, target: &str, at: Timestamp) -> String {
    DryRunKey::new(key).unwrap().sign(Marked { request_id: REQUEST_ID, method, target }, at)
}

/// The call with this mark.
pub(crate) fn with_mark(call: Call, mark: &str) -> Call {
    call.header("x-request-id", REQUEST_ID).header(DRY_RUN_FIELD, mark)
}

/// The call as a dry run that counts.
pub(crate) fn dry(call: Call, method: &str, target: &str) -> Call {
    with_mark(call, &mark(KEY, method, target, now()))
}

/// A house with the key.
pub(crate) fn house(backend: Backend) -> BanyanBuilder {
    // Nobody goes offline by the clock meanwhile.
    let house = Banyan::builder(backend).setting("users.offline_after_s", "86400");
    house.setting("dry_run.key", KEY).setting("messages.previews.allow_private", "true")
}
