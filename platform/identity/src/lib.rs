#![doc = include_str!("../README.md")]

mod authorization;
mod cache;
mod claim;
mod claims;
mod dry_run;
mod dry_run_settings;
mod jwks;
mod key;
mod keyset;
mod password;
mod published;
mod secret;
mod verifier;

pub use authorization::Credentials;
pub use claim::{ClaimVerifier, FOREIGN_TOKEN_MAX_BYTES, TokenRules};
pub use claims::Claims;
pub use dry_run::{
    DRY_RUN_DONE, DRY_RUN_FIELD, DRY_RUN_PARTIAL, DryRunKey, DryRunKeyTooShort, MARK_LIFETIME,
    MARK_MAX_BYTES, MARK_SKEW_MAX, MarkError, Marked,
};
pub use dry_run_settings::DryRunSettings;
pub use jwks::{JwksError, TokenKeys};
pub use key::{KeyError, SEED_BYTES, SigningKey};
pub use keyset::{Jwk, Jwks, KeySet, PublicKey};
pub use password::{Cost, PasswordError, PasswordHasher, PasswordOptions};
pub use published::{Published, PublishedError};
pub use secret::same_secret;
pub use verifier::{TOKEN_MAX_BYTES, TokenError, Verified, Verifier, VerifierState};
