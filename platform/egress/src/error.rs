//! Why a page was not fetched. For counters and debug logs only: nobody who named the page is told.

/// Why a page was not fetched.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    /// Not a URL, or not one that may be fetched.
    #[error("the URL may not be fetched: {0}")]
    Target(&'static str),
    /// The address, or every address of the name, is not one of the public internet.
    #[error("the address is not public")]
    Private,
    /// More redirects than allowed.
    #[error("too many redirects")]
    Redirects,
    /// A dry run sends nothing out.
    #[error("a dry run fetches nothing")]
    DryRun,
    /// Another status than 200.
    #[error("status {0}")]
    Status(u16),
    /// Another media type than HTML.
    #[error("not HTML")]
    NotHtml,
    /// The time was over.
    #[error("timed out")]
    TimedOut,
    /// The queue is full.
    #[error("too many fetches are waiting")]
    Busy,
    /// The client could not be made.
    #[error("no HTTP client")]
    NoClient,
    /// The connection or the answer broke. The URL is taken out of the source.
    #[error("the fetch failed")]
    Http(#[source] reqwest::Error),
}

impl From<reqwest::Error> for FetchError {
    fn from(error: reqwest::Error) -> Self {
        if is_private(&error) {
            Self::Private
        } else if error.is_timeout() {
            Self::TimedOut
        } else {
            Self::Http(error.without_url())
        }
    }
}

/// The resolver's refusal, wherever it is in the chain of sources.
fn is_private(error: &reqwest::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        if error.is::<crate::resolver::NoPublicAddress>() {
            return true;
        }
        source = error.source();
    }
    false
}
