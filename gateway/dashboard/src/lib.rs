#![doc = include_str!("../README.md")]

mod assets;
mod pages;
#[cfg(test)]
mod tests;

pub use pages::{OPEN_PATHS, dashboard};
