//! Why toggles cannot be taken.

/// A state that cannot be compiled as a whole. A single toggle that cannot be compiled is no such error: it is off.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompileError {
    /// More toggles than a state may have.
    #[error("{count} toggles, more than {max}")]
    TooManyToggles {
        /// How many there are.
        count: usize,
        /// [`crate::TOGGLES_MAX`].
        max: usize,
    },
    /// More names than a process may ever see.
    #[error("more than {max} names of toggles since the process started")]
    TooManyNames {
        /// [`crate::NAMES_MAX`].
        max: usize,
    },
    /// The engine failed on this state.
    #[error("the engine failed on these toggles")]
    Engine,
}
