//! Bad input, bad luck and bad intent: what the running binary does when a request, its settings, its database or its
//! own end are not as they should be.

#[cfg(test)]
mod access_log;
#[cfg(test)]
mod database;
#[cfg(test)]
mod kill;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod locked;
#[cfg(test)]
mod secrecy;
#[cfg(test)]
mod smuggling;
#[cfg(test)]
mod startup;
#[cfg(test)]
mod stop;
