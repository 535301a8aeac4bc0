//! SIGINT and SIGTERM as a flag that is looked at between two steps, so that children and databases are cleaned up.

use crate::error::BenchError;
use signal_hook::consts::{SIGINT, SIGTERM};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Whether somebody asked this program to stop.
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// From now on both signals set the flag instead of ending the process.
    pub(crate) fn watch() -> Result<Self, BenchError> {
        let flag = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            signal_hook::flag::register(signal, flag.clone())
                .map_err(BenchError::system("watch for signals"))?;
        }
        Ok(Self(flag))
    }

    /// # Errors
    /// [`BenchError::Interrupted`] once a signal came.
    pub(crate) fn check(&self) -> Result<(), BenchError> {
        if self.0.load(Relaxed) { Err(BenchError::Interrupted) } else { Ok(()) }
    }
}
