//! Who may call, for every endpoint of the table: no credentials, wrong ones, and those of the other scheme.

use crate::table::{Auth, Row, TABLE};
use blackbox::{Member, PASSWORD, expect_unauthenticated, post_message, sign_up};
use serde_json::json;
use testkit::{Answer, Backend, Banyan, Call, Client, both_backends};

/// The credentials of one call.
#[derive(Debug, Clone, Copy)]
enum Sent<'a> {
    /// The header's value, as it is.
    Header(&'a str),
    /// No header.
    Nothing,
    /// Nickname and password that fit.
    Basic,
}

/// Headers that say nothing: as if there were none.
const ANONYMOUS: [&str; 6] = ["Bearer", "Bearer ", "bearer", "", "Basic", "Digest username=\"ann\""];
/// Tokens that are none. The last two have the form of one: not signed, and signed by nobody we know.
const BAD_TOKENS: [&str; 5] = [
    "Bearer x",
    "bearer x.y.z",
    "BEARER null",
    "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIiwiZXhwIjo5OTk5OTk5OTk5fQ.",
    "Bearer eyJhbGciOiJFZERTQSIsImtpZCI6IngifQ.eyJzdWIiOiIxIiwiZXhwIjo5OTk5OTk5OTk5fQ.AAAA",
];

/// A call of the row that would succeed if its credentials did.
fn call(client: &Client, row: &Row, member: &Member, sent: Sent<'_>) -> Call {
    let id = if row.path.starts_with("/api/users/") { member.id } else { 1 };
    let call = client.call(row.method, &row.path.replace("{id}", &id.to_string()));
    let call = match row.method {
        "PUT" => call.json(&json!({})),
        "POST" => call.json(&json!({"source": "hello", "nickname": "", "password": ""})),
        _ => call,
    };
    match sent {
        Sent::Nothing => call,
        Sent::Header(value) => call.header("authorization", value),
        Sent::Basic => call.basic(&member.nickname, PASSWORD),
    }
}

async fn answer(client: &Client, row: &Row, member: &Member, sent: Sent<'_>) -> Answer {
    call(client, row, member, sent).send().await
}

fn expect_let_in(answer: &Answer, row: &Row, sent: Sent<'_>) {
    let let_in = row.statuses.contains(&answer.status) && answer.status != 401;
    assert!(let_in, "{} {} {sent:?}: {} {}", row.method, row.path, answer.status, answer.text());
}

both_backends! {
    /// No header, and headers that say nothing: let in where anybody may call, else 401.
    async fn anonymous_callers(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let member = sign_up(&banyan, "ann").await;
        post_message(&banyan, &member, "hello").await;
        for row in TABLE {
            for sent in ANONYMOUS.map(Sent::Header).into_iter().chain([Sent::Nothing]) {
                let answer = answer(&banyan, &row, &member, sent).await;
                match row.auth {
                    Auth::None | Auth::Optional => expect_let_in(&answer, &row, sent),
                    _ => expect_unauthenticated(&answer),
                }
            }
        }
    }

    /// A token that does not verify is 401 wherever tokens are looked at, whatever the scheme's letters.
    async fn tokens_that_are_none(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let member = sign_up(&banyan, "ann").await;
        post_message(&banyan, &member, "hello").await;
        for row in TABLE {
            for sent in BAD_TOKENS.map(Sent::Header) {
                let answer = answer(&banyan, &row, &member, sent).await;
                match row.auth {
                    Auth::None => expect_let_in(&answer, &row, sent),
                    _ => expect_unauthenticated(&answer),
                }
            }
        }
    }

    /// Nickname and password where a token is asked for count as nothing, and a token counts nowhere for a password.
    async fn credentials_of_the_other_scheme(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let member = sign_up(&banyan, "ann").await;
        post_message(&banyan, &member, "hello").await;
        let token = format!("Bearer {}", member.token);
        for row in TABLE {
            let basic = answer(&banyan, &row, &member, Sent::Basic).await;
            match row.auth {
                Auth::Bearer => expect_unauthenticated(&basic),
                _ => expect_let_in(&basic, &row, Sent::Basic),
            }
            // Last of all it would revoke itself.
            if (row.method, row.path) == ("DELETE", "/api/tokens") { continue }
            let bearer = answer(&banyan, &row, &member, Sent::Header(&token)).await;
            match row.auth {
                Auth::Basic => expect_unauthenticated(&bearer),
                _ => expect_let_in(&bearer, &row, Sent::Header("Bearer …")),
            }
        }
    }

    /// `bearer`, `BEARER` and `bAsIc` are the schemes' names, too.
    async fn scheme_names_in_any_case(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let member = sign_up(&banyan, "ann").await;
        // ann:correct horse
        let basic = "YW5uOmNvcnJlY3QgaG9yc2U=";
        for scheme in ["bearer", "BEARER", "bEaReR"] {
            let value = format!("{scheme} {}", member.token);
            banyan.put("/api/users/me").header("authorization", &value).send().await.expect_status(204);
        }
        for scheme in ["basic", "BASIC", "bAsIc"] {
            let value = format!("{scheme} {basic}");
            banyan.post("/api/tokens").header("authorization", &value).send().await.expect_status(200);
        }
    }
}
