#![doc = include_str!("../README.md")]

mod errors;
mod types;

pub use errors::MessagesError;
pub use types::{EditMessage, GetMessage, Links, ListMessages, Message, Page, PostMessage};

contract::define! {
    /// The messages of the chat. Who posts or edits is the context's principal.
    pub trait Messages as "messages", client MessagesClient, error MessagesError {
        /// Posts a message.
        command fn post(PostMessage) -> Message;
        /// One message.
        query fn get(GetMessage) -> Message;
        /// Messages of the last 24 hours by `updated_at`, then id.
        query fn list(ListMessages) -> Page;
        /// Changes the source of one's own message.
        command fn edit(EditMessage) -> ();
    }
}
