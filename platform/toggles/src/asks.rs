//! What a toggle asks about a request, so that a caller finds out no more than that: to know the user may cost the
//! check of a signature, and to tell sessions apart may set a cookie.

use std::collections::HashMap;
use unleash_types::client_features::{ClientFeature, ClientFeatures, Constraint, Strategy, Variant};

/// What a toggle asks about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Asks {
    /// The user.
    pub user: bool,
    /// The session.
    pub session: SessionAsked,
    /// Anything else of the context: address, time, properties, chance.
    pub rest: bool,
}

/// Whether a toggle asks for the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum SessionAsked {
    /// It does not.
    #[default]
    Never,
    /// Only where no user is known: stickiness `default`.
    WithoutUser,
    /// It does.
    Always,
}

impl SessionAsked {
    /// Whether it is asked for, when the user is known or not.
    #[must_use]
    pub fn is_asked(self, user_is_known: bool) -> bool {
        self == Self::Always || (self == Self::WithoutUser && !user_is_known)
    }
}

impl Asks {
    /// Whether the toggle is the same for every request.
    #[must_use]
    pub fn is_nothing(self) -> bool {
        self == Self::default()
    }

    const USER: Self = Self { user: true, session: SessionAsked::Never, rest: false };
    const SESSION: Self = Self { user: false, session: SessionAsked::Always, rest: false };
    const REST: Self = Self { user: false, session: SessionAsked::Never, rest: true };

    fn and(self, other: Self) -> Self {
        Self {
            user: self.user || other.user,
            session: self.session.max(other.session),
            rest: self.rest || other.rest,
        }
    }

    fn all(asks: impl Iterator<Item = Self>) -> Self {
        asks.fold(Self::default(), Self::and)
    }

    /// What a share by this stickiness asks for.
    pub(crate) fn of_share(stickiness: &str) -> Self {
        Self::of_name(stickiness)
    }

    /// What a stickiness, or a name of the context, asks for.
    fn of_name(name: &str) -> Self {
        match name {
            "userId" => Self::USER,
            "sessionId" => Self::SESSION,
            // The last resort is chance.
            "default" => Self { user: true, session: SessionAsked::WithoutUser, rest: true },
            "environment" | "appName" => Self::default(),
            _ => Self::REST,
        }
    }

    fn of_constraints(constraints: &[Constraint]) -> Self {
        Self::all(constraints.iter().map(|constraint| Self::of_name(&constraint.context_name)))
    }

    fn of_strategy(strategy: &Strategy, segments: &HashMap<i32, Self>) -> Self {
        let parameter = |name: &str| strategy.parameters.as_ref().and_then(|all| all.get(name));
        let own = match strategy.name.as_str() {
            "default" | "applicationHostname" => Self::default(),
            "userWithId" | "gradualRolloutUserId" => Self::USER,
            "gradualRolloutSessionId" => Self::SESSION,
            "flexibleRollout" => Self::of_name(parameter("stickiness").map_or("default", String::as_str)),
            _ => Self::REST,
        };
        let named = strategy.segments.iter().flatten().filter_map(|id| segments.get(id).copied());
        own.and(Self::of_constraints(strategy.constraints.as_deref().unwrap_or_default()))
            .and(Self::all(named))
    }

    fn of_variant(variant: &Variant) -> Self {
        let overrides = variant.overrides.iter().flatten().map(|one| Self::of_name(&one.context_name));
        Self::of_name(variant.stickiness.as_deref().unwrap_or("default")).and(Self::all(overrides))
    }

    fn of_toggle(toggle: &ClientFeature, segments: &HashMap<i32, Self>) -> Self {
        let strategies = toggle.strategies.iter().flatten();
        Self::all(strategies.map(|strategy| Self::of_strategy(strategy, segments)))
    }
}

/// What each toggle of a state asks, by name; what its parents ask included.
pub(crate) fn asks(features: &ClientFeatures) -> HashMap<&str, Asks> {
    let segments = features.segments.iter().flatten();
    let segments: HashMap<i32, Asks> =
        segments.map(|segment| (segment.id, Asks::of_constraints(&segment.constraints))).collect();
    let own: HashMap<&str, Asks> = features
        .features
        .iter()
        .map(|toggle| (toggle.name.as_str(), Asks::of_toggle(toggle, &segments)))
        .collect();
    // A parent may be asked for its variant.
    let varied: HashMap<&str, Asks> = features
        .features
        .iter()
        .map(|toggle| {
            let variants = toggle.variants.iter().flatten().map(Asks::of_variant);
            (toggle.name.as_str(), Asks::all(variants))
        })
        .collect();
    let of = |table: &HashMap<&str, Asks>, name: &str| table.get(name).copied().unwrap_or_default();
    let with_parents = |toggle: &ClientFeature| {
        let parents = toggle.dependencies.iter().flatten().map(|parent| parent.feature.as_str());
        parents.fold(of(&own, &toggle.name), |asks, name| asks.and(of(&own, name)).and(of(&varied, name)))
    };
    features.features.iter().map(|toggle| (toggle.name.as_str(), with_parents(toggle))).collect()
}

#[cfg(test)]
mod tests {
    use crate::{SessionAsked, Toggles, file};

    fn asked(strategies: &str) -> (bool, SessionAsked, bool) {
        let text = format!("[toggles.t]\nenabled = true\nstrategies = [{strategies}]\n");
        let toggles = Toggles::new();
        toggles.replace(file::from_text(&text).into_result().unwrap()).unwrap();
        let asks = toggles.load().asks(toggles.resolve("t"));
        (asks.user, asks.session, asks.rest)
    }

    fn rollout(percent: u32, stickiness: &str) -> String {
        format!(
            "{{ name = \"flexibleRollout\", parameters = {{ rollout = {percent}, stickiness = \"{stickiness}\", \
             groupId = \"g\" }} }}"
        )
    }

    #[test]
    fn a_toggle_asks_for_what_its_strategies_look_at() {
        assert_eq!(asked("{ name = \"default\" }"), (false, SessionAsked::Never, false));
        assert_eq!(asked(&rollout(5, "userId")), (true, SessionAsked::Never, false));
        assert_eq!(asked(&rollout(5, "sessionId")), (false, SessionAsked::Always, false));
        assert_eq!(asked(&rollout(5, "default")), (true, SessionAsked::WithoutUser, true));
        assert_eq!(asked(&rollout(5, "random")), (false, SessionAsked::Never, true));
        let constraint = "{ contextName = \"path\", operator = \"STR_STARTS_WITH\", values = [\"/a\"] }";
        let constrained = format!("{{ name = \"default\", constraints = [{constraint}] }}");
        assert_eq!(asked(&constrained), (false, SessionAsked::Never, true));
        assert_eq!(
            asked(&format!("{constrained}, {}", rollout(5, "userId"))),
            (true, SessionAsked::Never, true)
        );
    }

    #[test]
    fn what_is_the_same_for_everybody_asks_nothing() {
        for percent in [0, 100] {
            assert_eq!(asked(&rollout(percent, "default")), (false, SessionAsked::Never, false), "{percent}");
        }
        assert!(SessionAsked::WithoutUser.is_asked(false) && !SessionAsked::WithoutUser.is_asked(true));
    }
}
