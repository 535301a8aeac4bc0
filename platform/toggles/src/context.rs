//! What is known of a request when its toggles are evaluated. Everything is borrowed: making one costs nothing.

use crate::time::rfc3339;
use kernel::Timestamp;
use std::borrow::Cow;
use std::net::IpAddr;

/// The context of an evaluation, with the fields of Unleash's context.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// `userId`: who asks.
    pub user_id: Option<&'a str>,
    /// `sessionId`: the browser or device that asks.
    pub session_id: Option<&'a str>,
    /// `remoteAddress`: where the request comes from.
    pub remote_address: Option<RemoteAddress<'a>>,
    /// `environment`: the environment of the application.
    pub environment: Option<&'a str>,
    /// `appName`: the application.
    pub app_name: Option<&'a str>,
    /// `currentTime`.
    pub current_time: CurrentTime<'a>,
    /// All else by name, such as `host`, `method` and `path`. Of several with one name the last holds. These names are
    /// looked for one after the other, so that a list is meant to be short.
    pub properties: &'a [(&'a str, &'a str)],
    /// The request's chance: 64 random bits, other ones at every request, for rollouts with stickiness `random`.
    pub chance: u64,
}

impl Context<'_> {
    /// A context in which only the time and the chance are known.
    #[must_use]
    pub const fn new(now: Timestamp, chance: u64) -> Self {
        Self {
            user_id: None,
            session_id: None,
            remote_address: None,
            environment: None,
            app_name: None,
            current_time: CurrentTime::At(now),
            properties: &[],
            chance,
        }
    }
}

impl<'a> Context<'a> {
    pub(crate) fn property(&self, name: &str) -> Option<&'a str> {
        self.properties.iter().rev().find(|(key, _)| *key == name).map(|(_, value)| *value)
    }
}

/// `currentTime`, written out only when a toggle asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CurrentTime<'a> {
    /// A moment.
    At(Timestamp),
    /// As text (RFC 3339). A text that is no time fits no constraint.
    Text(&'a str),
}

impl<'a> CurrentTime<'a> {
    pub(crate) fn text(self) -> Cow<'a, str> {
        match self {
            Self::At(now) => Cow::Owned(rfc3339(now)),
            Self::Text(text) => Cow::Borrowed(text),
        }
    }
}

/// `remoteAddress`, written out only when a toggle asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemoteAddress<'a> {
    /// An address. One of IPv4 inside IPv6 counts as IPv4.
    Ip(IpAddr),
    /// As text. A text that is no address lies in no network.
    Text(&'a str),
}

impl<'a> RemoteAddress<'a> {
    pub(crate) fn text(self) -> Cow<'a, str> {
        match self {
            Self::Ip(address) => Cow::Owned(address.to_canonical().to_string()),
            Self::Text(text) => Cow::Borrowed(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_properties_with_one_name_the_last_holds() {
        let context =
            Context { properties: &[("a", "1"), ("b", "2"), ("a", "3")], ..Context::new(Timestamp(0), 0) };
        assert_eq!(context.property("a"), Some("3"));
        assert_eq!(context.property("c"), None);
    }

    #[test]
    fn an_ipv4_address_within_ipv6_is_written_as_ipv4() {
        let address = RemoteAddress::Ip("::ffff:10.1.2.3".parse().unwrap());
        assert_eq!(address.text(), "10.1.2.3");
        assert_eq!(RemoteAddress::Text("::ffff:10.1.2.3").text(), "::ffff:10.1.2.3");
    }
}
