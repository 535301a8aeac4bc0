//! Lists: their order, their filters, their pages.

use super::*;

async fn names(world: &World, request: ListUsers) -> (Vec<String>, bool) {
    let page = world.service.list(&world.context, request).await.unwrap();
    (page.users.into_iter().map(|user| user.nickname).collect(), page.more)
}

/// c at 0 s, then b, a at 1 s, then d at 2 s.
async fn four() -> World {
    let world = World::new();
    world.create("c").await;
    world.advance_s(1);
    world.create("b").await;
    world.create("a").await;
    world.advance_s(1);
    world.create("d").await;
    world
}

#[tokio::test]
async fn accounts_sort_by_update_then_nickname() {
    let world = four().await;
    assert_eq!(
        names(&world, ListUsers::default()).await,
        (vec!["c".into(), "a".into(), "b".into(), "d".into()], false)
    );
}

#[tokio::test]
async fn updated_since_is_strict_and_presence_filters() {
    let world = four().await;
    let since = |since| ListUsers { updated_since: Some(since), ..ListUsers::default() };
    assert_eq!(names(&world, since(START_S)).await.0, ["a", "b", "d"]);
    assert_eq!(names(&world, since(START_S + 1)).await.0, ["d"]);
    assert_eq!(names(&world, since(START_S + 2)).await.0, Vec::<String>::new());
    world.sign_in("b", PASSWORD).await.unwrap();
    let online = |online| ListUsers { online: Some(online), ..ListUsers::default() };
    assert_eq!(names(&world, online(true)).await.0, ["b"]);
    assert_eq!(names(&world, online(false)).await.0, ["c", "a", "d"]);
}

#[tokio::test]
async fn pages_join_without_a_gap_or_a_double() {
    let world = four().await;
    for limit in 1..=4 {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let request = ListUsers { limit: Some(limit), after, ..ListUsers::default() };
            let page = world.service.list(&world.context, request).await.unwrap();
            assert!(page.users.len() <= limit as usize);
            after = page.users.last().map(|user| (user.updated_at, user.nickname.clone()));
            all.extend(page.users.into_iter().map(|user| user.nickname));
            if !page.more {
                break;
            }
        }
        assert_eq!(all, ["c", "a", "b", "d"], "limit {limit}");
    }
}
