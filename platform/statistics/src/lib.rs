#![doc = include_str!("../README.md")]

mod count;
mod difference;
mod evidence;
mod histogram;
pub mod latency;
pub mod noise;
pub mod proportion;
pub mod sequential;
mod special;

pub use count::{Count, Interval};
pub use difference::difference;
pub use evidence::Evidence;
pub use histogram::{BYTES_MAX, Histogram, LARGEST_US, Undecodable};
