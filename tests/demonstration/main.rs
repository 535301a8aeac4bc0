//! The parallel run and the promotion, shown on the chat: `banyan-messages` beside the monolith, on the same rows, once with a
//! fault in its rendering and once without.

#[cfg(test)]
mod chat;
#[cfg(test)]
mod found;
#[cfg(test)]
mod guide;
#[cfg(test)]
mod guides;
#[cfg(test)]
mod pasted;
#[cfg(test)]
mod promoted;
#[cfg(test)]
mod readers;
