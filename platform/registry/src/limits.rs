//! Every bound of the registry, with its unit.

use std::time::Duration;

/// Services of one source, and in the snapshot.
pub const SERVICES_MAX: usize = 256;
/// Instances of one service.
pub const INSTANCES_PER_SERVICE_MAX: usize = 256;
/// Instances that one Redis is read for, and takes.
pub const REDIS_INSTANCES_MAX: usize = 4_096;
/// Characters of a service's name, and of an instance's id.
pub const NAME_MAX_CHARS: usize = 64;
/// Bytes of an instance's URL.
pub const URL_MAX_BYTES: usize = 512;
/// Characters of a DNS name (RFC 1035, 2.3.4).
pub const DNS_NAME_MAX_CHARS: usize = 253;
/// Seconds that an instance may ask to live without a keep-alive, at least.
pub const TTL_MIN_S: u32 = 1;
/// Seconds that an instance may ask to live without a keep-alive, at most.
pub const TTL_MAX_S: u32 = 3_600;
/// Seconds that an instance lives without a keep-alive when it does not say.
pub const TTL_DEFAULT_S: u32 = 15;
/// The largest share of requests, relative to others: what an SRV record can say.
pub const WEIGHT_MAX: u32 = 65_535;

/// Between two looks for registrations in memory that expired: a dead one is gone this long after its TTL at most.
pub(crate) const SWEEP_EVERY: Duration = Duration::from_millis(200);
/// Between two readings of the whole list in Redis, changed or not.
pub(crate) const REDIS_READ_ALL_EVERY: Duration = Duration::from_secs(10);
/// For making a connection to Redis.
pub(crate) const REDIS_CONNECT_TIMEOUT: Duration = Duration::from_millis(500);
/// For one answer of Redis.
pub(crate) const REDIS_ANSWER_TIMEOUT: Duration = Duration::from_millis(500);
/// Between two attempts to reach a Redis that is away, at most.
pub(crate) const REDIS_BACKOFF_MAX: Duration = Duration::from_secs(1);
/// After which Redis forgets the directory when nobody announces any more: twice the longest TTL.
pub(crate) const REDIS_DIRECTORY_TTL: Duration = Duration::from_secs(2 * TTL_MAX_S as u64);
/// Bytes of a value in Redis that are read as an instance.
pub(crate) const REDIS_VALUE_MAX_BYTES: usize = URL_MAX_BYTES + 128;
/// Targets of one SRV answer that are looked up.
pub(crate) const SRV_TARGETS_MAX: usize = 64;
/// Targets of one SRV answer that are looked up at once.
pub(crate) const SRV_CONCURRENT_MAX: usize = 8;
/// Answers in a row that there is nothing, until it is believed.
pub(crate) const DNS_NEGATIVES_BELIEVED: u32 = 2;
/// Between two attempts to announce that failed, at first.
pub(crate) const ANNOUNCE_BACKOFF_MIN: Duration = Duration::from_millis(200);
/// Between two attempts to announce that failed, at most.
pub(crate) const ANNOUNCE_BACKOFF_MAX: Duration = Duration::from_secs(5);
/// For one HTTP call of an announcer.
pub(crate) const ANNOUNCE_CALL_TIMEOUT: Duration = Duration::from_secs(2);
/// For leaving, in all.
pub(crate) const LEAVE_TIMEOUT: Duration = Duration::from_secs(3);
/// Characters of an error's text that are kept.
pub(crate) const ERROR_MAX_CHARS: usize = 300;
