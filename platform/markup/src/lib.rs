#![doc = include_str!("../README.md")]

mod autolink;
mod href;
mod links;
mod raw;
mod render;
#[cfg(test)]
mod tests;
mod top_level;
mod writer;

pub use links::links;
pub use render::render;
pub use writer::{escape_attribute, escape_text};
