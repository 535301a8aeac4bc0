//! Asks a toggle about a request, and finds out about the caller only what the toggle needs.

use crate::facts::Facts;
use toggles::{Asks, Context, RemoteAddress, Snapshot, ToggleId};

/// Whether the toggle is on for whoever asks. One that is plainly on or off costs a look into a table.
pub(crate) fn is_on(toggles: &Snapshot, id: ToggleId, facts: &Facts<'_>) -> bool {
    let asks = toggles.asks(id);
    if asks.is_nothing() {
        return toggles.is_enabled(id, &Context::new(kernel::Timestamp(0), 0));
    }
    asked(asks, facts, |context| toggles.is_enabled(id, context))
}

/// Whether whoever asks is among the first `percent` of a hundred by the key that the toggle's rollout sticks to.
pub(crate) fn is_within(toggles: &Snapshot, id: ToggleId, facts: &Facts<'_>, percent: u8) -> bool {
    match percent {
        0 => false,
        100.. => true,
        _ => asked(toggles.asks_within(id), facts, |context| toggles.is_within(id, context, percent)),
    }
}

/// Finds out what is asked, and no more.
fn asked(asks: Asks, facts: &Facts<'_>, evaluate: impl FnOnce(&Context<'_>) -> bool) -> bool {
    let caller = facts.caller;
    let user_id = if asks.user { caller.user_id() } else { None };
    let session_id = if asks.session.is_asked(user_id.is_some()) { caller.session_id() } else { None };
    let known = Context {
        user_id: user_id.as_deref(),
        session_id: session_id.as_deref(),
        ..Context::new(kernel::Timestamp(0), 0)
    };
    if !asks.rest {
        return evaluate(&known);
    }
    let properties =
        [("host", facts.host_name().unwrap_or_default()), ("method", facts.method), ("path", facts.path)];
    evaluate(&Context {
        remote_address: caller.remote().map(RemoteAddress::Ip),
        properties: &properties,
        user_id: known.user_id,
        session_id: known.session_id,
        ..Context::new(caller.now(), caller.chance())
    })
}
