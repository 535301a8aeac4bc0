//! The rules of the house, each with a test that fails when the tree breaks it, and with broken inputs that show that
//! the rule can fail.
//!
//! Boundaries hold at four depths: the Cargo graph (`graph`), the types (`types`), the database (`database`), and a
//! golden map (`derived`). `manifests` and `sources` hold the habits that keep the crates alike.

#[cfg(test)]
mod database;
#[cfg(test)]
mod derived;
#[cfg(test)]
mod graph;
#[cfg(test)]
mod manifests;
#[cfg(test)]
mod sources;
#[cfg(test)]
mod tree;
#[cfg(test)]
mod types;
