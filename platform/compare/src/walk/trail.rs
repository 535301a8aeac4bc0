//! The way from the root to where the walk is.

use crate::comparison::Kind;
use crate::json::Tree;
use crate::place::{Place, Step};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// Stands for an index in the hash of a cause.
const INDEX: u64 = 0x9E37_79B9_7F4A_7C15;

/// One step of the way.
#[derive(Clone, Copy)]
pub(super) enum Frame<'t> {
    /// The member whose name is this token.
    Name(&'t Tree<'t>, u32),
    /// The element at this index.
    Index(usize),
}

/// The way from the root, borrowed from the trees: made into a [`Place`] only for what is reported.
#[derive(Default)]
pub(super) struct Trail<'t> {
    frames: Vec<Frame<'t>>,
}

impl<'t> Trail<'t> {
    pub(super) fn push(&mut self, frame: Frame<'t>) {
        self.frames.push(frame);
    }

    pub(super) fn pop(&mut self) {
        self.frames.pop();
    }

    pub(super) fn depth(&self) -> usize {
        self.frames.len()
    }

    pub(super) fn place(&self) -> Place {
        let step = |frame: &Frame<'_>| match frame {
            Frame::Name(tree, name) => Step::Name(tree.value_of(*name).into()),
            Frame::Index(index) => Step::Index(u32::try_from(*index).unwrap_or(u32::MAX)),
        };
        Place::Path(self.frames.iter().map(step).collect())
    }

    /// A hash of the place without its indices, and of the kind.
    pub(super) fn cause(&self, kind: Kind) -> u64 {
        self.frames.iter().fold(xxh3_64(kind.name().as_bytes()), |way, frame| match frame {
            Frame::Name(tree, name) => xxh3_64_with_seed(tree.value_of(*name).as_bytes(), way),
            Frame::Index(_) => way.rotate_left(1).wrapping_add(INDEX),
        })
    }
}
