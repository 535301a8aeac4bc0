//! What clients send, before it is checked: unknown fields are ignored, a `null` is a wrong type.

use crate::errors::Failure;
use host::{Cursor, page_limit};
use kernel::Problem;
use serde::{Deserialize, Deserializer};
use users_api::{Changes, ListUsers, NewUser};

/// The body of an account to make or to change.
#[derive(Deserialize)]
pub(super) struct AccountBody {
    #[serde(default, deserialize_with = "present")]
    nickname: Option<String>,
    #[serde(default, deserialize_with = "present")]
    password: Option<String>,
}

impl AccountBody {
    pub(super) fn into_new(self) -> Result<NewUser, Failure> {
        let missing = |field| move || Failure::invalid(field, "is missing");
        Ok(NewUser {
            nickname: self.nickname.ok_or_else(missing("nickname"))?,
            password: self.password.ok_or_else(missing("password"))?,
        })
    }

    pub(super) fn into_changes(self) -> Changes {
        Changes { nickname: self.nickname, password: self.password }
    }
}

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    String::deserialize(deserializer).map(Some)
}

/// The parameters of a list; the host leaves out empty ones.
#[derive(Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// `0`: those offline; any other: those online.
    online: Option<String>,
    /// Those changed strictly after this epoch second.
    updated_since: Option<i64>,
    /// 1 to 1000.
    limit: Option<i64>,
    /// Where the page before ended, from its `Link` header.
    cursor: Option<String>,
}

impl ListQuery {
    pub(super) fn into_request(self) -> Result<ListUsers, Problem> {
        Ok(ListUsers {
            online: self.online.map(|online| online != "0"),
            updated_since: self.updated_since,
            limit: page_limit(self.limit)?,
            after: self.cursor.as_deref().map(Cursor::decode).transpose()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(json: &str) -> Result<ListUsers, Problem> {
        serde_json::from_str::<ListQuery>(json).unwrap().into_request()
    }

    #[test]
    fn online_is_anything_but_zero() {
        for (sent, meant) in [("0", false), ("1", true), ("yes", true), ("00", true)] {
            let read = query(&format!(r#"{{"online": "{sent}"}}"#)).unwrap();
            assert_eq!(read.online, Some(meant), "{sent}");
        }
    }

    #[test]
    fn a_limit_out_of_bounds_and_a_foreign_cursor_are_named() {
        for (json, field) in [(r#"{"limit": 0}"#, "limit"), (r#"{"cursor": "x"}"#, "cursor")] {
            let error = query(json).unwrap_err();
            assert_eq!((error.status, error.fields[0].field.as_str()), (400, field));
        }
        let cursor = Cursor::encode(&(5, "a"));
        assert_eq!(query(&format!(r#"{{"cursor": "{cursor}"}}"#)).unwrap().after, Some((5, "a".to_owned())));
    }

    #[test]
    fn a_null_is_a_wrong_type_and_unknown_fields_are_ignored() {
        assert!(serde_json::from_str::<AccountBody>(r#"{"nickname": null}"#).is_err());
        let body: AccountBody = serde_json::from_str(r#"{"id": null, "nickname": "a"}"#).unwrap();
        assert!(matches!(body.into_new(), Err(Failure::Invalid { field: "password", .. })));
        let nothing: AccountBody = serde_json::from_str("{}").unwrap();
        assert!(nothing.into_changes().nickname.is_none());
    }
}
