//! An explanation as text.

use super::{Answer, Explanation};
use std::fmt;

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}", self.method, self.path)?;
        if let Some(user) = &self.user {
            writeln!(f, "  user         {user}")?;
        }
        write!(f, "  answered by  {}", self.answer)?;
        if let Some(route) = &self.route {
            write!(f, "\n  route        {route}")?;
        }
        for (number, step) in self.steps.iter().enumerate() {
            let label = if number == 0 { "because" } else { "" };
            write!(f, "\n  {label:<11}  {step}")?;
        }
        for (number, toggle) in self.toggles.iter().enumerate() {
            let label = if number == 0 { "toggles" } else { "" };
            let value = if toggle.on { "on" } else { "off" };
            write!(f, "\n  {label:<11}  {} = {value} ({}", toggle.name, toggle.role)?;
            // What is plainly on or off has been said.
            if toggle.setting.to_string() != value {
                write!(f, "; {}", toggle.setting)?;
            }
            f.write_str(")")?;
        }
        for (number, nearby) in self.nearby.iter().enumerate() {
            let label = if number == 0 { "not by" } else { "" };
            write!(f, "\n  {label:<11}  {} ({}): {}", nearby.route, nearby.takes, nearby.why)?;
        }
        Ok(())
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Module { name } => write!(f, "module `{name}`, in process"),
            Self::Monolith => f.write_str("the monolith, in process"),
            Self::Service { name } => write!(f, "service `{name}`"),
            Self::Legacy { name } => write!(f, "legacy upstream `{name}`"),
            Self::Gateway { status } => write!(f, "the gateway, with {status}"),
        }
    }
}
