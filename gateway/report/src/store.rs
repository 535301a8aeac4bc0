//! Queries; with `schema` the only file that knows Diesel.

mod read;
mod tidy;

use crate::book::Span;
use crate::codec::Kept;
use crate::schema::{report_counts, report_samples};
use diesel::prelude::*;
use kernel::Context;
use std::sync::Arc;
use storage::{AnyConnection, StorageError, Store, both};

/// Counts to be kept.
pub(crate) struct CountsRow {
    pub(crate) route: Arc<str>,
    pub(crate) span: Span,
    pub(crate) start_ms: i64,
    pub(crate) kept: Kept,
}

/// A sample to be kept.
pub(crate) struct SampleRow {
    pub(crate) route: Arc<str>,
    pub(crate) hour_ms: i64,
    pub(crate) cause: crate::Cause,
    pub(crate) slot: i32,
    pub(crate) at_ms: i64,
    /// As `Keys::seal` gives it.
    pub(crate) sample: Vec<u8>,
}

/// The gateway's store, as the report uses it.
#[derive(Clone)]
pub(crate) struct ReportStore {
    store: Store,
    /// Whose rows this process writes: nobody else's are changed, so nothing has to be added up in the database.
    writer: String,
}

impl Span {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
        }
    }
}

impl ReportStore {
    pub(crate) fn new(store: Store, writer: String) -> Self {
        Self { store, writer }
    }

    pub(crate) fn writer(&self) -> &str {
        &self.writer
    }

    /// Keeps rows in the place of what this process kept of the same stretches before. Doing it twice does no harm.
    pub(crate) async fn save(
        &self,
        context: &Context,
        counts: Vec<CountsRow>,
        samples: Vec<SampleRow>,
    ) -> Result<(), StorageError> {
        let writer = self.writer.clone();
        self.store
            .write(context, move |connection| {
                counts.iter().try_for_each(|row| save_counts(connection, &writer, row))?;
                samples.iter().try_for_each(|row| save_sample(connection, &writer, row))
            })
            .await
    }
}

fn save_counts(connection: &mut AnyConnection, writer: &str, row: &CountsRow) -> Result<(), StorageError> {
    use report_counts as table;
    let values = (
        table::bytes.eq(size(row.kept.bytes())),
        table::counts.eq(&row.kept.counts),
        table::old_latency.eq(&row.kept.old_latency),
        table::new_latency.eq(&row.kept.new_latency),
    );
    let key = (
        table::route.eq(&*row.route),
        table::span.eq(row.span.name()),
        table::start_ms.eq(row.start_ms),
        table::writer.eq(writer),
    );
    both!(connection, |c| diesel::insert_into(table::table)
        .values((key, values))
        .on_conflict((table::route, table::span, table::start_ms, table::writer))
        .do_update()
        .set(values)
        .execute(c)?);
    Ok(())
}

fn save_sample(connection: &mut AnyConnection, writer: &str, row: &SampleRow) -> Result<(), StorageError> {
    use report_samples as table;
    let values =
        (table::at_ms.eq(row.at_ms), table::bytes.eq(size(row.sample.len())), table::sample.eq(&row.sample));
    let key = (
        table::route.eq(&*row.route),
        table::hour_ms.eq(row.hour_ms),
        table::path.eq(&row.cause.path),
        table::kind.eq(&row.cause.kind),
        table::writer.eq(writer),
        table::slot.eq(row.slot),
    );
    both!(connection, |c| diesel::insert_into(table::table)
        .values((key, values))
        .on_conflict((table::route, table::hour_ms, table::path, table::kind, table::writer, table::slot))
        .do_update()
        .set(values)
        .execute(c)?);
    Ok(())
}

fn size(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
