//! What Redis answers, read with care: anybody may have written it.

use crate::instance::{Checked, Registration};
use crate::limits::REDIS_VALUE_MAX_BYTES;
use crate::{Instance, Origin};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Service and id.
pub(super) type Name = (Arc<str>, Arc<str>);

/// An instance, and how long it may be believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) instance: Instance,
    pub(super) ttl: Duration,
}

/// The answer to a look.
#[derive(Debug, Default)]
pub(super) struct Listed {
    pub(super) epoch: String,
    pub(super) version: String,
    pub(super) instances: BTreeMap<Name, Known>,
    /// Entries that are not valid.
    pub(super) refused: usize,
}

/// The value of an instance's key.
#[derive(Serialize, Deserialize)]
struct Value<'a> {
    url: std::borrow::Cow<'a, str>,
    ttl_ms: u64,
}

/// The value of an instance's key; the same for the same instance, so that values can be compared.
pub(super) fn value(checked: &Checked) -> String {
    let ttl_ms = u64::try_from(checked.ttl.as_millis()).unwrap_or(u64::MAX);
    let value = Value { url: checked.url.as_str().into(), ttl_ms };
    // A struct of a text and a number can always be written.
    serde_json::to_string(&value).unwrap_or_default()
}

impl Listed {
    /// Reads `epoch, version, member, value, member, value…`.
    pub(super) fn read(answer: Vec<Vec<u8>>) -> Self {
        let mut parts = answer.into_iter();
        let mut text =
            || parts.next().map(|part| String::from_utf8_lossy(&part).into_owned()).unwrap_or_default();
        let (epoch, version) = (text(), text());
        let mut listed = Self { epoch, version, ..Self::default() };
        while let (Some(member), Some(value)) = (parts.next(), parts.next()) {
            match entry(&member, &value) {
                Some((name, known)) => drop(listed.instances.insert(name, known)),
                None => listed.refused += 1,
            }
        }
        listed
    }
}

fn entry(member: &[u8], value: &[u8]) -> Option<(Name, Known)> {
    if value.len() > REDIS_VALUE_MAX_BYTES {
        return None;
    }
    let (service, id) = std::str::from_utf8(member).ok()?.split_once('/')?;
    crate::instance::check_service(service).ok()?;
    let value: Value<'_> = serde_json::from_slice(value).ok()?;
    let ttl_s = u32::try_from(value.ttl_ms.div_ceil(1000)).ok()?;
    let checked = Registration { id: id.into(), url: value.url.into_owned(), ttl_s }.check().ok()?;
    let url = checked.url.as_str().into();
    let instance = Instance { id: checked.id.clone(), url, weight: 1, origin: Origin::Redis };
    Some(((service.into(), checked.id), Known { instance, ttl: checked.ttl }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_valid_is_left_out_and_counted() {
        let good = r#"{"url":"http://h:1","ttl_ms":2000}"#;
        let entries = [
            ("m/a", good),
            ("m/b", "garbage"),
            ("no-slash", good),
            ("m/b/c", good),
            ("m/d", r#"{"url":"https://h:1","ttl_ms":2000}"#),
            ("m/e", r#"{"url":"http://h:1","ttl_ms":0}"#),
            ("é/f", good),
        ];
        let mut answer = vec![b"epoch".to_vec(), b"7".to_vec()];
        answer.extend(
            entries
                .iter()
                .flat_map(|(member, value)| [member.as_bytes().to_vec(), value.as_bytes().to_vec()]),
        );
        answer.extend([b"m/g".to_vec(), vec![0xff, 0xfe]]);
        let listed = Listed::read(answer);
        assert_eq!((listed.epoch.as_str(), listed.version.as_str(), listed.refused), ("epoch", "7", 7));
        let names: Vec<_> = listed.instances.keys().map(|(service, id)| format!("{service}/{id}")).collect();
        assert_eq!(names, ["m/a"]);
    }

    #[test]
    fn a_written_value_is_read_again() {
        let registration = Registration { id: "a".into(), url: "http://h:1/base".into(), ttl_s: 2 };
        let value = value(&registration.check().unwrap_or_else(|error| panic!("{error}")));
        let (_, known) = entry(b"m/a", value.as_bytes()).unwrap();
        assert_eq!((&*known.instance.url, known.ttl), ("http://h:1/base", Duration::from_secs(2)));
    }
}
