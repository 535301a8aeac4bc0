//! Counts what the matcher does, so that a test can show what its cost depends on.

/// Told of each lookup in a table and of each route that is looked at.
pub(super) trait Steps {
    /// One more.
    fn step(&mut self);
}

/// Nobody counts: nothing is left of it in the compiled program.
impl Steps for () {
    fn step(&mut self) {}
}

#[cfg(test)]
impl Steps for u32 {
    fn step(&mut self) {
        *self += 1;
    }
}
