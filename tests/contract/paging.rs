//! Pages of both lists: every row once, in order, also while rows are added; 1,000 rows when nobody says.

use blackbox::{insert_messages, insert_users, next_page, now_s, post_message, sign_up, walk};
use serde_json::Value;
use std::collections::HashSet;
use testkit::{Backend, Banyan, both_backends};

const ROWS: u32 = 47;

fn ids(pages: &[Vec<Value>]) -> Vec<i64> {
    pages.iter().flatten().map(|row| row["id"].as_i64().unwrap()).collect()
}

/// No id twice.
fn expect_each_once(ids: &[i64]) {
    let mut seen = HashSet::new();
    let twice: Vec<&i64> = ids.iter().filter(|id| !seen.insert(**id)).collect();
    assert_eq!(twice, Vec::<&i64>::new(), "came twice");
}

both_backends! {
    /// All pages together are the whole list, each of the size that was asked for but for the last.
    async fn pages_make_up_the_list(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        insert_users(banyan.database(), ROWS, now_s());
        insert_messages(banyan.database(), ann.id, ROWS, now_s());
        for (list, name) in [("/api/users", "users"), ("/api/messages", "messages")] {
            let whole = banyan.get(list).send().await.expect_status(200).json();
            let whole = whole[name].as_array().unwrap();
            for limit in [1, 7, ROWS as usize, 48, 1000] {
                let pages = walk(&banyan, &format!("{list}?limit={limit}"), name, async || {}).await;
                assert_eq!(pages.concat(), *whole, "{list} by {limit}");
                let (last, full) = pages.split_last().unwrap();
                assert!(full.iter().all(|page| page.len() == limit), "{list} by {limit}");
                assert!((1..=limit).contains(&last.len()), "{list} by {limit}: no empty page at the end");
            }
        }
    }

    /// The next page keeps the filters, whatever their order and spelling.
    async fn pages_keep_the_filters(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let (ann, bob) = (sign_up(&banyan, "ann").await, sign_up(&banyan, "bob").await);
        insert_users(banyan.database(), ROWS, now_s());
        insert_messages(banyan.database(), ann.id, ROWS, now_s());
        insert_messages(banyan.database(), bob.id, ROWS, now_s());
        let since = now_s() - 60;
        let query = format!("/api/messages?updated_since={since}&limit=10&user_id={}", bob.id);
        let pages = walk(&banyan, &query, "messages", async || {}).await;
        assert_eq!(ids(&pages).len(), ROWS as usize);
        assert!(pages.iter().flatten().all(|message| message["user_id"] == bob.id));
        let pages = walk(&banyan, "/api/users?limit=10&online=0", "users", async || {}).await;
        assert_eq!(ids(&pages).len(), ROWS as usize, "ann and bob are online");
        assert!(pages.iter().flatten().all(|user| user["online"] == false));
    }

    /// While messages are posted between the pages, each that was there before comes once, and none twice.
    async fn pages_while_messages_are_added(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        insert_messages(banyan.database(), ann.id, ROWS, now_s());
        let mut added = Vec::new();
        let pages = walk(&banyan, "/api/messages?limit=5", "messages", async || {
            // Fewer than a page takes, or the walk would never end.
            added.push(post_message(&banyan, &ann, "new").await["id"].as_i64().unwrap());
        }).await;
        let ids = ids(&pages);
        expect_each_once(&ids);
        assert!(ids.is_sorted() && ids.len() >= ROWS as usize, "{ids:?}");
        // One came after every page but the last, and all of them before that last page was asked for.
        assert!(added.len() >= 9 && added.iter().all(|id| ids.contains(id)), "{added:?} {ids:?}");
    }

    /// While accounts are made between the pages, each that was there before comes once, and none twice.
    async fn pages_while_accounts_are_added(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        // A minute ago: what comes now is behind them in the order.
        insert_users(banyan.database(), ROWS, now_s() - 60);
        let mut made = 0;
        let pages = walk(&banyan, "/api/users?limit=5", "users", async || {
            made += 1;
            insert_users_named(&banyan, made);
        }).await;
        let ids = ids(&pages);
        expect_each_once(&ids);
        assert_eq!(ids.len(), ROWS as usize + made, "nobody was lost");
    }

    /// Without `limit` there are 1,000 rows, and then `Link`.
    async fn a_thousand_rows_when_nobody_says(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        insert_users(banyan.database(), 1000, now_s());
        insert_messages(banyan.database(), 1, 1000, now_s());
        for (list, name) in [("/api/users", "users"), ("/api/messages", "messages")] {
            let exactly = banyan.get(list).send().await.expect_status(200);
            assert_eq!(exactly.json()[name].as_array().unwrap().len(), 1000);
            assert_eq!(next_page(&exactly), None, "{list}: there are no more");
        }
        let ann = sign_up(&banyan, "ann").await;
        post_message(&banyan, &ann, "one more").await;
        for (list, name) in [("/api/users", "users"), ("/api/messages", "messages")] {
            let pages = walk(&banyan, list, name, async || {}).await;
            let sizes: Vec<usize> = pages.iter().map(Vec::len).collect();
            assert_eq!(sizes, [1000, 1], "{list}");
            expect_each_once(&ids(&pages));
        }
    }
}

/// One account more, whose name is before all others.
fn insert_users_named(banyan: &Banyan, number: usize) {
    let at = now_s();
    let sql = format!(
        "INSERT INTO users (nickname, password_hash, created_at, updated_at, last_seen_at, online) \
         VALUES ('a{}', 'x', {at}, {at}, {at}, false)",
        1000 + number
    );
    blackbox::store(banyan.database(), "users").run(&sql).unwrap();
}
