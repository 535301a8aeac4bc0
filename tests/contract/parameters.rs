//! Query parameters that are not as they must be: 400 that names the parameter, on both lists.

use blackbox::{expect_field, expect_problem, now_s, post_message, sign_up};
use testkit::{Backend, Banyan, both_backends};

/// What is no integer, or none that fits.
const NO_INTEGERS: [&str; 9] =
    ["abc", "1.5", "1e3", "0x10", "%2B", "1%20", "9223372036854775808", "null", "%D9%A1"];
/// What is no page's size.
const NO_LIMITS: [&str; 6] = ["0", "-1", "1001", "4294967296", "x", "1.0"];
/// What is no cursor of ours. The last is base64url of `[1,"a\u0000"]`.
const NO_CURSORS: [&str; 6] = ["x", "!!", "AAAA", "bnVsbA", "W10", "WzEsImFcdTAwMDAiXQ"];

both_backends! {
    /// Every parameter that is not as it must be is named.
    async fn a_parameter_that_is_not_valid(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        for list in ["/api/users", "/api/messages"] {
            for value in NO_INTEGERS {
                expect_field(&banyan.get(&format!("{list}?updated_since={value}")).send().await, "updated_since");
            }
            for value in NO_LIMITS {
                expect_field(&banyan.get(&format!("{list}?limit={value}")).send().await, "limit");
            }
            for value in NO_CURSORS {
                expect_field(&banyan.get(&format!("{list}?cursor={value}")).send().await, "cursor");
            }
            let twice = banyan.get(&format!("{list}?updated_since=1&updated_since=2")).send().await;
            expect_field(&twice, "updated_since");
            let second = banyan.get(&format!("{list}?limit=5&updated_since=x")).send().await;
            expect_field(&second, "updated_since");
        }
        for value in NO_INTEGERS {
            expect_field(&banyan.get(&format!("/api/messages?user_id={value}")).send().await, "user_id");
        }
    }

    /// A cursor of the one list is none of the other's: 400, or a page, but never a failure of ours.
    async fn a_cursor_of_another_list(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let (ann, _) = (sign_up(&banyan, "ann").await, sign_up(&banyan, "bob").await);
        for source in ["one", "two"] {
            post_message(&banyan, &ann, source).await;
        }
        for (from, to) in [("/api/users", "/api/messages"), ("/api/messages", "/api/users")] {
            let first = banyan.get(&format!("{from}?limit=1")).send().await.expect_status(200);
            let next = blackbox::next_page(&first).unwrap();
            expect_field(&banyan.get(&next.replace(from, to)).send().await, "cursor");
        }
    }

    /// Bytes that are no text, after decoding, are refused or ignored, never a failure of ours.
    async fn parameters_that_are_no_text(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        for query in ["?online=%ff", "?%ff=1", "?online=%00", "?online=%zz", "?&&=&=1", "?cursor=%00"] {
            for list in ["/api/users", "/api/messages"] {
                let answer = banyan.get(&format!("{list}{query}")).send().await;
                if answer.status != 200 {
                    expect_problem(&answer, 400);
                }
            }
        }
    }

    /// The bounds themselves are allowed.
    async fn limits_that_are_allowed(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        post_message(&banyan, &ann, "hello").await;
        for (list, name) in [("/api/users", "users"), ("/api/messages", "messages")] {
            for limit in [1, 2, 1000] {
                let page = banyan.get(&format!("{list}?limit={limit}")).send().await.expect_status(200);
                assert_eq!(page.json()[name].as_array().unwrap().len(), 1);
                assert_eq!(page.header("link"), "", "the only row is the last");
            }
            for since in [i64::MIN, -1, 0, now_s(), i64::MAX] {
                banyan.get(&format!("{list}?updated_since={since}")).send().await.expect_status(200);
            }
        }
    }
}
