//! What the process around the gateway holds: the current routes and toggles, and what is made of them.

use crate::decide::Facts;
use crate::explain::{Explanation, explain};
use crate::features::{self, Features, Known, Report};
use crate::listing::RouteList;
use crate::matcher::TooManyStates;
use crate::routing::FeatureRouter;
use crate::snapshot::{Current, Snapshot};
use std::path::Path;
use std::sync::Arc;

/// Why there is no gateway.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The features file is refused; the report has a line for each fault.
    #[error(transparent)]
    Features(#[from] Report),
    /// The routes cannot be compiled. A checked file never gives this.
    #[error(transparent)]
    Routes(#[from] TooManyStates),
}

/// The routes and toggles that hold now. Clones share them.
#[derive(Debug, Clone)]
pub struct Gateway {
    current: Current,
}

impl Gateway {
    /// A gateway of checked features.
    ///
    /// # Errors
    /// [`Error::Routes`].
    pub fn new(features: Features) -> Result<Self, Error> {
        Ok(Self { current: Snapshot::new(features)?.into_current() })
    }

    /// A gateway of a features file, and what is odd about the file; of no file, everything goes to the monolith.
    ///
    /// # Errors
    /// [`Error::Features`] with everything that is wrong with the file.
    pub fn load(file: Option<&Path>, known: &Known<'_>) -> Result<(Self, Report), Error> {
        let Some(file) = file else { return Ok((Self::new(Features::monolith())?, Report::new(""))) };
        let loaded = features::load(file, known)?;
        Ok((Self::new(loaded.features)?, loaded.warnings))
    }

    /// The place of the current snapshot: store another one there, and it holds from the next request on.
    #[must_use]
    pub const fn current(&self) -> &Current {
        &self.current
    }

    /// What holds now.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.current.load_full()
    }

    /// The router of a worker's HTTP loop.
    #[must_use]
    pub fn router(&self) -> FeatureRouter {
        FeatureRouter::new(self.current.clone())
    }

    /// The routes and where each goes now.
    #[must_use]
    pub fn routes(&self) -> RouteList {
        RouteList::new(&self.current.load())
    }

    /// What would answer a request, and why. A query in the path is left out.
    #[must_use]
    pub fn explain(&self, method: &str, path: &str) -> Explanation {
        let path = path.split_once('?').map_or(path, |(path, _)| path);
        explain(&Facts { method, path }, &self.current.load())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::Answer;

    #[test]
    fn without_a_file_the_monolith_has_everything() {
        let (gateway, warnings) = Gateway::load(None, &Known::default()).unwrap();
        assert!(warnings.is_empty());
        assert_eq!(gateway.explain("GET", "/api/messages?limit=1").answer, Answer::Monolith);
        assert!(gateway.routes().routes.is_empty());
    }

    #[test]
    fn a_refused_file_is_an_error_with_its_lines() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("features.toml");
        std::fs::write(&file, "default = \"x\"\n").unwrap();
        let error = Gateway::load(Some(&file), &Known::default()).unwrap_err();
        assert!(error.to_string().contains("features.toml:1:11: error: "), "{error}");
    }
}
