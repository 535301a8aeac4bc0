//! XML: its elements, attributes and texts. Comments, processing instructions and document types say nothing about the content;
//! no entity is looked up.

use super::node::Nodes;
use crate::json::Refused;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// A document as the JSON of its elements.
pub(super) fn to_json(body: &str) -> Result<String, Refused> {
    let mut reader = Reader::from_str(body);
    let mut nodes = Nodes::new(body.len());
    loop {
        match reader.read_event().map_err(|_| Refused::Malformed)? {
            Event::Start(start) => open(&mut nodes, &start)?,
            Event::Empty(start) => {
                open(&mut nodes, &start)?;
                nodes.close_last();
            }
            Event::End(_) => nodes.close_last(),
            Event::Text(text) => nodes.text(&text),
            Event::CData(text) => nodes.text(&text),
            Event::GeneralRef(reference) => reference_text(&mut nodes, &reference),
            Event::Eof if nodes.innermost().is_some() => return Err(Refused::Malformed),
            Event::Eof => return Ok(nodes.finish()),
            _ => {}
        }
    }
}

fn open(nodes: &mut Nodes, start: &BytesStart<'_>) -> Result<(), Refused> {
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| Refused::Malformed)?;
        let value =
            attribute.normalized_value(XmlVersion::Implicit1_0).unwrap_or_else(|_| attribute.value.clone());
        attributes.push((attribute.key.as_ref().to_owned(), value.into_owned()));
    }
    let borrowed = attributes.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    nodes.open(start.name().as_ref(), borrowed)
}

fn reference_text(nodes: &mut Nodes, reference: &BytesRef<'_>) {
    match (reference.resolve_char_ref(), resolve_predefined_entity(reference)) {
        (Ok(Some(character)), _) => nodes.text(character.encode_utf8(&mut [0; 4])),
        (_, Some(text)) => nodes.text(text),
        _ => nodes.text(&format!("&{};", &**reference)),
    }
}
