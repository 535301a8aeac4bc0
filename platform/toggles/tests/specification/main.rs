//! The suites of Unleash's client specification, through every source and every way of evaluating.
//!
//! `BANYAN_TEST_UNLEASH_SPEC` names the folder with the suites: `package/specifications` of the npm package
//! `@unleash/client-specification`, version 6.1.0. Without it these tests fail, unless `BANYAN_TEST_EMBEDDED_ONLY=1`.

#[cfg(test)]
mod file;
#[cfg(test)]
mod suite;
#[cfg(test)]
mod suites;
