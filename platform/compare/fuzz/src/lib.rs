//! What must hold for whatever bytes two sides answer. Used by the fuzz target, and by the test `corpus` over the checked-in
//! corpus.

mod compare;

pub use compare::compare;
