//! egress (face; being built)

use kernel::Context;

/// Title and description of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageSummary {
    /// The page's title, if it has one.
    pub title: Option<String>,
    /// The page's description, if it has one.
    pub description: Option<String>,
}

/// Fetches pages that strangers name, and never reaches an address that strangers must not reach.
#[derive(Clone)]
pub struct PageFetcher {}

impl PageFetcher {
    /// Fetches a page and reads its title and description; `None` when it is anything but a 200 HTML answer.
    pub async fn summary(&self, context: &Context, url: &str) -> Option<PageSummary> {
        let _ = (context, url);
        None
    }
}
