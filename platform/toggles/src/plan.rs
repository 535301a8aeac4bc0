//! How a toggle is evaluated: by the short path where it is simple, by the engine where it is not.
//!
//! What is simple is said narrowly, and whatever is not plainly understood goes to the engine.

use crate::context::Context;
use crate::engine::Needs;
use crate::murmur::Prefix;
use unleash_types::client_features::{ClientFeature, Strategy};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// How one toggle is evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Plan {
    /// Off for everybody.
    Off,
    /// On for everybody.
    On,
    /// On for whoever one of these takes.
    Rollouts(Box<[Rollout]>),
    /// The engine knows.
    Engine(Needs),
}

/// A gradual rollout without constraints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rollout {
    /// 0 to 100.
    percent: u32,
    sticky: Sticky,
    group: Prefix,
    /// Sets the draws of this rollout apart from those of others.
    salt: u64,
}

/// What decides the bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Sticky {
    /// The user, or else the session, or else chance.
    Default,
    UserId,
    SessionId,
    Environment,
    AppName,
    Random,
    Property(Box<str>),
}

impl Plan {
    /// The plan of a toggle; `needs` is what the engine would need for it.
    pub(crate) fn of(toggle: &ClientFeature, needs: Needs) -> Self {
        if !toggle.enabled {
            return Self::Off;
        }
        if toggle.dependencies.as_ref().is_some_and(|parents| !parents.is_empty()) {
            return Self::Engine(needs);
        }
        let strategies = toggle.strategies.as_deref().unwrap_or_default();
        if strategies.is_empty() {
            return Self::On;
        }
        let simple = strategies.iter().enumerate().map(|(index, strategy)| simple(toggle, index, strategy));
        match simple.collect::<Option<Vec<Simple>>>() {
            Some(simple) => Self::of_simple(simple),
            None => Self::Engine(needs),
        }
    }

    fn of_simple(strategies: Vec<Simple>) -> Self {
        let mut rollouts = Vec::new();
        for strategy in strategies {
            match strategy {
                Simple::Always => return Self::On,
                Simple::Never => {}
                Simple::Rollout(rollout) => rollouts.push(rollout),
            }
        }
        if rollouts.is_empty() { Self::Off } else { Self::Rollouts(rollouts.into()) }
    }
}

impl Rollout {
    /// Whether the rollout takes whoever asks.
    #[inline]
    pub(crate) fn takes(&self, context: &Context<'_>) -> bool {
        self.takes_within(context, self.percent)
    }

    /// Whether a rollout to another share, by the same key, would take whoever asks.
    #[inline]
    pub(crate) fn takes_within(&self, context: &Context<'_>, percent: u32) -> bool {
        let identifier = match &self.sticky {
            Sticky::Default => context.user_id.or(context.session_id),
            Sticky::UserId => context.user_id,
            Sticky::SessionId => context.session_id,
            Sticky::Environment => context.environment,
            Sticky::AppName => context.app_name,
            Sticky::Property(name) => context.property(name),
            Sticky::Random => None,
        };
        match identifier {
            Some(identifier) => self.group.bucket(identifier) <= percent,
            None => {
                matches!(self.sticky, Sticky::Default | Sticky::Random)
                    && drawn(context.chance ^ self.salt) <= percent
            }
        }
    }
}

/// The rollout by whose key a share of a toggle is told from the rest: its first one, or one that is sticky by `default`.
pub(crate) fn key_of(toggle: &ClientFeature) -> (Rollout, &str) {
    let strategies = toggle.strategies.as_deref().unwrap_or_default().iter().enumerate();
    let first = strategies.into_iter().find(|(_, strategy)| strategy.name == "flexibleRollout");
    let parameter = |name: &str| first?.1.parameters.as_ref()?.get(name).map(String::as_str);
    let group = parameter("groupId").unwrap_or(&toggle.name);
    let named = parameter("stickiness").and_then(|name| Some((sticky(name)?, name)));
    // An environment is the same for all: no share can be told by it.
    let named = named.filter(|(sticky, _)| !matches!(sticky, Sticky::Environment | Sticky::AppName));
    let (sticky, name) = named.unwrap_or((Sticky::Default, "default"));
    let index = first.map_or(0, |(index, _)| index);
    (Rollout { percent: 0, sticky, group: Prefix::new(group), salt: salt(toggle, index) }, name)
}

/// Sets the draws of one strategy apart from those of others.
fn salt(toggle: &ClientFeature, index: usize) -> u64 {
    xxh3_64_with_seed(toggle.name.as_bytes(), index as u64)
}

/// A bucket from 64 bits, 1 to 100, by the finalizer of splitmix64: similar bits give unrelated buckets.
fn drawn(bits: u64) -> u32 {
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let bits = bits ^ (bits >> 31);
    // The high half, spread over the buckets without a division.
    (((bits >> 32) * 100) >> 32) as u32 + 1
}

/// A strategy that the engine is not needed for.
enum Simple {
    Always,
    Never,
    Rollout(Rollout),
}

/// The strategy, if it is simple. `None` also where the engine would refuse it: then it decides that, too.
fn simple(toggle: &ClientFeature, index: usize, strategy: &Strategy) -> Option<Simple> {
    let empty = |list: Option<usize>| list.is_none_or(|length| length == 0);
    if !empty(strategy.constraints.as_ref().map(Vec::len)) || !empty(strategy.segments.as_ref().map(Vec::len))
    {
        return None;
    }
    match strategy.name.as_str() {
        "default" => Some(Simple::Always),
        "flexibleRollout" => rollout(toggle, index, strategy),
        _ => None,
    }
}

fn rollout(toggle: &ClientFeature, index: usize, strategy: &Strategy) -> Option<Simple> {
    let parameter = |name: &str| strategy.parameters.as_ref()?.get(name).map(String::as_str);
    // Without a number the engine takes nobody.
    let Some(percent) = parameter("rollout").and_then(|text| text.parse::<u32>().ok()) else {
        return if parameter("rollout").is_none() { Some(Simple::Never) } else { None };
    };
    let group = parameter("groupId").unwrap_or(&toggle.name);
    let stickiness = parameter("stickiness").unwrap_or("default");
    // The engine writes these into the text of a rule.
    let plain = |text: &str| !text.contains(['"', '\\']);
    if percent > 100 || !plain(stickiness) || !parameter("groupId").is_none_or(plain) {
        return None;
    }
    let sticky = sticky(stickiness)?;
    Some(match (percent, &sticky) {
        (0, _) => Simple::Never,
        (100, Sticky::Default | Sticky::Random) => Simple::Always,
        _ => {
            Simple::Rollout(Rollout { percent, sticky, group: Prefix::new(group), salt: salt(toggle, index) })
        }
    })
}

/// What a rollout sticks to. The address and the time are texts that the engine is left to write.
fn sticky(stickiness: &str) -> Option<Sticky> {
    Some(match stickiness {
        "default" => Sticky::Default,
        "random" => Sticky::Random,
        "userId" => Sticky::UserId,
        "sessionId" => Sticky::SessionId,
        "environment" => Sticky::Environment,
        "appName" => Sticky::AppName,
        "remoteAddress" | "currentTime" => return None,
        property => Sticky::Property(property.into()),
    })
}

#[cfg(test)]
mod tests;
