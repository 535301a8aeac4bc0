//! Reads what all gateways kept, in pieces that a database answers in time.

use super::ReportStore;
use crate::Cause;
use crate::book::Span;
use crate::codec::Kept;
use crate::schema::{report_counts, report_samples};
use diesel::prelude::*;
use kernel::Context;
use std::ops::Range;
use storage::StorageError;

/// Routes that are read of at most.
const ROUTES_MAX: i64 = 4096;
/// Rows of one piece.
const ROWS_MAX: i64 = 256;
/// Pieces of one route.
const PIECES_MAX: usize = 1024;
/// Samples of one route: the latest.
const SAMPLES_MAX: i64 = 512;

/// Kept counts.
pub(crate) struct Found {
    pub(crate) start_ms: i64,
    pub(crate) writer: String,
    pub(crate) kept: Kept,
}

/// A kept sample.
pub(crate) struct FoundSample {
    pub(crate) cause: Cause,
    pub(crate) sample: Vec<u8>,
}

type Row = (i64, String, String, Vec<u8>, Vec<u8>);

impl ReportStore {
    /// Names of the routes that anything is kept of since `since_ms`.
    pub(crate) async fn routes(&self, context: &Context, since_ms: i64) -> Result<Vec<String>, StorageError> {
        self.store
            .read(context, move |connection| {
                let routes = report_counts::table.filter(report_counts::span.eq(Span::Hour.name()));
                let since = Span::Hour.start(kernel::Timestamp(since_ms));
                let routes = routes.filter(report_counts::start_ms.ge(since)).select(report_counts::route);
                Ok(routes.distinct().order(report_counts::route).limit(ROUTES_MAX).load(connection)?)
            })
            .await
    }

    /// What is kept of a route, of stretches that begin in `starts` (epoch milliseconds).
    pub(crate) async fn counts(
        &self,
        context: &Context,
        route: &str,
        span: Span,
        starts: Range<i64>,
    ) -> Result<Vec<Found>, StorageError> {
        let mut found: Vec<Found> = Vec::new();
        for _ in 0..PIECES_MAX {
            let behind = found.last().map(|last| (last.start_ms, last.writer.clone()));
            let piece = self.piece(context, route, span, starts.clone(), behind).await?;
            let more = piece.len() >= usize::try_from(ROWS_MAX).unwrap_or(usize::MAX);
            found.extend(piece);
            if !more {
                break;
            }
        }
        Ok(found)
    }

    /// The rows behind `(start_ms, writer)`.
    async fn piece(
        &self,
        context: &Context,
        route: &str,
        span: Span,
        starts: Range<i64>,
        behind: Option<(i64, String)>,
    ) -> Result<Vec<Found>, StorageError> {
        use report_counts as table;
        let route = route.to_owned();
        let (from, writer) = behind.unwrap_or((starts.start - 1, String::new()));
        let rows: Vec<Row> = self
            .store
            .read(context, move |connection| {
                let of_route =
                    table::table.filter(table::route.eq(route)).filter(table::span.eq(span.name()));
                let later = table::start_ms.gt(from);
                let same = table::start_ms.eq(from).and(table::writer.gt(writer));
                let rows = of_route.filter(later.or(same)).filter(table::start_ms.lt(starts.end));
                let columns =
                    (table::start_ms, table::writer, table::counts, table::old_latency, table::new_latency);
                let rows = rows.select(columns).order((table::start_ms, table::writer)).limit(ROWS_MAX);
                Ok::<_, StorageError>(rows.load(connection)?)
            })
            .await?;
        let found = rows.into_iter().map(|(start_ms, writer, counts, old_latency, new_latency)| Found {
            start_ms,
            writer,
            kept: Kept { counts, old_latency, new_latency },
        });
        Ok(found.collect())
    }

    /// The latest samples of a route since `since_ms`, of all gateways.
    pub(crate) async fn samples(
        &self,
        context: &Context,
        route: &str,
        since_ms: i64,
    ) -> Result<Vec<FoundSample>, StorageError> {
        use report_samples as table;
        let route = route.to_owned();
        let rows: Vec<(String, String, Vec<u8>)> = self
            .store
            .read(context, move |connection| {
                let rows = table::table.filter(table::route.eq(route)).filter(table::at_ms.ge(since_ms));
                let rows = rows.select((table::path, table::kind, table::sample));
                Ok::<_, StorageError>(rows.order(table::at_ms.desc()).limit(SAMPLES_MAX).load(connection)?)
            })
            .await?;
        let found = rows.into_iter();
        Ok(found.map(|(path, kind, sample)| FoundSample { cause: Cause { path, kind }, sample }).collect())
    }
}
