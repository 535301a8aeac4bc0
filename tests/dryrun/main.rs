//! Dry runs: a marked request answers as the real one would, and leaves nothing behind, on SQLite and on PostgreSQL.
//!
//! `cases` has one request for each route that changes something, and fails when the map of the house has one more.

#[cfg(test)]
mod cases;
#[cfg(test)]
mod marks;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod routes;
#[cfg(test)]
mod service;
#[cfg(test)]
mod state;
