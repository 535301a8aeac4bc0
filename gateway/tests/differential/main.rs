//! The same bytes sent to three servers over sockets: our loop, actix-web's server and hyper's, each with a handler
//! that notes what it was asked. Two servers behind one another that read the same bytes as different requests can be
//! used to smuggle one past the first; so:
//!
//! * what ours accepts, at least one other accepts;
//! * what ours and another accept is the same request: method, target, authority, fields, body;
//! * where ours neither refuses nor is asked to close, nobody reads more requests than ours does.
//!
//! Ours may refuse what others take; `table` names these cases.

#[cfg(test)]
mod actix;
#[cfg(test)]
mod compare;
#[cfg(test)]
mod generated;
#[cfg(test)]
mod hyper_server;
#[cfg(test)]
mod ours;
#[cfg(test)]
mod seen;
#[cfg(test)]
mod table;
