//! A contract that is bound after it was handed out, for modules that call each other.

use crate::CallError;
use std::sync::{Arc, OnceLock};

/// Stands for a contract until [`Late::bind`] says who implements it. Calls before that answer
/// [`CallError::Unavailable`].
#[derive(Debug)]
pub struct Late<T: ?Sized>(OnceLock<Arc<T>>);

impl<T: ?Sized> Late<T> {
    /// Bound to nothing yet.
    #[must_use]
    pub fn unbound() -> Arc<Self> {
        Arc::new(Self(OnceLock::new()))
    }

    /// Binds it, once; a second call changes nothing and gives `false`.
    pub fn bind(&self, target: Arc<T>) -> bool {
        self.0.set(target).is_ok()
    }

    /// Who implements it.
    ///
    /// # Errors
    /// [`CallError::Unavailable`] before it is bound.
    pub fn target(&self, contract: &'static str) -> Result<&T, CallError> {
        self.0.get().map(AsRef::as_ref).ok_or_else(|| CallError::Unavailable {
            contract: contract.to_owned(),
            reason: "not bound yet".to_owned(),
        })
    }
}
