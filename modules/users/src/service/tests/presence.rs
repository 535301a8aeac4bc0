//! Presence: who is online, when that is written, and what happens while it cannot be.

use super::*;
use std::sync::mpsc::{SyncSender, sync_channel};

impl World {
    async fn see(&self, id: i64) {
        self.service.seen(&self.context, Seen { user_id: id }).await.unwrap();
    }

    /// The file's only writer stands until the sender is dropped.
    async fn hold_the_writer(&self) -> SyncSender<()> {
        let (release, held) = sync_channel::<()>(0);
        let (begun, beginning) = tokio::sync::oneshot::channel();
        let (store, context) = (self.store.clone(), self.context.clone());
        tokio::spawn(async move {
            let hold = store.write(&context, move |_| {
                let _ = begun.send(());
                let _ = held.recv();
                Ok::<_, StorageError>(())
            });
            let _ = hold.await;
        });
        beginning.await.unwrap();
        release
    }
}

#[tokio::test]
async fn who_is_seen_is_online_and_only_that_moves_updated_at() {
    let world = World::new();
    let id = world.create("susan").await.id;
    world.advance_s(5);
    world.see(id).await;
    world.advance_s(5);
    world.see(id).await;
    let susan = world.get(id).await;
    assert!(susan.online);
    assert_eq!((susan.updated_at, susan.last_seen_at), (START_S + 5, START_S + 10));
}

#[tokio::test]
async fn a_user_is_written_once_a_second() {
    let world = World::new();
    let id = world.create("susan").await.id;
    world.see(id).await;
    // Behind the service's back, so that a second write would show.
    world.service.store.leave(&world.context, id, START_S).await.unwrap();
    world.see(id).await;
    assert!(!world.get(id).await.online, "written twice in one second");
    world.advance_s(1);
    world.see(id).await;
    assert!(world.get(id).await.online);
}

#[tokio::test]
async fn a_dry_run_is_not_remembered_as_seen() {
    let world = World::new();
    let id = world.create("susan").await.id;
    world.service.see(&world.context.clone().as_dry_run(), id).await;
    assert!(world.service.touch(&world.context.clone().as_dry_run(), id).await.unwrap());
    assert!(!world.get(id).await.online);
    world.see(id).await;
    assert!(world.get(id).await.online, "the real call of this second is recorded");
    world.service.go(&world.context.clone().as_dry_run(), id).await.unwrap();
    world.service.store.leave(&world.context, id, START_S).await.unwrap();
    world.see(id).await;
    assert!(!world.get(id).await.online, "leaving in a dry run forgot that the second is recorded");
}

#[tokio::test]
async fn the_sweep_takes_those_unseen_for_a_minute() {
    let world = World::new();
    let (gone, stays) = (world.create("gone").await.id, world.create("stays").await.id);
    world.see(gone).await;
    world.advance_s(30);
    world.see(stays).await;
    world.advance_s(30);
    world.service.sweep(&world.context).await.unwrap();
    assert!(world.get(gone).await.online, "60 s are not over");
    world.advance_s(1);
    world.service.sweep(&world.context).await.unwrap();
    let user = world.get(gone).await;
    assert!(!user.online);
    assert_eq!((user.updated_at, user.last_seen_at), (START_S + 61, START_S));
    assert!(world.get(stays).await.online);
    // Who is offline already is not touched again.
    world.advance_s(10);
    world.service.sweep(&world.context).await.unwrap();
    assert_eq!(world.get(gone).await.updated_at, START_S + 61);
}

#[tokio::test]
async fn who_left_can_come_back_in_the_same_second() {
    let world = World::new();
    let id = world.create("susan").await.id;
    world.see(id).await;
    world.service.leave(&world.context, Leave { user_id: id }).await.unwrap();
    assert!(!world.get(id).await.online);
    world.see(id).await;
    assert!(world.get(id).await.online);
}

#[tokio::test]
async fn reading_oneself_makes_online_even_after_another_process_said_goodbye() {
    let world = World::new();
    let id = world.create("susan").await.id;
    assert!(world.service.me(&world.context, id).await.unwrap().online);
    world.service.store.leave(&world.context, id, START_S).await.unwrap();
    assert!(world.service.me(&world.context, id).await.unwrap().online);
    assert!(matches!(world.service.me(&world.context, 99).await, Err(Failure::NotFound)));
}

#[tokio::test]
async fn nobody_waits_for_presence_while_the_store_hangs() {
    let world = World::new();
    let (susan, john) = (world.create("susan").await.id, world.create("john").await.id);
    let release = world.hold_the_writer().await;
    // The first call finds out, within a bound.
    tokio::time::timeout(Duration::from_secs(5), world.see(susan)).await.unwrap();
    assert!(world.service.presence.is_away());
    for user_id in [susan, john, susan] {
        tokio::select! {
            biased;
            () = world.see(user_id) => {}
            () = std::future::ready(()) => panic!("waited"),
        }
    }
    drop(release);
    let recovered = async {
        while world.service.presence.is_away() {
            world.see(john).await;
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), recovered).await.unwrap();
    world.see(john).await;
    assert!(world.get(john).await.online);
}
