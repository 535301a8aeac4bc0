//! An explanation as text.

use super::{Answer, Explanation};
use std::fmt;

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}", self.method, self.path)?;
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
            write!(f, "\n  {label:<11}  {} = {value} ({})", toggle.name, toggle.role)?;
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
            Self::Gateway { status } => write!(f, "the gateway, with {status}"),
        }
    }
}
