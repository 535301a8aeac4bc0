//! Asks a toggle about a request, and finds out about the caller only what the toggle needs.

use crate::facts::Facts;
use toggles::{Context, RemoteAddress, Snapshot, ToggleId};

/// Whether the toggle is on for whoever asks. One that is plainly on or off costs a look into a table.
pub(crate) fn is_on(toggles: &Snapshot, id: ToggleId, facts: &Facts<'_>) -> bool {
    let asks = toggles.asks(id);
    if asks.is_nothing() {
        return toggles.is_enabled(id, &Context::new(kernel::Timestamp(0), 0));
    }
    let caller = facts.caller;
    let user_id = if asks.user { caller.user_id() } else { None };
    let session_id = if asks.session.is_asked(user_id.is_some()) { caller.session_id() } else { None };
    let properties =
        [("host", facts.host_name().unwrap_or_default()), ("method", facts.method), ("path", facts.path)];
    let context = Context {
        user_id: user_id.as_deref(),
        session_id: session_id.as_deref(),
        remote_address: caller.remote().map(RemoteAddress::Ip),
        properties: &properties,
        ..Context::new(caller.now(), caller.chance())
    };
    toggles.is_enabled(id, &context)
}
