//! The parallel run between two scripted sides: what the client gets, what the other side sees, what is counted.

mod asking;
mod bounds;
mod faults;
mod judging;
mod support;
mod writes;
