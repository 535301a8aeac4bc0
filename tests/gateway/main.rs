//! The gateway in front of applications that we did not write: one command, a toggle under load, streams, faults.

#[cfg(test)]
mod chat;
#[cfg(test)]
mod clients;
#[cfg(test)]
mod dry_run;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod instances;
#[cfg(test)]
mod kit;
#[cfg(test)]
mod legacy;
#[cfg(test)]
mod load;
#[cfg(test)]
mod long;
#[cfg(test)]
mod order;
#[cfg(test)]
mod overload;
#[cfg(test)]
mod promotion;
#[cfg(test)]
mod reload;
#[cfg(test)]
mod slow;
#[cfg(test)]
mod stop;
#[cfg(test)]
mod strangle;
#[cfg(test)]
mod streams;
#[cfg(test)]
mod tokens;
#[cfg(test)]
mod unleash_server;
