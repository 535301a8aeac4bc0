//! Buffers for exchanges under way, kept by the worker: connections that idle hold none.

use bytes::BytesMut;
use std::cell::RefCell;

/// Room for an answer: most come whole in one read.
const INPUT_BYTES: usize = 32 * 1024;
/// Room for the head of a request.
const OUTPUT_BYTES: usize = 4 * 1024;
/// Larger buffers are given back to the system.
const KEEP_MAX_BYTES: usize = 64 * 1024;
/// Spare buffers a worker keeps, of each kind.
const SPARE_MAX: usize = 128;

/// A worker's spare buffers. The one that was used last is used next, while it is in the cache.
#[derive(Debug, Default)]
pub(crate) struct Buffers {
    inputs: RefCell<Vec<BytesMut>>,
    outputs: RefCell<Vec<Vec<u8>>>,
}

impl Buffers {
    /// An empty buffer to read into.
    pub(crate) fn input(&self) -> BytesMut {
        let spare = self.inputs.borrow_mut().pop();
        spare.unwrap_or_else(|| BytesMut::with_capacity(INPUT_BYTES))
    }

    /// Takes a buffer back; what is in it is forgotten.
    pub(crate) fn give_input(&self, mut input: BytesMut) {
        input.clear();
        let mut spares = self.inputs.borrow_mut();
        if spares.len() < SPARE_MAX && (1..=KEEP_MAX_BYTES).contains(&input.capacity()) {
            spares.push(input);
        }
    }

    /// An empty buffer to write a head into.
    pub(crate) fn output(&self) -> Vec<u8> {
        let spare = self.outputs.borrow_mut().pop();
        spare.unwrap_or_else(|| Vec::with_capacity(OUTPUT_BYTES))
    }

    /// Takes a buffer back; what is in it is forgotten.
    pub(crate) fn give_output(&self, mut output: Vec<u8>) {
        output.clear();
        let mut spares = self.outputs.borrow_mut();
        if spares.len() < SPARE_MAX && (1..=KEEP_MAX_BYTES).contains(&output.capacity()) {
            spares.push(output);
        }
    }
}
