//! HTML: its elements, attributes and texts as they are written (the HTML standard's tokenizer; no element is made up and none
//! moved). An end tag closes what is open inside of it; runs of white space are one space. Comments say nothing.

use super::node::Nodes;
use crate::json::Refused;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use std::cell::{Cell, RefCell};

/// Elements that have no end tag (the HTML standard, section 13.1.2).
const VOID: [&str; 13] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];
/// Elements whose end tag may be left out before another of the same name.
const CLOSED_BY_THEMSELVES: [&str; 8] = ["dd", "dt", "li", "option", "p", "td", "th", "tr"];
/// Elements in which white space means something.
const KEEP_SPACE: [&str; 4] = ["pre", "script", "style", "textarea"];

/// A document or a piece of one as the JSON of its elements.
pub(super) fn to_json(body: &str) -> Result<String, Refused> {
    let sink = Sink { nodes: RefCell::new(Nodes::new(body.len())), refused: Cell::new(None) };
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(body.into());
    while !input.is_empty() {
        // A script's end makes the tokenizer pause.
        let _paused = tokenizer.feed(&input);
    }
    tokenizer.end();
    let Sink { nodes, refused } = tokenizer.sink;
    refused.into_inner().map_or_else(|| Ok(nodes.into_inner().finish()), Err)
}

struct Sink {
    nodes: RefCell<Nodes>,
    refused: Cell<Option<Refused>>,
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        if self.refused.get().is_some() {
            return TokenSinkResult::Continue;
        }
        let mut nodes = self.nodes.borrow_mut();
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::EndTag => {
                nodes.close(&tag.name);
                nodes.keep_space = nodes.innermost().is_some_and(|name| KEEP_SPACE.contains(&name));
            }
            Token::TagToken(tag) => return self.start(&mut nodes, &tag),
            Token::CharacterTokens(text) => nodes.text(&text),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Sink {
    fn start(&self, nodes: &mut Nodes, tag: &Tag) -> TokenSinkResult<()> {
        let name: &str = &tag.name;
        if CLOSED_BY_THEMSELVES.contains(&name) && nodes.innermost() == Some(name) {
            nodes.close_last();
        }
        let attributes = tag.attrs.iter().map(|attribute| (&*attribute.name.local, &*attribute.value));
        if let Err(refused) = nodes.open(name, attributes) {
            self.refused.set(Some(refused));
            return TokenSinkResult::Continue;
        }
        if VOID.contains(&name) || tag.self_closing {
            nodes.close_last();
            return TokenSinkResult::Continue;
        }
        nodes.keep_space |= KEEP_SPACE.contains(&name);
        match name {
            "script" | "style" | "xmp" | "iframe" | "noembed" | "noframes" => {
                TokenSinkResult::RawData(RawKind::Rawtext)
            }
            "textarea" | "title" => TokenSinkResult::RawData(RawKind::Rcdata),
            "plaintext" => TokenSinkResult::Plaintext,
            _ => TokenSinkResult::Continue,
        }
    }
}
