//! What the disk below a durable write can do: one block written over and synced, again and again, by one thread.

use crate::error::BenchError;
use crate::histogram::Histogram;
use kernel::{Clock, SystemClock};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::Duration;

/// Bytes of one write: a page of SQLite.
const BLOCK_BYTES: usize = 4096;
/// Blocks of the file, which is made first: a sync then carries data and no change of the file's size.
const BLOCKS: u64 = 1024;

/// What one round gave.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    /// Writes with `fdatasync`, one after the other.
    pub(crate) syncs_per_s: f64,
    /// Half of them took no longer.
    pub(crate) p50_us: f64,
    /// 99 of 100 took no longer.
    pub(crate) p99_us: f64,
}

/// Writes and syncs for so long in a file below `directory`.
pub(crate) fn run(directory: &Path, within: Duration, clock: &SystemClock) -> Result<Sample, BenchError> {
    let failed = || BenchError::system("write and sync a file");
    let file = tempfile::tempfile_in(directory).map_err(failed())?;
    fill(&file).map_err(failed())?;
    let block = [0x5a; BLOCK_BYTES];
    let mut histogram = Histogram::new()?;
    let start = clock.monotonic();
    let mut before = start;
    while before.since(start) < within {
        let offset = histogram.count() % BLOCKS * BLOCK_BYTES as u64;
        file.write_all_at(&block, offset).map_err(failed())?;
        file.sync_data().map_err(failed())?;
        let after = clock.monotonic();
        histogram.record(after.since(before));
        before = after;
    }
    Ok(Sample {
        syncs_per_s: histogram.count() as f64 / before.since(start).as_secs_f64(),
        p50_us: histogram.quantile_us(0.5),
        p99_us: histogram.quantile_us(0.99),
    })
}

fn fill(file: &File) -> std::io::Result<()> {
    let zeros = [0; BLOCK_BYTES];
    (0..BLOCKS).try_for_each(|block| file.write_all_at(&zeros, block * BLOCK_BYTES as u64))?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_syncs_more_than_once_a_second() {
        let directory = tempfile::tempdir().unwrap();
        let sample = run(directory.path(), Duration::from_millis(50), &SystemClock::new()).unwrap();
        assert!(sample.syncs_per_s > 1.0 && sample.p50_us <= sample.p99_us, "{sample:?}");
    }
}
