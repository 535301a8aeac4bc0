//! Markdown's events into the writer.

use crate::raw;
use crate::writer::{Tag, Writer};
use html5ever::tokenizer::{
    BufferQueue, Tag as HtmlTag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use pulldown_cmark::{Event, Options, Parser, Tag as MarkdownTag, TagEnd};
use std::cell::RefCell;

/// Markdown (CommonMark without extensions) to HTML that is safe to show; the README says what comes out.
///
/// Pure and total: the same source always gives the same html, and there is no source that fails. Time and memory
/// are linear in the length of `source`.
#[must_use]
pub fn render(source: &str) -> String {
    let mut renderer = Renderer::new(source.len());
    for event in Parser::new_ext(source, Options::empty()) {
        renderer.event(event);
    }
    renderer.finish()
}

/// The tokenizer's sink, and where Markdown's own events go as well.
struct Sink(RefCell<Writer>);

struct Renderer {
    tokenizer: Tokenizer<Sink>,
    /// The lines of the HTML block that is being read: a tag may go over several of them.
    block: String,
}

impl Renderer {
    fn new(source_bytes: usize) -> Self {
        let writer = Writer::with_capacity(source_bytes + source_bytes / 4);
        let tokenizer = Tokenizer::new(Sink(RefCell::new(writer)), TokenizerOpts::default());
        Self { tokenizer, block: String::new() }
    }

    fn writer(&self) -> std::cell::RefMut<'_, Writer> {
        self.tokenizer.sink.0.borrow_mut()
    }

    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.writer().text(&text),
            Event::Code(code) => {
                let mut writer = self.writer();
                writer.open(Tag::Code, None, None);
                writer.text(&code);
                writer.close(Tag::Code);
            }
            Event::SoftBreak | Event::HardBreak => self.writer().text("\n"),
            Event::Html(line) => self.block.push_str(&line),
            Event::InlineHtml(html) => self.raw(&html),
            // Rules leave nothing behind; the others need extensions that are off.
            _ => {}
        }
    }

    fn start(&self, tag: &MarkdownTag<'_>) {
        match tag {
            MarkdownTag::Emphasis => self.writer().open(Tag::Em, None, None),
            MarkdownTag::Strong => self.writer().open(Tag::Strong, None, None),
            MarkdownTag::CodeBlock(_) => self.writer().open(Tag::Code, None, None),
            MarkdownTag::Link { link_type, dest_url, title, .. } => {
                let href = match link_type {
                    pulldown_cmark::LinkType::Email => format!("mailto:{dest_url}").into(),
                    _ => dest_url.clone(),
                };
                self.writer().open(Tag::A, Some(&href), Some(title));
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Emphasis => self.writer().close(Tag::Em),
            TagEnd::Strong => self.writer().close(Tag::Strong),
            TagEnd::Link => self.writer().close(Tag::A),
            TagEnd::CodeBlock => {
                let mut writer = self.writer();
                writer.close(Tag::Code);
                writer.end_block();
            }
            TagEnd::HtmlBlock => {
                let block = std::mem::take(&mut self.block);
                self.raw(&block);
                self.writer().end_block();
            }
            TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item => self.writer().end_block(),
            _ => {}
        }
    }

    /// Hands raw HTML to the tokenizer. It holds complete tags only, so the tokenizer is between tags again behind it.
    fn raw(&self, html: &str) {
        let queue = BufferQueue::default();
        queue.push_back(raw::normalise(html).into());
        while !queue.is_empty() {
            let _ = self.tokenizer.feed(&queue);
        }
    }

    fn finish(self) -> String {
        self.tokenizer.end();
        self.tokenizer.sink.0.into_inner().finish()
    }
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut writer = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) => writer.text(&text),
            Token::TagToken(tag) => write_tag(&mut writer, &tag),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

fn write_tag(writer: &mut Writer, html: &HtmlTag) {
    let Some(tag) = Tag::named(&html.name) else { return };
    let attribute = |name: &str| html.attrs.iter().find(|a| *a.name.local == *name).map(|a| &*a.value);
    match html.kind {
        TagKind::StartTag => writer.open(tag, attribute("href"), attribute("title")),
        TagKind::EndTag => writer.close(tag),
    }
}
