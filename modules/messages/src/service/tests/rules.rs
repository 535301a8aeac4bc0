//! Posting, reading, editing and listing.

use super::harness::{Harness, START};
use messages_api::{Links, ListMessages, Message, Messages, MessagesError, Page, PostMessage};
use std::time::Duration;

async fn list(harness: &Harness, wanted: ListMessages) -> Page {
    Messages::list(&*harness.parts.service, &harness.visitor(), wanted).await.unwrap()
}

async fn listed(harness: &Harness, wanted: ListMessages) -> Vec<i64> {
    list(harness, wanted).await.messages.iter().map(|message| message.id).collect()
}

#[tokio::test]
async fn a_message_is_rendered_kept_and_read_again() {
    let harness = Harness::new();
    let message = harness.post(7, "a *b* <script>c</script>\nd").await;
    assert_eq!(
        message,
        Message {
            id: 1,
            created_at: START,
            updated_at: START,
            source: "a *b* <script>c</script>\nd".to_owned(),
            html: "a <em>b</em> c\nd".to_owned(),
            user_id: 7,
            links: Links::of(1, 7),
        }
    );
    assert_eq!(harness.get(1).await, Ok(message));
    assert_eq!(harness.get(2).await, Err(MessagesError::NotFound));
    assert_eq!(harness.post(7, "next").await.id, 2);
}

#[tokio::test]
async fn a_message_without_links_is_one_write() {
    let harness = Harness::new();
    let before = harness.store.metrics().grouped;
    harness.post(1, "plain").await;
    harness.parts.service.settle().await;
    assert_eq!(harness.store.metrics().grouped - before, 1);
}

#[tokio::test]
async fn a_source_out_of_bounds_is_refused_by_name() {
    let harness = Harness::new();
    for source in [String::new(), "x".repeat(16 * 1024 + 1), "\u{fc}".repeat(8 * 1024 + 1), "a\0b".to_owned()]
    {
        let error = Messages::post(&*harness.parts.service, &harness.user(1), PostMessage { source }).await;
        assert!(
            matches!(error, Err(MessagesError::Invalid { ref field, .. }) if field == "source"),
            "{error:?}"
        );
    }
    harness.post(1, "x").await;
    harness.post(1, &"\u{fc}".repeat(8 * 1024)).await;
    assert!(matches!(harness.edit(1, 1, Some("")).await, Err(MessagesError::Invalid { .. })));
}

#[tokio::test]
async fn only_the_author_edits_and_updated_at_moves() {
    let harness = Harness::new();
    let before = harness.post(1, "one").await;
    harness.clock.advance(Duration::from_secs(5));
    assert_eq!(harness.edit(2, 1, Some("two")).await, Err(MessagesError::Forbidden));
    assert_eq!(harness.edit(2, 1, None).await, Err(MessagesError::Forbidden));
    assert_eq!(harness.edit(1, 9, Some("two")).await, Err(MessagesError::NotFound));
    assert_eq!(harness.edit(1, 9, None).await, Err(MessagesError::NotFound));
    assert_eq!(harness.edit(1, 1, None).await, Ok(()));
    assert_eq!(harness.get(1).await.unwrap(), before);

    assert_eq!(harness.edit(1, 1, Some("*two*")).await, Ok(()));
    let after = Message {
        source: "*two*".to_owned(),
        html: "<em>two</em>".to_owned(),
        updated_at: START + 5,
        ..before
    };
    assert_eq!(harness.get(1).await.unwrap(), after);
}

#[tokio::test]
async fn nobody_posts_or_edits_without_signing_in() {
    let harness = Harness::new();
    let visitor = harness.visitor();
    let post = PostMessage { source: "x".to_owned() };
    let error = Messages::post(&*harness.parts.service, &visitor, post).await;
    assert_eq!(error, Err(MessagesError::Unauthenticated));
    let edit = messages_api::EditMessage { id: 1, source: None };
    let error = Messages::edit(&*harness.parts.service, &visitor, edit).await;
    assert_eq!(error, Err(MessagesError::Unauthenticated));
}

#[tokio::test]
async fn every_call_of_a_user_is_seen_and_goes_on_when_that_fails() {
    let harness = Harness::new();
    let service = &*harness.parts.service;
    harness.post(3, "x").await;
    harness.edit(4, 1, None).await.unwrap_err();
    Messages::get(service, &harness.user(5), messages_api::GetMessage { id: 1 }).await.unwrap();
    Messages::list(service, &harness.user(6), ListMessages::default()).await.unwrap();
    harness.get(1).await.unwrap();
    assert_eq!(*harness.users.seen.lock().unwrap(), [3, 4, 5, 6]);

    *harness.users.away.lock().unwrap() = true;
    assert_eq!(harness.post(3, "y").await.id, 2);
    Messages::list(service, &harness.user(3), ListMessages::default()).await.unwrap();
}

#[tokio::test]
async fn a_list_is_sorted_by_change_then_id_and_strictly_after() {
    let harness = Harness::new();
    for (author, source) in [(1, "a"), (2, "b"), (1, "c")] {
        harness.post(author, source).await;
    }
    harness.clock.advance(Duration::from_secs(1));
    harness.edit(1, 1, Some("aa")).await.unwrap();
    assert_eq!(listed(&harness, ListMessages::default()).await, [2, 3, 1]);
    let since = |second| ListMessages { updated_since: Some(second), ..ListMessages::default() };
    assert_eq!(listed(&harness, since(START - 1)).await, [2, 3, 1]);
    assert_eq!(listed(&harness, since(START)).await, [1]);
    assert_eq!(listed(&harness, since(START + 1)).await, [0_i64; 0]);
    assert_eq!(listed(&harness, since(i64::MIN)).await, [2, 3, 1]);
    let by = |user_id| ListMessages { user_id: Some(user_id), ..ListMessages::default() };
    assert_eq!(listed(&harness, by(1)).await, [3, 1]);
    assert_eq!(listed(&harness, by(3)).await, [0_i64; 0]);
}

#[tokio::test]
async fn messages_that_did_not_change_for_a_day_are_not_listed() {
    let harness = Harness::new();
    harness.post(1, "old").await;
    harness.post(1, "old but edited").await;
    harness.clock.advance(Duration::from_secs(24 * 3600 - 1));
    assert_eq!(listed(&harness, ListMessages::default()).await, [1, 2]);
    harness.edit(1, 2, Some("new")).await.unwrap();
    harness.clock.advance(Duration::from_secs(1));
    assert_eq!(listed(&harness, ListMessages::default()).await, [2]);
    assert!(harness.get(1).await.is_ok());
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_double() {
    let harness = Harness::new();
    for number in 0..7 {
        harness.post(1, "x").await;
        if number % 3 == 2 {
            harness.clock.advance(Duration::from_secs(1));
        }
    }
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = list(&harness, ListMessages { limit: Some(2), after, ..ListMessages::default() }).await;
        seen.extend(page.messages.iter().map(|message| message.id));
        after = page.messages.last().map(|last| (last.updated_at, last.id));
        if !page.more {
            break;
        }
        assert_eq!(page.messages.len(), 2);
    }
    assert_eq!(seen, [1, 2, 3, 4, 5, 6, 7]);
    assert!(!list(&harness, ListMessages { limit: Some(7), ..ListMessages::default() }).await.more);
}
