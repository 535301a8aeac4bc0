//! What the contract promises beyond single calls, on SQLite and on PostgreSQL: presence, tokens and keys, passwords,
//! rendering, previews.

#[cfg(test)]
mod keys;
#[cfg(test)]
mod page_server;
#[cfg(test)]
mod passwords;
#[cfg(test)]
mod presence;
#[cfg(test)]
mod previews;
#[cfg(test)]
mod rendering;
#[cfg(test)]
mod tokens;
