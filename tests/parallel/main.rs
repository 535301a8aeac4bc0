//! The parallel run of the running gateway: other sides that misbehave are felt by nobody, and counted.

#[cfg(test)]
mod fronted;
#[cfg(test)]
mod kept;
#[cfg(test)]
mod shadows;
#[cfg(test)]
mod slow;
