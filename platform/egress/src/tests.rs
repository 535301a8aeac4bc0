//! Fetches against real local servers, and the reading of pages.

mod fetching;
mod guard;
mod pages;
mod server;
