//! The limits that a comparison met, as a small set.

use serde::{Serialize, Serializer};

/// A limit that made a comparison coarser, or a body that is odd enough to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Bound {
    /// Containers lie deeper inside each other than [`crate::limits::DEPTH_MAX`]: compared by bytes from there on.
    Depth,
    /// A body is larger than [`crate::limits::BODY_MAX_BYTES`] or [`crate::limits::TOKENS_MAX`]: compared as opaque
    /// bytes.
    Size,
    /// An array is too different for [`crate::limits::ALIGNMENT_CELLS_MAX`]: its elements were paired by index.
    Alignment,
    /// The walk took [`crate::limits::STEPS_MAX`] steps: what was left is compared by bytes.
    Steps,
    /// There are more differences than are listed.
    Differences,
    /// An object has a name more than once: its values were compared in order.
    DuplicateNames,
}

impl Bound {
    const ALL: [Self; 6] =
        [Self::Depth, Self::Size, Self::Alignment, Self::Steps, Self::Differences, Self::DuplicateNames];

    /// Its name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Depth => "depth",
            Self::Size => "size",
            Self::Alignment => "alignment",
            Self::Steps => "steps",
            Self::Differences => "differences",
            Self::DuplicateNames => "duplicate_names",
        }
    }
}

/// A set of [`Bound`]s. Serialised as a list of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bounds(u8);

impl Bounds {
    /// Whether none was met.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether this one was met.
    #[must_use]
    pub const fn contains(self, bound: Bound) -> bool {
        self.0 & (1 << bound as u8) != 0
    }

    /// Those that were met.
    pub fn iter(self) -> impl Iterator<Item = Bound> {
        Bound::ALL.into_iter().filter(move |bound| self.contains(*bound))
    }

    pub(crate) const fn insert(&mut self, bound: Bound) {
        self.0 |= 1 << bound as u8;
    }
}

impl Serialize for Bounds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Bound::name))
    }
}
