//! The binary as its operators use it: the commands, the admin side, and the session that the README shows.

#[cfg(test)]
mod admin;
#[cfg(test)]
mod check;
#[cfg(test)]
mod database;
#[cfg(test)]
mod metrics;
#[cfg(test)]
mod report;
#[cfg(test)]
mod restart;
#[cfg(test)]
mod routes;
#[cfg(test)]
mod session;
