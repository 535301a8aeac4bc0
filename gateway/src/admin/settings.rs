//! `GET /api/settings`: the settings that hold, without secrets.

use super::State;
use actix_web::HttpResponse;
use actix_web::web::Data;
use serde_json::Value;

/// What is shown instead of a secret.
const MASK: &str = "***";
/// What the names of secrets hold.
const SECRET_WORDS: [&str; 6] = ["token", "secret", "password", "passwd", "credential", "key"];

/// The settings that hold, without secrets
#[utoipa::path(
    get, path = "/api/settings", tag = "settings",
    responses((status = 200, description = "A member a section; secrets are `***`", body = Object))
)]
pub(super) async fn show(state: Data<State>) -> HttpResponse {
    HttpResponse::Ok().json(masked((*state.api.settings).clone()))
}

/// With secrets masked: texts under a name that sounds like one, and passwords in URLs wherever they are. Sections have
/// types that keep secrets to themselves; this is the second fence.
fn masked(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let member = |(name, value): (String, Value)| {
                let value = if is_secret(&name) { blotted(value) } else { masked(value) };
                (name, value)
            };
            Value::Object(members.into_iter().map(member).collect())
        }
        Value::Array(values) => Value::Array(values.into_iter().map(masked).collect()),
        Value::String(text) => Value::String(without_userinfo(text)),
        other => other,
    }
}

/// Of what a secret's name stands for, the texts; an empty one says that it is not set, and how long a token lives is
/// no secret.
fn blotted(value: Value) -> Value {
    match value {
        Value::String(text) if !text.is_empty() => MASK.into(),
        Value::Array(values) => Value::Array(values.into_iter().map(blotted).collect()),
        Value::Object(_) => masked(value),
        other => other,
    }
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET_WORDS.iter().any(|word| name.contains(word))
}

/// `redis://user:password@host` without what is before the `@`.
fn without_userinfo(text: String) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    match authority.rsplit_once('@') {
        Some((userinfo, _)) => {
            let behind = rest.strip_prefix(userinfo).unwrap_or_default();
            format!("{scheme}://{MASK}{behind}")
        }
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn secrets_are_masked_and_the_rest_is_shown() {
        let settings = json!({
            "admin": { "listen": "127.0.0.1:9090", "token": "hunter22-hunter22" },
            "tokens": { "lifetime_s": 3600, "signing_key": "hunter22", "next_keys": ["hunter22", ""] },
            "registry": { "redis": "redis://user:hunter22@h:1/0", "dns_servers": ["10.0.0.1:53"] },
            "unleash": { "url": "http://hunter22@h/api?x=a@b", "token": "", "secrets": { "a": { "password": "hunter22" } } },
        });
        let shown = masked(settings);
        assert!(!shown.to_string().contains("hunter22"), "{shown}");
        assert_eq!(
            shown,
            json!({
                "admin": { "listen": "127.0.0.1:9090", "token": "***" },
                "tokens": { "lifetime_s": 3600, "signing_key": "***", "next_keys": ["***", ""] },
                "registry": { "redis": "redis://***@h:1/0", "dns_servers": ["10.0.0.1:53"] },
                "unleash": { "url": "http://***@h/api?x=a@b", "token": "", "secrets": { "a": { "password": "***" } } },
            })
        );
    }
}
