#![doc = include_str!("../README.md")]

mod errors;
mod types;

pub use errors::TokensError;
pub use types::{Issue, Revoke, RevokeUser, Token};

contract::define! {
    /// Signed tokens: made here, verified by every service by itself from the published keys.
    pub trait Tokens as "tokens", client TokensClient, error TokensError {
        /// Makes a token for a user whose password was checked.
        command fn issue(Issue) -> Token;
        /// Revokes one token, everywhere at once.
        command fn revoke(Revoke) -> ();
        /// Revokes every token that the user has.
        command fn revoke_user(RevokeUser) -> ();
    }
}
