//! Rendered Markdown: see `gateway_fuzz::render`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gateway_fuzz::render(data));
