//! identity (face; being built)

mod authorization;
mod password;
mod verifier;

pub use authorization::Credentials;
pub use password::{PasswordError, PasswordHasher};
pub use verifier::{TokenError, Verified, Verifier};
