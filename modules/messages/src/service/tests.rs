//! The rules, on a real store in a fresh directory and with pages from a real local server.

pub(crate) mod harness;
mod pages;
mod previews;
mod rules;
