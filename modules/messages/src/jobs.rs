//! The previews of links: fetched beside the request, written in it or behind it.

use crate::settings::PreviewSettings;
use crate::store::{MessageStore, Row};
use egress::{PageFetcher, PageSummary};
use kernel::{Context, Sources};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::registry::Registry;
use std::sync::Arc;
use std::time::Duration;
use storage::StorageError;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::task::JoinSet;

/// Links of a message that are fetched.
const LINKS_MAX: usize = 5;
/// Messages that wait for previews at once; one more goes without.
const MESSAGES_MAX: usize = 64;
/// For fetching and writing in all: more than the fetcher takes for one page.
const BUDGET: Duration = Duration::from_secs(10);
/// What is left of a request's time for the answer itself when its deadline is near.
const ANSWER_MARGIN: Duration = Duration::from_millis(200);

/// Adds previews to messages.
pub(crate) struct Previews {
    shared: Arc<Shared>,
    slots: Arc<Semaphore>,
    /// The one that the module was started on: the runtime of a worker ends with the worker, before the process does.
    runtime: Handle,
}

struct Shared {
    store: MessageStore,
    fetcher: PageFetcher,
    settings: PreviewSettings,
    sources: Sources,
    added: Counter,
    dropped: Counter,
}

impl Previews {
    /// To be called on the runtime that fetches, which must outlive the requests.
    pub(crate) fn new(
        store: MessageStore,
        fetcher: PageFetcher,
        settings: PreviewSettings,
        sources: Sources,
    ) -> Self {
        let (added, dropped) = Default::default();
        let shared = Shared { store, fetcher, settings, sources, added, dropped };
        let slots = Arc::new(Semaphore::new(MESSAGES_MAX));
        Self { shared: Arc::new(shared), slots, runtime: Handle::current() }
    }

    /// The message with the previews that arrive in time; later ones are written in the background, also when the
    /// caller goes away. The message is as it came in when it has no links, nothing arrives, or it is a dry run's.
    pub(crate) async fn added_in_time(&self, context: &Context, message: Row) -> Row {
        if context.is_dry_run() {
            return message;
        }
        let links = self.links(&message);
        if links.is_empty() {
            return message;
        }
        let left = context.deadline.remaining(&*self.shared.sources.clock).saturating_sub(ANSWER_MARGIN);
        let wait = self.shared.settings.wait().min(left);
        let Some(in_time) = self.begin(message.clone(), links, wait) else { return message };
        in_time.await.unwrap_or(message)
    }

    /// Puts the counters into a metrics registry.
    pub(crate) fn register(&self, registry: &mut Registry) {
        let Shared { added, dropped, .. } = &*self.shared;
        registry.register("messages_previews_added", "Messages that previews were written to", added.clone());
        registry.register("messages_previews_dropped", "Messages whose previews were lost", dropped.clone());
    }

    /// Waits until no previews are under way.
    pub(crate) async fn settle(&self) {
        let all = u32::try_from(MESSAGES_MAX).unwrap_or(u32::MAX);
        drop(self.slots.acquire_many(all).await);
    }

    fn links(&self, message: &Row) -> Vec<String> {
        if self.shared.settings.enabled { markup::links(&message.html, LINKS_MAX) } else { Vec::new() }
    }

    /// Starts fetching; what comes out is the message when `wait` is over or everything is there.
    fn begin(&self, message: Row, links: Vec<String>, wait: Duration) -> Option<oneshot::Receiver<Row>> {
        let Ok(slot) = Arc::clone(&self.slots).try_acquire_owned() else {
            self.shared.dropped.inc();
            tracing::warn!(message_id = message.id, "too many messages wait for previews: one goes without");
            return None;
        };
        let (answer, in_time) = oneshot::channel();
        let work = Work {
            shared: Arc::clone(&self.shared),
            rendered: message.html.clone(),
            found: vec![None; links.len()],
            links,
            message,
            loss: Loss(Some(self.shared.dropped.clone())),
            _slot: slot,
        };
        self.runtime.spawn(work.run(wait, answer));
        Some(in_time)
    }
}

