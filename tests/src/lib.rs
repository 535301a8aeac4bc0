//! What the black-box tests of the chat share: people who are signed up, and words for what every answer must have.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test code: a failure is a panic with a message"
)]

mod clock;
mod member;
mod pages;
mod problem;
mod store;

pub use clock::{next_second, now_s};
pub use member::{Member, PASSWORD, post_message, sign_in, sign_up};
pub use pages::{next_page, walk};
pub use problem::{expect_field, expect_problem, expect_unauthenticated};
pub use store::{insert_messages, insert_users, store};

use std::time::Duration;

/// How long a test waits for what is to come by itself: much longer than it takes, so that a busy machine fails nothing.
pub const SOON: Duration = Duration::from_secs(20);
