//! Throws away what is too old, and what there is no room for.

use super::ReportStore;
use crate::book::{MINUTES_KEPT, Span};
use crate::schema::{report_counts, report_samples};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use kernel::{Context, Timestamp};
use std::time::Duration;
use storage::{AnyConnection, StorageError};

/// What is kept, and what was thrown away for want of room.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Kept {
    /// Bytes that are kept.
    pub(crate) bytes: u64,
    /// Samples that were thrown away.
    pub(crate) samples_gone: u64,
    /// Hours of counts, each of one route and gateway, that were thrown away.
    pub(crate) hours_gone: u64,
}

#[derive(QueryableByName)]
struct Sum {
    #[diesel(sql_type = BigInt)]
    bytes: i64,
}

impl ReportStore {
    /// Throws away what is older than `keep_days`, minutes that are over for two hours, and the oldest of the rest until
    /// it has `size_max_bytes`.
    pub(crate) async fn tidy(
        &self,
        context: &Context,
        now: Timestamp,
        keep_days: u32,
        size_max_bytes: u64,
    ) -> Result<Kept, StorageError> {
        self.store
            .write(context, move |connection| {
                let oldest = now.minus(Duration::from_secs(u64::from(keep_days) * 86_400));
                forget_before(connection, now, oldest)?;
                let mut kept = Kept { bytes: size(connection)?, ..Kept::default() };
                if kept.bytes > size_max_bytes {
                    make_room(connection, size_max_bytes, &mut kept)?;
                }
                Ok(kept)
            })
            .await
    }
}

fn forget_before(
    connection: &mut AnyConnection,
    now: Timestamp,
    oldest: Timestamp,
) -> Result<(), StorageError> {
    use report_counts as counts;
    let minutes = i64::try_from(MINUTES_KEPT).unwrap_or(i64::MAX);
    let oldest_minute = Span::Minute.start(now) - minutes * Span::Minute.ms();
    for (span, oldest) in [(Span::Minute, oldest_minute), (Span::Hour, Span::Hour.start(oldest))] {
        let old = counts::table.filter(counts::span.eq(span.name())).filter(counts::start_ms.lt(oldest));
        diesel::delete(old).execute(connection)?;
    }
    let old = report_samples::table.filter(report_samples::at_ms.lt(oldest.0));
    diesel::delete(old).execute(connection)?;
    Ok(())
}

fn size(connection: &mut AnyConnection) -> Result<u64, StorageError> {
    const SUM: &str = "SELECT CAST(coalesce((SELECT sum(bytes) FROM report_counts), 0) + \
                       coalesce((SELECT sum(bytes) FROM report_samples), 0) AS BIGINT) AS bytes";
    let sum = storage::both!(connection, |c| diesel::sql_query(SUM).get_result::<Sum>(c)?);
    Ok(u64::try_from(sum.bytes).unwrap_or_default())
}

/// The oldest samples first, then the oldest counts; hour by hour, so that each step is one statement.
fn make_room(connection: &mut AnyConnection, max: u64, kept: &mut Kept) -> Result<(), StorageError> {
    use report_counts as counts;
    use report_samples as samples;
    while kept.bytes > max {
        let oldest: Option<i64> =
            samples::table.select(diesel::dsl::min(samples::hour_ms)).get_result(connection)?;
        let Some(oldest) = oldest else { break };
        let until = oldest + Span::Hour.ms();
        let gone = diesel::delete(samples::table.filter(samples::hour_ms.lt(until))).execute(connection)?;
        kept.samples_gone += gone as u64;
        kept.bytes = size(connection)?;
    }
    while kept.bytes > max {
        let oldest: Option<i64> =
            counts::table.select(diesel::dsl::min(counts::start_ms)).get_result(connection)?;
        let Some(oldest) = oldest else { break };
        let until = oldest + Span::Hour.ms();
        let gone = diesel::delete(counts::table.filter(counts::start_ms.lt(until))).execute(connection)?;
        kept.hours_gone += gone as u64;
        kept.bytes = size(connection)?;
    }
    Ok(())
}
