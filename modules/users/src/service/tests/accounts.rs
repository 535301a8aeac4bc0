//! Making, checking and changing accounts.

use super::*;

fn rename(id: i64, nickname: &str) -> UpdateUser {
    UpdateUser { id, changes: Changes { nickname: Some(nickname.to_owned()), password: None } }
}

fn new_password(id: i64, password: &str) -> UpdateUser {
    UpdateUser { id, changes: Changes { nickname: None, password: Some(password.to_owned()) } }
}

fn field(result: Result<impl std::fmt::Debug, UsersError>) -> String {
    match result {
        Err(UsersError::Invalid { field, .. }) => field,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn an_account_is_made_offline_with_ascending_ids() {
    let world = World::new();
    let (susan, john) = (world.create("susan").await, world.create("john").await);
    assert!(susan.id < john.id);
    assert_eq!(susan, world.get(susan.id).await);
    assert_eq!((susan.created_at, susan.updated_at, susan.last_seen_at), (START_S, START_S, START_S));
    assert!(!susan.online);
    assert_eq!(susan.links.this, format!("/api/users/{}", susan.id));
}

#[tokio::test]
async fn what_is_not_valid_or_taken_is_named() {
    let world = World::new();
    world.create("susan").await;
    assert_eq!(field(world.try_create("susan", PASSWORD).await), "nickname");
    assert_eq!(field(world.try_create("", PASSWORD).await), "nickname");
    assert_eq!(field(world.try_create("john", "short").await), "password");
    // The case matters, as in the originals.
    assert!(world.try_create("Susan", PASSWORD).await.is_ok());
}

#[tokio::test]
async fn only_the_right_password_signs_in_and_that_makes_online() {
    let world = World::new();
    let susan = world.create("susan").await;
    let wrong = Err(UsersError::WrongCredentials);
    for (nickname, password) in
        [("susan", "Correct horse"), ("nobody", PASSWORD), ("", ""), ("a\0", PASSWORD), ("susan", "")]
    {
        assert_eq!(world.sign_in(nickname, password).await, wrong, "{nickname:?}");
    }
    assert_eq!(world.sign_in("susan", &"x".repeat(2000)).await, wrong);
    assert!(!world.get(susan.id).await.online);
    world.advance_s(5);
    assert_eq!(world.sign_in("susan", PASSWORD).await, Ok(UserId { user_id: susan.id }));
    let seen = world.get(susan.id).await;
    assert!(seen.online);
    assert_eq!((seen.updated_at, seen.last_seen_at), (START_S + 5, START_S + 5));
}

#[tokio::test]
async fn an_account_is_changed_by_its_user_only() {
    let world = World::new();
    let (susan, john) = (world.create("susan").await, world.create("john").await);
    let request = rename(susan.id, "sue");
    for context in [&world.context, &world.by(john.id)] {
        assert_eq!(world.service.update(context, request.clone()).await, Err(UsersError::Forbidden));
    }
    let nobody = world.service.update(&world.by(john.id), rename(99, "sue")).await;
    assert_eq!(nobody, Err(UsersError::NotFound), "told before whose it is");
    assert_eq!(world.get(susan.id).await.nickname, "susan");
    world.service.update(&world.by(susan.id), request).await.unwrap();
    assert_eq!(world.get(susan.id).await.nickname, "sue");
}

#[tokio::test]
async fn updated_at_moves_only_when_the_nickname_does() {
    let world = World::new();
    let (susan, _) = (world.create("susan").await, world.create("john").await);
    let by_susan = world.by(susan.id);
    world.advance_s(5);
    world.service.update(&by_susan, rename(susan.id, "susan")).await.unwrap();
    world.service.update(&by_susan, new_password(susan.id, "another horse")).await.unwrap();
    world.service.update(&by_susan, UpdateUser { id: susan.id, changes: Changes::default() }).await.unwrap();
    assert_eq!(field(world.service.update(&by_susan, rename(susan.id, "john")).await), "nickname");
    assert_eq!(world.get(susan.id).await.updated_at, START_S);
    world.service.update(&by_susan, rename(susan.id, "sue")).await.unwrap();
    assert_eq!(world.get(susan.id).await.updated_at, START_S + 5);
}

#[tokio::test]
async fn a_new_password_revokes_tokens_before_and_after() {
    let world = World::new();
    let susan = world.create("susan").await;
    world.service.update(&world.by(susan.id), new_password(susan.id, "another horse")).await.unwrap();
    assert_eq!(*world.tokens.revoked.lock().unwrap(), [susan.id, susan.id]);
    assert_eq!(world.sign_in("susan", PASSWORD).await, Err(UsersError::WrongCredentials));
    assert!(world.sign_in("susan", "another horse").await.is_ok());
}

#[tokio::test]
async fn a_password_is_not_changed_while_tokens_cannot_be_revoked() {
    let world = World::with(Notes { fails_at: Some(1), ..Notes::default() }, Backend::Sqlite);
    let susan = world.create("susan").await;
    let answer = world.service.update(&world.by(susan.id), new_password(susan.id, "another horse")).await;
    assert!(matches!(answer, Err(UsersError::Unavailable { .. })), "{answer:?}");
    assert!(world.sign_in("susan", PASSWORD).await.is_ok());
}

#[tokio::test]
async fn a_change_tells_when_the_second_revocation_failed() {
    let world = World::with(Notes { fails_at: Some(2), ..Notes::default() }, Backend::Sqlite);
    let susan = world.create("susan").await;
    let answer = world.service.update(&world.by(susan.id), new_password(susan.id, "another horse")).await;
    assert!(matches!(answer, Err(UsersError::Unavailable { .. })), "{answer:?}");
    assert!(world.sign_in("susan", "another horse").await.is_ok());
}

#[tokio::test]
async fn a_change_that_cannot_be_made_revokes_nothing() {
    let world = World::new();
    let (susan, _) = (world.create("susan").await, world.create("john").await);
    for (nickname, password) in [("john", "another horse"), ("sue", "short"), ("", "another horse")] {
        let changes = Changes { nickname: Some(nickname.into()), password: Some(password.into()) };
        field(world.service.update(&world.by(susan.id), UpdateUser { id: susan.id, changes }).await);
    }
    assert!(world.tokens.revoked.lock().unwrap().is_empty());
    assert!(world.sign_in("susan", PASSWORD).await.is_ok());
}
