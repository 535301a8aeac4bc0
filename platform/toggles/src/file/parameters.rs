//! The parameters of each strategy.

use super::check::Scope;
use super::fault::hint;
use super::model::StrategyDef;
use super::values::Text;
use std::net::IpAddr;
use toml::Spanned;

/// A parameter of a strategy.
struct Parameter {
    name: &'static str,
    kind: Kind,
    required: bool,
}

#[derive(Clone, Copy)]
enum Kind {
    /// A whole number, 0 to 100.
    Percent,
    /// Addresses and networks with commas between.
    Networks,
    Text,
}

const fn required(name: &'static str, kind: Kind) -> Parameter {
    Parameter { name, kind, required: true }
}

const fn optional(name: &'static str) -> Parameter {
    Parameter { name, kind: Kind::Text, required: false }
}

fn of(strategy: &str) -> &'static [Parameter] {
    match strategy {
        "flexibleRollout" => {
            const { &[required("rollout", Kind::Percent), optional("stickiness"), optional("groupId")] }
        }
        "gradualRolloutUserId" | "gradualRolloutSessionId" => {
            const { &[required("percentage", Kind::Percent), required("groupId", Kind::Text)] }
        }
        "gradualRolloutRandom" => const { &[required("percentage", Kind::Percent)] },
        "userWithId" => const { &[required("userIds", Kind::Text)] },
        "remoteAddress" => const { &[required("IPs", Kind::Networks)] },
        "applicationHostname" => const { &[required("hostNames", Kind::Text)] },
        _ => &[],
    }
}

/// Checks the parameters of a strategy whose name is known.
pub(super) fn check(scope: &mut Scope<'_>, strategy: &StrategyDef) {
    let known = of(strategy.name.get_ref());
    for (name, value) in &strategy.parameters {
        let key = format!("parameters.{}", name.get_ref());
        match known.iter().find(|parameter| parameter.name == name.get_ref()) {
            Some(parameter) => {
                if let Err(reason) = fits(parameter.kind, value) {
                    scope.fault(&key, value.span(), reason);
                }
            }
            None => {
                let help = hint(name.get_ref(), known.iter().map(|parameter| parameter.name));
                let reason = format!("`{}` has no such parameter{help}", strategy.name.get_ref());
                scope.fault(&key, name.span(), reason);
            }
        }
    }
    for parameter in known.iter().filter(|parameter| parameter.required) {
        if !strategy.parameters.keys().any(|name| name.get_ref() == parameter.name) {
            let reason = format!("`{}` needs `{}`", strategy.name.get_ref(), parameter.name);
            scope.fault("parameters", strategy.name.span(), reason);
        }
    }
}

fn fits(kind: Kind, value: &Spanned<Text>) -> Result<(), String> {
    let text = value.get_ref().0.as_str();
    match kind {
        Kind::Percent if !text.parse::<u8>().is_ok_and(|percent| percent <= 100) => {
            Err(format!("must be a whole number from 0 to 100, and is `{text}`"))
        }
        Kind::Networks => match text.split(',').map(str::trim).find(|one| !is_network(one)) {
            Some(strange) => Err(format!("`{strange}` is neither an address nor a network")),
            None => Ok(()),
        },
        Kind::Percent | Kind::Text => Ok(()),
    }
}

/// Whether this is an address or a network such as `10.0.0.0/8`.
pub(super) fn is_network(text: &str) -> bool {
    let (address, length) =
        text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
    let Ok(address) = address.parse::<IpAddr>() else { return false };
    let max = if address.is_ipv4() { 32 } else { 128 };
    length.is_none_or(|length| length.parse::<u8>().is_ok_and(|length| length <= max))
}
