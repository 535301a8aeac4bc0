//! Elements of HTML and XML as JSON: `{"name": …, "attributes": {…}, "children": […]}`, a text as a text.

use super::text::quoted;
use crate::json::Refused;
use crate::limits::DEPTH_MAX;

/// Elements that may be open inside each other; each is two containers of JSON. What is deeper is left out of the structure
/// by refusing it: then the body is compared as text.
const OPEN_MAX: usize = DEPTH_MAX / 2 - 1;

/// Writes a tree of elements while a document is read.
pub(super) struct Nodes {
    json: String,
    /// The names of the open elements.
    open: Vec<String>,
    /// Text that was read and not written yet.
    text: String,
    first: bool,
    /// White space means something here, too.
    pub(super) keep_space: bool,
}

impl Nodes {
    pub(super) fn new(capacity: usize) -> Self {
        let mut json = String::with_capacity(capacity * 2);
        json.push('[');
        Self { json, open: Vec::new(), text: String::new(), first: true, keep_space: false }
    }

    /// Opens an element.
    pub(super) fn open<'n>(
        &mut self,
        name: &str,
        attributes: impl Iterator<Item = (&'n str, &'n str)>,
    ) -> Result<(), Refused> {
        if self.open.len() == OPEN_MAX {
            return Err(Refused::Malformed);
        }
        self.flush();
        self.separate();
        self.json.push_str("{\"name\":");
        quoted(&mut self.json, name);
        self.json.push_str(",\"attributes\":{");
        for (index, (name, value)) in attributes.enumerate() {
            if index > 0 {
                self.json.push(',');
            }
            quoted(&mut self.json, name);
            self.json.push(':');
            quoted(&mut self.json, &one_spaced(value));
        }
        self.json.push_str("},\"children\":[");
        self.open.push(name.to_owned());
        self.first = true;
        Ok(())
    }

    /// Closes the nearest open element of that name, and those inside of it. Without one: nothing.
    pub(super) fn close(&mut self, name: &str) {
        let Some(at) = self.open.iter().rposition(|open| open == name) else { return };
        for _ in at..self.open.len() {
            self.close_last();
        }
    }

    /// Closes the innermost element.
    pub(super) fn close_last(&mut self) {
        self.flush();
        self.open.pop();
        self.json.push_str("]}");
        self.first = false;
    }

    /// The name of the innermost open element.
    pub(super) fn innermost(&self) -> Option<&str> {
        self.open.last().map(String::as_str)
    }

    /// Adds text; neighbours become one.
    pub(super) fn text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// The whole document, everything closed.
    pub(super) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close_last();
        }
        self.flush();
        self.json.push(']');
        self.json
    }

    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        let text = if self.keep_space { text } else { one_spaced(&text) };
        if !text.trim().is_empty() {
            self.separate();
            quoted(&mut self.json, &text);
        }
    }

    fn separate(&mut self) {
        if !std::mem::replace(&mut self.first, false) {
            self.json.push(',');
        }
    }
}

/// Runs of white space as one space, none at the ends.
fn one_spaced(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len());
    for word in text.split_ascii_whitespace() {
        if !spaced.is_empty() {
            spaced.push(' ');
        }
        spaced.push_str(word);
    }
    spaced
}
