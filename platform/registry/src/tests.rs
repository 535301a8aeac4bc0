//! The registry as its users see it.
