//! Title and description of an HTML page, read by html5ever's tokenizer alone: no tree is built.

use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use std::cell::RefCell;

const TITLE_MAX_CHARS: usize = 300;
const DESCRIPTION_MAX_CHARS: usize = 1000;

/// Title and description of a page: plain text with its white space collapsed, not escaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageSummary {
    /// `<title>`, else `og:title`; 300 characters at most.
    pub title: Option<String>,
    /// `<meta name="description">`, else `og:description`; 1,000 characters at most.
    pub description: Option<String>,
}

/// Reads a page, whole or cut off anywhere.
pub(crate) fn summary(html: &str) -> PageSummary {
    let tokenizer = Tokenizer::new(Sink::default(), TokenizerOpts::default());
    let queue = BufferQueue::default();
    queue.push_back(html.into());
    while !queue.is_empty() {
        let _ = tokenizer.feed(&queue);
    }
    tokenizer.end();
    let found = tokenizer.sink.0.into_inner();
    PageSummary {
        title: tidy(&[found.title, found.og_title], TITLE_MAX_CHARS),
        description: tidy(&[found.description, found.og_description], DESCRIPTION_MAX_CHARS),
    }
}

/// The first that is not empty, its white space collapsed, without control characters, cut to `max_chars`.
fn tidy(candidates: &[Option<String>], max_chars: usize) -> Option<String> {
    candidates.iter().flatten().find_map(|text| {
        let collapsed = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let tidy: String = collapsed.chars().filter(|c| !c.is_control()).take(max_chars).collect();
        (!tidy.is_empty()).then_some(tidy)
    })
}

#[derive(Default)]
struct Found {
    title: Option<String>,
    in_title: bool,
    og_title: Option<String>,
    description: Option<String>,
    og_description: Option<String>,
}

#[derive(Default)]
struct Sink(RefCell<Found>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut found = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) if found.in_title => {
                found.title.get_or_insert_default().push_str(&text);
            }
            Token::TagToken(tag) => return found.tag(&tag),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Found {
    fn tag(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        self.in_title = false;
        if tag.kind == TagKind::EndTag {
            return TokenSinkResult::Continue;
        }
        // What the tree builder would tell the tokenizer about elements whose content is no markup.
        match &*tag.name {
            "title" => {
                self.in_title = self.title.is_none();
                TokenSinkResult::RawData(RawKind::Rcdata)
            }
            "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
            "script" => TokenSinkResult::RawData(RawKind::ScriptData),
            "style" | "xmp" | "iframe" | "noembed" | "noframes" => TokenSinkResult::RawData(RawKind::Rawtext),
            "meta" => {
                self.meta(tag);
                TokenSinkResult::Continue
            }
            _ => TokenSinkResult::Continue,
        }
    }

    fn meta(&mut self, tag: &Tag) {
        let attribute = |name: &str| tag.attrs.iter().find(|a| *a.name.local == *name).map(|a| &*a.value);
        let Some(content) = attribute("content") else { return };
        let key = attribute("name").or_else(|| attribute("property")).unwrap_or_default();
        let slot = match key.to_ascii_lowercase().as_str() {
            "description" => &mut self.description,
            "og:title" => &mut self.og_title,
            "og:description" => &mut self.og_description,
            _ => return,
        };
        slot.get_or_insert_with(|| content.to_owned());
    }
}
