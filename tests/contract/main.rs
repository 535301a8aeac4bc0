//! The chat's HTTP contract, row by row, on SQLite and on PostgreSQL: each success and each failure that it names.
//!
//! One file an area. `table` lists every endpoint with who may call it and what it may answer, and fails when the
//! product has one that is not there, or one that no test names.

#[cfg(test)]
mod authorization;
#[cfg(test)]
mod bodies;
#[cfg(test)]
mod etags;
#[cfg(test)]
mod jwks;
#[cfg(test)]
mod messages_get;
#[cfg(test)]
mod messages_list;
#[cfg(test)]
mod messages_post;
#[cfg(test)]
mod messages_put;
#[cfg(test)]
mod methods;
#[cfg(test)]
mod paging;
#[cfg(test)]
mod parameters;
#[cfg(test)]
mod stats;
#[cfg(test)]
mod table;
#[cfg(test)]
mod tokens;
#[cfg(test)]
mod users;
#[cfg(test)]
mod users_list;
#[cfg(test)]
mod users_me;
