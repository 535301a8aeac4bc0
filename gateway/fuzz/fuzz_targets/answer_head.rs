//! Answers' heads: see `gateway_fuzz::answer_head`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gateway_fuzz::answer_head(data));
