//! Somebody who has an account and is signed in.

use serde_json::{Value, json};
use testkit::Client;

/// The password of everybody whom [`sign_up`] makes.
pub const PASSWORD: &str = "correct horse";

/// Somebody who has an account and is signed in.
#[derive(Debug, Clone)]
pub struct Member {
    /// The account's id.
    pub id: i64,
    /// The nickname.
    pub nickname: String,
    /// A token that counts.
    pub token: String,
}

/// Makes an account and signs in.
///
/// # Panics
/// When either does not succeed.
pub async fn sign_up(client: &Client, nickname: &str) -> Member {
    let body = json!({"nickname": nickname, "password": PASSWORD});
    let user = client.post("/api/users").json(&body).send().await.expect_status(201).json();
    let token = sign_in(client, nickname, PASSWORD).await;
    Member { id: user["id"].as_i64().expect("an id"), nickname: nickname.to_owned(), token }
}

/// A new token.
///
/// # Panics
/// When there is none to be had.
pub async fn sign_in(client: &Client, nickname: &str, password: &str) -> String {
    let answer = client.post("/api/tokens").basic(nickname, password).send().await.expect_status(200);
    answer.json()["token"].as_str().expect("a token").to_owned()
}

/// Posts a message; the message as the answer has it.
///
/// # Panics
/// When it does not succeed.
pub async fn post_message(client: &Client, author: &Member, source: &str) -> Value {
    let call = client.post("/api/messages").bearer(&author.token).json(&json!({"source": source}));
    call.send().await.expect_status(201).json()
}
