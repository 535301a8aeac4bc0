//! SQLite: one file a module, one thread that writes and commits in groups, threads that read beside it.

mod file;
mod reader;
mod writer;

pub(crate) use file::File;

use crate::StorageError;
use crate::migrate;
use crate::queue::Queue;
use crate::shared::Shared;
use crate::store::Engine;
use crate::threads::Threads;
use std::path::Path;
use std::sync::Arc;

/// Creates the file if it is not there, migrates it, and starts the threads.
pub(crate) fn start(shared: &Arc<Shared>, directory: &Path) -> Result<Engine, StorageError> {
    let (settings, module) = (&shared.settings, shared.module());
    let file = File::prepare(directory, module)?;
    {
        let _alone = file.lock(settings.migrate_wait_ms)?;
        let mut connection = file.connect_to_create(settings)?;
        migrate::run(&mut connection, &shared.migrations)?;
    }
    let (reads, writes) =
        (Arc::new(Queue::new(settings.queue_max)), Arc::new(Queue::new(settings.queue_max)));
    let mut threads = Threads::new(module);
    let mut writer = writer::Writer::new(shared.clone(), file.clone(), writes.clone())?;
    threads.spawn("writer", move || writer.run())?;
    for _ in 0..settings.sqlite_readers {
        let mut reader = reader::Reader::new(shared.clone(), file.clone(), reads.clone())?;
        threads.spawn("reader", move || reader.run())?;
    }
    Ok(Engine { reads, writes, gate: None, threads })
}
