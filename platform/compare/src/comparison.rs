//! What a comparison finds: differences, each with its place and kind, and the limits it met.

use crate::bound::Bounds;
use crate::place::Place;
use crate::rules::RuleRef;
use crate::shown::Shown;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What is different at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Both have a value of one type, and the values differ.
    Value,
    /// The values are of different types, such as a number and a string.
    Type,
    /// The old answer has it, the new one has not.
    Missing,
    /// The new answer has it, the old one has not.
    Extra,
    /// The same elements in another order.
    Order,
    /// So many more or fewer elements or bytes that listing them says nothing.
    Length,
}

impl Kind {
    /// Its name in reports: lower case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Type => "type",
            Self::Missing => "missing",
            Self::Extra => "extra",
            Self::Order => "order",
            Self::Length => "length",
        }
    }

    /// What it is when old and new change places.
    #[must_use]
    pub const fn swapped(self) -> Self {
        match self {
            Self::Missing => Self::Extra,
            Self::Extra => Self::Missing,
            same => same,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// One difference between two answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Where it is. An index is that of the old answer; of the new one for [`Kind::Extra`].
    pub place: Place,
    /// What differs.
    pub kind: Kind,
    /// What the old answer has there.
    pub old: Option<Shown>,
    /// What the new answer has there.
    pub new: Option<Shown>,
    /// The rule that covers it, if one does: then it is no fault of either side.
    pub explained: Option<RuleRef>,
}

/// As what a pair of bodies was compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// Equal bytes: nothing was read.
    Same,
    /// JSON, by value.
    Json,
    /// Text, line by line.
    Text,
    /// HTML, element by element.
    Html,
    /// XML, element by element.
    Xml,
    /// `application/x-www-form-urlencoded`, field by field.
    Form,
    /// Multipart, part by part.
    Multipart,
    /// Bytes without a structure that is known: by their hash and length.
    #[default]
    Opaque,
}

/// The result of comparing an old answer with a new one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Comparison {
    /// The differences in the order of the old answer, at most [`crate::limits::DIFFERENCES_MAX`], and
    /// [`crate::limits::DIFFERENCES_PER_CAUSE_MAX`] of one cause. Those that a rule explains are among them.
    pub differences: Vec<Difference>,
    /// Differences beyond those limits that no rule explains.
    pub unlisted: u32,
    /// How many of these are of a cause of which none is listed: all others add nothing to what is known of causes.
    pub unlisted_causes: u32,
    /// As what the bodies were compared.
    pub form: Form,
    /// The limits that were met. With one of them the result is still sound (what is called equal is equal), but
    /// coarser.
    pub bounds_met: Bounds,
}

impl Comparison {
    /// Whether no difference is left that no rule explains.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        self.unlisted == 0 && self.differences.iter().all(|difference| difference.explained.is_some())
    }

    /// The differences that no rule explains.
    pub fn unexplained(&self) -> impl Iterator<Item = &Difference> {
        self.differences.iter().filter(|difference| difference.explained.is_none())
    }
}
