#![doc = include_str!("../README.md")]

mod errors;
mod types;

pub use errors::UsersError;
pub use types::{
    Changes, Credentials, GetUser, Leave, Links, ListUsers, NewUser, Page, Seen, UpdateUser, User, UserId,
};

contract::define! {
    /// The people of the chat: accounts, passwords, presence.
    pub trait Users as "users", client UsersClient, error UsersError {
        /// Makes an account.
        command fn create(NewUser) -> User;
        /// One account.
        query fn get(GetUser) -> User;
        /// Accounts by `updated_at`, then nickname.
        query fn list(ListUsers) -> Page;
        /// Changes nickname or password; a new password revokes the user's tokens.
        command fn update(UpdateUser) -> ();
        /// Checks nickname and password; the user is then online.
        command fn authenticate(Credentials) -> UserId;
        /// The user was seen now: online, with a new `last_seen_at`. Returns soon even while the store is away.
        command fn seen(Seen) -> ();
        /// The user goes offline; the account stays.
        command fn leave(Leave) -> ();
    }
}