/// The previews of one message.
struct Work {
    shared: Arc<Shared>,
    /// The message as it was last written.
    message: Row,
    /// Its html without previews.
    rendered: String,
    links: Vec<String>,
    /// What each link gave so far.
    found: Vec<Option<PageSummary>>,
    loss: Loss,
    _slot: OwnedSemaphorePermit,
}

/// Counts a loss when it is dropped before somebody said that there is none: also when the runtime ends.
struct Loss(Option<Counter>);

impl Drop for Loss {
    fn drop(&mut self) {
        if let Some(dropped) = &self.0 {
            dropped.inc();
        }
    }
}

/// What became of previews that were to be written.
#[derive(PartialEq, Eq)]
enum Written {
    /// They are on the message, or there are none.
    Done,
    /// The message is another one by now: they belong to nothing.
    Overtaken,
}

impl Work {
    async fn run(mut self, wait: Duration, answer: oneshot::Sender<Row>) {
        let context = Context::background(&self.shared.sources, BUDGET);
        let mut fetches = self.fetch_all(&context);
        let complete = tokio::time::timeout(wait, self.collect(&mut fetches)).await.is_ok();
        let mut written = self.write(&context).await;
        // Nobody may be waiting any more: the previews are written all the same.
        let _ = answer.send(self.message.clone());
        if !complete && !matches!(written, Ok(Written::Overtaken)) {
            self.collect(&mut fetches).await;
            written = self.write(&context).await;
        }
        match written {
            Ok(_) => self.loss.0 = None,
            Err(error) => tracing::warn!(message_id = self.message.id, %error, "previews were not written"),
        }
    }

    fn fetch_all(&self, context: &Context) -> JoinSet<(usize, Option<PageSummary>)> {
        let mut fetches = JoinSet::new();
        for (at, link) in self.links.iter().cloned().enumerate() {
            let (fetcher, context) = (self.shared.fetcher.clone(), context.clone());
            fetches.spawn(async move { (at, fetcher.summary(&context, &link).await) });
        }
        fetches
    }

    async fn collect(&mut self, fetches: &mut JoinSet<(usize, Option<PageSummary>)>) {
        while let Some(done) = fetches.join_next().await {
            let Ok((at, summary)) = done else { continue };
            if let Some(slot) = self.found.get_mut(at) {
                *slot = summary;
            }
        }
    }

    async fn write(&mut self, context: &Context) -> Result<Written, StorageError> {
        let html = self.html();
        if html == self.message.html {
            return Ok(Written::Done);
        }
        let at = self.shared.sources.clock.now().seconds();
        let same = self.shared.store.replace_html(context, &self.message, html.clone(), at).await?;
        if !same {
            return Ok(Written::Overtaken);
        }
        self.shared.added.inc();
        (self.message.html, self.message.updated_at) = (html, at);
        Ok(Written::Done)
    }

    /// The rendered html and behind it the previews, in the order of the links.
    fn html(&self) -> String {
        let mut html = self.rendered.clone();
        for (link, summary) in self.links.iter().zip(&self.found) {
            if let Some(summary) = summary {
                append(&mut html, link, summary);
            }
        }
        html
    }
}

/// Appends one preview; what the page says of itself is text, never markup.
fn append(html: &mut String, link: &str, summary: &PageSummary) {
    html.push_str("<blockquote><p><a href=\"");
    markup::escape_attribute(html, link);
    html.push_str("\">");
    markup::escape_text(html, summary.title.as_deref().unwrap_or(link));
    html.push_str("</a></p><p>");
    markup::escape_text(html, summary.description.as_deref().unwrap_or("No description found."));
    html.push_str("</p></blockquote>");
}
