//! Every query of the module, on both engines.

use super::*;

testkit::both_backends! {
    /// Two accounts: made, signed in, renamed, listed in pages, gone and swept.
    async fn accounts_live(backend: Backend) {
        let world = World::with(Notes::default(), backend);
        let (susan, zoe) = (world.create("susan").await, world.create("Zoe").await);
        assert!(matches!(world.try_create("susan", PASSWORD).await, Err(UsersError::Invalid { .. })));
        assert_eq!(world.sign_in("susan", PASSWORD).await, Ok(UserId { user_id: susan.id }));
        assert_eq!(world.sign_in("nobody", PASSWORD).await, Err(UsersError::WrongCredentials));

        // By bytes: a capital comes first whatever the database's locale.
        let page = async |request| world.service.list(&world.context, request).await.unwrap();
        let first = page(ListUsers { limit: Some(1), ..ListUsers::default() }).await;
        assert_eq!((first.users[0].id, first.more), (zoe.id, true));
        let after = Some((first.users[0].updated_at, "Zoe".to_owned()));
        let second = page(ListUsers { online: Some(true), updated_since: Some(0), after, limit: None }).await;
        assert_eq!((second.users[0].id, second.users.len(), second.more), (susan.id, 1, false));

        world.advance_s(5);
        let changes = Changes { nickname: Some("sue".into()), password: Some("another horse".into()) };
        world.service.update(&world.by(susan.id), UpdateUser { id: susan.id, changes }).await.unwrap();
        assert_eq!((world.get(susan.id).await.nickname.as_str(), world.get(susan.id).await.updated_at), ("sue", START_S + 5));
        let taken = Changes { nickname: Some("Zoe".into()), password: None };
        let taken = world.service.update(&world.by(susan.id), UpdateUser { id: susan.id, changes: taken }).await;
        assert!(matches!(taken, Err(UsersError::Invalid { .. })), "{taken:?}");

        world.service.seen(&world.context, Seen { user_id: zoe.id }).await.unwrap();
        world.service.leave(&world.context, Leave { user_id: susan.id }).await.unwrap();
        world.advance_s(61);
        world.service.sweep(&world.context).await.unwrap();
        let (sue, zoe) = (world.get(susan.id).await, world.get(zoe.id).await);
        assert_eq!((sue.online, sue.updated_at, sue.last_seen_at), (false, START_S + 5, START_S));
        assert_eq!((zoe.online, zoe.updated_at, zoe.last_seen_at), (false, START_S + 66, START_S + 5));
    }
}
